"""Good sets of cycles, found quickly: swaps under growing prices, and small exact problems around a place.

The swap search lets a city that stays left out become dearer until some swap takes it in (dynamic weights, after
Richter, Helmert and Gretton 2007 for vertex cover). It never proves anything; `cycles_pricing` bounds it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint

from serai.core.season.cycles_pricing import Columns, Floats, Ints, best_of_each_city, rows_of
from serai.core.stoppable import Stop, never, whole_numbers

AT_MOST_LOOKED_AT = 400
DEARER = 0.1
PATIENCE = 60


class Packing:
    """A set of disjoint columns that changes by swaps. `price` is what leaving a city out costs the search."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.owner: Ints = np.full(columns.cities + 1, -1)
        self.price: Floats = np.zeros(columns.cities + 1)
        self.held: Floats = np.zeros(columns.cities + 1)
        self.value = 0.0
        alone = columns.start[1 : columns.cities + 1] == columns.start[: columns.cities]
        self.reachable = np.nonzero(~alone)[0]

    def chosen(self) -> Ints:
        """The columns held now, sorted."""
        return np.unique(self.owner[self.owner >= 0])

    def take(self, column: int) -> None:
        """Takes a column in and drops those it meets."""
        members = self.columns.members(column)
        for other in set(self.owner[members].tolist()) - {-1}:
            self._drop(other)
        self.owner[members] = column
        self.held[members] = self.columns.weight[column] + self.price[members].sum()
        self.value += self.columns.weight[column]

    def _drop(self, column: int) -> None:
        members = self.columns.members(column)
        self.owner[members] = -1
        self.held[members] = 0.0
        self.value -= self.columns.weight[column]

    def fill(self, order: Ints) -> None:
        """Takes in, in this order, each column that meets no other."""
        for column in order.tolist():
            if (self.owner[self.columns.members(column)] < 0).all():
                self.take(column)

    def gain(self, among: Ints) -> Floats:
        """What taking each of these columns would add, in weight and in the prices of cities taken in or left."""
        cities = self.columns.city[among]
        owner, held = self.owner[cities], self.held[cities]
        second = owner[:, 1] != owner[:, 0]
        third = (owner[:, 2] != owner[:, 0]) & (owner[:, 2] != owner[:, 1])
        lost: Floats = held[:, 0] + held[:, 1] * second + held[:, 2] * third
        worth: Floats = self.columns.weight[among] + self.price[cities].sum(axis=1)
        return worth - lost


class CoverSearch:
    """The swap search as something that can be asked to go on; keeps the best set it met."""

    def __init__(self, columns: Columns, seed: int) -> None:
        self.packing = Packing(columns)
        self.random = np.random.default_rng(seed)
        rank = columns.weight + self.random.random(len(columns.weight))
        self.packing.fill(np.argsort(-rank, kind="stable")[: 40 * columns.cities])
        self.best = self.packing.chosen()
        self.value = self.packing.value
        self._asleep: Ints = np.zeros(columns.cities + 1, np.int64)
        self._step = 0

    def improve(self, goal: float, steps: int, stop: Callable[[], bool]) -> None:
        """At most `steps` swaps, until the goal is met or ten a city brought nothing; asks `stop` every 256."""
        idle = 0
        for turn in range(steps):
            if self.value >= goal - 1e-9 or idle > 20 * self.packing.columns.cities:
                return
            if turn % 256 == 0 and stop():
                return
            idle += 1
            left = self.packing.reachable[self.packing.owner[self.packing.reachable] < 0]
            if not len(left):
                return
            self._step += 1
            self._swap(left)
            if self.packing.value > self.value + 1e-9:
                self.value, self.best = self.packing.value, self.packing.chosen()
                idle = 0

    def _swap(self, left: Ints) -> None:
        packing, random = self.packing, self.random
        city = int(random.choice(left))
        near = packing.columns.near(city)
        if len(near) > AT_MOST_LOOKED_AT:
            near = near[random.integers(0, len(near), AT_MOST_LOOKED_AT)]
        asleep = self._asleep[packing.columns.city[near]].max(axis=1) > self._step
        gain = packing.gain(near) - 1e3 * asleep + 1e-3 * random.random(len(near))
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            packing.price[left] += DEARER
            return
        packing.take(int(near[best]))
        self._asleep[packing.columns.members(int(near[best]))] = self._step + random.integers(1, 6)


def polish(
    columns: Columns,
    chosen: Ints,
    reduced: Floats,
    *,
    bound: float,
    good_enough: Callable[[float], bool],
    rounds: int,
    seed: int,
    stop: Callable[[], bool],
) -> Ints:
    """Frees about forty cycles around a place and solves that part exactly, again and again; never gets worse."""
    random = np.random.default_rng(seed)
    better = best_of_each_city(columns, reduced, 20)
    value = float(columns.weight[chosen].sum())
    idle = 0
    for _ in range(rounds):
        if good_enough(value) or idle > PATIENCE or stop():
            break
        idle += 1
        owner = np.full(columns.cities + 1, -1)
        for column in chosen.tolist():
            owner[columns.members(column)] = column
        free = _around(columns, owner, better, random)
        inside = np.nonzero(free[columns.city].all(axis=1) & (reduced >= value - bound))[0]
        kept = chosen[free[columns.city[chosen]].all(axis=1)]
        if len(inside) > 500:
            order = np.argsort(-(reduced[inside] + random.random(len(inside))), kind="stable")
            inside = np.union1d(inside[order[:500]], kept)
        found, _ = pack_exactly(columns, inside, nodes=20)
        if found is None:
            continue
        new = np.union1d(np.setdiff1d(chosen, kept), found)
        if columns.weight[new].sum() >= value - 1e-9:
            idle = idle if columns.weight[new].sum() <= value + 1e-9 else 0
            chosen, value = new, float(columns.weight[new].sum())
    return chosen


def _around(columns: Columns, owner: Ints, better: Ints, random: np.random.Generator) -> NDArray[np.bool_]:
    """Cities of some forty chosen cycles met on a walk along good columns, and every city left out."""
    free = np.zeros(columns.cities + 1, np.bool_)
    free[: columns.cities] = owner[: columns.cities] < 0
    free[columns.cities] = True
    offered = np.zeros(len(columns.weight), np.bool_)
    offered[better] = True
    picked: set[int] = set()
    most = min(40, len(np.unique(owner[owner >= 0])))
    queue: list[int] = []
    while len(picked) < most:
        city = queue.pop(0) if queue else int(random.integers(columns.cities))
        near = columns.near(city)
        near = near[offered[near]]
        reached = [city]
        if len(near):
            reached += columns.city[random.choice(near, size=min(2, len(near)), replace=False)].ravel().tolist()
        for other in reached:
            column = int(owner[other])
            if column >= 0 and column not in picked and len(picked) < most:
                picked.add(column)
                free[columns.members(column)] = True
                queue += columns.members(column).tolist()
    return free


def pack_exactly(
    columns: Columns, inside: Ints, *, nodes: int, gap: float = 0.0, stop: Stop = never
) -> tuple[Ints | None, float]:
    """The best packing among these columns by HiGHS within `nodes` (None when it found none in time), and its
    bound on the weight of any packing among them. `stop()` ends it with what it has."""
    if not len(inside):
        return None, 0.0
    solved, _ = whole_numbers(
        -columns.weight[inside],
        constraints=LinearConstraint(rows_of(columns, inside), ub=np.ones(columns.cities)),
        integrality=np.ones(len(inside)),
        options={"mip_rel_gap": gap, "node_limit": nodes},
        stop=stop,
    )
    bound = np.inf if solved.mip_dual_bound is None else -float(solved.mip_dual_bound)
    return (None if solved.x is None else inside[solved.x > 0.5]), bound
