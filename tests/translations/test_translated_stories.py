"""A story in two languages: no passage is told in one language that is withheld in the other."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from serai.audit.actions import ChangedMeanwhile
from serai.core.lifecycle import NotAllowedNow
from serai.stories import actions as stories
from serai.stories import translating
from serai.stories.models import Naming, Passage, PassageTranslation, Story
from serai.stories.translating import Sheet, Text
from serai.translations.actions import NotFinished
from serai.translations.models import Translation
from sharing.stage import arranged
from threads import begun, browsing_as, network, queries, text
from worlds import NOW, World, browsing, member, small_world

NAMED, KIND, RAIN = "Lipovar gave them the keys.", "A city gave them the keys.", "It rained."
IN_GERMAN = {
    NAMED: "Lipovar gab ihnen die Schlüssel.",
    KIND: "Eine Stadt gab ihnen die Schlüssel.",
    RAIN: "Es regnete.",
}
HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def story(world: World) -> Story:
    """Released to the network, with a passage that names Lipovar."""
    made, arbreva = begun(world, arranged(world)), world["Arbreva"]
    with arbreva.asks():
        here = [world["Lipovar"].organisation]
        stories.add_passage(arbreva.actor, made, NAMED, in_kind=KIND, organisations=here, now=NOW)
        stories.add_passage(arbreva.actor, made, RAIN, now=NOW)
        return stories.release_story(arbreva.actor, loaded(made), network(world), now=NOW)


def loaded(story: Story) -> Story:
    return Story.objects.select_related("audience").get(pk=story.pk)


def put(world: World, story: Story, *, at: int = 1, language: str = "de", **changed: str) -> Sheet:
    """Arbreva puts the story into another language, so many hours later."""
    arbreva = world["Arbreva"]
    with arbreva.asks():
        found = loaded(story)
        texts = {
            p.pk: Text(text=changed.get(p.text, IN_GERMAN.get(p.text, p.text)), of_wording=p.wording)
            for p in found.passages.all()
        }
        return translating.translate_story(
            arbreva.actor,
            found,
            language,
            title="Was daraus wurde",
            byline="",
            texts=texts,
            expected=translating.sheet_of(found, language).version,
            now=NOW + at * HOUR,
        )


def says(world: World, answer: str, *, at: int) -> None:
    with world["Lipovar"].asks():
        naming = Naming.objects.order_by("-id")[0]
        stories.answer_naming(world["Lipovar"].actor, naming, answer, now=NOW + at * HOUR)


def page(browser: Client, story: Story) -> str:
    return text(browser.get(f"/stories/{story.pk}/"))


def told(world: World, story: Story, name: str) -> set[str]:
    """Which of these words this member is told on the page, which is what they can read by any query."""
    seen = page(browsing_as(world, name), story)
    words = {word for pair in IN_GERMAN.items() for word in pair if word in seen}
    with world[name].asks():
        readable = {row.text for row in [*Passage.objects.all(), *PassageTranslation.objects.all()]}
    assert words <= readable
    assert (IN_GERMAN[NAMED] in readable) == (IN_GERMAN[NAMED] in words)
    return words


def test_a_passage_that_waits_for_a_yes_waits_in_every_language(world: World, story: Story) -> None:
    put(world, story)
    open_to_all = {KIND, RAIN, IN_GERMAN[KIND], IN_GERMAN[RAIN]}
    both = {NAMED, IN_GERMAN[NAMED], RAIN, IN_GERMAN[RAIN]}
    for reader in ("Valdora", "Arbreva NGO"):
        assert told(world, story, reader) == open_to_all
    with world["Lipovar"].asks():
        assert PassageTranslation.objects.filter(text=IN_GERMAN[NAMED]).exists(), "who is asked reads what is asked"
        naming = Naming.objects.get()
    asked = text(browsing_as(world, "Lipovar").get(f"/namings/{naming.pk}/"))
    assert IN_GERMAN[NAMED] in asked
    says(world, "yes", at=2)
    assert told(world, story, "Valdora") == both
    says(world, "withdrawn", at=3)
    assert told(world, story, "Valdora") == open_to_all


def test_a_yes_holds_for_no_words_written_later(world: World, story: Story) -> None:
    says(world, "yes", at=1)
    before = told(world, story, "Valdora")
    assert before == {NAMED, RAIN}
    put(world, story, at=2)
    assert told(world, story, "Valdora") == before | {IN_GERMAN[RAIN]}, "the original that was agreed stays"
    assert "once each one named said yes to these words too" in page(browsing_as(world, "Arbreva"), story)
    assert "Say whether a story may name you" in text(browsing_as(world, "Lipovar").get("/home/"))
    with world["Lipovar"].asks():
        naming = Naming.objects.get()
    browser = browsing_as(world, "Lipovar")
    assert "Your name now stands in another language too." in text(browser.get(f"/namings/{naming.pk}/"))
    says(world, "yes", at=3)
    assert told(world, story, "Valdora") == before | {IN_GERMAN[RAIN], IN_GERMAN[NAMED]}
    assert "Say whether a story may name you" not in text(browsing_as(world, "Lipovar").get("/home/"))
    trouble = "Lipovar hat Ärger mit der Polizei."
    put(world, story, at=4, **{NAMED: trouble})
    assert trouble not in page(browsing_as(world, "Valdora"), story)
    assert NAMED in page(browsing_as(world, "Valdora"), story)


def test_whoever_said_yes_twice_is_asked_about_a_translation_once(world: World, story: Story) -> None:
    from serai.stories.queries import namings_waiting_for

    says(world, "yes", at=1)
    arbreva, lipovar = world["Arbreva"], world["Lipovar"]
    with arbreva.asks():
        passage = Passage.objects.get(text=NAMED)
        mended = stories.change_passage(
            arbreva.actor, passage, expected=passage.version, text=f"{NAMED} Thanks!", now=NOW + 2 * HOUR
        )
    says(world, "yes", at=3)
    put(world, story, at=4, **{mended.text: IN_GERMAN[NAMED]})
    with lipovar.asks():
        asked = namings_waiting_for([lipovar.organisation.pk], lipovar.person.id)
        assert [naming.pk for naming in asked] == [Naming.objects.order_by("-id")[0].pk]
    says(world, "yes", at=5)
    assert "Say whether a story may name you" not in text(browsing_as(world, "Lipovar").get("/home/"))


def test_those_asked_by_mail_read_every_language_by_their_link(world: World, story: Story) -> None:
    from serai.accounts.models import Mail
    from serai.stories import naming

    browsing_as(world, "Lipovar")
    says(world, "yes", at=1)
    put(world, story, at=2)
    with world["Arbreva"].asks():
        assert naming.ask(world["Arbreva"].actor, loaded(story), now=NOW + 3 * HOUR) == 1
        assert naming.ask(world["Arbreva"].actor, loaded(story), now=NOW + 3 * HOUR) == 0, "once for these words"
    with world["Lipovar"].asks():
        body = Mail.objects.get(address=f"{world['Lipovar'].person.id}@example.org").body
    address = next(word for word in body.split() if "/l/" in word)
    shown = text(browsing().get("/l/" + address.split("/l/", 1)[1]))
    assert "May this story name you?" in shown
    assert IN_GERMAN[NAMED] in shown
    link, late = browsing(), "Lipovar hat Ärger mit der Polizei."
    put(world, story, at=4, language="sq", **{NAMED: late})
    at = "/l/" + address.split("/l/", 1)[1]
    assert link.post(at, {"answer": "yes"}).status_code == 302
    assert late not in text(browsing_as(world, "Valdora").get(f"/stories/{story.pk}/?in=sq"))
    assert IN_GERMAN[NAMED] in page(browsing_as(world, "Valdora"), story), "what the link showed is agreed"


def test_a_yes_to_a_page_that_changed_meanwhile_is_refused(world: World, story: Story) -> None:
    browser = browsing_as(world, "Lipovar")
    with world["Lipovar"].asks():
        path = f"/namings/{Naming.objects.get().pk}/"
    sheet = put(world, story, at=-1)
    assert len(sheet.passages) == 3
    assert browser.post(path, {"answer": "yes"}).status_code == 409
    assert 'name="words" value="1"' in text(browser.get(path))
    assert browser.post(path, {"answer": "yes", "words": "1"}).status_code == 302
    assert IN_GERMAN[NAMED] in page(browsing_as(world, "Valdora"), story)


def test_a_passage_changed_since_says_so_and_a_yes_to_it_is_asked_anew(world: World, story: Story) -> None:
    put(world, story)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        rain = Passage.objects.get(text=RAIN)
        stories.change_passage(arbreva.actor, rain, expected=rain.version, text="It snowed.", now=NOW + 2 * HOUR)
    assert "The original was changed since." in page(browsing_as(world, "Valdora"), story)
    form = text(browsing(arbreva).get(f"/stories/{story.pk}/translate/?language=de"))
    assert form.count("The original was changed since.") == 1, "so that nobody leaves older words unawares"
    assert form.index("The original was changed since.") < form.index("It snowed.")
    put(world, story, at=3, **{"It snowed.": "Es schneite."})
    seen = page(browsing_as(world, "Valdora"), story)
    assert "Es schneite." in seen
    assert "The original was changed since." not in seen


def test_what_is_not_translated_says_so_and_the_original_stands_beside(world: World, story: Story) -> None:
    put(world, story, **{RAIN: ""})
    seen = page(browsing_as(world, "Valdora"), story)
    assert RAIN in seen
    assert "Not in this language yet." in seen
    assert "Not finished: 1 part is read in the original." in seen
    second = member(world["Arbreva"].actor, world["Arbreva"].organisation, name="Second", network=world.network)
    with world["Arbreva"].asks():
        rain = Passage.objects.get(text=RAIN)
    mine = text(browsing(second).get(f"/stories/{story.pk}/?in=de"))
    assert f'href="/stories/{story.pk}/translate/?language=de#id_text-{rain.pk}">Go on translating' in mine
    assert "I read it: it is right" not in mine, "nobody vouches for half a story"
    with second.asks():
        sheet = translating.sheet_of(loaded(story), "de")
        with pytest.raises(NotFinished):
            translating.check_story(second.actor, loaded(story), "de", expected=sheet.version, now=NOW)
    press = {"language": "de", "version": sheet.version}
    assert browsing(second).post(f"/stories/{story.pk}/translate/check/", press).status_code == 409
    put(world, story, at=3)
    seen = page(browsing_as(world, "Valdora"), story)
    assert "Not finished" not in seen
    assert "I read it: it is right" in text(browsing(second).get(f"/stories/{story.pk}/?in=de"))


def test_a_second_person_checks_what_others_wrote(world: World, story: Story) -> None:
    sheet, arbreva = put(world, story), world["Arbreva"]
    second = member(arbreva.actor, arbreva.organisation, name="Second", network=world.network)
    with arbreva.asks(), pytest.raises(NotAllowedNow):
        translating.check_story(arbreva.actor, loaded(story), "de", expected=sheet.version, now=NOW)
    press = f"/stories/{story.pk}/translate/check/"
    late = browsing(second).post(press, {"language": "de", "version": "1"}, follow=True)
    assert "Someone changed these words while you read them." in text(late)
    assert "Checked by a second person." not in text(late)
    assert browsing(arbreva).post(press, {"language": "de", "version": sheet.version}).status_code == 409
    assert browsing(second).post(press, {"language": "de", "version": sheet.version}).status_code == 302
    assert "Checked by a second person." in page(browsing_as(world, "Valdora"), story)
    put(world, story, at=5, **{RAIN: "Es regnete sehr."})
    seen = page(browsing_as(world, "Valdora"), story)
    assert "Translated by a person. Nobody else has checked it." in seen, (
        "the whole is as sure as its least sure passage"
    )
    assert seen.count("Checked by a second person.") == 1, "and says where it is surer"


def test_who_checks_words_that_change_in_that_moment_is_told(
    world: World, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet, arbreva, there = put(world, story), world["Arbreva"], translating.waiting
    second = member(arbreva.actor, arbreva.organisation, name="Second", network=world.network)

    def overtaken(sheet: Sheet, person: UUID) -> list[Translation]:
        for piece in sheet.pieces:
            piece.version -= 1  # as it was read, before someone wrote
        return there(sheet, person)

    monkeypatch.setattr(translating, "waiting", overtaken)
    press = {"language": "de", "version": sheet.version}
    late = browsing(second).post(f"/stories/{story.pk}/translate/check/", press, follow=True)
    assert "Someone changed these words while you read them." in text(late)
    assert "Checked by a second person." not in text(late)


def test_two_write_at_once_and_the_second_sees_both(world: World, story: Story) -> None:
    sheet = put(world, story, at=0)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        passages = list(Passage.objects.order_by("position", "stands_in"))
        with pytest.raises(ChangedMeanwhile):
            translating.translate_story(
                arbreva.actor, loaded(story), "de", title="Anders", byline="", texts={}, expected=0, now=NOW
            )
    words = {f"text-{p.pk}": IN_GERMAN[p.text] for p in passages} | {f"wording-{p.pk}": "1" for p in passages}
    typed = {**words, "title": "Anders", "made": "human", "version": str(sheet.version - 1)}
    path = f"/stories/{story.pk}/translate/?language=de"
    both = browsing(arbreva).post(path, typed)
    assert both.status_code == 409
    assert "Anders" in text(both)
    assert "Was daraus wurde" in text(both)
    assert browsing(arbreva).post(path, typed | {"version": str(sheet.version)}).status_code == 302
    assert "Anders" in page(browsing_as(world, "Valdora"), story)
    wrong = browsing(arbreva).post(path, typed | {"title": ""})
    assert wrong.status_code == 422
    assert IN_GERMAN[RAIN] in text(wrong)


def test_the_number_of_queries_stays_with_three_translations(world: World, story: Story) -> None:
    counted = []
    for language in ("de", "ar", "sq"):
        put(world, story, language=language)
        counted.append([queries(browsing_as(world, name), f"/stories/{story.pk}/") for name in ("Valdora", "Arbreva")])
    assert counted[1] == counted[2] <= counted[0]


def test_a_withdrawn_story_takes_its_translations_along(world: World, story: Story) -> None:
    put(world, story)
    with world["Arbreva"].asks():
        stories.withdraw_story(world["Arbreva"].actor, loaded(story), now=NOW)
    with world["Valdora"].asks():
        assert not PassageTranslation.objects.exists()
