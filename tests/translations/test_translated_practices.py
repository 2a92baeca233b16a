"""A practice in two languages: who writes, who checks, what stays with which version, and how it is read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.audit.actions import NotYours
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.practices import actions as practices
from serai.practices import translating
from serai.practices.models import Practice, PracticeTranslation
from serai.sharing.actions import share_record
from serai.sharing.exports import everything_about
from serai.translations import actions
from serai.translations.sides import order
from threads import browsing_as, content, published, queries, text
from worlds import NOW, Someone, World, browsing, member, small_world

GERMAN: dict[str, Any] = {
    "title": "Abende, die junge Leute leiten",
    "summary": "Ein Raum mit Schlüsseln",
    "description": "Sie öffnen ihn und schließen ihn.",
    "did_not_work": ["Feste Stunden"],
    "safeguards": "Zwei Erwachsene sind in der Nähe",
}
POSTED = {**GERMAN, "did_not_work": "Feste Stunden", "made": "human", "version": "0", "number": "1"}
ALONE, CHECKED = "Translated by a person. Nobody else has checked it.", "Checked by a second person."


@pytest.fixture
def world() -> World:
    return small_world()


def translated(world: World, practice: Practice, language: str = "de", **words: Any) -> PracticeTranslation:
    lipovar = world["Lipovar"]
    with lipovar.asks():
        version = practices.latest_version(Practice.objects.get(pk=practice.pk))
        return translating.translate_practice(lipovar.actor, version, language, GERMAN | words, now=NOW)


def colleague(world: World) -> Someone:
    lipovar = world["Lipovar"]
    return member(lipovar.actor, lipovar.organisation, name="A colleague", network=world.network)


def mended(world: World, practice: Practice) -> None:
    lipovar = world["Lipovar"]
    with lipovar.asks():
        now = Practice.objects.select_related("audience").get(pk=practice.pk)
        new = content(summary="A room with two keys")
        practices.mend_practice(lipovar.actor, now, new, what_changed="A key", expected=1, now=NOW)


def read(browser: Client, practice: Practice, more: str = "") -> str:
    page = browser.get(f"/library/{practice.pk}/{more}")
    assert page.status_code == 200
    return text(page)


def test_both_languages_stand_on_the_page_each_with_its_language_and_state(world: World) -> None:
    practice = published(world)
    translated(world, practice)
    page = read(browsing_as(world, "Arbreva"), practice)
    assert f'<div class="tongue" lang="de" dir="auto"><p>{GERMAN["description"]}</p>' in page
    assert '<div class="tongue" lang="en" dir="auto"><p>They open it, and they close it.</p>' in page
    assert ALONE in page
    assert "Put it into another language" not in page, "others may not"
    assert page.index("They open it") < page.index(GERMAN["description"]), "the reader's language comes first"
    assert '<a href="?in=de" hreflang="de">Read in German</a>' in page
    turned = read(browsing_as(world, "Arbreva"), practice, "?in=de")
    assert f'<h1 dir="auto" lang="de">{GERMAN["title"]}</h1>' in turned
    assert turned.index(GERMAN["description"]) < turned.index("They open it")


def test_the_interface_s_language_comes_first_and_hides_neither(world: World) -> None:
    practice = published(world)
    for language in ("de", "ar"):
        translated(world, practice, language, description=f"Words in {language}.")
    browser = browsing_as(world, "Arbreva")
    page = read(browser, practice, "?language=ar-x-pseudo")
    assert '<div class="tongue" lang="ar" dir="auto"><p>Words in ar.</p>' in page
    assert page.index("Words in ar.") < page.index("They open it")
    assert "Words in de." not in page
    assert 'href="?in=de"' in page


@settings(max_examples=100, deadline=None)
@given(
    original=st.sampled_from(["en", "de", "ar"]),
    translations=st.lists(st.sampled_from(["en", "de", "ar", "sq"]), unique=True),
    asked=st.sampled_from(["", "en", "de", "xx"]),
    reader=st.sampled_from(["en", "ar-x-pseudo", "de-at", "tr"]),
)
def test_the_original_is_always_one_of_the_two(original: str, translations: list[str], asked: str, reader: str) -> None:
    others = set(translations) - {original}
    first, second = order(original, translations, asked=asked, reader=reader)
    assert original in (first, second)
    assert (second == "") == (not others)
    assert {first, second} - {original, ""} <= others
    if asked in others | {original}:
        assert first == asked
    elif any(code == reader.split("-")[0] for code in others | {original}):
        assert first == reader.split("-")[0]
    else:
        assert first == original


def test_only_the_source_writes_one(world: World) -> None:
    practice = published(world)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        version = practices.latest_version(Practice.objects.get(pk=practice.pk))
        with pytest.raises(NotYours):
            translating.translate_practice(arbreva.actor, version, "de", GERMAN, now=NOW)
    path = f"/library/{practice.pk}/translate/?language=de"
    assert browsing_as(world, "Arbreva").post(path, POSTED).status_code == 404
    assert browsing_as(world, "Lipovar").post(path, POSTED).status_code == 302
    with arbreva.asks():
        assert [row.state for row in PracticeTranslation.objects.all()] == ["human"]


def test_a_second_person_checks_and_new_words_are_unchecked(world: World) -> None:
    practice, second = published(world), colleague(world)
    row = translated(world, practice)
    lipovar, press = world["Lipovar"], f"/library/{practice.pk}/translate/check/"
    with lipovar.asks(), pytest.raises(NotAllowedNow):
        actions.check(lipovar.actor, row, expected=1, now=NOW)
    assert "I read it: it is right" not in read(browsing(lipovar), practice, "?in=de")
    assert "I read it: it is right" in read(browsing(second), practice, "?in=de")
    assert "I read it: it is right" not in read(browsing(second), practice), "who reads another language"
    told = {"translation": str(row.pk), "version": "1"}
    assert browsing_as(world, "Arbreva").post(press, told).status_code == 404
    assert browsing(lipovar).post(press, told).status_code == 409
    assert browsing(second).post(press, {"translation": "x"}).status_code == 404
    late = browsing(second).post(press, told | {"version": "7"}, follow=True)
    assert "Someone changed these words while you read them." in text(late)
    assert ALONE in text(late)
    assert browsing(second).post(press, told).status_code == 302
    page = read(browsing_as(world, "Arbreva"), practice)
    assert CHECKED in page
    assert ALONE not in page
    with lipovar.asks():
        row = PracticeTranslation.objects.get()
        kept = translating.mend_translation(lipovar.actor, row, GERMAN, made="human", expected=row.version, now=NOW)
        assert kept.state == "checked", "words that stay as they are stay checked"
    posted = POSTED | {"title": "Abende", "version": str(row.version), "made": "machine"}
    assert browsing(second).post(f"/library/{practice.pk}/translate/?language=de", posted).status_code == 302
    assert "Translated by a machine. Nobody has checked it." in read(browsing_as(world, "Arbreva"), practice)
    with second.asks():
        changed = PracticeTranslation.objects.get()
        with pytest.raises(NotAllowedNow):
            actions.check(second.actor, changed, expected=changed.version, now=NOW)


def test_a_translation_stays_with_its_version_and_is_brought_up_to_date_from_the_old_words(world: World) -> None:
    practice = published(world)
    translated(world, practice)
    mended(world, practice)
    told = "It is the translation of version 1; the original is now version 2."
    page = read(browsing_as(world, "Arbreva"), practice)
    assert told in page
    assert GERMAN["description"] in page
    lipovar, path = browsing_as(world, "Lipovar"), f"/library/{practice.pk}/translate/?language=de"
    assert "Bring it up to date" in read(lipovar, practice)
    form = text(lipovar.get(path))
    assert GERMAN["summary"] in form
    assert "A room with two keys" in form
    assert form.count("The original was changed since.") == 1, "one field was"
    assert form.index("The original was changed since.") < form.index("A room with two keys")
    posted = POSTED | {"number": "2", "summary": "Ein Raum mit zwei Schlüsseln"}
    assert lipovar.post(path, posted).status_code == 302
    page = read(browsing_as(world, "Arbreva"), practice)
    assert told not in page
    assert text(browsing_as(world, "Arbreva").get(f"/library/{practice.pk}/versions/")).count("Also in: German.") == 2
    with world["Arbreva"].asks():
        rows = PracticeTranslation.objects.order_by("original__number")
        assert [(row.number, row.summary) for row in rows.select_related("original")] == [
            (1, GERMAN["summary"]),
            (2, "Ein Raum mit zwei Schlüsseln"),
        ]


def test_what_was_begun_before_a_mend_is_kept_for_the_version_it_translates(world: World) -> None:
    practice = published(world)
    path = f"/library/{practice.pk}/translate/?language=de"
    mended(world, practice)
    assert browsing_as(world, "Lipovar").post(path, POSTED).status_code == 302
    assert "It is the translation of version 1" in read(browsing_as(world, "Arbreva"), practice)


def test_the_second_editor_sees_both(world: World) -> None:
    practice = published(world)
    path, first, second = (
        f"/library/{practice.pk}/translate/?language=de",
        browsing_as(world, "Lipovar"),
        colleague(world),
    )
    assert first.post(path, POSTED).status_code == 302
    page = browsing(second).post(path, POSTED | {"summary": "Ein Zimmer"})
    assert page.status_code == 409
    for words in (GERMAN["summary"], "Ein Zimmer", 'name="version" value="1"'):
        assert words in text(page)
    chosen = POSTED | {"summary": "Ein Zimmer", "version": "1", "choose-summary": "theirs", "title": "Die Abende"}
    assert browsing(second).post(path, chosen).status_code == 302
    with second.asks():
        row = PracticeTranslation.objects.get()
        assert (row.title, row.summary, row.written_by_id) == ("Die Abende", GERMAN["summary"], second.person.pk)


def test_half_a_translation_is_kept_and_says_so_to_everyone_who_reads_it(world: World) -> None:
    practice, second = published(world), colleague(world)
    path, mine = f"/library/{practice.pk}/translate/?language=de", browsing_as(world, "Lipovar")
    assert "(optional)" not in text(mine.get(path)), "the page says once that parts can wait"
    half = dict.fromkeys(POSTED, "") | {"title": GERMAN["title"], "description": GERMAN["description"]}
    half |= {"made": "human", "version": "0", "number": "1"}
    saved = text(mine.post(path, half, follow=True))
    assert "What you have is saved. The page says that it is not finished" in saved
    assert f'href="{path}#id_summary">Go on translating' in saved
    page = read(browsing_as(world, "Arbreva"), practice, "?in=de")
    assert f"Not finished: 3 parts are read in the original. {ALONE}" in page
    assert page.count("Not in this language yet.") == 2, "what did not work, and what protects people"
    assert page.index("Not in this language yet.") < page.index("Fixed hours"), "the original stands beside"
    assert "I read it: it is right" not in read(browsing(second), practice, "?in=de"), "nobody vouches for half of it"
    with second.asks():
        row = PracticeTranslation.objects.get()
        with pytest.raises(actions.NotFinished):
            translating.check_translation(second.actor, row, expected=row.version, now=NOW)
    told = {"translation": str(row.pk), "version": str(row.version)}
    assert browsing(second).post(f"/library/{practice.pk}/translate/check/", told).status_code == 409
    assert mine.post(path, POSTED | {"version": "1"}).status_code == 302
    page = read(browsing_as(world, "Arbreva"), practice, "?in=de")
    assert "Not finished" not in page
    assert "Not in this language yet." not in page
    assert "I read it: it is right" in read(browsing(second), practice, "?in=de")


def test_what_is_wrong_comes_back_whole(world: World) -> None:
    practice = published(world)
    browser, path = browsing_as(world, "Lipovar"), f"/library/{practice.pk}/translate/"
    assert "Into which language?" in text(browser.get(path))
    for wrong in ("en", "xx", ""):
        assert browser.get(f"{path}?language={wrong}").status_code == 422
    page = browser.post(f"{path}?language=de", POSTED | {"title": "", "did_not_work": "x" * 400, "made": ""})
    assert page.status_code == 422
    seen = text(page)
    for kept in (GERMAN["summary"], GERMAN["safeguards"], "x" * 400, "A line has at most 300 characters."):
        assert kept in seen
    page = browser.post(f"{path}?language=de", POSTED | {"description": "Ruf Petra an: 070 123 454."})
    assert page.status_code == 422
    assert "This looks like a phone number of someone." in text(page)


def test_readers_follow_the_original(world: World) -> None:
    practice = published(world)
    translated(world, practice)
    lipovar = world["Lipovar"]
    with lipovar.asks():
        found = Practice.objects.get(pk=practice.pk)
        share_record(lipovar.actor, found, [group("organisation", lipovar.organisation.id)], now=NOW)
    with world["Arbreva"].asks():
        assert not PracticeTranslation.objects.exists()
    with lipovar.asks():
        found = Practice.objects.get(pk=practice.pk)
        share_record(lipovar.actor, found, ["everyone"], now=NOW)
    page = read(browsing(), practice)
    assert GERMAN["description"] in page
    assert world["Lipovar"].person.role not in page, "a visitor is told no role"


def test_it_is_in_my_data_with_its_state(world: World) -> None:
    translated(world, published(world))
    with world["Lipovar"].asks() as asker:
        (mine,) = everything_about(asker)["practicetranslation"]
    assert (mine["title"], mine["made"], mine["checked_by_id"]) == (GERMAN["title"], "human", None)


def test_the_number_of_queries_stays_with_three_translations(world: World) -> None:
    practice = published(world)
    browsers = [browsing_as(world, "Arbreva"), browsing_as(world, "Lipovar")]
    counted = []
    for language in ("de", "ar", "sq"):
        translated(world, practice, language)
        counted.append([queries(browser, f"/library/{practice.pk}/") for browser in browsers])
    assert counted[1] == counted[2] <= counted[0]


def test_an_original_says_its_own_language(world: World) -> None:
    lipovar = world["Lipovar"]
    practice = published(world, language="de")
    page = read(browsing_as(world, "Arbreva"), practice)
    assert '<h1 dir="auto" lang="de">' in page
    form = {**POSTED, "evidence": "E1", "themes": "youth_engagement", "target_groups": "young_people"}
    form |= {"number": "1", "what_changed": "Words"}
    assert browsing(lipovar).post(f"/library/{practice.pk}/change/", form).status_code == 302
    with lipovar.asks():
        assert practices.latest_version(Practice.objects.get(pk=practice.pk)).language == "de"
