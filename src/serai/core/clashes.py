"""What clashes in a programme that people made by hand, and the first free time for what could move.

The rules of rooms, people and ways are those of `core.agenda` (docs/decisions/0021), for a programme as it stands:
everyone comes to everything, except to sessions that are marked to run beside others. Travel is by straight line. Many
clashes are told by few lines: what clashes with one session in the same way is one clash, and a free time is looked for
by what is taken, not by trying every hour.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import combinations, groupby
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
    return 0 if km < 1 else _step(km / SPEED * 60)


def _time(one: _Held) -> tuple[int, str]:
    return one.start, one.item.id


def _held(item: Item, zone: ZoneInfo) -> _Held:
    """The session counted; what has no end takes one step."""
    minutes = STEP
    if item.ends_at is not None:
        minutes = max(STEP, int((item.ends_at - item.starts_at).total_seconds()) // 60)
    wall = item.starts_at.astimezone(zone).replace(tzinfo=None)
    start = int(item.starts_at.timestamp()) // 60
    return _Held(
        item=item,
        start=start,
        end=start + minutes,
        day=wall.date(),
        minute=wall.hour * 60 + wall.minute,
        strange=any(len(_offsets(at, zone)) > 1 for at in (wall, wall + timedelta(minutes=minutes))),
    )


def _offsets(wall: datetime, zone: ZoneInfo) -> set[timedelta | None]:
    """What this time of the wall clock is ahead of UTC: two things where the clocks skip or repeat it."""
    return {zone.utcoffset(wall.replace(fold=fold)) for fold in (0, 1)}


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
    far = max((way(*both) for both in combinations({one.where for one in held}, 2)), default=0)
    told: dict[tuple[str, Kind], list[_Held]] = {}
    for number, one in enumerate(held):
        for other in held[number + 1 :]:
            if other.start >= one.end + far:
                break
            kind = _between(one, other)
            if kind is Kind.WAY:
                told[other.item.id, kind] = [one, other]
            elif kind is not None:
                told.setdefault((other.item.id, kind), [other]).insert(-1, one)
    for (_id, kind), (*others, last) in told.items():
        twice = {name for one in others for name in one.item.who & last.item.who}
        yield Clash(
            kind=kind,
            items=tuple(one.item.id for one in (*others, last)),
            who=tuple(sorted(twice)) if kind is Kind.WHO else (),
            minutes=way(others[0].where, last.where) if kind is Kind.WAY else 0,
        )


def _between(one: _Held, other: _Held) -> Kind | None:
    """How two sessions clash, in either order. What is at a strange hour is told by itself."""
    if one.strange or other.strange:
        return None
    apart = max(one.start - other.end, other.start - one.end)
    if apart >= 0:
        return Kind.WAY if apart < way(one.where, other.where) and _both_needed(one, other) else None
    if _same_room(one, other):
        return Kind.ROOM
    if one.item.who & other.item.who:
        return Kind.WHO
    return Kind.AT_ONCE if _both_needed(one, other) else None


def _same_room(one: _Held, other: _Held) -> bool:
    return one.item.place != "" and one.item.place == other.item.place


def _both_needed(one: _Held, other: _Held) -> bool:
    """Whether somebody comes to both: all come to what does not run beside others."""
    return not (one.item.beside and other.item.beside) or not one.item.who.isdisjoint(other.item.who)


def _repaired(clash: Clash, held: dict[str, _Held], inside: Sequence[_Held], visit: Visit) -> Clash:
    """The clash with the session that could move, the latest first, and to when, where there is a free time."""
    if clash.kind in (Kind.GUESTS, Kind.CLOCK):
        return clash
    offers = ((id, _first_free(held[id], inside, visit)) for id in reversed(clash.items))
    return next((replace(clash, move=id, to=to) for id, to in offers if to), clash)


def _first_free(one: _Held, inside: Sequence[_Held], visit: Visit) -> datetime | None:
    """When this session would bring no clash: from its own hour on, on its day or the nearest of the exchange."""
    zone = ZoneInfo(visit.zone)
    day = min(max(one.day, visit.first_day), visit.last_day)
    length = one.end - one.start
    late = max(LATE, one.minute + length) if one.minute + length <= DAY else LATE
    others = [other for other in inside if other.item.id != one.item.id]
    taken = sorted(
        (other.start - length, other.end) for other in others if _both_needed(one, other) or _same_room(one, other)
    )
    start = int(datetime.combine(day, time(*divmod(one.minute, 60)), zone).timestamp()) // 60
    while True:
        start = _past(taken, start)
        to = datetime.fromtimestamp(start * 60, zone)
        if to.date() != day or to.hour * 60 + to.minute + length > late:
            return None
        there = replace(one, start=start, end=start + length, day=day, strange=False)
        if _steady(to, length, zone) and _brings_none(there, others, visit):
            return to
        start += STEP


def _past(taken: Iterable[tuple[int, int]], start: int) -> int:
    """The first minute from this on, in steps, that lies within none of these stretches; they come in order."""
    start = _step(start)
    for low, high in taken:
        if low < start < high:
            start = _step(high)
    return start


def _step(minutes: float) -> int:
    return math.ceil(minutes / STEP) * STEP


def _steady(to: datetime, minutes: int, zone: ZoneInfo) -> bool:
    """Whether the clocks do not change in these minutes, nor at the hour where they begin or end."""
    wall = to.replace(tzinfo=None)
    return len(_offsets(wall, zone) | _offsets(wall + timedelta(minutes=minutes), zone)) == 1


def _brings_none(there: _Held, others: Sequence[_Held], visit: Visit) -> bool:
    """Whether nothing clashes that did not before, with this session there and people elsewhere for others."""
    before = {one.item.id: one for one in others}
    after = _placed(sorted([*others, there], key=_time), visit)
    for one in after:
        was = before.get(one.item.id)
        if was is not None and one.where == was.where:
            continue
        for other in after:
            still = before.get(other.item.id)
            if one is not other and _between(one, other) and not (was and still and _between(was, still)):
                return False
    return True
