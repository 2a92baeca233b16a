"""What happened during a visit, and the visit as it then stands: what has begun, and the wishes for the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd
from typing import TypeVar

from serai.core.agenda.clock import BadTime, Window
from serai.core.agenda.ground import UnknownName, prepare
from serai.core.agenda.model import Agenda, Interpreter, Person, Placed, Programme, Session

NEVER = Window(start=10**7, end=10**7 + 1)


@dataclass(frozen=True, kw_only=True)
class Late:
    """Sessions going on now end so many minutes later; if none is, the next ones begin that much later at least."""

    minutes: int


@dataclass(frozen=True, kw_only=True)
class Closed:
    """A place that cannot be used, from now on or in a window."""

    place: str
    window: Window | None = None


@dataclass(frozen=True, kw_only=True)
class Away:
    """A person or interpreter who is ill or gone, from now on or in a window. Sessions planned for then go on
    without a person, but for those that `needed` names; a language always needs its interpreter."""

    who: str
    window: Window | None = None
    needed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """A session that will not happen."""

    session: str


Someone = TypeVar("Someone", Person, Interpreter)
Change = Late | Closed | Away | Cancelled


class Story:
    """A visit after some changes. `facts` have begun; `agenda` and `ground` hold the wishes for the rest."""

    def __init__(self, agenda: Agenda, programme: Programme, now: int, changes: tuple[Change, ...]) -> None:
        self.before, self.now = programme, now
        self.old = prepare(agenda)
        self._know(changes)
        self.cancelled = frozenset(change.session for change in changes if isinstance(change, Cancelled))
        late = sum(change.minutes for change in changes if isinstance(change, Late))
        self.facts = self._facts(late)
        begins = now
        if late and not any(item.end > now for item in self.facts.values()):
            begins = min((item.start for item in programme.placed if item.start >= now), default=now) + late
        self.agenda = self._changed(agenda, changes, begins)
        self.ground = prepare(self.agenda)

    def _know(self, changes: tuple[Change, ...]) -> None:
        for change in changes:
            if isinstance(change, Late) and change.minutes <= 0:
                raise BadTime(f"late by {change.minutes} minutes is not late")
            unknown: set[str] = set()
            if isinstance(change, Closed):
                unknown = {change.place} - {place.id for place in self.old.agenda.places}
            elif isinstance(change, Away):
                unknown = ({change.who} - self.old.free.keys()) | (change.needed - self.old.sessions.keys())
            elif isinstance(change, Cancelled):
                unknown = {change.session} - self.old.sessions.keys()
            if unknown:
                raise UnknownName(f"the change names {min(unknown)}, which is not in the agenda")

    def _facts(self, late: int) -> dict[str, Placed]:
        """Sessions that have begun; those going on end later by `late`."""
        facts: dict[str, Placed] = {}
        for item in self.before.placed:
            if item.start < self.now:
                end = item.end + late if item.end > self.now else item.end
                if item.session in self.cancelled:
                    end = min(item.end, self.now)
                facts[item.session] = replace(item, end=end)
        return facts

    def _changed(self, agenda: Agenda, changes: tuple[Change, ...], begins: int) -> Agenda:
        closed = [(change.place, change.window) for change in changes if isinstance(change, Closed)]
        away = [(change.who, change.window) for change in changes if isinstance(change, Away)]
        whole = Window(start=min(begins, agenda.days[0].start), end=agenda.days[-1].end)
        last = Window(start=self.now, end=max(agenda.days[-1].end, self.now + 1))
        places = []
        for place in agenda.places:
            holes = [window or last for name, window in closed if name == place.id]
            places.append(replace(place, opens=less(place.opens or (whole,), holes)) if holes else place)
        step = agenda.step
        for item in self.before.placed:
            step = gcd(step, self.old.clock.elapsed(item.start)) if item.session not in self.facts else step
        return replace(
            agenda,
            sessions=tuple(
                self._session(self._excused(session, changes, last), begins, whole) for session in agenda.sessions
            ),
            people=tuple(_gone(person, away, whole, last) for person in agenda.people),
            interpreters=tuple(_gone(person, away, whole, last) for person in agenda.interpreters),
            places=tuple(places),
            step=step,
        )

    def _excused(self, session: Session, changes: tuple[Change, ...], last: Window) -> Session:
        """Whoever is away when a session was planned is wished there, no longer required."""
        placed = self.before.of(session.id)
        excused = {
            change.who
            for change in changes
            if isinstance(change, Away) and session.id not in change.needed and placed is not None
            if placed.start < (change.window or last).end and (change.window or last).start < placed.end
        }
        excused &= session.required
        return replace(session, required=session.required - excused, wished=session.wished | excused)

    def _session(self, session: Session, begins: int, whole: Window) -> Session:
        fact = self.facts.get(session.id)
        if fact is not None:
            minutes = self.old.clock.elapsed(fact.end) - self.old.clock.elapsed(fact.start)
            return replace(
                session,
                minutes=max(1, minutes),
                start=fact.start,
                within=(),
                required=fact.attending,
                wished=frozenset(),
                languages=frozenset(language for language, _ in fact.interpreters),
            )
        return replace(session, within=less(session.within or (whole,), [Window(start=-1, end=begins)]))

    def day(self, wall: int) -> int | None:
        """The number of the day whose hours hold a wall minute."""
        return self.old.day_of(self.old.clock.elapsed(wall))


def less(windows: tuple[Window, ...], holes: list[Window]) -> tuple[Window, ...]:
    """Windows less holes; NEVER if nothing is left (an empty list would mean always)."""
    for hole in holes:
        parts = [((w.start, min(w.end, hole.start)), (max(w.start, hole.end), w.end)) for w in windows]
        windows = tuple(Window(start=a, end=b) for pair in parts for a, b in pair if a < b)
    return windows or (NEVER,)


def _gone(someone: Someone, away: list[tuple[str, Window | None]], whole: Window, last: Window) -> Someone:
    holes = [window or last for who, window in away if who == someone.id]
    return replace(someone, free=less(someone.free or (whole,), holes)) if holes else someone
