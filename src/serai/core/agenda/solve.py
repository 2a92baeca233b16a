"""A feasible, well-paced programme from an agenda, better the longer it runs, with an honest bound.

One CP-SAT worker and deterministic effort: the same agenda, seed and effort give the same programme; a run ended by
`stop()` says so. `bound` is what no programme can be worth more than; `best` is true only when that was proven.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

from ortools.sat.python import cp_model

from serai.core.agenda.clock import BadAgenda
from serai.core.agenda.ground import Ground, prepare
from serai.core.agenda.model import Agenda, Programme
from serai.core.agenda.puzzle import Impossible, Literal, Puzzle
from serai.core.agenda.rules import puzzle_of
from serai.core.agenda.worth import most, objective, worth
from serai.core.stoppable import never

ASK_EVERY = 0.05


@dataclass(frozen=True, kw_only=True)
class Effort:
    """CP-SAT deterministic units (about five seconds each on one quiet core)."""

    units: float = 2.0

    def __post_init__(self) -> None:
        if not (isinstance(self.units, int | float) and 0 < self.units < math.inf):
            raise BadAgenda(f"an effort must be above zero, not {self.units!r}")


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The programme and what is known about better ones. `programme` None with `impossible`: there is none;
    without: none was found within the effort, and nothing is claimed."""

    programme: Programme | None
    value: int
    bound: int
    impossible: bool = False
    stopped: bool = False

    @property
    def best(self) -> bool:
        """Nothing is worth more."""
        return self.programme is not None and self.value >= self.bound

    @property
    def gap(self) -> float:
        """(bound - value) / bound; 0 when best."""
        return 0.0 if self.best or self.bound <= 0 else (self.bound - self.value) / self.bound


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A better programme while the search goes on, and the bound then."""

    programme: Programme
    value: int
    bound: int


def plan_programme(
    agenda: Agenda,
    *,
    effort: Effort | None = None,
    seed: int = 0,
    hint: Programme | None = None,
    stop: Callable[[], bool] = never,
    progress: Callable[[Standing], None] | None = None,
) -> Planned:
    """The best programme found for the agenda. `stop` is asked every 0.05 s from another thread. BadAgenda for
    wishes that make no sense; wishes that contradict give `impossible` (see `contradiction.explain`)."""
    ground = prepare(agenda)
    ceiling = most(agenda)
    if stop():
        return Planned(programme=None, value=0, bound=ceiling, stopped=True)
    try:
        puzzle = puzzle_of(ground)
    except Impossible:
        return Planned(programme=None, value=0, bound=0, impossible=True)
    puzzle.model.maximize(objective(puzzle))
    if hint is not None:
        add_hint(puzzle, hint)
    return _solved(ground, puzzle, effort or Effort(), seed, stop, progress)


def _solved(
    ground: Ground,
    puzzle: Puzzle,
    effort: Effort,
    seed: int,
    stop: Callable[[], bool],
    progress: Callable[[Standing], None] | None,
) -> Planned:
    solver = new_solver(effort.units, seed)
    watch = Watch(solver, stop)
    told = _Told(puzzle, ground, progress) if progress else None
    with watch:
        status = solver.solve(puzzle.model, told)
    if status == cp_model.INFEASIBLE:
        return Planned(programme=None, value=0, bound=0, impossible=True)
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"the programme model is broken: {puzzle.model.validate()}")
    ceiling = min(most(ground.agenda), math.floor(solver.best_objective_bound + 1e-6))
    if status == cp_model.UNKNOWN:
        return Planned(programme=None, value=0, bound=ceiling, stopped=watch.stopped)
    programme = puzzle.programme(solver)
    value = worth(ground.agenda, programme)
    return Planned(programme=programme, value=value, bound=max(value, ceiling), stopped=watch.stopped)


def new_solver(units: float, seed: int) -> cp_model.CpSolver:
    """One worker, so that the same effort gives the same answer. Probing and linear relaxations cost a second
    before the first programme and found worse ones (docs/measures/agenda.md)."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = units
    solver.parameters.linearization_level = 0
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    return solver


class Watch:
    """Asks `stop` beside a running solver and ends it when the answer is yes."""

    def __init__(self, solver: cp_model.CpSolver, stop: Callable[[], bool]) -> None:
        self.stopped = False
        self._solver, self._stop, self._over = solver, stop, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._over.wait(ASK_EVERY):
            if self._stop():
                self.stopped = True
                self._solver.stop_search()
                return

    def __enter__(self) -> None:
        if self._stop is not never:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()


class _Told(cp_model.CpSolverSolutionCallback):  # type: ignore[misc] # OR-Tools is untyped here
    """Hands each better programme to the caller."""

    def __init__(self, puzzle: Puzzle, ground: Ground, tell: Callable[[Standing], None]) -> None:
        super().__init__()
        self._puzzle, self._ground, self._tell = puzzle, ground, tell

    def on_solution_callback(self) -> None:
        """Called by the solver."""
        programme = self._puzzle.programme(self)
        value = worth(self._ground.agenda, programme)
        bound = min(most(self._ground.agenda), math.floor(self.best_objective_bound + 1e-6))
        self._tell(Standing(programme=programme, value=value, bound=max(bound, value)))


def add_hint(puzzle: Puzzle, programme: Programme) -> None:
    """Starts the search from a programme; what no longer fits is passed over."""
    placed = {item.session: item for item in programme.placed}
    hints: list[tuple[Literal, int]] = []
    for name, item in puzzle.moving.items():
        there = placed.get(name)
        hints.append((item.present, there is not None))
        if there is None:
            continue
        if item.steps is not None:
            hints.append((item.steps, puzzle.ground.clock.elapsed(there.start) // puzzle.ground.agenda.step))
        hints += [(here, place == there.place) for place, here in item.at.items() if here is not item.present]
        wished = sorted(item.session.wished & item.attends.keys())
        hints += [(item.attends[person], person in there.attending) for person in wished]
        for (who, language), works in item.interprets.items():
            hints.append((works, (language, who) in there.interpreters))
    for decision, value in hints:
        if not isinstance(decision, int):
            puzzle.model.add_hint(decision, value)
