"""Clashes of a programme, against a table by hand and a second way of counting; what is offered brings no clash."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.core.clashes import Clash, Item, Kind, Visit, clashes, way

ZONE = "Europe/Skopje"
SKOPJE, KUMANOVO, ELBASAN = (42.0, 21.43), (42.13, 21.71), (41.11, 20.08)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 11, day, hour, minute, tzinfo=ZoneInfo(ZONE))


def item(id: str, start: datetime, minutes: int | None = 60, **more: object) -> Item:
    ends = None if minutes is None else start + timedelta(minutes=minutes)
    return Item(id=id, starts_at=start, ends_at=ends, **more)  # type: ignore[arg-type]


def visit(*items: Item, **more: object) -> Visit:
    days = {"first_day": date(2024, 11, 25), "last_day": date(2024, 11, 27), "zone": ZONE}
    return Visit(**days | {"at": SKOPJE, "items": items} | more)  # type: ignore[arg-type]


def told(found: list[Clash]) -> list[tuple[str, str, str]]:
    """Kind, sessions, and what could move to when."""
    return [
        (
            clash.kind.value,
            "+".join(clash.items),
            f"{clash.move} {clash.to.astimezone(ZoneInfo(ZONE)):%d %H:%M}" if clash.to else "",
        )
        for clash in found
    ]


TABLE = {
    "one after the other": (
        visit(item("a", at(25, 9)), item("b", at(25, 10), place="hall"), item("c", at(25, 11), place="hall")),
        [],
    ),
    "at once, and the later one waits for both": (
        visit(item("a", at(25, 9)), item("b", at(25, 9, 30), 30), item("c", at(25, 10, 20))),
        [("at once", "a+b", "b 25 11:20")],
    ),
    "the same room": (
        visit(item("a", at(25, 9), place="hall"), item("b", at(25, 9, 50), place="hall")),
        [("room", "a+b", "b 25 10:00")],
    ),
    "both beside one another": (
        visit(item("a", at(25, 9), place="x", beside=True), item("b", at(25, 9), place="y", beside=True)),
        [],
    ),
    "beside one another in one room": (
        visit(item("a", at(25, 9), place="x", beside=True), item("b", at(25, 9, 30), place="x", beside=True)),
        [("room", "a+b", "b 25 10:00")],
    ),
    "one city in two that run beside one another": (
        visit(
            item("a", at(25, 9), beside=True, who=frozenset({"city 1"})),
            item("b", at(25, 9), beside=True, who=frozenset({"city 1", "city 2"})),
        ),
        [("who", "a+b", "b 25 10:00")],
    ),
    "only one of two is marked": (
        visit(item("a", at(25, 9)), item("b", at(25, 9, 15), beside=True)),
        [("at once", "a+b", "b 25 10:00")],
    ),
    "no time for the way": (
        visit(item("a", at(25, 9), place="x"), item("b", at(25, 10, 15), place="y", at=KUMANOVO)),
        [("way", "a+b", "b 25 10:35")],
    ),
    "the way is from where people are": (
        visit(
            item("a", at(25, 9), place="y", at=KUMANOVO),
            item("b", at(25, 10), 20),
            item("c", at(25, 10, 30), place="x"),
        ),
        [("way", "b+c", "c 25 10:55")],
    ),
    "before the first day": (
        visit(item("a", at(24, 9)), item("b", at(25, 9))),
        [("outside", "a", "a 25 10:00")],
    ),
    "after the last day, late": (visit(item("a", at(29, 21, 30))), [("outside", "a", "a 27 21:30")]),
    "more than the site takes": (
        visit(item("a", at(25, 9), place="x", most_guests=12, guests=13)),
        [("guests", "a", "")],
    ),
    "just as many": (visit(item("a", at(25, 9), most_guests=12, guests=12)), []),
    "the evening is full": (
        visit(item("a", at(25, 20), 120), item("b", at(25, 20, 30), 60)),
        [("at once", "a+b", "")],
    ),
    "where people are is told by their own day": (
        visit(
            item("a", at(24, 8), 5),
            item("b", at(25, 8, 5), 5, place="hall"),
            item("c", at(27, 8), place="far", at=KUMANOVO),
        ),
        [("outside", "a", "a 25 08:00")],
    ),
    "no end is given": (visit(item("a", at(25, 9), None), item("b", at(25, 9, 5), None)), []),
    "nothing": (visit(), []),
}


@pytest.mark.parametrize("name", TABLE)
def test_by_hand(name: str) -> None:
    found, expected = TABLE[name]
    assert told(clashes(found)) == expected


def test_an_hour_that_comes_twice_is_told() -> None:
    night = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)  # 02:30 in Skopje, once more an hour later
    found = visit(item("a", night), first_day=date(2024, 10, 26), last_day=date(2024, 10, 27))
    assert told(clashes(found)) == [("clock", "a", "")]


def test_a_midnight_that_is_skipped_counts_like_any_other() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # on 26 April 2024 the clocks went from 00:00 to 01:00
    first = datetime(2024, 4, 26, 9, tzinfo=cairo)
    both = (item("a", first), item("b", first + timedelta(minutes=30)))
    found = visit(*both, first_day=date(2024, 4, 26), last_day=date(2024, 4, 27), zone="Africa/Cairo", at=None)
    (clash,) = clashes(found)
    assert clash.to == datetime(2024, 4, 26, 10, tzinfo=cairo)


def test_years_are_looked_at_in_pieces() -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in (0, 39, 40, 300)]
    items = [
        item(f"{n} {side}", datetime(d.year, d.month, d.day, 9, tzinfo=ZoneInfo(ZONE)))
        for n, d in enumerate(days)
        for side in "ab"
    ]
    found = clashes(visit(*items, first_day=days[0], last_day=days[-1]))
    assert [clash.items for clash in found] == [(f"{n} a", f"{n} b") for n in range(4)]


def test_ways_by_straight_line() -> None:
    assert way(SKOPJE, KUMANOVO) == 35  # 27.2 km
    assert way(SKOPJE, ELBASAN) == 180  # 149 km
    assert way(SKOPJE, SKOPJE) == way(None, SKOPJE) == way(SKOPJE, (42.001, 21.431)) == 0


PROGRAMMES = st.lists(
    st.tuples(
        st.integers(24, 28),
        st.integers(8 * 12, 19 * 12),
        st.integers(1, 30),
        st.sampled_from(["", "hall", "house", "far"]),
        st.booleans(),
        st.sampled_from(["", "city 1", "city 2"]),
    ),
    max_size=7,
).map(
    lambda rows: visit(
        *(
            item(
                f"s{n}",
                at(day, 0) + timedelta(minutes=5 * start),
                5 * length,
                place=place,
                at=KUMANOVO if place == "far" else None,
                beside=beside,
                who=frozenset({who} - {""}),
            )
            for n, (day, start, length, place, beside, who) in enumerate(rows)
        )
    )
)


@settings(max_examples=40, deadline=None)
@given(PROGRAMMES)
def test_what_overlaps_is_told_and_nothing_else_is(found: Visit) -> None:
    inside = [i for i in found.items if date(2024, 11, 25) <= i.starts_at.date() <= date(2024, 11, 27)]
    expected = {
        frozenset({a.id, b.id})
        for a in inside
        for b in inside
        if a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at  # type: ignore[operator]
        if not (a.beside and b.beside) or a.who & b.who or (a.place and a.place == b.place)
    }
    pairs = [clash for clash in clashes(found) if len(clash.items) == 2]
    assert {frozenset(c.items) for c in pairs if c.kind is not Kind.WAY} == expected
    assert len({frozenset(c.items) for c in pairs}) == len(pairs), "each pair is told once"
    assert {c.items[0] for c in clashes(found) if c.kind is Kind.OUTSIDE} == {i.id for i in found.items} - {
        i.id for i in inside
    }


@settings(max_examples=25, deadline=None)
@given(PROGRAMMES)
def test_what_is_offered_takes_the_clash_away_and_brings_none(found: Visit) -> None:
    before = clashes(found)
    for clash in [c for c in before if c.to]:
        moved = tuple(
            replace(i, starts_at=clash.to, ends_at=clash.to + (i.ends_at - i.starts_at)) if i.id == clash.move else i  # type: ignore[operator]
            for i in found.items
        )
        after = clashes(replace(found, items=moved))
        assert not [c for c in after if clash.move in c.items and c.kind is not Kind.GUESTS]
        assert len(after) < len(before) or clash.kind is Kind.WAY


@settings(max_examples=20, deadline=None)
@given(PROGRAMMES, st.randoms(use_true_random=False))
def test_the_order_in_which_sessions_come_does_not_matter(found: Visit, chance: object) -> None:
    items = list(found.items)
    chance.shuffle(items)  # type: ignore[attr-defined]
    assert clashes(replace(found, items=tuple(items))) == clashes(found)


def test_a_free_time_is_looked_for_only_so_often() -> None:
    found = visit(*(item(f"s{n:02}", at(25, 9)) for n in range(8)))
    told = clashes(found, repairs=3)
    assert len(told) == 28
    assert [bool(clash.to) for clash in told] == [True] * 3 + [False] * 25
