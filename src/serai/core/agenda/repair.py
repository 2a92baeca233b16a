""" "We are 40 minutes late", "this site is closed", "the interpreter is ill": the rest of the visit, repaired.

What has begun stays. Of the rest, first nothing is lost that can be kept, then as few sessions as possible change,
then they move as little as possible. The answer is 1-minimal: no changed session can be put back alone. It says who
must be told what, and only those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from ortools.sat.python import cp_model

from serai.core.agenda.ground import Ground, prepare
from serai.core.agenda.habits import troubles
from serai.core.agenda.happenings import Away, Cancelled, Change, Closed, Late, Story
from serai.core.agenda.model import Agenda, Pace, Placed, Programme
from serai.core.agenda.notices import Notice, notices
from serai.core.agenda.puzzle import Impossible, Linear, Literal, Moving, Puzzle
from serai.core.agenda.rules import puzzle_of
from serai.core.agenda.solve import Watch, add_hint, new_solver
from serai.core.agenda.troubles import Code, Trouble

__all__ = ["Away", "Cancelled", "Change", "Closed", "Late", "Repaired", "repair"]

LOST, NOT_MUST_LOST, CHANGED, ELSEWHERE, MISSED = 8_000_000, 800_000, 80_000, 20, 5
UNPACED = Pace(presentations_in_a_row=None, reflection_each_day=False, informal_each_day=False, night=0)
ABOUT_OTHERS = frozenset({Code.MISSING, Code.NOT_AFTER, Code.NO_REFLECTION, Code.NO_INFORMAL})


class Scope(Enum):
    """Which sessions may begin at another time: those that cannot stay, today's, or all."""

    TROUBLED = "troubled"
    TODAY = "today"
    ALL = "all"


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
    units: float = 0.05,
    seed: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> Repaired:
    """The rest of the visit after `now` (wall minutes), repaired. `units` of CP-SAT effort for each of at most
    four attempts: only sessions that cannot stay may move, then today's, then all, then without rules of pace.
    UnknownName or BadTime for changes that make no sense."""
    search = _Search(Story(agenda, programme, now, changes), units, seed, stop)
    for scope, paced in ((Scope.TROUBLED, True), (Scope.TODAY, True), (Scope.ALL, True), (Scope.ALL, False)):
        if search.enough(scope):
            break
        search.attempt(scope, paced)
    return search.told()


class _Search:
    """The best repair so far. `forced` sessions cannot stay whatever the others do: a bound on changes."""

    def __init__(self, story: Story, units: float, seed: int, stop: Callable[[], bool]) -> None:
        self.story, self.before, self.ground, self.facts = story, story.before, story.ground, story.facts
        self.cancelled = story.cancelled
        self._units, self._seed, self._stop = units, seed, stop
        self.best: Programme | None = None
        self.least = self.stopped = self.other_days = self.unpaced = False
        self.stay = [item for item in self.before.placed if item.session not in self.cancelled | self.facts.keys()]
        self.hopeless = frozenset(item.session for item in self.stay if not self._could_be(item.session))
        self.forced = self._forced()
        self.troubled = self._troubled()

    def _could_be(self, name: str) -> bool:
        """Whether a session has any place and time at all, with interpreters, were it the only one."""
        ground, session = self.ground, self.ground.sessions[name]
        spans = [span for place in ground.options(session) for span in ground.starts(session, place)]
        for language in session.languages:
            able = [who for who, k in ground.interpreters.items() if language in k.languages]
            free = [span for who in able for span in ground.free[who] or ((0, 10**9),)]
            length = session.minutes
            spans = [(max(a, c), min(b, d - length)) for a, b in spans for c, d in free]
            spans = [(a, b) for a, b in spans if a <= b]
        return bool(spans)

    def _forced(self) -> int:
        """How many sessions cannot stay as they were even if all others that have not begun were gone."""
        begun = tuple(self.facts.values())
        known = set(troubles(self.ground, Programme(placed=begun)))
        count = 0
        for item in self.stay:
            alone = replace(item, attending=item.attending & self.ground.sessions[item.session].required)
            new = set(troubles(self.ground, Programme(placed=(*begun, alone)))) - known
            count += any(trouble.code not in ABOUT_OTHERS for trouble in new)
        return count

    def _troubled(self) -> frozenset[str]:
        """Sessions that some trouble is about if all stayed as they were."""
        placed = (*self.facts.values(), *self.stay)
        return frozenset(
            name for trouble in troubles(self.ground, Programme(placed=placed)) for name in trouble.sessions
        )

    def enough(self, scope: Scope) -> bool:
        """Whether the best so far needs no attempt of that scope."""
        if self.stopped or self.best is None:
            return self.stopped
        return self.least or (scope is Scope.ALL and (self.other_days or not self._needless(self.best)))

    def attempt(self, scope: Scope, paced: bool) -> None:
        """Looks for a better repair; keeps the best."""
        agenda = self._fixed(scope)
        ground = prepare(agenda if paced else replace(agenda, pace=UNPACED))
        since = ground.clock.elapsed(self.story.now)
        droppable = frozenset(ground.sessions) - self.facts.keys()
        try:
            puzzle = puzzle_of(ground, droppable=droppable, facts=self.facts, since=since)
        except Impossible:
            return
        was = {item.session for item in self.before.placed}
        for name, item in puzzle.moving.items():
            if (name in self.cancelled or name not in was) and name not in self.facts:
                puzzle.model.add(item.present == 0)
        puzzle.model.minimize(self._movement(puzzle))
        add_hint(puzzle, self.best or self.before)
        solver = new_solver(self._units, self._seed)
        watch = Watch(solver, self._stop)
        with watch:
            status = solver.solve(puzzle.model)
        self.stopped = self.stopped or watch.stopped
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self._take(self.put_back(puzzle.programme(solver)), scope, paced, status == cp_model.OPTIMAL)

    def _take(self, found: Programme, scope: Scope, paced: bool, proven: bool) -> None:
        proven = proven and scope is not Scope.TROUBLED
        if self.best is None or self._cost(found) < self._cost(self.best):
            self.best, self.unpaced = found, not paced
            self.other_days = scope is Scope.ALL
        elif scope is Scope.ALL:
            self.other_days = True
        count = len(self.lost(self.best)) + len(self.changed(self.best))
        if self._needless(self.best):
            self.least = proven and scope is Scope.ALL
        else:
            self.least = proven or count <= self.forced

    def _needless(self, programme: Programme) -> frozenset[str]:
        """Lost sessions that other days might have saved."""
        return frozenset(self.lost(programme)) - self.hopeless

    def _cost(self, programme: Programme) -> tuple[int, int, int, int]:
        sessions, placed = self.ground.sessions, {item.session: item for item in programme.placed}
        lost, changed = self.lost(programme), self.changed(programme)
        must = sum(sessions[name].must for name in lost)
        return must, len(lost), len(changed), sum(abs(i.start - placed[i.session].start) for i in changed)

    def _fixed(self, scope: Scope) -> Agenda:
        """The changed agenda with every session outside the scope at its old start."""
        agenda, today = self.story.agenda, self.story.day(self.story.now)
        if scope is Scope.ALL or (scope is Scope.TODAY and today is None):
            return agenda
        was = {item.session: item.start for item in self.stay}
        if scope is Scope.TODAY:
            kept = {name for name, start in was.items() if self.story.day(start) != today}
        else:
            kept = was.keys() - self.troubled
        sessions = (
            replace(session, start=was[session.id]) if session.id in kept else session for session in agenda.sessions
        )
        return replace(agenda, sessions=tuple(sessions))

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
            for person in sorted(item.session.wished & item.attends.keys()):
                if person in placed.attending:
                    terms.append(MISSED * (1 - item.attends[person]))
                else:
                    model.add(item.attends[person] == 0)
        return sum(terms)

    def _elsewhere(self, puzzle: Puzzle, item: Moving, placed: Placed, changed: Literal) -> list[Linear]:
        """Another place or interpreter is a change too. Where a meal for everyone is held anywhere is not."""
        here = item.at.get(placed.place, 0)
        same = [item.interprets.get((who, language), 0) for language, who in placed.interpreters]
        terms: list[Linear] = []
        if item.session.places:
            same.append(here)
        else:
            terms.append(ELSEWHERE // 10 * (1 - here))
        for literal in same:
            puzzle.model.add(literal >= 1).only_enforce_if(item.present, changed.negated())
        return terms + [ELSEWHERE * (1 - literal) for literal in same]

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

    def told(self) -> Repaired:
        """The result with its notices."""
        if self.best is None:
            return Repaired(programme=None, changed=(), lost=(), notices=(), least=False, stopped=self.stopped)
        cancelled = {i.session for i in self.before.placed if i.session in self.cancelled - self.facts.keys()}
        return Repaired(
            programme=self.best,
            changed=tuple(item.session for item in self.changed(self.best)),
            lost=tuple(sorted({*self.lost(self.best), *cancelled})),
            notices=notices(self.story.old.agenda, self.before, self.best, after=self.story.now),
            least=self.least,
            other_days=self.other_days,
            unpaced=self.unpaced,
            stopped=self.stopped,
        )


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
