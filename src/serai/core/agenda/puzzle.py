"""The agenda as a constraint model (OR-Tools CP-SAT): when and where each session is, who comes, who interprets.

One integer start a session in steps of the agenda, one literal a possible place, one for each wished attendance and
each interpreter. Two sessions that one person attends are put in order, with the way between their places. Where a
session has several places, `leaving[p]` is the way from wherever it is to p. docs/measures/agenda.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ortools.sat.python import cp_model

from serai.core.agenda.ground import Ground, Span
from serai.core.agenda.model import Placed, Programme, Session

# OR-Tools comes without types that mypy reads: a literal is a 0/1 variable or the number, a linear an expression.
Literal: TypeAlias = Any
Linear: TypeAlias = Any


@dataclass
class Moving:
    """The decisions about one session."""

    session: Session
    present: Literal
    start: Linear
    low: int
    high: int
    minutes: int
    at: dict[str | None, Literal]
    on: dict[int, Literal]
    attends: dict[str, Literal] = field(default_factory=dict)
    interprets: dict[tuple[str, str], Literal] = field(default_factory=dict)
    leaving: dict[str | None, Linear] = field(default_factory=dict)
    steps: cp_model.IntVar | None = None

    @property
    def end(self) -> Linear:
        """Elapsed minute of the end."""
        return self.start + self.minutes


class Impossible(Exception):
    """A session that must happen has nowhere or no time to be, before any search."""


class Puzzle:
    """Builds the model. `droppable` sessions may be left out even though they must be there; `facts` have begun,
    stand as they are and are not judged; everything else begins at elapsed minute `since` or later (repair)."""

    def __init__(
        self,
        ground: Ground,
        *,
        droppable: frozenset[str] = frozenset(),
        facts: Mapping[str, Placed] | None = None,
        since: int = 0,
    ) -> None:
        self.ground = ground
        self.model = cp_model.CpModel()
        self.moving: dict[str, Moving] = {}
        self.begins: dict[tuple[str, str], cp_model.IntVar] = {}
        self.facts, self.since = facts or {}, since
        self._droppable = droppable
        for session in ground.agenda.sessions:
            fact = self.facts.get(session.id)
            self.moving[session.id] = self._place(session) if fact is None else self._stand(session, fact)
        self._people()
        self._interpreters()

    def _place(self, session: Session) -> Moving:
        ground, model = self.ground, self.model
        spans = {place: self._on_grid(session, place) for place in ground.options(session)}
        spans = {place: found for place, found in spans.items() if found}
        must = session.must and session.id not in self._droppable
        if not spans:
            if must:
                raise Impossible(session.id)
            return Moving(session, 0, 0, 0, 0, session.minutes, {}, {})
        present: Literal = 1 if must else model.new_bool_var(f"in {session.id}")
        every = sorted({span for found in spans.values() for span in found})
        low, high = min(a for a, _ in every), max(b for _, b in every)
        start, steps, domain = self._start(session, every)
        at = self._choice(session, start, spans, present, every)
        on = self._days(session, domain, steps, present)
        return Moving(session, present, start, low, high, session.minutes, at, on, steps=steps)

    def _stand(self, session: Session, fact: Placed) -> Moving:
        """A session that has begun: nothing to decide."""
        start = self.ground.clock.elapsed(fact.start)
        minutes = self.ground.clock.elapsed(fact.end) - start
        day = self.ground.day_of(start)
        item = Moving(session, 1, start, start, start, minutes, {fact.place: 1}, {} if day is None else {day: 1})
        item.attends.update(dict.fromkeys(sorted(fact.attending), 1))
        item.interprets.update(dict.fromkeys(((who, language) for language, who in fact.interpreters), 1))
        return item

    def _on_grid(self, session: Session, place: str | None) -> list[Span]:
        """Possible starts as elapsed minutes on the grid of steps; a fixed start needs no grid."""
        if session.start is not None:
            return list(self.ground.starts(session, place))
        step = self.ground.agenda.step
        rounded = [(-(-a // step) * step, b // step * step) for a, b in self.ground.starts(session, place)]
        return [(a, b) for a, b in rounded if a <= b]

    def _start(self, session: Session, every: list[Span]) -> tuple[Linear, cp_model.IntVar | None, cp_model.Domain]:
        step = self.ground.agenda.step
        if session.start is not None:
            return every[0][0], None, cp_model.Domain(every[0][0], every[0][0])
        domain = cp_model.Domain.from_intervals([[a // step, b // step] for a, b in every])
        steps = self.model.new_int_var_from_domain(domain, f"start {session.id}")
        return step * steps, steps, domain

    def _choice(
        self,
        session: Session,
        start: Linear,
        spans: dict[str | None, list[Span]],
        present: Literal,
        every: list[Span],
    ) -> dict[str | None, Literal]:
        """One place if present; the start within the stretches of that place."""
        if len(spans) == 1:
            return dict.fromkeys(spans, present)
        at: dict[str | None, Literal] = {}
        for place, found in spans.items():
            here = self.model.new_bool_var(f"{session.id} at {place}")
            if found != every and not isinstance(start, int):
                self._inside(start, found).only_enforce_if(here)
            at[place] = here
        self.model.add(sum(at.values()) == present)
        return at

    def _inside(self, start: Linear, spans: list[Span]) -> cp_model.Constraint:
        domain = cp_model.Domain.from_intervals([list(span) for span in spans])
        return self.model.add_linear_expression_in_domain(start, domain)

    def _days(
        self, session: Session, domain: cp_model.Domain, steps: cp_model.IntVar | None, present: Literal
    ) -> dict[int, Literal]:
        """A literal for each day the session could be on."""
        step = 1 if steps is None else self.ground.agenda.step
        on: dict[int, Literal] = {}
        parts: dict[int, cp_model.Domain] = {}
        for number, (a, b) in enumerate(self.ground.days):
            part = domain.intersection_with(cp_model.Domain(-(-a // step), (b - 1) // step))
            if not part.is_empty():
                parts[number] = part
        if len(parts) == 1:
            return dict.fromkeys(parts, present)
        for number, part in parts.items():
            on[number] = self.model.new_bool_var(f"{session.id} on day {number}")
            self.model.add_linear_expression_in_domain(steps, part).only_enforce_if(on[number])
        self.model.add(sum(on.values()) == present)
        return on

    def _people(self) -> None:
        """Who comes: required people always, wished people if free, allowed and with room."""
        for name, item in self.moving.items():
            session = item.session
            if name in self.facts:
                continue
            for person in sorted(session.required):
                item.attends[person] = item.present
            for person in sorted(session.wished):
                comes = self.model.new_bool_var(f"{person} at {session.id}")
                self.model.add_implication(comes, item.present)
                free = self.ground.free[person]
                if free is not None:
                    inside = [(a, b - session.minutes) for a, b in free if b - a >= session.minutes]
                    self._inside(item.start, inside).only_enforce_if(comes)
                for place, here in item.at.items():
                    barred = self.ground.places[place].rules.barred
                    if barred & self.ground.people[person].marks and session.places:
                        self.model.add_bool_or([no(comes), no(here)])
                item.attends[person] = comes
            for place, here in item.at.items():
                most = self.ground.most_people(session, place)
                if most is not None and len(item.attends) > most:
                    wished = [item.attends[person] for person in sorted(session.wished)]
                    self.model.add(sum(wished) <= most - len(session.required)).only_enforce_if(here)

    def _interpreters(self) -> None:
        for name, item in self.moving.items():
            session = item.session
            if name in self.facts:
                continue
            for language in sorted(session.languages):
                able = [k for k in self.ground.interpreters.values() if language in k.languages]
                chosen = []
                for interpreter in able:
                    works = self.model.new_bool_var(f"{interpreter.id} {language} {session.id}")
                    self.model.add_implication(works, item.present)
                    free = self.ground.free[interpreter.id]
                    if free is not None:
                        inside = [(a, b - session.minutes) for a, b in free if b - a >= session.minutes]
                        self._inside(item.start, inside).only_enforce_if(works)
                    item.interprets[interpreter.id, language] = works
                    chosen.append(works)
                self.model.add(sum(chosen) >= item.present)
            for interpreter in self.ground.interpreters.values():
                doing = [works for (who, _), works in item.interprets.items() if who == interpreter.id]
                if len(doing) > 1:
                    self.model.add_at_most_one(doing)

    def both(self, one: Literal, other: Literal) -> Literal:
        """True if both are."""
        if one is other:
            return one
        both = self.model.new_bool_var("")
        self.model.add(both >= one + other - 1)
        return both

    def programme(self, value: cp_model.CpSolver | cp_model.CpSolverSolutionCallback) -> Programme:
        """The programme of a solution, in wall times."""

        def on(literal: Literal) -> bool:
            return bool(literal) if isinstance(literal, int) else bool(value.value(literal))

        placed, left_out = [], []
        for name, item in self.moving.items():
            if not item.at or not on(item.present):
                left_out.append(name)
                continue
            start = item.start if isinstance(item.start, int) else int(value.value(item.start))
            placed.append(
                Placed(
                    session=name,
                    start=self.ground.clock.wall(start),
                    end=self.ground.clock.wall(start + item.minutes),
                    place=next(place for place, here in item.at.items() if on(here)),
                    attending=frozenset(person for person, comes in item.attends.items() if on(comes)),
                    interpreters=tuple(
                        (language, who) for (who, language), works in item.interprets.items() if on(works)
                    ),
                )
            )
        return Programme(
            placed=tuple(sorted(placed, key=lambda item: (item.start, item.session))), left_out=tuple(left_out)
        )


def no(literal: Literal) -> Literal:
    """The opposite of a literal or of a number."""
    return 1 - literal if isinstance(literal, int) else literal.negated()
