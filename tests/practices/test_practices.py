"""A practice says what failed and what protects people; every version is kept, and told apart word by word."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.accounts.models import Account
from serai.audit.actions import ChangedMeanwhile, NotYours
from serai.core.audience import group
from serai.practices import actions
from serai.practices.models import Practice, PracticeVersion
from serai.practices.queries import FIELDS, difference
from serai.sharing.actions import share_record
from threads import browsing_as, content, published, text
from worlds import NOW, World, browsing, small_world

TYPED: dict[str, Any] = {
    "title": "Evenings that young people run",
    "summary": "A room with keys",
    "description": "They open it, and they close it.",
    "did_not_work": "Fixed hours\n\n  Leaflets ",
    "safeguards": "Two adults are near",
    "evidence": "E1",
    "themes": ["youth_engagement"],
    "target_groups": ["young_people"],
}


@pytest.fixture
def world() -> World:
    return small_world()


def loaded(practice: Practice) -> Practice:
    return Practice.objects.select_related("audience").get(pk=practice.pk)


def test_what_nobody_of_an_organisation_could_do_is_not_offered(world: World) -> None:
    alone = Client()
    alone.force_login(Account.objects.get(person_id=world.administrator.person))
    for path, offer, address in (
        ("/library/", "Publish a practice", "/library/new/"),
        ("/exchanges/", "Plan an exchange", "/exchanges/new/"),
    ):
        assert offer in text(browsing_as(world, "Arbreva").get(path))
        assert offer not in text(alone.get(path))
        assert alone.get(address).status_code == 404


def test_a_practice_without_a_failure_or_without_safeguards_is_not_written(world: World) -> None:
    for wrong, error in (
        ({"did_not_work": [" ", ""]}, actions.NothingFailed),
        ({"safeguards": " "}, actions.NoSafeguards),
    ):
        with pytest.raises(error):
            published(world, **wrong)
        with world["Lipovar"].asks():
            assert not Practice.objects.exists(), "not half of it either"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("did_not_work", " \n ", "Say at least one thing that did not work."),
        ("did_not_work", "x" * 301, "A line has at most 300 characters."),
        ("core_elements", "x" * 201, "A line has at most 200 characters."),
        ("adaptable_elements", "short\n" + "x" * 201, "A line has at most 200 characters."),
        ("safeguards", "", "Say what protects the people in it."),
        ("themes", ["youth_engagement", "governance", "prevention", "schools", "rubbish"], ""),
    ],
)
def test_a_practice_that_is_not_whole_comes_back_with_everything_typed(
    world: World, field: str, value: Any, said: str
) -> None:
    page = browsing_as(world, "Lipovar").post("/library/new/", TYPED | {field: value})
    assert page.status_code == 422
    seen = text(page)
    assert said in seen
    for kept in ("title", "summary", "description"):
        assert TYPED[kept] in seen
    if field != "did_not_work":
        assert "Leaflets" in seen


def test_it_is_published_for_the_readers_chosen_and_lines_become_a_list(world: World) -> None:
    ring = f"network-{world.network.id}"
    browser = browsing_as(world, "Lipovar")
    assert browser.post("/library/new/", TYPED).status_code == 200
    answer = browser.post("/library/new/", TYPED | {"readers": ring, "confirmed": ring})
    assert answer.status_code == 302
    with world["Valdora"].asks():
        assert PracticeVersion.objects.get().did_not_work == ["Fixed hours", "Leaflets"]
    page = text(browsing_as(world, "Valdora").get(answer["Location"]))
    assert "Fixed hours" in page
    assert "Two adults are near" in page
    assert browsing().get(answer["Location"]).status_code == 404


def test_a_mend_is_a_new_version_and_the_old_one_stays(world: World) -> None:
    practice = published(world)
    lipovar = world["Lipovar"]
    with lipovar.asks():
        actions.mend_practice(
            lipovar.actor,
            loaded(practice),
            content(title="Evenings with keys", summary="A room with two keys"),
            what_changed="A second key",
            expected=1,
            now=NOW,
        )
        assert [(v.number, v.summary) for v in PracticeVersion.objects.order_by("number")] == [
            (1, "A room with keys"),
            (2, "A room with two keys"),
        ]
        assert loaded(practice).title == "Evenings with keys"
    page = text(browsing_as(world, "Arbreva").get(f"/library/{practice.pk}/versions/"))
    assert "A second key" in page
    assert "two" in page
    with world["Arbreva"].asks(), pytest.raises(NotYours):
        actions.mend_practice(
            world["Arbreva"].actor, loaded(practice), content(), what_changed="Mine", expected=2, now=NOW
        )
    assert browsing_as(world, "Arbreva").get(f"/library/{practice.pk}/change/").status_code == 404


def test_the_second_editor_sees_both_and_then_publishes_theirs(world: World) -> None:
    practice = published(world)
    browser, path = browsing_as(world, "Lipovar"), f"/library/{practice.pk}/change/"
    mine = TYPED | {"what_changed": "Mine", "number": "1"}
    assert browser.post(path, mine | {"summary": "First words"}).status_code == 302
    page = browser.post(path, mine | {"summary": "Second words"})
    assert page.status_code == 409
    assert "First" in text(page)
    assert "Second words" in text(page)
    assert 'name="number" value="2"' in text(page) or 'value="2"' in text(page)
    assert browser.post(path, mine | {"summary": "Second words", "number": "2"}).status_code == 302
    with world["Lipovar"].asks():
        assert list(PracticeVersion.objects.order_by("number").values_list("summary", flat=True)) == [
            "A room with keys",
            "First words",
            "Second words",
        ]


def test_whoever_mends_what_moved_on_meanwhile_is_shown_the_words(world: World) -> None:
    practice = published(world)
    lipovar = world["Lipovar"]
    with lipovar.asks():
        stale = loaded(practice)
        actions.mend_practice(
            lipovar.actor, loaded(practice), content(summary="First"), what_changed="It", expected=1, now=NOW
        )
        with pytest.raises(ChangedMeanwhile) as meanwhile:
            actions.mend_practice(lipovar.actor, stale, content(), what_changed="It", expected=1, now=NOW)
        assert isinstance(meanwhile.value.record, PracticeVersion)
        assert meanwhile.value.record.summary == "First"


def test_sharing_a_practice_shares_every_version(world: World) -> None:
    practice = published(world)
    lipovar = world["Lipovar"]
    with lipovar.asks():
        actions.mend_practice(
            lipovar.actor, loaded(practice), content(summary="Two"), what_changed="It", expected=1, now=NOW
        )
        share_record(lipovar.actor, loaded(practice), [group("organisation", lipovar.organisation.id)], now=NOW)
    with world["Arbreva"].asks():
        assert not Practice.objects.exists()
        assert not PracticeVersion.objects.exists()
    with lipovar.asks():
        share_record(lipovar.actor, loaded(practice), ["everyone"], now=NOW)
    assert "Two" in text(browsing().get(f"/library/{practice.pk}/versions/"))


WORDS = st.lists(st.sampled_from(["open", "close", "a", "key", "", "\n"]), max_size=7).map(" ".join)
LINES = st.lists(st.sampled_from(["Fixed hours", "Leaflets", "No keys"]), max_size=3)


@settings(max_examples=60, deadline=None)
@given(old=st.tuples(WORDS, WORDS, LINES), new=st.tuples(WORDS, WORDS, LINES))
def test_a_difference_holds_both_versions_word_by_word(
    old: tuple[str, str, list[str]], new: tuple[str, str, list[str]]
) -> None:
    names = ("summary", "description", "did_not_work")
    before = PracticeVersion(title="Same", **dict(zip(names, old, strict=True)))
    after = PracticeVersion(title="Same", **dict(zip(names, new, strict=True)))
    found = difference(before, after)
    assert set(found) == {name for name, a, b in zip(names, old, new, strict=True) if a != b}
    assert set(found) <= set(FIELDS)
    for name, pieces in found.items():
        for kind, version in (("removed", before), ("added", after)):
            value = getattr(version, name)
            told = "".join(piece.text for piece in pieces if piece.kind in ("same", kind))
            assert told.rstrip(" ") == ("\n".join(value) if isinstance(value, list) else value).rstrip(" ")
    assert difference(after, after) == {}
