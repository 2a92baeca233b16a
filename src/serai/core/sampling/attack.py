"""What somebody who reads everything that was published can work out: linear programmes over what could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from serai.core.sampling.reasons import N_, BadTableError, Progress, Stop, because
from serai.core.sampling.space import FloatArray, IntArray, Key, Space

EPS = 1e-6
SOLVER = {"presolve": False}  # measured: 4 times faster on these programmes, which have little to presolve


class OutOfEffortError(Exception):
    """The effort is spent or `stop()` said so; inner, never leaves the engine."""


@dataclass(kw_only=True)
class Budget:
    """How much may still be solved, in hundreds of columns of linear programmes."""

    most: int
    stop: Stop | None = None
    progress: Progress | None = None
    used: int = 0

    def spend(self, columns: int) -> None:
        """Counts one programme; OutOfEffortError when there is nothing left."""
        if self.used >= self.most or (self.stop is not None and self.stop()):
            raise OutOfEffortError
        self.used += 1 + columns // 100


@dataclass(kw_only=True)
class Knowledge:
    """What is published (keys with their counts) and known besides (keys with ranges) about one space.

    `ceiling` bounds every cell of the space; it only makes the attacker stronger.
    """

    space: Space
    keys: list[Key]
    counts: FloatArray
    known: list[tuple[Key, int, int]] = field(default_factory=list)
    ceiling: float

    def whole(self) -> Body:
        """The attacker's polytope."""
        ranged = self.space.rows([key for key, _, _ in self.known])
        return Body(
            equal=sparse.csr_array(sparse.vstack([self.space.links, self.space.rows(self.keys)])),
            right=np.concatenate([np.zeros(self.space.links.shape[0]), self.counts]),
            ranged=ranged,
            low=np.array([low for _, low, _ in self.known], dtype=np.float64),
            high=np.array([high for _, _, high in self.known], dtype=np.float64),
            ceiling=self.ceiling,
        )

    def part(self, clique: int, truth: FloatArray) -> Body:
        """The slice of the polytope in which only this clique may differ from the truth: smaller, inside it."""
        whole = self.whole()
        begin, end = self.space.offsets[clique], self.space.offsets[clique + 1]
        return whole.sliced(begin, end, truth)


@dataclass(kw_only=True)
class Body:
    """A polytope: equal @ z = right, low <= ranged @ z <= high, 0 <= z <= ceiling."""

    equal: sparse.csr_array
    right: FloatArray
    ranged: sparse.csr_array
    low: FloatArray
    high: FloatArray
    ceiling: float

    def sliced(self, begin: int, end: int, truth: FloatArray) -> Body:
        """The columns from begin to end, all others fixed at `truth`."""
        rest = truth.copy()
        rest[begin:end] = 0
        equal, ranged = self.equal[:, begin:end], self.ranged[:, begin:end]
        e, r = np.diff(equal.indptr) > 0, np.diff(ranged.indptr) > 0
        return Body(
            equal=equal[e],
            right=(self.right - self.equal @ rest)[e],
            ranged=ranged[r],
            low=(self.low - self.ranged @ rest)[r],
            high=(self.high - self.ranged @ rest)[r],
            ceiling=self.ceiling,
        )

    def furthest(self, columns: IntArray, *, sign: int, budget: Budget) -> FloatArray:
        """A point with the greatest (sign 1) or least (sign −1) sum of these columns."""
        columns_in_all = self.equal.shape[1]
        budget.spend(columns_in_all)
        cost = np.zeros(columns_in_all)
        cost[columns] = -sign
        done = linprog(
            cost,
            A_ub=sparse.vstack([self.ranged, -self.ranged]) if len(self.low) else None,
            b_ub=np.concatenate([self.high, -self.low]) if len(self.low) else None,
            A_eq=self.equal,
            b_eq=self.right,
            bounds=(0, self.ceiling),
            method="highs",
            options=SOLVER,
        )
        if done.status != 0:
            text = N_("What was published or is known contradicts itself.")
            raise BadTableError(because("contradicts", text))
        return np.asarray(done.x, dtype=np.float64)


class Seen:
    """The values that watched cells take at points of a polytope: their span proves that they are not pinned."""

    def __init__(self, watched: sparse.csr_array, *points: FloatArray) -> None:
        self.watched = watched
        self.values = np.zeros((0, watched.shape[0]))
        for point in points:
            self.add(point)

    def add(self, point: FloatArray) -> None:
        """Remembers one more possible point."""
        self.values = np.vstack([self.values, (self.watched @ point)[None, :]])

    def widths(self) -> FloatArray:
        """Greatest minus least value seen, by watched cell; 0 before any point."""
        if len(self.values) == 0:
            return np.zeros(self.watched.shape[0])
        return np.asarray(np.ptp(self.values, axis=0))


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
    whole = knowledge.whole()
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
