""" "We are 40 minutes late", "this site is closed", "the interpreter is ill": the rest of the visit, repaired.

What has begun stays. Of the rest, first nothing is lost that can be kept, then as few sessions as possible change,
then they move as little as possible. The answer is 1-minimal: no changed session can be put back alone. It says who
must be told what, and only those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import gcd
from typing import TypeVar

from ortools.sat.python import cp_model

from serai.core.agenda.clock import BadTime, Window
from serai.core.agenda.ground import Ground, UnknownName, prepare
from serai.core.agenda.habits import troubles
from serai.core.agenda.model import Agenda, Interpreter, Pace, Person, Placed, Programme, Session
from serai.core.agenda.notices import Notice, notices
from serai.core.agenda.puzzle import Impossible, Linear, Literal, Moving, Puzzle
from serai.core.agenda.rules import puzzle_of
from serai.core.agenda.solve import Watch, add_hint, new_solver
from serai.core.agenda.troubles import Trouble

LOST, NOT_MUST_LOST, CHANGED, ELSEWHERE, MISSED = 8_000_000, 800_000, 80_000, 20, 5


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


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """The repaired programme. `changed` sessions have another time, place or interpreter; `lost` ones are out.
    `least` is proven: no repair of the same days loses or changes fewer. `other_days`: more than today was open to
    change. `unpaced`: rules of pace could not be kept. `programme` None: no repair was found."""

    programme: Programme | None
    changed: tuple[str, ...]
    lost: tuple[str, ...]
    notices: tuple[Notice, ...]
    least: bool
    other_days: bool = False
    unpaced: bool = False
    stopped: bool = False


def repair(
    agenda: Agenda,
    programme: Programme,
    *,
    now: int,
    changes: tuple[Change, ...],
    units: float = 0.1,
    seed: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> Repaired:
    """The rest of the visit after `now` (wall minutes), repaired. `units` of CP-SAT effort for each of at most
    three attempts: today only, then all days, then without rules of pace. UnknownName or BadTime for changes
    that make no sense."""
    story = _Story(agenda, programme, now, changes)
    stopped = False
    for everything, paced in ((False, True), (True, True), (True, False)):
        found, proven, asked = story.attempt(everything, paced, units, seed, stop)
        stopped = stopped or asked
        found = None if found is None else story.put_back(found)
        if found is not None and (everything or not story.lost(found)):
            told = story.told(found, least=proven, stopped=stopped)
            return replace(told, other_days=everything, unpaced=not paced)
        if stopped:
            break
    return Repaired(programme=None, changed=(), lost=(), notices=(), least=False, stopped=stopped)


class _Story:
    """The visit as it now stands: facts that are over or going on, and the rest, under the changed wishes."""

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

    def attempt(
        self, everything: bool, paced: bool, units: float, seed: int, stop: Callable[[], bool]
    ) -> tuple[Programme | None, bool, bool]:
        """A programme, whether it is proven least, and whether `stop` said so."""
        ground = self.ground
        if not paced:
            loose = Pace(presentations_in_a_row=None, reflection_each_day=False, informal_each_day=False, night=0)
            ground = prepare(replace(self.agenda, pace=loose))
        droppable = frozenset(ground.sessions) - self.facts.keys()
        try:
            since = ground.clock.elapsed(self.now)
            puzzle = puzzle_of(ground, droppable=droppable, facts=self.facts, since=since)
        except Impossible:
            return None, False, False
        self._keep(puzzle, everything)
        puzzle.model.minimize(self._movement(puzzle))
        add_hint(puzzle, self.before)
        solver = new_solver(units, seed)
        watch = Watch(solver, stop)
        with watch:
            status = solver.solve(puzzle.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, False, watch.stopped
        return puzzle.programme(solver), status == cp_model.OPTIMAL, watch.stopped

    def _keep(self, puzzle: Puzzle, everything: bool) -> None:
        """Cancelled sessions out; unless everything may change, other days as they were."""
        today = self.old.day_of(self.old.clock.elapsed(self.now))
        was = {item.session: item for item in self.before.placed}
        for name, item in puzzle.moving.items():
            if name in self.facts or isinstance(item.present, int):
                continue
            if name in self.cancelled or name not in was:
                puzzle.model.add(item.present == 0)
            elif not everything:
                elapsed = self.old.clock.elapsed(was[name].start)
                if self.old.day_of(elapsed) != today and today is not None:
                    puzzle.model.add(item.start == elapsed).only_enforce_if(item.present)

    def _movement(self, puzzle: Puzzle) -> Linear:
        """Sessions lost, then sessions changed, then minutes, places, interpreters and wished people."""
        model = puzzle.model
        terms: list[Linear] = []
        for placed in self.before.placed:
            item = puzzle.moving[placed.session]
            if placed.session in self.facts or placed.session in self.cancelled:
                continue
            lost = LOST if item.session.must else NOT_MUST_LOST
            terms.append(lost * (1 - item.present))
            if not item.at:
                continue
            changed = model.new_bool_var(f"{placed.session} changed")
            was = self.ground.clock.elapsed(placed.start)
            moved = model.new_int_var(0, max(item.high - was, was - item.low, 0), "")
            model.add(item.start == was).only_enforce_if(item.present, changed.negated())
            model.add(moved >= item.start - was).only_enforce_if(item.present)
            model.add(moved >= was - item.start).only_enforce_if(item.present)
            terms += [CHANGED * changed, moved]
            terms += self._elsewhere(puzzle, item, placed, changed)
            stays = [item.attends[who] for who in sorted(placed.attending & item.session.wished)]
            terms += [MISSED * (1 - comes) for comes in stays if not isinstance(comes, int)]
        return sum(terms)

    def _elsewhere(self, puzzle: Puzzle, item: Moving, placed: Placed, changed: Literal) -> list[Linear]:
        """Another place or interpreter is a change too. Where a meal for everyone is held anywhere is not."""
        same: list[Literal] = []
        if item.session.places:
            same.append(item.at.get(placed.place, 0))
        for language, who in placed.interpreters:
            same.append(item.interprets.get((who, language), 0))
        for literal in same:
            puzzle.model.add(literal >= 1).only_enforce_if(item.present, changed.negated())
        return [ELSEWHERE * (1 - literal) for literal in same]

    def lost(self, programme: Programme) -> tuple[str, ...]:
        """Sessions that were in and are not, besides the cancelled ones."""
        there = {item.session for item in programme.placed}
        return tuple(i.session for i in self.before.placed if i.session not in there | self.cancelled)

    def changed(self, programme: Programme) -> tuple[Placed, ...]:
        """Sessions, as they were, whose time, place or interpreters are now others."""
        now = {item.session: item for item in programme.placed}
        return tuple(
            item
            for item in self.before.placed
            if item.session in now and item.session not in self.facts and self._differs(item, now[item.session])
        )

    def _differs(self, was: Placed, now: Placed) -> bool:
        anywhere = not self.ground.sessions[was.session].places
        return (
            was.start != now.start
            or (was.place != now.place and not anywhere)
            or set(was.interpreters) != set(now.interpreters)
        )

    def put_back(self, programme: Programme) -> Programme:
        """Puts back alone, again and again, every lost or changed session that can be."""
        again = True
        while again:
            again = False
            known = set(troubles(self.ground, programme))
            gone = [i for i in self.before.placed if i.session in self.lost(programme)]
            for was in (*gone, *self.changed(programme)):
                back = restored(self.ground, programme, was, known)
                if back is not None:
                    programme, again = back, True
                    break
        return programme

    def told(self, programme: Programme, *, least: bool, stopped: bool) -> Repaired:
        """The result with its notices."""
        return Repaired(
            programme=programme,
            changed=tuple(item.session for item in self.changed(programme)),
            lost=tuple(sorted({*self.lost(programme), *self._cancelled_now()})),
            notices=notices(self.old.agenda, self.before, programme, after=self.now),
            least=least,
            stopped=stopped,
        )

    def _cancelled_now(self) -> frozenset[str]:
        return frozenset(i.session for i in self.before.placed if i.session in self.cancelled - self.facts.keys())


NEVER = Window(start=10**7, end=10**7 + 1)


def restored(ground: Ground, programme: Programme, was: Placed, known: set[Trouble]) -> Programme | None:
    """The programme with one session as it was, if that brings no new trouble. Wished people whom it would
    bring into two places at once do not come; None if it cannot be put back."""
    session = ground.sessions[was.session]
    others = [item for item in programme.placed if item.session != was.session]
    attending = was.attending
    for _ in range(2):
        trial = replace(was, attending=attending)
        back = Programme(
            placed=tuple(sorted((*others, trial), key=lambda item: (item.start, item.session))),
            left_out=tuple(name for name in programme.left_out if name != was.session),
        )
        new = set(troubles(ground, back)) - known
        if not new:
            return back
        attending -= {who for trouble in new for who in trouble.people if was.session in trouble.sessions}
        attending |= was.attending & session.required
    return None


def less(windows: tuple[Window, ...], holes: list[Window]) -> tuple[Window, ...]:
    """Windows less holes; NEVER if nothing is left (an empty list would mean always)."""
    for hole in holes:
        parts = [((w.start, min(w.end, hole.start)), (max(w.start, hole.end), w.end)) for w in windows]
        windows = tuple(Window(start=a, end=b) for pair in parts for a, b in pair if a < b)
    return windows or (NEVER,)


def _gone(someone: Someone, away: list[tuple[str, Window | None]], whole: Window, last: Window) -> Someone:
    holes = [window or last for who, window in away if who == someone.id]
    return replace(someone, free=less(someone.free or (whole,), holes)) if holes else someone
