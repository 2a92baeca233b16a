"""The practice and the story of the fictive cities in a second language: French and German, written for this demo.

In its world a second person checked the French, and nobody the German; so the pages say. Illustrative, like what they
translate.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from serai.audit.actions import Actor
from serai.demo.cast import Role
from serai.practices import actions as practices
from serai.practices import translating as in_the_library
from serai.practices.models import Practice
from serai.stories import translating as of_stories
from serai.stories.models import Story
from serai.stories.translating import Text
from serai.translations.actions import check

FRENCH: Final = {
    "title": "Un centre de jeunesse géré par les jeunes",
    "summary": "Douze jeunes fixent le programme et gardent les clés ; deux éducateurs restent en retrait.",
    "description": "Une maison municipale, ouverte cinq soirs par semaine. Un conseil de douze jeunes fixe le programme"
    " et garde les clés. Deux éducateurs sont dans la maison et restent en retrait.\n\nTout a commencé quand les jeunes"
    " de plus de 16 ans ne venaient plus. L’idée du conseil est venue d’eux.",
    "did_not_work": [
        "Le premier conseil a été choisi par des enseignants. Personne d’autre ne s’est senti invité. Il a été dissous"
        " après un trimestre.",
        "Ouvrir jusqu’à minuit. Les voisins se sont plaints et les filles ne sont plus venues.",
        "Inviter la police à la soirée d’ouverture. Il a fallu un an et un match de football pour réessayer.",
    ],
    "safeguards": "Deux adultes sont toujours dans la maison, toujours les deux mêmes. Pas de photos. Ce qui s’y dit y"
    " reste.",
    "core_elements": [
        "Le conseil garde les clés",
        "Deux adultes, toujours les deux mêmes",
        "Un budget à lui, même très petit",
    ],
    "adaptable_elements": [
        "La maison : une école ou une bibliothèque convient",
        "Les horaires et les activités",
        "La façon de choisir le conseil",
    ],
    "staff": "2 éducateurs",
    "cost": "Environ 31 000 euros par an, sans le loyer",
}
GERMAN: Final = (
    "Arbreva fragte, wie junge Menschen nach ihrem 16. Geburtstag dabeibleiben.",
    "Im November 2024 fuhren fünf Menschen aus Arbreva für drei Tage nach Lipovar, mit zweien aus Valdora.",
    "Im Jugendzentrum Most in Lipovar haben junge Menschen die Schlüssel. Das Zentrum öffnete für zwei Stunden seine"
    " Türen.",
    "Seit Februar 2025 ist die Bibliothek von Arbreva an einem Abend in der Woche offen. Ein Rat von acht jungen"
    " Menschen leitet ihn.",
    "Vorher kamen in einer Woche 11 junge Menschen über 16. Jetzt sind es 34; ziemlich sicher zwischen 28 und 41.",
)
IN_KIND: Final = "In einem Jugendzentrum in Lipovar haben junge Menschen die Schlüssel."


def practice_in_french(head: Role, worker: Role, practice: Practice, now: datetime) -> None:
    """The youth centre of Lipovar puts its own practice into French: one person writes it, another checks it."""
    with head.asks():
        version = practices.latest_version(practice)
        written = in_the_library.translate_practice(head.actor, version, "fr", FRENCH, now=now)
    with worker.asks():
        check(worker.actor, written, expected=written.version, now=now + timedelta(days=3))


def story_in_german(actor: Actor, story: Story, now: datetime) -> None:
    """Arbreva puts its story into German: also the passage that waits for a yes, and what is told in its place."""
    texts = {}
    for passage in story.passages.all():
        text = IN_KIND if passage.stands_in else GERMAN[passage.position - 1]
        texts[passage.pk] = Text(text=text, of_wording=passage.wording)
    title = "Was Arbreva aus drei Tagen in Lipovar mitgenommen hat"
    byline = "Koordination der Stadt Arbreva"
    of_stories.translate_story(actor, story, "de", title=title, byline=byline, texts=texts, expected=0, now=now)
