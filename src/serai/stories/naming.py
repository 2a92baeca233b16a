"""Asking for a yes: first words of a passage, who could be named, and the one-tap question by mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.audit.actions import Actor, ChangedMeanwhile
from serai.core.audience import WIDEST_FIRST
from serai.directory.models import Membership, Organisation
from serai.directory.queries import held
from serai.exchanges.models import Exchange
from serai.sharing import links
from serai.sharing.models import Invitation
from serai.stories import actions
from serai.stories.models import Naming, Passage, Story
from serai.stories.queries import Source, open_questions, story_page, told

KIND = "naming"


def sentence(source: Source) -> str:
    """First words for a passage about a record; the author mends them."""
    record: Any = source.record
    if source.noun == "need":
        return _("%(city)s asked: %(question)s") % {"city": record.city.name, "question": record.question}
    if source.noun == "exchange":
        place = record.place.name if record.place else _("online")
        return _("They met: %(title)s, %(place)s.") % {"title": record.title, "place": place}
    if source.noun == "practice":
        return _("They saw this: %(title)s.") % {"title": record.title}
    if source.noun == "takeaway":
        return _("An idea went home: %(text)s") % {"text": record.text}
    if source.noun == "activity":
        return _("It became: %(title)s.") % {"title": record.title}
    return _("It is measured: %(name)s.") % {"name": record.name}


def organisations_of(exchange: Exchange) -> list[Organisation]:
    """Organisations that took part or hosted, as the asker may see them."""
    speakers = exchange.parties.exclude(speaker=None).values("speaker")
    hosts = exchange.sessions.exclude(site=None).values("site__host")
    found = Organisation.objects.filter(pk__in=speakers) | Organisation.objects.filter(pk__in=hosts)
    return list(found.distinct().order_by("name", "id"))


def ask(actor: Actor, story: Story, *, now: datetime) -> int:
    """Mails each one named who was not asked by mail yet a link with one question; how many."""
    count = 0
    namings = Naming.objects.filter(open_questions(), passage__story=story).select_related("passage")
    for naming in namings.prefetch_related("passage__translations").order_by("id"):
        person = _who_answers(naming, now)
        if person is None:
            continue
        translations = list(naming.passage.translations.all())
        words = sum(translation.version for translation in translations)
        count += links.send(
            actor,
            kind=KIND,
            person=person,
            records=[naming, naming.passage, *translations],
            occasion=f"naming:{naming.id}:{naming.version}" + (f":{words}" if words else ""),
            subject=_("May you be named?"),
            text=_("A story would like to name you. Say yes or no:"),
            now=now,
        )
    return count


def _who_answers(naming: Naming, now: datetime) -> UUID | None:
    if naming.person_id:
        return naming.person_id
    coordinates = Membership.objects.filter(held(now.date()), organisation=naming.organisation_id)
    found = coordinates.order_by("-coordinates", "id").first()
    return found.person_id if found else None


class MayWeNameYou:
    """The one-tap question of a story: nothing above TLP:GREEN is shown by the link."""

    undoable = True
    goes_on = False
    word = gettext_lazy("Whether a story may name them")
    tells_more = True

    def _naming(self, link: Invitation) -> Naming:
        return Naming.objects.select_related("passage__audience", "organisation", "person").get(pk__in=link.record_ids)

    def question(self, link: Invitation) -> links.Question:
        """Whether a passage may name them."""
        naming = self._naming(link)
        translations = naming.passage.translations.select_related("audience").order_by("language").exclude(text="")
        no = _("No, tell it without our name")
        words = {"yes": _("Yes"), "no": no, "withdrawn": no}
        return links.Question(
            title=_("May this story name you?"),
            answers=tuple((value, words[value]) for value in actions.ANSWERS[naming.answer]),
            quotes=(
                links.Quote(record=naming.passage, text=naming.passage.text),
                *(links.Quote(record=row, text=row.text) for row in translations),
            ),
            explained={
                "asked": _("You can withdraw your yes at any time."),
                "yes": _("So far the answer is yes. You can withdraw it at any time."),
            }.get(naming.answer, _("So far the answer is no. You can change it.")),
            version=naming.version,
        )

    def answer(self, link: Invitation, value: str, reason: str, *, seen: int | None, now: datetime) -> None:
        """Keeps the answer on the naming: about the words there were when the link was made, for it shows no others."""
        actions.answer_naming(None, self._naming(link), value, now=now, words_of=link.created_at, expected=seen)

    def undo(self, link: Invitation, given: links.Found, *, now: datetime) -> None:
        """The question is open again, if what the link said is what stands."""
        naming = self._naming(link)
        if (naming.answer, naming.answered_at) != (given.answer, link.created_at):
            raise ChangedMeanwhile(naming)
        actions.ask_naming_again(None, naming, now=now)

    def after(self, request: HttpRequest, link: Invitation) -> HttpResponse | None:
        """Nowhere else."""
        return None

    def more(self, link: Invitation) -> tuple[links.Part, ...]:
        """The passage, and the story round it where it may be read."""
        passage = Passage.objects.select_related("audience").filter(pk__in=link.record_ids).first()
        if passage is None:
            return ()
        own = links.Part(
            title=_("The passage that would name you"),
            label=passage.audience.label,
            texts=(passage.text, *(row.text for row in passage.translations.order_by("language") if row.text)),
            illustrative=passage.illustrative,
        )
        try:
            story = story_page(passage.story_id)
        except Story.DoesNotExist:
            return (own,)
        lines = told(list(story.passages.all()), as_source=False)
        shown = Passage.objects.filter(pk__in=[line.passage.pk for line in lines])
        labels = {story.audience.label, *shown.values_list("audience__label", flat=True)}
        whole = links.Part(
            title=_("The story: %(title)s") % {"title": story.title},
            label=max(labels, key=WIDEST_FIRST.index),
            texts=tuple(line.passage.text for line in lines) or (_("No other passage can be read yet."),),
            illustrative=story.illustrative,
        )
        return own, whole


links.register(KIND, MayWeNameYou())
