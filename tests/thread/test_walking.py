"""The thread is walked both ways from every noun, and what one may not read leaves no gap in it."""

from __future__ import annotations

import pytest

from serai.audit.actions import change_audience
from serai.core.audience import group
from serai.thread.pattern import figures, in_words, path_through
from serai.thread.queries import NOUNS, STAGES, Thread, thread_of
from threads import Whole, browsing_as, captured, text, whole
from worlds import NOW, World, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def seen_by(world: World, name: str, noun: str, it: Whole) -> Thread:
    with world[name].asks():
        return thread_of(noun, getattr(it, noun).pk)


def shape(thread: Thread) -> tuple[set[tuple[str, object]], object]:
    return {(noun, id) for noun, rows in thread.records.items() for id in rows}, thread.links


def keep(world: World, record: object) -> None:
    """From now on read by its source alone."""
    owner = world["Arbreva"]
    with owner.asks():
        fresh = type(record).objects.get(pk=record.pk)  # type: ignore[attr-defined]
        change_audience(owner.actor, fresh, [group("organisation", owner.organisation.id)], now=NOW)


def test_from_every_noun_both_ways(world: World) -> None:
    it = whole(world)
    for noun in NOUNS:
        found = seen_by(world, "Lipovar", noun, it)
        missing = {other for other in NOUNS if getattr(it, other).pk not in found.records[other]}
        beside = {"practice": {"need", "match"}, "need": {"practice"}, "match": {"practice"}}
        assert missing == beside.get(noun, set()), noun  # a practice begins a thread of its own
        with world["Lipovar"].asks():
            path = [n for n, _id in path_through(found) if n != "practice"]
        assert path == sorted(path, key=STAGES.index)
        page = browsing_as(world, "Lipovar").get(f"/thread/{noun}/{getattr(it, noun).pk}/")
        assert page.status_code == 200
        way = {"need": "Needs", "match": "Needs", "practice": "Library"}.get(noun, "Exchanges")
        assert f'aria-current="page">{way}</a>' in text(page), noun
        with world["Lipovar"].asks():
            hrefs = [part["href"] for part in in_words(found) if isinstance(part, dict)]
        assert all(href in text(page) for href in hrefs)
        assert len(hrefs) >= 4


@pytest.mark.parametrize("hidden", ["match", "takeaway", "activity", "indicator", "story"])
def test_what_is_hidden_leaves_the_same_thread_without_it(world: World, hidden: str) -> None:
    it = whole(world)
    before = seen_by(world, "Lipovar", "exchange", it)
    record = getattr(it, hidden)
    keep(world, record)
    after = seen_by(world, "Lipovar", "exchange", it)
    gone = {(hidden, record.pk)}
    if hidden == "match":
        gone.add(("need", it.need.pk))  # nothing else leads to it
    # A hidden activity's number is told in the story, so it still hangs on the thread.
    assert shape(after)[0] == shape(before)[0] - gone
    assert after.links == {(a, b) for a, b in before.links if not {a, b} & gone}
    page = text(browsing_as(world, "Lipovar").get(f"/thread/exchange/{it.exchange.pk}/"))
    assert str(record.pk) not in page
    assert browsing_as(world, "Lipovar").get(f"/thread/{hidden}/{record.pk}/").status_code == 404
    assert shape(seen_by(world, "Arbreva", "exchange", it)) == shape(before), "its source sees all of it"


def test_counts_are_of_what_one_may_read(world: World) -> None:
    it = whole(world)
    other = captured(world, it.exchange, "Mothers cook on Fridays")

    def counted(name: str) -> tuple[int, int, int, int]:
        with world[name].asks():
            f = figures(thread_of("exchange", it.exchange.pk))
            return f.takeaways, f.activities, f.cities, f.moved

    assert counted("Lipovar") == counted("Arbreva") == (2, 1, 1, 1)
    for record in (other, it.indicator):
        keep(world, record)
    assert counted("Arbreva") == (2, 1, 1, 1)
    assert counted("Lipovar") == (1, 1, 1, 0)
    page = text(browsing_as(world, "Lipovar").get(f"/thread/exchange/{it.exchange.pk}/"))
    assert "Mothers cook" not in page


def test_a_takeaway_does_not_lead_to_those_beside_it(world: World) -> None:
    it = whole(world)
    other = captured(world, it.exchange, "Mothers cook on Fridays")
    with world["Lipovar"].asks():
        found = thread_of("takeaway", other.pk)
        assert set(found.records["takeaway"]) == {other.pk}
        assert not found.records["activity"]
        assert set(found.records["need"]) == {it.need.pk}


def test_what_is_no_noun_is_not_there(world: World) -> None:
    it = whole(world)
    for noun in ("plan", "rubbish", "person"):
        assert browsing_as(world, "Arbreva").get(f"/thread/{noun}/{it.plan.pk}/").status_code == 404
