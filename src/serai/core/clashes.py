"""What clashes in a programme that people made by hand, and the first free time for what could move.

The rules of rooms, people and ways are those of `core.agenda`; here a programme is put before them as it stands:
everyone comes to everything, except to sessions that are marked to run beside others. Travel is by straight line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

from serai.core.agenda.clock import DAY, ClockChange, Window
from serai.core.agenda.ground import Ground, prepare
from serai.core.agenda.habits import troubles
from serai.core.agenda.model import Agenda, Leg, Pace, Person, Place, Placed, Programme, Session
from serai.core.agenda.model import Kind as SessionKind
from serai.core.agenda.troubles import Code, Trouble
from serai.core.season.city import City
from serai.core.season.pair import distance_km

STEP = 5  # minutes between the times that are offered
SPEED = 50  # km/h along the straight line
NIGHT = 6 * 60
LATE = 22 * 60  # nothing is moved to end after this, unless it ends later already
SPAN = 40  # days looked at in one piece; core.agenda takes sixty at most
NO_PACE = Pace(presentations_in_a_row=None, reflection_each_day=False, informal_each_day=False, night=0)
EVERYONE = "everyone"


class Kind(StrEnum):
    """What can clash, the gravest first; of two sessions only the first that holds is told."""

    ROOM = "room"  # both in the same room or site
    WHO = "who"  # both need the same city or host
    AT_ONCE = "at once"  # they overlap, and are not both marked to run beside others
    WAY = "way"  # too little time for the way between them
    OUTSIDE = "outside"  # not on a day of the exchange
    GUESTS = "guests"  # more people than the site takes
    CLOCK = "clock"  # at an hour that the clocks skip or repeat


@dataclass(frozen=True, kw_only=True)
class Item:
    """One session. `place`: the same text is the same room; empty is no room of its own. `at`: latitude, longitude.

    `who` are those who cannot be in two sessions, by any name. `beside`: it runs beside others. `most_guests` is what
    its site takes, `guests` how many come there.
    """

    id: str
    starts_at: datetime
    ends_at: datetime | None = None
    place: str = ""
    at: tuple[float, float] | None = None
    who: frozenset[str] = frozenset()
    beside: bool = False
    most_guests: int | None = None
    guests: int = 0


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A programme: its days at a place in this time zone, and its sessions in any order."""

    first_day: date
    last_day: date
    zone: str
    items: tuple[Item, ...]
    at: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Clash:
    """One clash. `items`: one session, or two in order of time. `move` could begin at `to` instead, free of clashes.

    `who` are those needed twice; `minutes` the way by straight line.
    """

    kind: Kind
    items: tuple[str, ...]
    who: tuple[str, ...] = ()
    minutes: int = 0
    move: str | None = None
    to: datetime | None = None


Move = tuple[str | None, datetime | None]  # which session, and to when
Found = tuple[Clash, Callable[[], Move] | None]


def clashes(visit: Visit, *, repairs: int = 4) -> list[Clash]:
    """Everything that clashes, in order of time; a free time is looked for only for the first so many of them.

    An exchange without a clash has an empty list.
    """
    if visit.last_day < visit.first_day:
        raise ValueError("the last day is before the first")
    found: list[Found] = []
    inside = [item for item in visit.items if visit.first_day <= _day(item, visit) <= visit.last_day]
    for item in visit.items:
        if item not in inside:
            found.append((Clash(kind=Kind.OUTSIDE, items=(item.id,)), partial(_brought_in, visit, inside, item)))
        if item.most_guests is not None and item.guests > item.most_guests:
            found.append((Clash(kind=Kind.GUESTS, items=(item.id,)), None))
    for piece in _pieces(inside, visit):
        found += _pairs(*_laid(visit, piece), piece)
    order = {item.id: (item.starts_at, item.id) for item in visit.items}
    found.sort(key=lambda one: (order[one[0].items[0]], list(Kind).index(one[0].kind), one[0].items))
    movable = [number for number, (_clash, look) in enumerate(found) if look is not None][:repairs]
    return [_with_move(*one) if number in movable else one[0] for number, one in enumerate(found)]


def _with_move(clash: Clash, look: Callable[[], Move] | None) -> Clash:
    move, to = look() if look else (None, None)
    return replace(clash, move=move, to=to)


def way(one: tuple[float, float] | None, other: tuple[float, float] | None) -> int:
    """Minutes between two places by straight line, in steps of five; 0 within a kilometre or where one is unknown."""
    if one is None or other is None or one == other:
        return 0
    ends = (City(id=name, name=name, latitude=at[0], longitude=at[1]) for name, at in (("a", one), ("b", other)))
    km = distance_km(*ends) or 0.0
    return 0 if km < 1 else math.ceil(km / SPEED * 60 / STEP) * STEP


def _day(item: Item, visit: Visit) -> date:
    return item.starts_at.astimezone(ZoneInfo(visit.zone)).date()


def _pieces(items: Sequence[Item], visit: Visit) -> Iterator[list[Item]]:
    """The sessions in pieces of so many days, each in order of time."""
    pieces: dict[int, list[Item]] = {}
    for item in sorted(items, key=lambda item: (item.starts_at, item.id)):
        pieces.setdefault((_day(item, visit) - visit.first_day).days // SPAN, []).append(item)
    yield from pieces.values()


def _laid(visit: Visit, items: Sequence[Item]) -> tuple[Ground, Programme]:
    """The programme as `core.agenda` takes it: sessions in order of time, counted from the day before the first."""
    first, last = _day(items[0], visit), _day(items[-1], visit)
    rooms = _rooms(visit, items)
    beside = [item.id for item in items if item.beside]
    people = {EVERYONE, *(name for item in items for name in item.who), *(f"{EVERYONE} {id}" for id in beside)}
    agenda = Agenda(
        first_day=first,
        zone=visit.zone,
        days=(Window(start=0, end=DAY),),
        sessions=tuple(_session(item) for item in items),
        people=tuple(Person(id=name) for name in sorted(people)),
        places=tuple(Place(id=name) for name in rooms),
        legs=tuple(
            Leg(origin=a, destination=b, minutes=way(rooms[a], rooms[b])) for a in rooms for b in rooms if a < b
        ),
        pace=NO_PACE,
        opening_first=False,
        step=STEP,
    )
    ground, base = _prepared(agenda, first, (last - first).days)
    where = _whereabouts(visit, items, next(iter(rooms), None))
    placed = (_placed(item, visit, base, where[item.id], beside) for item in items)
    return ground, Programme(placed=tuple(placed))


def _whereabouts(visit: Visit, items: Sequence[Item], other: str | None) -> dict[str, str | None]:
    """Where each session is held: what has no room of its own, where people are just before, else next, that day."""
    found: dict[str, str | None] = {}
    for _, each in groupby(items, key=lambda item: _day(item, visit)):
        today = list(each)
        at = next((item.place for item in today if item.place), other)
        for item in today:
            at = found[item.id] = item.place or at
    return found


def _session(item: Item) -> Session:
    places = (item.place,) if item.place else ()
    return Session(id=item.id, kind=SessionKind.DEBATE, minutes=_minutes(item), places=places, must=False)


def _minutes(item: Item) -> int:
    """How long it takes; what has no end takes one step."""
    if item.ends_at is None:
        return STEP
    return max(STEP, int((item.ends_at - item.starts_at).total_seconds()) // 60)


def _rooms(visit: Visit, items: Sequence[Item]) -> dict[str, tuple[float, float] | None]:
    """Every room with where it is; one that does not say is where the exchange takes place, else where another is."""
    known = visit.at or next((item.at for item in items if item.at is not None), None)
    rooms: dict[str, tuple[float, float] | None] = {}
    for item in items:
        if item.place:
            rooms[item.place] = item.at or rooms.get(item.place) or known
    return dict(sorted(rooms.items()))


def _prepared(agenda: Agenda, first: date, days: int) -> tuple[Ground, date]:
    """The agenda counted from one of the days before: a midnight that the clocks skip cannot be counted from."""
    for back in (1, 2, 3):
        base = first - timedelta(days=back)
        window = Window(start=0, end=(days + back + 4) * DAY)
        try:
            return prepare(replace(agenda, first_day=base, days=(window,))), base
        except ClockChange:
            continue
    raise ClockChange("the clocks change on three nights in a row")


def _placed(item: Item, visit: Visit, base: date, at: str | None, beside: Sequence[str]) -> Placed:
    local = item.starts_at.astimezone(ZoneInfo(visit.zone))
    start = (local.date() - base).days * DAY + local.hour * 60 + local.minute
    comes = {f"{EVERYONE} {item.id}"} if item.beside else {EVERYONE, *(f"{EVERYONE} {id}" for id in beside)}
    return Placed(
        session=item.id, start=start, end=start + _minutes(item), place=at, attending=frozenset(comes | item.who)
    )


def _pairs(ground: Ground, programme: Programme, items: Sequence[Item]) -> Iterator[Found]:
    """The clashes of two sessions, and of one with the clock; each session's way only from the one just before it."""
    told: dict[tuple[str, ...], tuple[Kind, Trouble]] = {}
    for trouble in troubles(ground, programme):
        kind = _kind(trouble)
        if kind is None:
            continue
        had = told.get(trouble.sessions)
        if had is None or list(Kind).index(kind) < list(Kind).index(had[0]):
            told[trouble.sessions] = kind, trouble
    places = {item.session: item.place for item in programme.placed}
    nearest = {pair[1]: pair[0] for pair in _in_order(told, items) if told[pair][0] is Kind.WAY}
    for pair, (kind, trouble) in told.items():
        if kind is Kind.WAY and nearest[pair[1]] != pair[0]:
            continue
        clash = Clash(
            kind=kind,
            items=pair,
            who=tuple(name for name in trouble.people if not name.startswith(EVERYONE)) if kind is Kind.WHO else (),
            minutes=ground.way[places[pair[0]]][places[pair[1]]] if kind is Kind.WAY else 0,
        )
        yield clash, None if kind is Kind.CLOCK else partial(_moved, ground, programme, pair)


def _in_order(pairs: dict[tuple[str, ...], tuple[Kind, Trouble]], items: Sequence[Item]) -> list[tuple[str, ...]]:
    at = {item.id: number for number, item in enumerate(items)}
    return sorted((pair for pair in pairs if len(pair) == 2), key=lambda pair: (at[pair[1]], at[pair[0]]))


def _kind(trouble: Trouble) -> Kind | None:
    """What a trouble is called here; None for what is not looked at."""
    if trouble.code is Code.PERSON_TWICE:
        return Kind.WHO if any(not name.startswith(EVERYONE) for name in trouble.people) else Kind.AT_ONCE
    return {
        Code.PLACE_TWICE: Kind.ROOM,
        Code.NO_TIME_FOR_WAY: Kind.WAY,
        Code.CLOCK_CHANGE: Kind.CLOCK,
    }.get(trouble.code)


def _moved(ground: Ground, programme: Programme, pair: tuple[str, ...]) -> Move:
    """Which of two sessions could move, the later first, and to when: later on the same day."""
    for name in reversed(pair):
        item = programme.of(name)
        assert item is not None
        free = _first_free(ground, programme, item, item.start + STEP)
        if free is not None:
            return name, ground.clock.moment(free)
    return None, None


def _first_free(ground: Ground, programme: Programme, item: Placed, start: int) -> int | None:
    """The first wall minute from here on, on the same day, at which this session brings no clash."""
    day, length = start // DAY * DAY, item.end - item.start
    # Far nights cannot clash with this day; looking at them all costs a second where much does.
    around = [other for other in programme.placed if day - NIGHT < other.end and other.start < day + DAY + NIGHT]
    others = tuple(other for other in around if other.session != item.session)
    known = set(troubles(ground, Programme(placed=others)))
    latest = max(day + LATE, item.end if item.end <= day + DAY else 0) - length
    for at in range(math.ceil(start / STEP) * STEP, latest + 1, STEP):
        there = replace(item, start=at, end=at + length)
        tried = Programme(placed=tuple(sorted((*others, there), key=lambda one: (one.start, one.session))))
        if set(troubles(ground, tried)) <= known:
            return at
    return None


def _brought_in(visit: Visit, inside: Sequence[Item], item: Item) -> Move:
    """The first free time for a session outside the days: from its hour on, on the nearest day."""
    zone = ZoneInfo(visit.zone)
    day = visit.first_day if _day(item, visit) < visit.first_day else visit.last_day
    local = item.starts_at.astimezone(zone)
    here = replace(item, starts_at=datetime.combine(day, local.time(), zone), ends_at=None)
    if item.ends_at is not None:
        here = replace(here, ends_at=here.starts_at + (item.ends_at - item.starts_at))
    around = [one for one in inside if abs((_day(one, visit) - day).days) <= 1]
    ground, programme = _laid(visit, sorted([*around, here], key=lambda one: (one.starts_at, one.id)))
    placed = programme.of(item.id)
    assert placed is not None
    free = _first_free(ground, programme, placed, placed.start)
    return (None, None) if free is None else (item.id, ground.clock.moment(free))
