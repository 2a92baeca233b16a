"""An agenda checked and turned into numbers once: elapsed minutes, shortest ways, where and when each session could be.

Everything here is in elapsed minutes (see `clock`); only facts are used, nothing is searched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from serai.core.agenda.clock import DAY, BadAgenda, BadTime, Clock, Window
from serai.core.agenda.model import UNHURRIED, Agenda, Interpreter, Person, Place, Session

Span = tuple[int, int]


class UnknownName(BadAgenda):
    """A session, person, place, goal or language that is not in the agenda."""


class NoWay(BadAgenda):
    """Two places without any travel time between them."""


@dataclass(frozen=True)
class Ground:
    """The prepared agenda. `days` and all spans are elapsed; `way[place][place]` are minutes by the shortest way."""

    agenda: Agenda
    clock: Clock
    days: tuple[Span, ...]
    sessions: dict[str, Session]
    people: dict[str, Person]
    interpreters: dict[str, Interpreter]
    places: dict[str | None, Place]
    way: dict[str | None, dict[str | None, int]]
    free: dict[str, tuple[Span, ...] | None]
    opens: dict[str | None, tuple[Span, ...] | None]

    def breather(self, one: Session, other: Session) -> int:
        """Minutes one person needs between two sessions, besides the way."""
        return 0 if one.kind in UNHURRIED or other.kind in UNHURRIED else self.agenda.pace.breather

    def options(self, session: Session) -> tuple[str | None, ...]:
        """Places that by their size and rules can take everyone required; with no places at all, just None."""
        named: Iterable[str | None] = session.places or self.places
        marks = frozenset().union(*(self.people[person].marks for person in session.required))
        found: list[str | None] = []
        for name in named:
            place = self.places[name]
            most = self.most_people(session, name)
            if (most is None or len(session.required) <= most) and not (marks & place.rules.barred):
                found.append(name)
        return tuple(found)

    def most_people(self, session: Session, place: str | None) -> int | None:
        """How many may come to this session there; a session that can be anywhere takes up no room."""
        if not session.places:
            return None
        sizes = [self.places[place].holds, self.places[place].rules.most_people]
        return min((size for size in sizes if size is not None), default=None)

    def starts(self, session: Session, place: str | None) -> tuple[Span, ...]:
        """First and last possible start, in stretches, by hours, doors and required people (not by each other)."""
        spans: tuple[Span, ...] = self.days
        within = self.spans(session.within)
        needed = [within, self.opens[place] if session.places else None]
        needed += [self.free[person] for person in sorted(session.required)]
        for other in needed:
            if other is not None:
                spans = meet(spans, other)
        spans = without(spans, self.clock.doubled())
        found = tuple((a, b - session.minutes) for a, b in spans if b - session.minutes >= a)
        if session.start is None:
            return found
        fixed = self.clock.elapsed(session.start)
        return tuple((fixed, fixed) for a, b in found if a <= fixed <= b)

    def spans(self, windows: tuple[Window, ...]) -> tuple[Span, ...] | None:
        """Windows as elapsed spans, merged; None when there are none (always)."""
        return spans_of(self.clock, windows)

    def day_of(self, start: int) -> int | None:
        """The number of the day whose hours hold this minute."""
        return next((number for number, (a, b) in enumerate(self.days) if a <= start < b), None)


def spans_of(clock: Clock, windows: tuple[Window, ...]) -> tuple[Span, ...] | None:
    """Windows as elapsed spans, merged; None when there are none (always). ClockChange for edges that are not."""
    if not windows:
        return None
    merged: list[Span] = []
    for a, b in sorted((clock.elapsed(w.start), clock.elapsed(w.end)) for w in windows):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], b))
        else:
            merged.append((a, b))
    return tuple(merged)


def meet(one: tuple[Span, ...], other: tuple[Span, ...]) -> tuple[Span, ...]:
    """Where both hold."""
    return tuple((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d))


def without(spans: tuple[Span, ...], holes: tuple[Span, ...]) -> tuple[Span, ...]:
    """The spans less the holes."""
    for low, high in holes:
        cut = [((a, min(b, low)), (max(a, high), b)) for a, b in spans]
        spans = tuple((a, b) for pair in cut for a, b in pair if a < b)
    return spans


def prepare(agenda: Agenda) -> Ground:
    """Checks the agenda and prepares it. BadAgenda (or its kinds) says what makes no sense."""
    _check_numbers(agenda)
    sessions = {item.id: item for item in agenda.sessions}
    people = {item.id: item for item in agenda.people}
    interpreters = {item.id: item for item in agenda.interpreters}
    places: dict[str | None, Place] = {item.id: item for item in agenda.places}
    _check_names(agenda)
    clock = Clock(agenda.first_day, agenda.zone, max(day.end for day in agenda.days))
    days = tuple((clock.elapsed(day.start), clock.elapsed(day.end)) for day in agenda.days)
    for session in agenda.sessions:
        if session.start is not None:
            clock.elapsed(session.start)
    everyone: list[Person | Interpreter] = [*agenda.people, *agenda.interpreters]
    free = {item.id: spans_of(clock, item.free) for item in everyone}
    return Ground(
        agenda=agenda,
        clock=clock,
        days=days,
        sessions=sessions,
        people=people,
        interpreters=interpreters,
        places=places or {None: Place(id="")},
        way=_ways(agenda) or {None: {None: 0}},
        free=free,
        opens={name: spans_of(clock, item.opens) for name, item in places.items()} or {None: None},
    )


def _check_numbers(agenda: Agenda) -> None:
    whole = [("step", agenda.step, 1), ("night", agenda.pace.night, 0), ("breather", agenda.pace.breather, 0)]
    row = agenda.pace.presentations_in_a_row
    whole += [("presentations in a row", row, 1)] if row is not None else []
    for session in agenda.sessions:
        whole += [(f"length of {session.id}", session.minutes, 1), (f"worth of {session.id}", session.worth, 0)]
        whole += [(f"start of {session.id}", session.start, 0)] if session.start is not None else []
    for place in agenda.places:
        sizes = [place.holds, place.rules.most_people, place.rules.most_visits_a_day]
        whole += [(f"size or rule of {place.id}", size, 0) for size in sizes if size is not None]
        whole.append((f"pause rule of {place.id}", place.rules.minutes_between, 0))
    for helper in agenda.interpreters:
        most = helper.most_minutes_a_day
        whole += [(f"minutes a day of {helper.id}", most, 0)] if most is not None else []
    whole += [(f"way {leg.origin} to {leg.destination}", leg.minutes, 0) for leg in agenda.legs]
    whole += [(f"weight of goal {goal.id}", goal.weight, 0) for goal in agenda.goals]
    for what, number, least in whole:
        if not isinstance(number, int) or isinstance(number, bool) or number < least:
            raise BadTime(f"{what} must be a whole number from {least} up, not {number!r}")
    if not agenda.days:
        raise BadTime("a visit needs at least one day")
    for one, other in pairwise(agenda.days):
        if other.start < one.end:
            raise BadTime("the hours of two days overlap or are not in order")
    if max(day.end for day in agenda.days) > 60 * DAY:
        raise BadTime("a visit is at most sixty days")


def _check_names(agenda: Agenda) -> None:
    everyone = [item.id for item in agenda.people] + [item.id for item in agenda.interpreters]
    lists = (
        ("session", [item.id for item in agenda.sessions]),
        ("person or interpreter", everyone),
        ("place", [item.id for item in agenda.places]),
        ("goal", [item.id for item in agenda.goals]),
    )
    for what, names in lists:
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            raise BadAgenda(f"{what} {double[0]} is given twice")
    people = {item.id for item in agenda.people}
    known = {what: set(names) for what, names in lists}
    for session in agenda.sessions:
        both = session.required & session.wished
        if both:
            raise BadAgenda(f"{min(both)} is both required and wished at {session.id}")
        for what, wanted, there in (
            ("person", session.required | session.wished, people),
            ("place", set(session.places), known["place"]),
            ("goal", session.goals, known["goal"]),
            ("session", session.after, known["session"] - {session.id}),
        ):
            if wanted - there:
                raise UnknownName(f"{session.id} names the {what} {min(wanted - there)}, which it cannot")
    for leg in agenda.legs:
        if not {leg.origin, leg.destination} <= known["place"]:
            raise UnknownName(f"the way {leg.origin} to {leg.destination} names a place that is not there")


def _ways(agenda: Agenda) -> dict[str | None, dict[str | None, int]]:
    """Shortest ways between all places. NoWay when two that sessions can use are not joined."""
    names: list[str | None] = [item.id for item in agenda.places]
    far = 10**9
    way = {a: dict.fromkeys(names, far) for a in names}
    for leg in agenda.legs:
        way[leg.destination][leg.origin] = leg.minutes
    for leg in agenda.legs:
        way[leg.origin][leg.destination] = leg.minutes
    for name in names:
        way[name][name] = 0
    for middle in names:
        for a in names:
            for b in names:
                way[a][b] = min(way[a][b], way[a][middle] + way[middle][b])
    for a in names:
        for b in names:
            if way[a][b] >= far:
                raise NoWay(f"no way is given from {a} to {b}")
    return way
