"""Where two cities cannot help each other, three can: the best set of reciprocal pairs and three-cycles.

Each arc says that one city can teach another. In a pair both teach and both learn; in a three-cycle the first
teaches the second, the second the third, the third the first. No city is in two of them. The answer always comes
with a bound; `proven` means that no other set is better. The model and its proof: docs/measures/cycles.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from serai.core.season.cycles_pricing import (
    Columns,
    Ints,
    Relaxation,
    best_of_each_city,
    enumerate_cycles,
    narrowed,
    relax,
    without_programme,
)
from serai.core.season.cycles_search import CoverSearch, Packing, pack_exactly, polish
from serai.core.stoppable import never

SMALL = 4_000


class Aim(Enum):
    """What is counted: cities in a cycle, or the learning of all arcs used."""

    COVER = "cover"
    LEARNING = "learning"


class BadTeaching(ValueError):
    """The arcs contradict themselves; the message says which one."""


@dataclass(frozen=True, kw_only=True)
class Teaching:
    """One arc: `giver` can teach `learner` (city numbers from 0); `learning` in any one unit, above zero."""

    giver: int
    learner: int
    learning: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How hard to look, in counted steps, never in seconds: swaps, linear programmes, small exact problems, and
    branch-and-bound nodes of the last exact problem, which is tried when at most `largest` columns can matter.
    `gap` is when to be content with learning (a share of the bound); cover stops only at a proof."""

    swaps: int = 40_000
    programmes: int = 120
    places: int = 400
    nodes: int = 2_000
    largest: int = 60_000
    gap: float = 0.005


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """Cities in order of teaching: each teaches the next, the last teaches the first. `worth` is in units of
    the aim: cities for COVER, learning for LEARNING; `learning` is always the sum of its arcs."""

    cities: tuple[int, ...]
    worth: float
    learning: float


@dataclass(frozen=True, kw_only=True)
class CyclePlan:
    """The chosen cycles and what is known about better ones. `bound` holds for every possible set; `proven`: none
    is better. `nowhere`: cities on no cycle at all; `left_out`: on some cycle, but not in this set."""

    cycles: tuple[Cycle, ...]
    value: float
    bound: float
    proven: bool
    stopped: bool
    possible: int
    left_out: tuple[int, ...]
    nowhere: tuple[int, ...]

    @property
    def gap(self) -> float:
        """(bound - value) / bound; 0 when proven."""
        return 0.0 if self.proven or self.bound <= 0 else (self.bound - self.value) / self.bound


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a run is: the best value and bound so far."""

    value: float
    bound: float


def best_cycles(
    cities: int,
    arcs: list[Teaching],
    *,
    aim: Aim = Aim.COVER,
    effort: Effort | None = None,
    seed: int = 0,
    stop: Callable[[], bool] = never,
    progress: Callable[[Standing], None] | None = None,
) -> CyclePlan:
    """The best set of disjoint pairs and three-cycles among cities 0..cities-1. Same input, seed and effort give
    the same answer; a run ended by `stop()` says so. BadTeaching for arcs that make no sense, TooManyCycles
    past 12 million cycles."""
    columns, learning = _read(cities, arcs, aim)
    run = _Run(columns, aim, effort or Effort(), seed, stop, progress)
    run.go()
    return run.plan(learning)


def _read(cities: int, arcs: list[Teaching], aim: Aim) -> tuple[Columns, Columns]:
    """Columns weighed by the aim, and by learning."""
    seen: set[tuple[int, int]] = set()
    for arc in arcs:
        name = f"{arc.giver} teaches {arc.learner}"
        if not (0 <= arc.giver < cities and 0 <= arc.learner < cities):
            raise BadTeaching(f"{name}: there are only cities 0 to {cities - 1}")
        if arc.giver == arc.learner:
            raise BadTeaching(f"{name}: a city cannot teach itself")
        if not (math.isfinite(arc.learning) and arc.learning > 0):
            raise BadTeaching(f"{name}: learning must be a number above zero, not {arc.learning}")
        if (arc.giver, arc.learner) in seen:
            raise BadTeaching(f"{name}: given twice")
        seen.add((arc.giver, arc.learner))
    found = enumerate_cycles(
        cities,
        np.array([arc.giver for arc in arcs], np.int64),
        np.array([arc.learner for arc in arcs], np.int64),
        np.array([arc.learning for arc in arcs], np.float64),
    )
    if aim is Aim.LEARNING:
        return found, found
    size = (found.city < cities).sum(axis=1).astype(np.float64)
    covering = Columns(cities=cities, city=found.city, weight=size, by_city=found.by_city, start=found.start)
    return covering, found


class _Run:
    """One search: the best columns and the best bound so far, and the steps that improve either."""

    def __init__(
        self,
        columns: Columns,
        aim: Aim,
        effort: Effort,
        seed: int,
        stop: Callable[[], bool],
        progress: Callable[[Standing], None] | None,
    ) -> None:
        self.columns, self.aim, self.effort, self.seed = columns, aim, effort, seed
        self._ask, self._tell = stop, progress
        self.stopped = False
        self.relaxed: Relaxation = without_programme(columns)
        self.bound = self._whole(self.relaxed.bound)
        self.best: Ints = np.zeros(0, np.int64)
        self.value = 0.0

    def go(self) -> None:
        """Covering looks for a good set first and stops early when it meets the bound; learning prices first."""
        if not len(self.columns.weight):
            self.bound = 0.0
            return
        if self.aim is Aim.COVER:
            self._cover()
        else:
            self._learn()
        if not self.enough() and not self.stop():
            self._finish()

    def stop(self) -> bool:
        """Asks the caller, and remembers a yes."""
        self.stopped = self.stopped or self._ask()
        return self.stopped

    def enough(self) -> bool:
        """Nothing better can be, or (learning) the gap is as small as was asked for."""
        slack = self.effort.gap * self.bound if self.aim is Aim.LEARNING else 0.0
        return self.value >= self.bound - slack - 1e-9

    def _whole(self, bound: float) -> float:
        """Covered cities are whole numbers, so a bound of 473.5 says 473."""
        return math.floor(bound + 1e-6) if self.aim is Aim.COVER and math.isfinite(bound) else bound

    def _better(self, chosen: Ints) -> None:
        value = float(self.columns.weight[chosen].sum())
        if value > self.value + 1e-9:
            self.best, self.value = chosen, value
            self._report()

    def _lower(self, bound: float) -> None:
        if self._whole(bound) < self.bound:
            self.bound = max(self._whole(bound), self.value)
            self._report()

    def _report(self) -> None:
        if self._tell:
            self._tell(Standing(value=self.value, bound=self.bound))

    def _cover(self) -> None:
        """A short search, the bound, then a search among the columns that a set meeting the bound could hold."""
        search = CoverSearch(self.columns, self.seed)
        search.improve(self.bound, min(self.effort.swaps, 4 * self.columns.cities), self.stop)
        self._better(search.best)
        if self.enough() or self.stop():
            return
        self._relax()
        inside = np.nonzero(self.relaxed.reduced >= self.bound - self.relaxed.bound - 1e-6)[0]
        if self.enough() or self.stop() or not len(inside):
            return
        search = CoverSearch(narrowed(self.columns, inside), self.seed)
        search.improve(self.bound, self.effort.swaps, self.stop)
        self._better(inside[search.best])

    def _learn(self) -> None:
        self._relax()
        packing = Packing(self.columns)
        packing.fill(np.argsort(-(self.relaxed.share * 1e6 + self.relaxed.reduced), kind="stable"))
        self._better(packing.chosen())
        few = self._few(self._mattering())
        if not self.enough() and not self.stop() and len(few) <= SMALL:
            self._try(few)
        polished = polish(
            self.columns,
            self.best,
            self.relaxed.reduced,
            bound=self.relaxed.bound,
            good_enough=lambda value: value >= self.bound * (1 - self.effort.gap) - 1e-9,
            rounds=self.effort.places,
            seed=self.seed,
            stop=self.stop,
        )
        self._better(polished)

    def _relax(self) -> None:
        self.relaxed = relax(
            self.columns,
            good_enough=lambda bound: self._whole(bound) <= self.value + 1e-9,
            rounds=self.effort.programmes,
            stop=self.stop,
        )
        self._lower(self.relaxed.bound)

    def _finish(self) -> None:
        """An exact problem over the 20 best columns of each city, then one over every column that can matter.

        A set that holds a column of reduced weight r is worth at most the linear bound + r, so no column below
        value - bound is in a better set, and the bound of the second problem counts for all."""
        inside = self._mattering()
        few = self._few(inside)
        if self.aim is Aim.COVER and 2 * len(few) < len(inside):
            self._try(few)
            inside = self._mattering()
        if not self.enough() and not self.stop() and len(inside) <= self.effort.largest:
            self._lower(max(self.value, self._try(inside)))

    def _try(self, inside: Ints) -> float:
        """One exact problem, somewhat past the gap asked for as its own bound is below ours; its bound."""
        gap = 0.7 * self.effort.gap if self.aim is Aim.LEARNING else 0.0
        found, bound = pack_exactly(
            self.columns, inside, nodes=self.effort.nodes, gap=gap, stop=never if self._ask is never else self.stop
        )
        if found is not None:
            self._better(found)
        return bound

    def _few(self, inside: Ints) -> Ints:
        """The 20 best of each city. Covering has hosts of equal columns: chance keeps them spread."""
        shake = 0.3 if self.aim is Aim.COVER else 0.0
        noise = np.random.default_rng(self.seed).random(len(self.columns.weight))
        return best_of_each_city(self.columns, self.relaxed.reduced + shake * noise, 20, inside)

    def _mattering(self) -> Ints:
        room = self.relaxed.bound - self.value - (1.0 if self.aim is Aim.COVER else 0.0)
        return np.nonzero(self.relaxed.reduced >= -room - 1e-6)[0]

    def plan(self, learning: Columns) -> CyclePlan:
        """The answer in cities; `value` and `bound` in units of the aim."""
        cycles = tuple(
            Cycle(
                cities=tuple(self.columns.members(column).tolist()),
                worth=float(self.columns.weight[column]),
                learning=float(learning.weight[column]),
            )
            for column in self.best.tolist()
        )
        taken = {city for cycle in cycles for city in cycle.cities}
        count = np.diff(self.columns.start[: self.columns.cities + 1])
        return CyclePlan(
            cycles=tuple(sorted(cycles, key=lambda cycle: cycle.cities)),
            value=self.value,
            bound=max(self.bound, self.value),
            proven=self.value >= self.bound * (1 - 1e-9) - 1e-9,
            stopped=self.stopped,
            possible=len(self.columns.weight),
            left_out=tuple(v for v in range(self.columns.cities) if count[v] and v not in taken),
            nowhere=tuple(v for v in range(self.columns.cities) if not count[v]),
        )
