"""What clashes in a programme that people made by hand, and the first free time for what could move.

The rules of rooms, people and ways are those of `core.agenda`, for a programme as it stands: everyone comes to
everything, except to sessions that are marked to run beside others. Travel is by straight line. Many clashes are told
by few lines: what clashes with one session in the same way is one clash, and a free time is looked for by what is
taken, not by trying every hour.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from serai.core.season.city import City
from serai.core.season.pair import distance_km

STEP = 5  # minutes between the times that are offered
SPEED = 50  # km/h along the straight line
DAY = 24 * 60
LATE = 22 * 60  # nothing is moved to end after this, unless it ends later already
EVERY = slice(None)


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
    """One clash. `items`: one session, or all that clash with the last of them, in order of time.

    `move` could begin at `to` instead, free of clashes. `who` are those needed twice; `minutes` the way by straight
    line.
    """

    kind: Kind
    items: tuple[str, ...]
    who: tuple[str, ...] = ()
    minutes: int = 0
    move: str | None = None
    to: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class _Held:
    """A session in minutes of the one time that runs everywhere; `day` and `minute` are those of the wall clock.

    `where` is where people are for it. `strange`: the clocks skip or repeat the hour at which it begins or ends.
    """

    item: Item
    start: int
    end: int
    day: date
    minute: int
    strange: bool
    where: tuple[float, float] | None = None


def clashes(visit: Visit, *, repaired: slice = EVERY) -> list[Clash]:
    """Everything that clashes, in order of time; a free time is looked for only for this slice of them.

    An exchange without a clash has an empty list. ValueError where the last day is before the first.
    """
    if visit.last_day < visit.first_day:
        raise ValueError("the last day is before the first")
    zone = ZoneInfo(visit.zone)
    everything = sorted((_held(item, zone) for item in visit.items), key=_time)
    inside = _placed([one for one in everything if visit.first_day <= one.day <= visit.last_day], visit)
    held = {one.item.id: one for one in everything}
    found = [*_alone(everything, visit), *_together(inside)]
    gravest = list(Kind)
    found.sort(key=lambda clash: (_time(held[clash.items[-1]]), gravest.index(clash.kind), clash.items))
    found[repaired] = [_repaired(clash, held, inside, visit) for clash in found[repaired]]
    return found


@lru_cache(maxsize=8192)
def way(one: tuple[float, float] | None, other: tuple[float, float] | None) -> int:
    """Minutes between two places by straight line, in steps of five; 0 within a kilometre or where one is unknown."""
    if one is None or other is None or one == other:
        return 0
    ends = (City(id=name, name=name, latitude=at[0], longitude=at[1]) for name, at in (("a", one), ("b", other)))
    km = distance_km(*ends) or 0.0
    return 0 if km < 1 else math.ceil(km / SPEED * 60 / STEP) * STEP


def _time(one: _Held) -> tuple[datetime, str]:
    return one.item.starts_at, one.item.id


def _held(item: Item, zone: ZoneInfo) -> _Held:
    """The session counted; what has no end takes one step."""
    minutes = STEP
    if item.ends_at is not None:
        minutes = max(STEP, int((item.ends_at - item.starts_at).total_seconds()) // 60)
    wall = item.starts_at.astimezone(zone).replace(tzinfo=None, fold=0)
    start = int(item.starts_at.timestamp()) // 60
    return _Held(
        item=item,
        start=start,
        end=start + minutes,
        day=wall.date(),
        minute=wall.hour * 60 + wall.minute,
        strange=_strange(wall, zone) or _strange(wall + timedelta(minutes=minutes), zone),
    )


def _strange(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks skip or repeat this time of the wall clock."""
    return zone.utcoffset(wall.replace(fold=0)) != zone.utcoffset(wall.replace(fold=1))


def _placed(held: Sequence[_Held], visit: Visit) -> list[_Held]:
    """The sessions with where people are: what has no room of its own, where they are just before, else next, that day.

    A room that does not say where it is, is where the exchange takes place, else where another is.
    """
    known = visit.at or next((one.item.at for one in held if one.item.at is not None), None)
    rooms: dict[str, tuple[float, float] | None] = {}
    for one in held:
        if one.item.place:
            rooms[one.item.place] = one.item.at or rooms.get(one.item.place) or known
    elsewhere = rooms[min(rooms)] if rooms else None
    found = []
    for _, each in groupby(held, key=lambda one: one.day):
        today = list(each)
        at = next((rooms[one.item.place] for one in today if one.item.place), elsewhere)
        for one in today:
            at = rooms[one.item.place] if one.item.place else at
            found.append(one if one.where == at else replace(one, where=at))
    return found


def _alone(held: Iterable[_Held], visit: Visit) -> Iterator[Clash]:
    """What is wrong with one session by itself."""
    for one in held:
        item = one.item
        if not visit.first_day <= one.day <= visit.last_day:
            yield Clash(kind=Kind.OUTSIDE, items=(item.id,))
        elif one.strange:
            yield Clash(kind=Kind.CLOCK, items=(item.id,))
        if item.most_guests is not None and item.guests > item.most_guests:
            yield Clash(kind=Kind.GUESTS, items=(item.id,))


def _together(held: Sequence[_Held]) -> Iterator[Clash]:
    """What clashes with each session, by kind; its way only from the one just before it."""
    counted = [one for one in held if not one.strange]
    far = _farthest(counted)
    told: dict[tuple[str, Kind], list[_Held]] = {}
    for number, one in enumerate(counted):
        for at in range(number + 1, len(counted)):
            other = counted[at]
            if other.start >= one.end + far:
                break
            kind = _between(one, other)
            if kind is Kind.WAY:
                told[other.item.id, kind] = [one, other]
            elif kind is not None:
                told.setdefault((other.item.id, kind), [other]).insert(-1, one)
    for (_id, kind), clashing in told.items():
        last = clashing[-1]
        twice = {name for one in clashing[:-1] for name in one.item.who & last.item.who}
        yield Clash(
            kind=kind,
            items=tuple(one.item.id for one in clashing),
            who=tuple(sorted(twice)) if kind is Kind.WHO else (),
            minutes=way(clashing[0].where, last.where) if kind is Kind.WAY else 0,
        )


def _farthest(held: Iterable[_Held]) -> int:
    """No way between two of them is longer: to one of them and back, and what is lost where a way is a short walk."""
    places = {one.where for one in held if one.where is not None}
    middle = next(iter(places), None)
    return 2 * max((way(middle, place) for place in places), default=0) + 2 * STEP


def _between(one: _Held, other: _Held) -> Kind | None:
    """How two sessions clash, the first of which begins no later."""
    if other.start < one.end:
        if one.item.place and one.item.place == other.item.place:
            return Kind.ROOM
        if one.item.who & other.item.who:
            return Kind.WHO
        return None if one.item.beside and other.item.beside else Kind.AT_ONCE
    if other.start >= one.end + way(one.where, other.where):
        return None
    return Kind.WAY if _both_needed(one, other) else None


def _both_needed(one: _Held, other: _Held) -> bool:
    return not (one.item.beside and other.item.beside) or not one.item.who.isdisjoint(other.item.who)


def _clash(one: _Held, other: _Held) -> bool:
    if one.strange or other.strange:
        return False
    return _between(*sorted((one, other), key=_time)) is not None


def _repaired(clash: Clash, held: dict[str, _Held], inside: Sequence[_Held], visit: Visit) -> Clash:
    """The clash with the session that could move, the latest first, and to when, where there is a free time."""
    zone = ZoneInfo(visit.zone)
    if clash.kind in (Kind.GUESTS, Kind.CLOCK):
        return clash
    for id in reversed(clash.items):
        one = held[id]
        if clash.kind is Kind.OUTSIDE:
            nearest = visit.first_day if one.day < visit.first_day else visit.last_day
            to = _first_free(replace(one, day=nearest), one.minute, inside, visit, zone)
        else:
            to = _first_free(one, one.minute + STEP, inside, visit, zone)
        if to is not None:
            return replace(clash, move=id, to=to)
    return clash


def _first_free(one: _Held, first: int, inside: Sequence[_Held], visit: Visit, zone: ZoneInfo) -> datetime | None:
    """The first time from this minute of the wall clock on, on its day, at which this session brings no clash."""
    others = [other for other in inside if other.item.id != one.item.id]
    taken = _taken(one, others)
    midnight = datetime.combine(one.day, datetime.min.time())
    steady = zone.utcoffset(midnight) == zone.utcoffset(midnight + timedelta(days=1))
    length = one.end - one.start
    latest = max(LATE, one.minute + length if one.minute + length <= DAY else 0) - length
    minute = math.ceil(first / STEP) * STEP
    while minute <= latest:
        wall = midnight + timedelta(minutes=minute)
        there = _held(_moved(one.item, wall.replace(tzinfo=zone), length), zone)
        past = _past(taken, there.start)
        if past is not None:
            minute += math.ceil((past - there.start) / STEP) * STEP if steady else STEP
        elif _even(there.item, zone) and _brings_none(there, others, inside, visit):
            return wall.replace(tzinfo=zone)
        else:
            minute += STEP
    return None


def _moved(item: Item, starts_at: datetime, minutes: int) -> Item:
    """The session at another time; its end counted in the time that runs everywhere."""
    zone = starts_at.tzinfo
    ends = (starts_at.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone)
    return replace(item, starts_at=starts_at, ends_at=ends)


def _even(item: Item, zone: ZoneInfo) -> bool:
    """Whether the clocks do not change while it runs, nor at the hour it begins or ends."""
    walls = [at.astimezone(zone).replace(tzinfo=None) for at in (item.starts_at, item.ends_at) if at is not None]
    return len({zone.utcoffset(wall.replace(fold=fold)) for wall in walls for fold in (0, 1)}) == 1


def _taken(one: _Held, others: Iterable[_Held]) -> list[tuple[int, int]]:
    """When this session cannot begin: after the first and before the second minute of each stretch, in order."""
    length = one.end - one.start
    spans = []
    for other in others:
        if _both_needed(one, other):
            there = way(one.where, other.where)
            spans.append((other.start - length - there, other.end + there))
        elif one.item.place and one.item.place == other.item.place:
            spans.append((other.start - length, other.end))
    merged: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if merged and low < merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return merged


def _past(taken: Sequence[tuple[int, int]], start: int) -> int | None:
    """Where the stretch ends in which this minute lies; None if it lies in none."""
    at = bisect_right(taken, (start - 1, math.inf)) - 1
    return taken[at][1] if at >= 0 and start < taken[at][1] else None


def _brings_none(there: _Held, others: Sequence[_Held], inside: Sequence[_Held], visit: Visit) -> bool:
    """Whether nothing clashes that did not before, with this session there and people elsewhere for others."""
    before = {one.item.id: one for one in inside}
    after = _placed(sorted([*others, there], key=_time), visit)
    for one in after:
        moved = one.item.id == there.item.id
        if not moved and one.where == before[one.item.id].where:
            continue
        for other in after:
            if other is one or not _clash(one, other):
                continue
            if moved or other.item.id == there.item.id or not _clash(before[one.item.id], before[other.item.id]):
                return False
    return True
