"""What somebody who reads everything that was published can work out: linear programmes over what could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from serai.core.sampling.reasons import N_, BadTableError, Progress, Stop, because
from serai.core.sampling.space import FloatArray, IntArray, Key, Space

EPS = 1e-6
SOLVER = {"presolve": False}  # measured: 4 times faster on these programmes, which have little to presolve


class OutOfEffortError(Exception):
    """The effort is spent or `stop()` said so; inner, never leaves the engine."""


@dataclass(kw_only=True)
class Budget:
    """How much may still be solved: 1 + (columns / 100)^1.5 a linear programme, about a millisecond each."""

    most: int
    stop: Stop | None = None
    progress: Progress | None = None
    used: int = 0

    def spend(self, columns: int) -> None:
        """Counts one programme; OutOfEffortError when there is nothing left."""
        cost = 1 + int((columns / 100) ** 1.5)
        if self.used + cost > self.most or (self.stop is not None and self.stop()):
            raise OutOfEffortError
        self.used += cost


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What is published and known about one space: its cells z meet low <= rows @ z <= high, 0 <= z <= ceiling.

    `rows` begins with the links of the space. `ceiling` only makes the attacker stronger.
    """

    space: Space
    rows: sparse.csr_array
    low: FloatArray
    high: FloatArray
    ceiling: float

    def told(self, rows: sparse.csr_array, counts: FloatArray) -> Knowledge:
        """The same with these cells published too."""
        return self.between(rows, counts, counts)

    def between(self, rows: sparse.csr_array, low: FloatArray, high: FloatArray) -> Knowledge:
        """The same with these cells known to lie in these ranges too."""
        return Knowledge(
            space=self.space,
            rows=sparse.csr_array(sparse.vstack([self.rows, rows])),
            low=np.concatenate([self.low, low]),
            high=np.concatenate([self.high, high]),
            ceiling=self.ceiling,
        )

    def whole(self) -> Body:
        """The attacker's polytope."""
        return Body(rows=self.rows, low=self.low, high=self.high, ceiling=self.ceiling)

    def part(self, clique: int, truth: FloatArray) -> Body:
        """The slice of the polytope in which only this clique may differ from the truth: smaller, inside it."""
        begin, end = self.space.offsets[clique], self.space.offsets[clique + 1]
        rest = truth.copy()
        rest[begin:end] = 0
        rows = self.rows[:, begin:end]
        touched = np.diff(rows.indptr) > 0
        fixed = self.rows @ rest
        return Body(
            rows=rows[touched],
            low=(self.low - fixed)[touched],
            high=(self.high - fixed)[touched],
            ceiling=self.ceiling,
        )


def nothing_known(space: Space, ceiling: float) -> Knowledge:
    """Only that tables over the same people agree."""
    noughts = np.zeros(space.links.shape[0])
    return Knowledge(space=space, rows=space.links, low=noughts, high=noughts, ceiling=ceiling)


class Body:
    """A polytope: low <= rows @ z <= high, 0 <= z <= ceiling."""

    def __init__(self, *, rows: sparse.csr_array, low: FloatArray, high: FloatArray, ceiling: float) -> None:
        self.rows = rows
        self.low = low
        self.high = high
        self.ceiling = ceiling
        self.limits = LinearConstraint(rows, low, high) if rows.shape[0] else ()

    def furthest(self, columns: IntArray, *, sign: int, budget: Budget) -> FloatArray:
        """A point with the greatest (sign 1) or least (sign −1) sum of these columns."""
        size = self.rows.shape[1]
        budget.spend(size)
        cost = np.zeros(size)
        cost[columns] = -sign
        done = milp(cost, constraints=self.limits, bounds=Bounds(0, self.ceiling), options=SOLVER)
        if done.status != 0:
            text = N_("What was published or is known contradicts itself.")
            raise BadTableError(because("contradicts", text))
        return np.asarray(done.x, dtype=np.float64)


class Seen:
    """The values that watched cells take at points of a polytope: their span proves that they are not pinned."""

    def __init__(self, watched: sparse.csr_array, *points: FloatArray) -> None:
        self.watched = watched
        self.values: list[FloatArray] = []
        self.lows = np.full(watched.shape[0], np.inf)
        self.highs = np.full(watched.shape[0], -np.inf)
        for point in points:
            self.add(point)

    def add(self, point: FloatArray) -> None:
        """Remembers one more possible point."""
        self.take(np.asarray(self.watched @ point, dtype=np.float64))

    def take(self, value: FloatArray) -> None:
        """Remembers the values at a point."""
        self.values.append(value)
        self.lows = np.minimum(self.lows, value)
        self.highs = np.maximum(self.highs, value)

    def widths(self) -> FloatArray:
        """Greatest minus least value seen, by watched cell; 0 before any point."""
        return self.highs - self.lows if self.values else np.zeros(len(self.lows))


def pinned(
    knowledge: Knowledge,
    keys: Sequence[Key],
    need: FloatArray,
    seen: Seen,
    budget: Budget,
    *,
    truth: FloatArray,
    first: bool = False,
    slices_only: bool = False,
) -> list[int]:
    """Places of the keys whose interval is narrower than `need`; with `first`, the first such place alone.

    `seen` watches the keys and gains the points found. Slices of the polytope at the truth are tried first: a
    span found there is a span. With `slices_only` a key that no slice frees counts as pinned, though it may
    not be.
    """
    found: list[int] = []
    whole: Body | None = None
    parts: dict[int, Body] = {}
    for g in np.flatnonzero(seen.widths() < need - EPS).tolist():
        if seen.widths()[g] >= need[g] - EPS:
            continue
        row = knowledge.space.row(keys[g])
        if len(knowledge.space.cliques) > 1:
            clique = knowledge.space.home(keys[g])
            if clique not in parts:
                parts[clique] = knowledge.part(clique, truth)
            _look_in_part(knowledge.space, parts[clique], clique, row, truth, seen, budget)
        for sign in (1, -1):
            if seen.widths()[g] < need[g] - EPS and not (slices_only and parts):
                whole = whole or knowledge.whole()
                seen.add(whole.furthest(row, sign=sign, budget=budget))
        if seen.widths()[g] < need[g] - EPS:
            found.append(g)
            if first:
                break
        if budget.progress is not None:
            budget.progress("attacking", g + 1, len(keys))
    return found


def _look_in_part(
    space: Space, part: Body, clique: int, row: IntArray, truth: FloatArray, seen: Seen, budget: Budget
) -> None:
    begin, end = space.offsets[clique], space.offsets[clique + 1]
    for sign in (1, -1):
        point = truth.copy()
        point[begin:end] = part.furthest(row - begin, sign=sign, budget=budget)
        seen.add(point)


def span(body: Body, row: IntArray, ceiling: float, budget: Budget) -> tuple[float, float]:
    """Least and greatest sum of these columns; infinite where only the ceiling holds it."""
    low = float(body.furthest(row, sign=-1, budget=budget)[row].sum())
    high = float(body.furthest(row, sign=1, budget=budget)[row].sum())
    return max(0.0, low), high if high < ceiling - EPS else np.inf


Mask = npt.NDArray[np.bool_]
