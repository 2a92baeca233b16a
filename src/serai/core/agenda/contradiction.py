"""Why a wish list cannot be: the fewest wishes that contradict, and what dropping each of them would allow.

Facts (hours, ways, people's own times, site rules) are never dropped; wishes are. The set is irreducible: without
any one of its wishes the rest of the set can be met. `smallest` says whether it is also proven that no contradiction
has fewer wishes (`core.smallest`); the people named in a wish are irreducible, not proven fewest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ortools.sat.python import cp_model

from serai.core.agenda.ground import prepare
from serai.core.agenda.model import Agenda, Kind, Pace, Session
from serai.core.agenda.puzzle import Impossible
from serai.core.agenda.rules import puzzle_of
from serai.core.agenda.solve import Watch, new_solver
from serai.core.agenda.worth import objective
from serai.core.smallest import smallest_contradiction
from serai.core.stoppable import Stop, never

ROUNDS = 30
"""Sets of fewer wishes that are looked at, at most, to prove that none contradicts."""


class Ask(StrEnum):
    """What kinds of wish there are."""

    HAPPENS = "happens"
    HOURS = "hours"
    FIXED = "fixed"
    PEOPLE = "people"
    LANGUAGE = "language"
    ORDER = "order"
    OPENING = "opening first"
    ROW = "presentations in a row"
    REFLECTION = "reflection each day"
    INFORMAL = "informal time each day"
    NIGHT = "night"
    BREATHER = "breather"


@dataclass(frozen=True)
class Wish:
    """One wish that could be dropped: about a session, and who or what there (people, a language, a session)."""

    ask: Ask
    session: str | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Way:
    """What dropping one wish of the set would allow: all other wishes of the agenda, or (`all_else` False) at
    least an end to this contradiction, with another one left."""

    drop: Wish
    all_else: bool


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Wishes that cannot all be met, with a way for each. `certain`: none can be spared; False when some check ended
    at its effort without an answer. `smallest`: it is proven that no contradiction has fewer wishes."""

    wishes: tuple[Wish, ...]
    ways: tuple[Way, ...]
    certain: bool
    smallest: bool = False
    stopped: bool = False


class _Stopped(Exception):
    pass


def wishes_of(agenda: Agenda) -> tuple[Wish, ...]:
    """Everything in an agenda that could be dropped, session by session, the rules of pace last."""
    found: list[Wish] = []
    for session in agenda.sessions:
        name = session.id
        found += [Wish(Ask.HAPPENS, name)] if session.must else []
        found += [Wish(Ask.FIXED, name)] if session.start is not None else []
        found += [Wish(Ask.HOURS, name)] if session.within else []
        found += [Wish(Ask.PEOPLE, name, tuple(sorted(session.required)))] if session.required else []
        found += [Wish(Ask.LANGUAGE, name, (language,)) for language in sorted(session.languages)]
        found += [Wish(Ask.ORDER, name, (other,)) for other in sorted(session.after)]
    openings = any(session.kind is Kind.OPENING for session in agenda.sessions)
    pace = agenda.pace
    rules = (
        (Ask.OPENING, agenda.opening_first and openings),
        (Ask.ROW, pace.presentations_in_a_row is not None),
        (Ask.REFLECTION, pace.reflection_each_day),
        (Ask.INFORMAL, pace.informal_each_day),
        (Ask.NIGHT, pace.night > 0),
        (Ask.BREATHER, pace.breather > 0),
    )
    return (*found, *(Wish(ask) for ask, there in rules if there))


def without(agenda: Agenda, dropped: frozenset[Wish]) -> Agenda:
    """The agenda less some wishes; every programme of the agenda is one of what remains."""
    asks = {wish.ask for wish in dropped if wish.session is None}
    pace = agenda.pace
    return replace(
        agenda,
        sessions=tuple(_less(session, dropped) for session in agenda.sessions),
        opening_first=agenda.opening_first and Ask.OPENING not in asks,
        pace=Pace(
            presentations_in_a_row=None if Ask.ROW in asks else pace.presentations_in_a_row,
            reflection_each_day=pace.reflection_each_day and Ask.REFLECTION not in asks,
            informal_each_day=pace.informal_each_day and Ask.INFORMAL not in asks,
            night=0 if Ask.NIGHT in asks else pace.night,
            breather=0 if Ask.BREATHER in asks else pace.breather,
        ),
    )


def _less(session: Session, dropped: frozenset[Wish]) -> Session:
    mine = [wish for wish in dropped if wish.session == session.id]
    if not mine:
        return session
    asks = {wish.ask for wish in mine}

    def named(ask: Ask) -> frozenset[str]:
        return frozenset(other for wish in mine if wish.ask is ask for other in wish.others)

    return replace(
        session,
        must=session.must and Ask.HAPPENS not in asks,
        start=None if Ask.FIXED in asks else session.start,
        within=() if Ask.HOURS in asks else session.within,
        required=session.required - named(Ask.PEOPLE),
        languages=session.languages - named(Ask.LANGUAGE),
        after=session.after - named(Ask.ORDER),
    )


def explain(agenda: Agenda, *, units: float = 0.5, seed: int = 0, stop: Stop = never) -> Contradiction | None:
    """None when the wishes can be met or no contradiction was proven; else a contradiction. `units` of CP-SAT
    effort for each question (tens to some hundred are asked)."""
    search = _Search(agenda, units, seed, stop)
    every = search.wishes
    try:
        if search.possible(frozenset(every)) is not False:
            return None
        core = search.core(every)
        if len(core) > 3:
            core = min((core, search.core(tuple(reversed(every)))), key=len)
        core, smallest = search.fewest(core)
        core = search.with_few_people(core)
        ways = tuple(Way(drop=wish, all_else=search.allowed(frozenset({wish})) is True) for wish in core)
    except _Stopped:
        return Contradiction(wishes=every, ways=(), certain=False, stopped=True)
    return Contradiction(wishes=core, ways=ways, certain=search.certain, smallest=smallest)


class _Search:
    """QuickXplain (Junker 2004) over the question: can these wishes, and no others, be met?"""

    def __init__(self, agenda: Agenda, units: float, seed: int, stop: Stop) -> None:
        self.agenda, self.units, self.seed, self.stop = agenda, units, seed, stop
        self.wishes = wishes_of(agenda)
        self.certain = True
        self._met: list[frozenset[Wish]] = []
        self._unmet: list[frozenset[Wish]] = []

    def possible(self, kept: frozenset[Wish]) -> bool | None:
        """Whether the wishes kept can be met together; None when the effort was not enough to know."""
        return self.allowed(frozenset(self.wishes) - kept)

    def allowed(self, dropped: frozenset[Wish]) -> bool | None:
        """Whether all but the dropped wishes can be met. What more droppings allow, fewer forbid: both are used."""
        if any(known <= dropped for known in self._met):
            return True
        if any(dropped <= known for known in self._unmet):
            return False
        if self.stop():
            raise _Stopped
        answer = self._solve(without(self.agenda, dropped))
        if answer is not None:
            (self._met if answer else self._unmet).append(dropped)
        return answer

    def _solve(self, agenda: Agenda) -> bool | None:
        try:
            puzzle = puzzle_of(prepare(agenda))
        except Impossible:
            return False
        puzzle.model.maximize(objective(puzzle))
        solver = new_solver(self.units, self.seed)
        solver.parameters.stop_after_first_solution = True
        watch = Watch(solver, self.stop)
        with watch:
            status = solver.solve(puzzle.model)
        if watch.stopped:
            raise _Stopped
        if status == cp_model.UNKNOWN:
            self.certain = False
            return None
        return bool(status != cp_model.INFEASIBLE)

    def core(self, wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
        """An irreducible part of wishes that cannot all be met; the later ones are dropped first."""
        return self._within((), False, wishes)

    def fewest(self, core: tuple[Wish, ...]) -> tuple[tuple[Wish, ...], bool]:
        """A contradiction of as few wishes as there is, from one that is known; and whether that was proven."""
        wishes = self.wishes
        found = smallest_contradiction(
            len(wishes),
            [wishes.index(wish) for wish in core],
            lambda kept: self.possible(frozenset(wishes[one] for one in kept)),
            rounds=ROUNDS,
        )
        return tuple(wishes[one] for one in found.demands), found.proven

    def with_few_people(self, core: tuple[Wish, ...]) -> tuple[Wish, ...]:
        """The same contradiction, each wish for people cut down to those it needs."""
        found: list[Wish] = list(core)
        for place, wish in enumerate(core):
            if wish.ask is not Ask.PEOPLE:
                continue
            needed = list(wish.others)
            for person in wish.others:
                fewer = [other for other in needed if other != person]
                rest = frozenset(self.wishes) - frozenset(core)
                cut = [_less_people(one, two) for one, two in zip(core, found, strict=True) if one != two]
                excused = Wish(Ask.PEOPLE, wish.session, tuple(set(wish.others) - set(fewer)))
                if self.allowed(rest | {excused} | {one for one in cut if one.others}) is False:
                    needed = fewer
            found[place] = Wish(Ask.PEOPLE, wish.session, tuple(needed))
        return tuple(found)

    def _within(self, base: tuple[Wish, ...], grown: bool, wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
        if grown and self.possible(frozenset(base)) is False:
            return ()
        if len(wishes) == 1:
            return wishes
        half = len(wishes) // 2
        first, second = wishes[:half], wishes[half:]
        of_second = self._within((*base, *first), bool(first), second)
        of_first = self._within((*base, *of_second), bool(of_second), first)
        return (*of_first, *of_second)


def _less_people(whole: Wish, kept: Wish) -> Wish:
    return Wish(Ask.PEOPLE, whole.session, tuple(sorted(set(whole.others) - set(kept.others))))
