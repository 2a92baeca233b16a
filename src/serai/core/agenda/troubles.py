"""What is wrong with a programme, each thing once: the rules read from the wishes, not from the solver.

Used for warnings on programmes that people made or changed by hand, and to see whether a repair can be undone in
part. Pace and protocol are looked at in `habits`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from serai.core.agenda.clock import ClockChange
from serai.core.agenda.ground import Ground, Span, UnknownName
from serai.core.agenda.model import Placed, Programme, Session


class Code(StrEnum):
    """What can be wrong. Only what a site's rules say blocks; everything else warns (interface.md)."""

    MISSING = "missing"
    LENGTH = "length"
    OUTSIDE_DAY = "outside day"
    OUTSIDE_HOURS = "outside hours"
    NOT_AT_FIXED_TIME = "not at fixed time"
    CLOCK_CHANGE = "clock change"
    WRONG_PLACE = "wrong place"
    PLACE_CLOSED = "place closed"
    PLACE_FULL = "place full"
    PLACE_TWICE = "place twice"
    SITE_GROUP = "site group"
    SITE_VISITS = "site visits"
    SITE_PAUSE = "site pause"
    SITE_BARRED = "site barred"
    PERSON_MISSING = "person missing"
    PERSON_AWAY = "person away"
    PERSON_TWICE = "person twice"
    NO_TIME_FOR_WAY = "no time for way"
    NO_INTERPRETER = "no interpreter"
    WRONG_INTERPRETER = "wrong interpreter"
    INTERPRETER_HOURS = "interpreter hours"
    NOT_AFTER = "not after"
    OPENING_NOT_FIRST = "opening not first"
    ROW = "presentations in a row"
    NO_REFLECTION = "no reflection"
    NO_INFORMAL = "no informal time"
    SHORT_NIGHT = "short night"


BLOCKING = frozenset({Code.SITE_GROUP, Code.SITE_VISITS, Code.SITE_PAUSE, Code.SITE_BARRED})


@dataclass(frozen=True, order=True)
class Trouble:
    """One thing that is wrong, and with what. `day` counts from 0."""

    code: Code
    sessions: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    place: str | None = None
    language: str | None = None
    day: int | None = None

    @property
    def blocks(self) -> bool:
        """A site's rule: the programme cannot be released like this."""
        return self.code in BLOCKING


@dataclass(frozen=True)
class Held:
    """A placed session with its elapsed times and its day."""

    placed: Placed
    session: Session
    start: int
    end: int
    day: int | None


def hold(ground: Ground, programme: Programme) -> tuple[list[Held], list[Trouble]]:
    """The placed sessions in order of time, and those whose wall time does not exist or comes twice."""
    held: list[Held] = []
    wrong: list[Trouble] = []
    for placed in programme.placed:
        session = ground.sessions.get(placed.session)
        strange = (set(placed.attending) - ground.people.keys()) | (
            {who for _, who in placed.interpreters} - ground.interpreters.keys()
        )
        if session is None or strange or (placed.place not in ground.places):
            what = placed.session if session is None else (min(strange) if strange else placed.place)
            raise UnknownName(f"the programme names {what}, which is not in the agenda")
        try:
            start, end = ground.clock.elapsed(placed.start), ground.clock.elapsed(placed.end)
        except ClockChange:
            wrong.append(Trouble(Code.CLOCK_CHANGE, (placed.session,)))
            continue
        held.append(Held(placed, session, start, end, ground.day_of(start)))
    return sorted(held, key=lambda item: (item.start, item.session.id)), wrong


def session_troubles(ground: Ground, item: Held) -> Iterator[Trouble]:
    """What is wrong with one session by itself."""
    session, placed, name = item.session, item.placed, (item.session.id,)
    span = (item.start, item.end)
    if item.end - item.start != session.minutes:
        yield Trouble(Code.LENGTH, name)
    if item.day is None or not inside(span, (ground.days[item.day],)):
        yield Trouble(Code.OUTSIDE_DAY, name)
    if not inside(span, ground.spans(session.within)):
        yield Trouble(Code.OUTSIDE_HOURS, name)
    if session.start is not None and session.start != placed.start:
        yield Trouble(Code.NOT_AT_FIXED_TIME, name)
    yield from _place_troubles(ground, item, span)
    for person in sorted(session.required - placed.attending):
        yield Trouble(Code.PERSON_MISSING, name, (person,))
    for person in sorted(placed.attending):
        if not inside(span, ground.free[person]):
            yield Trouble(Code.PERSON_AWAY, name, (person,))
    yield from _interpreter_troubles(ground, item, span)


def _place_troubles(ground: Ground, item: Held, span: Span) -> Iterator[Trouble]:
    session, placed, name = item.session, item.placed, (item.session.id,)
    if not session.places:
        return
    place = ground.places[placed.place]
    if placed.place not in session.places:
        yield Trouble(Code.WRONG_PLACE, name, place=placed.place)
    if not inside(span, ground.opens[placed.place]):
        yield Trouble(Code.PLACE_CLOSED, name, place=placed.place)
    if place.holds is not None and len(placed.attending) > place.holds:
        yield Trouble(Code.PLACE_FULL, name, place=placed.place)
    if place.rules.most_people is not None and len(placed.attending) > place.rules.most_people:
        yield Trouble(Code.SITE_GROUP, name, place=placed.place)
    barred = [p for p in sorted(placed.attending) if ground.people[p].marks & place.rules.barred]
    if barred:
        yield Trouble(Code.SITE_BARRED, name, tuple(barred), place=placed.place)


def _interpreter_troubles(ground: Ground, item: Held, span: Span) -> Iterator[Trouble]:
    session, name = item.session, (item.session.id,)
    heard = {language for language, _ in item.placed.interpreters}
    for language in sorted(session.languages - heard):
        yield Trouble(Code.NO_INTERPRETER, name, language=language)
    people = [who for _, who in item.placed.interpreters]
    for language, who in item.placed.interpreters:
        if language not in ground.interpreters[who].languages or people.count(who) > 1:
            yield Trouble(Code.WRONG_INTERPRETER, name, (who,), language=language)
        if not inside(span, ground.free[who]):
            yield Trouble(Code.PERSON_AWAY, name, (who,))


def inside(span: Span, spans: tuple[Span, ...] | None) -> bool:
    """Wholly within one of the spans; None is always."""
    return spans is None or any(a <= span[0] and span[1] <= b for a, b in spans)


def pair_troubles(ground: Ground, held: list[Held]) -> Iterator[Trouble]:
    """Places and people that are needed twice, or with no time for the way between."""
    far = max((minutes for ways in ground.way.values() for minutes in ways.values()), default=0)
    far += ground.agenda.pace.breather
    pause = max((place.rules.minutes_between for place in ground.places.values()), default=0)
    for number, one in enumerate(held):
        for other in held[number + 1 :]:
            if other.start >= one.end + max(far, pause):
                break
            yield from _place_twice(ground, one, other)
            yield from _person_twice(ground, one, other)


def _place_twice(ground: Ground, one: Held, other: Held) -> Iterator[Trouble]:
    if one.placed.place != other.placed.place or not (one.session.places and other.session.places):
        return
    place, both = one.placed.place, (one.session.id, other.session.id)
    if other.start < one.end:
        yield Trouble(Code.PLACE_TWICE, both, place=place)
    elif other.start < one.end + ground.places[place].rules.minutes_between:
        yield Trouble(Code.SITE_PAUSE, both, place=place)


def _person_twice(ground: Ground, one: Held, other: Held) -> Iterator[Trouble]:
    way = ground.way[one.placed.place][other.placed.place]
    needed = way + ground.breather(one.session, other.session)
    if other.start >= one.end + needed:
        return
    busy = _busy(one.placed) & _busy(other.placed)
    if busy:
        code = Code.PERSON_TWICE if other.start < one.end else Code.NO_TIME_FOR_WAY
        yield Trouble(code, (one.session.id, other.session.id), tuple(sorted(busy)))


def _busy(placed: Placed) -> frozenset[str]:
    return placed.attending | {who for _, who in placed.interpreters}


def day_troubles(ground: Ground, held: list[Held]) -> Iterator[Trouble]:
    """Too many visits to a site, or too many minutes of an interpreter, in one day."""
    for day in range(len(ground.days)):
        today = [item for item in held if item.day == day]
        for name, place in ground.places.items():
            visits = [item.session.id for item in today if item.placed.place == name and item.session.places]
            most = place.rules.most_visits_a_day
            if most is not None and len(visits) > most:
                yield Trouble(Code.SITE_VISITS, tuple(visits), place=name, day=day)
        for who, interpreter in ground.interpreters.items():
            if interpreter.most_minutes_a_day is None:
                continue
            mine = [item for item in today if who in {other for _, other in item.placed.interpreters}]
            if sum(item.end - item.start for item in mine) > interpreter.most_minutes_a_day:
                yield Trouble(Code.INTERPRETER_HOURS, tuple(i.session.id for i in mine), (who,), day=day)
