"""Clashes of a programme, against a table by hand and a second way of counting; what is offered brings no clash."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.core.agenda.clock import Window
from serai.core.agenda.ground import prepare
from serai.core.agenda.habits import troubles
from serai.core.agenda.model import Agenda, Leg, Pace, Person, Place, Placed, Programme, Session
from serai.core.agenda.model import Kind as SessionKind
from serai.core.agenda.troubles import Code
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
    "a minute that no step ends at": (
        visit(item("a", at(25, 8), 64), item("b", at(25, 9, 3))),
        [("at once", "a+b", "b 25 09:05")],
    ),
    "nor a way": (
        visit(item("a", at(25, 9), place="x"), item("b", at(25, 10, 3), place="y", at=KUMANOVO)),
        [("way", "a+b", "b 25 10:35")],
    ),
    "until after midnight": (
        visit(item("a", at(25, 20), 360), item("b", at(25, 20, 30))),
        [("at once", "a+b", "")],
    ),
    "two that clash wherever people are keep no other from moving": (
        visit(
            item("a", at(25, 9), place="x"),
            item("b", at(25, 9, 30), 20, place="y", at=KUMANOVO),
            item("c", at(25, 10, 40), 20, place="x"),
            item("d", at(25, 12)),
            item("e", at(25, 12, 30), 30),
        ),
        [("at once", "a+b", "b 25 11:35"), ("at once", "d+e", "e 25 13:00")],
    ),
    "no end is given": (visit(item("a", at(25, 9), None), item("b", at(25, 9, 5), None)), []),
    "nothing": (visit(), []),
}


@pytest.mark.parametrize("name", TABLE)
def test_by_hand(name: str) -> None:
    found, expected = TABLE[name]
    assert told(clashes(found)) == expected


def test_an_hour_that_comes_twice_is_told_and_nothing_else_of_it() -> None:
    night = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)  # 02:30 in Skopje, once more an hour later
    found = visit(item("a", night), item("b", night), first_day=date(2024, 10, 26), last_day=date(2024, 10, 27))
    assert told(clashes(found)) == [("clock", "a", ""), ("clock", "b", "")]


def test_nothing_is_moved_to_where_the_clocks_change() -> None:
    night = datetime(2024, 3, 31, 1, tzinfo=ZoneInfo(ZONE))  # 02:00 to 03:00 is skipped
    both = (item("a", night, 50), item("b", night + timedelta(minutes=15), 30))
    found = visit(*both, first_day=date(2024, 3, 31), last_day=date(2024, 3, 31))
    assert told(clashes(found)) == [("at once", "a+b", "b 31 03:00")]


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
        st.sampled_from([25, 25, 25, 26, 24, 28]),  # close together, so that all kinds of clashes come about
        st.integers(8 * 12, 10 * 12),
        st.integers(1, 9),
        st.sampled_from(["", "hall", "house", "far"]),
        st.booleans(),
        st.sampled_from(["", "city 1", "city 2"]),
    ),
    min_size=5,
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


def pairs(found: list[Clash]) -> list[tuple[str, str, Kind]]:
    """Each two sessions that clash, the first before the second."""
    return [(other, clash.items[-1], clash.kind) for clash in found for other in clash.items[:-1]]


def by_the_rules(found: Visit) -> dict[tuple[str, str], Kind]:
    """The same told by the rules of `core.agenda`: how each two sessions clash, the way only from the one before."""
    inside = [i for i in found.items if found.first_day <= i.starts_at.date() <= found.last_day]
    items = sorted(inside, key=lambda i: (i.starts_at, i.id))
    rooms = {i.place or "nowhere": i.at or found.at for i in items}
    beside = {i.id: f"beside {i.id}" for i in items if i.beside}
    names = {"all", *beside.values(), *(name for i in items for name in i.who)}
    agenda = Agenda(
        first_day=found.first_day,
        zone=found.zone,
        days=(Window(start=0, end=5 * 1440),),
        sessions=tuple(
            Session(
                id=i.id, kind=SessionKind.DEBATE, minutes=lasts(i), places=(i.place,) if i.place else (), must=False
            )
            for i in items
        ),
        people=tuple(Person(id=name) for name in names),
        places=tuple(Place(id=name) for name in rooms),
        legs=tuple(Leg(origin=a, destination=b, minutes=way(rooms[a], rooms[b])) for a in rooms for b in rooms),
        pace=Pace(presentations_in_a_row=None, reflection_each_day=False, informal_each_day=False, night=0),
        opening_first=False,
    )
    placed = []
    for i, where in zip(items, whereabouts(items), strict=True):
        start = int((i.starts_at - datetime.combine(found.first_day, time(), ZoneInfo(ZONE))).total_seconds()) // 60
        comes = {beside[i.id]} if i.beside else {"all", *beside.values()}
        placed.append(
            Placed(session=i.id, start=start, end=start + lasts(i), place=where, attending=frozenset(comes | i.who))
        )
    told: dict[tuple[str, str], Kind] = {}
    for trouble in troubles(prepare(agenda), Programme(placed=tuple(placed))):
        kind = {Code.PLACE_TWICE: Kind.ROOM, Code.NO_TIME_FOR_WAY: Kind.WAY}.get(trouble.code, Kind.WHO)
        if kind is Kind.WHO and all(name == "all" or name.startswith("beside") for name in trouble.people):
            kind = Kind.AT_ONCE
        pair = (trouble.sessions[0], trouble.sessions[1])
        told[pair] = min(kind, told.get(pair, kind), key=list(Kind).index)
    order = [i.id for i in items]
    last = {}
    for one, other in sorted((p for p in told if told[p] is Kind.WAY), key=lambda p: order.index(p[0])):
        last[other] = one
    return {p: kind for p, kind in told.items() if kind is not Kind.WAY or last[p[1]] == p[0]}


def lasts(one: Item) -> int:
    assert one.ends_at is not None
    return int((one.ends_at - one.starts_at).total_seconds()) // 60


def whereabouts(items: list[Item]) -> list[str]:
    """The room of each; of what has none, the one just before that day, else the next, else the first of all."""
    found = []
    for n, i in enumerate(items):
        today = [o.starts_at.date() == i.starts_at.date() and o.place for o in items]
        nearest = [*reversed(today[: n + 1]), *today[n:]]
        anywhere = min((o.place for o in items if o.place), default="nowhere")
        found.append(next((place for place in nearest if place), anywhere))
    return found


@settings(max_examples=200, deadline=None)
@given(PROGRAMMES)
def test_what_is_told_is_what_the_rules_of_agendas_tell(found: Visit) -> None:
    told = pairs(clashes(found, repaired=slice(0)))
    assert {(one, other): kind for one, other, kind in told} == by_the_rules(found)
    assert len({frozenset(pair[:2]) for pair in told}) == len(told), "each pair is told once"


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
    told = clashes(found)
    assert {frozenset(pair) for *pair, kind in pairs(told) if kind is not Kind.WAY} == expected
    assert {c.items[0] for c in told if c.kind is Kind.OUTSIDE} == {i.id for i in found.items} - {i.id for i in inside}


@settings(max_examples=60, deadline=None)
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
        assert len(pairs(after)) < len(pairs(before)) or clash.kind in (Kind.WAY, Kind.OUTSIDE)


@settings(max_examples=30, deadline=None)
@given(PROGRAMMES)
def test_the_time_offered_is_the_first_at_which_nothing_clashes(found: Visit) -> None:
    """Every time before it is tried, and for what is offered none, every time until the evening."""
    # each in a room, since where people are for what has none is another thing at every time
    found = replace(found, items=tuple(replace(i, place=i.place or "hall") for i in found.items))
    for clash in [c for c in clashes(found) if c.kind not in (Kind.GUESTS, Kind.CLOCK, Kind.OUTSIDE)][:2]:
        one = next(i for i in found.items if i.id == clash.items[-1])
        last = (
            clash.to if clash.to and clash.move == one.id else at(one.starts_at.day, 22) - timedelta(minutes=lasts(one))
        )
        minute = one.starts_at + timedelta(minutes=5)
        while minute < last:
            there = replace(one, starts_at=minute, ends_at=minute + timedelta(minutes=lasts(one)))
            items = tuple(there if i.id == one.id else i for i in found.items)
            tried = clashes(replace(found, items=items), repaired=slice(0))
            assert any(one.id in c.items and len(c.items) > 1 for c in tried), f"{one.id} could begin at {minute}"
            minute += timedelta(minutes=5)


@settings(max_examples=20, deadline=None)
@given(PROGRAMMES, st.randoms(use_true_random=False))
def test_the_order_in_which_sessions_come_does_not_matter(found: Visit, chance: object) -> None:
    items = list(found.items)
    chance.shuffle(items)  # type: ignore[attr-defined]
    assert clashes(replace(found, items=tuple(items))) == clashes(found)


def test_many_at_once_are_told_by_few_lines_and_repaired_only_where_asked() -> None:
    found = visit(*(item(f"s{n:02}", at(25, 9)) for n in range(8)))
    told = clashes(found, repaired=slice(2, 5))
    assert [clash.items for clash in told] == [tuple(f"s{n:02}" for n in range(last + 1)) for last in range(1, 8)]
    assert [clash.move for clash in told] == [None, None, "s03", "s04", "s05", None, None]
    assert {clash.to for clash in told} == {None, at(25, 10)}


def test_two_hundred_in_one_day_are_told_while_one_waits() -> None:
    busy = visit(
        *(item(f"{n:03}", at(25, 8) + timedelta(minutes=n % 36 * 15), place=f"hall {n % 5}") for n in range(200))
    )
    began = process_time()
    told = clashes(busy, repaired=slice(12))
    assert process_time() - began < 0.5, "it is some 0.03 s; trying every hour took twelve"
    assert len(told) > 199
    assert any(clash.to for clash in told[:12])
