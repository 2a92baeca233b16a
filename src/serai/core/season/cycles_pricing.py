"""Every pair and three-cycle as a column, the linear bound over all of them, and the cuts that tighten it.

The model is cycle packing (Abraham, Blum and Sandholm 2007, there for kidney exchange): choose cycles so that
no city is in two. The bound is any non-negative set of city and cut prices, repaired so that no column is worth
more than its prices: valid however badly the linear programme was solved. The cuts are subset-row cuts on three
cities (Jepsen et al. 2008): of all cycles that use at least two of three cities, only one can be chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_CYCLES = 12_000_000
PATHS_AT_ONCE = 2_000_000
TOLERANCE = 1e-6
PATIENCE = 12


class TooManyCycles(ValueError):
    """The arcs make more cycles than memory allows: keep fewer partners a city."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """All cycles. `city` is (m, 3), the smallest first, a pair filled up with the number of cities."""

    cities: int
    city: NDArray[np.int32]
    weight: Floats
    by_city: Ints
    start: Ints

    def near(self, city: int) -> Ints:
        """Columns through one city."""
        return self.by_city[self.start[city] : self.start[city + 1]]

    def members(self, column: int) -> Ints:
        """The two or three cities of one column, in order of teaching."""
        row = self.city[column].astype(np.int64)
        return np.extract(row < self.cities, row)


def enumerate_cycles(cities: int, giver: Ints, learner: Ints, value: Floats) -> Columns:
    """All pairs and three-cycles of the arcs; a column weighs the sum of its arcs. TooManyCycles past 12 million."""
    order = np.lexsort((learner, giver))
    giver, learner, value = giver[order], learner[order], value[order]
    key = giver * cities + learner
    start = np.searchsorted(giver, np.arange(cities + 1))
    back, there = _find(key, learner * cities + giver)
    pair = there & (giver < learner)
    found = [np.column_stack((giver[pair], learner[pair], np.full(int(pair.sum()), cities)))]
    weight = [value[pair] + value[back[pair]]]
    count = len(found[0])
    for chunk in _chunks(giver, learner, start):
        length = start[learner[chunk] + 1] - start[learner[chunk]]
        first = np.repeat(chunk, length)
        offset = np.arange(len(first)) - np.repeat(np.cumsum(length) - length, length)
        second = np.repeat(start[learner[chunk]], length) + offset
        ahead = learner[second] > giver[first]
        first, second = first[ahead], second[ahead]
        third, closed = _find(key, learner[second] * cities + giver[first])
        first, second, third = first[closed], second[closed], third[closed]
        found.append(np.column_stack((giver[first], learner[first], learner[second])))
        weight.append(value[first] + value[second] + value[third])
        count += len(first)
        if count > MOST_CYCLES:
            raise TooManyCycles(f"more than {MOST_CYCLES:,} cycles: keep fewer partners a city")
    return _columns(cities, np.concatenate(found).astype(np.int32), np.concatenate(weight))


def _find(key: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Where each wanted key stands in the sorted keys, and whether it does."""
    if not len(key):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return place, key[place] == wanted


def _chunks(giver: Ints, learner: Ints, start: Ints) -> list[Ints]:
    """Arcs from a smaller to a larger city, cut so that no chunk opens too many two-arc paths at once."""
    rising = np.nonzero(giver < learner)[0]
    if not len(rising):
        return []
    paths = np.cumsum(start[learner[rising] + 1] - start[learner[rising]])
    cuts = np.searchsorted(paths, np.arange(PATHS_AT_ONCE, int(paths[-1]) + 1, PATHS_AT_ONCE))
    return [part for part in np.split(rising, cuts) if len(part)]


def _columns(cities: int, city: NDArray[np.int32], weight: Floats) -> Columns:
    flat = city.ravel()
    order = np.argsort(flat, kind="stable")
    start = np.searchsorted(flat[order], np.arange(cities + 1))
    return Columns(cities=cities, city=city, weight=weight, by_city=order // 3, start=start)


def narrowed(columns: Columns, inside: Ints) -> Columns:
    """The chosen columns as a problem of their own, in the order given."""
    return _columns(columns.cities, columns.city[inside], columns.weight[inside])


def rows_of(columns: Columns, chosen: Ints) -> sparse.csc_matrix:
    """The packing rows (cities) of the chosen columns."""
    city = columns.city[chosen]
    used = city < columns.cities
    where = np.repeat(np.arange(len(chosen)), used.sum(axis=1))
    return sparse.csc_matrix((np.ones(len(where)), (city[used], where)), shape=(columns.cities, len(chosen)))


def best_of_each_city(columns: Columns, score: Floats, keep: int, among: Ints | None = None) -> Ints:
    """For each city its `keep` best columns by score (ties: the earlier), together, sorted."""
    pool = np.arange(len(score)) if among is None else among
    pool = pool[np.argsort(-score[pool], kind="stable")]
    city = columns.city[pool].ravel()
    order = np.argsort(city, kind="stable")
    city = city[order]
    first = np.searchsorted(city, city, side="left")
    kept = order[(np.arange(len(city)) - first < keep) & (city < columns.cities)]
    return np.unique(pool[kept // 3])


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """Prices of one linear programme. `bound` holds for every packing of all columns; `reduced` is a column's
    weight less its prices; `share` is the fractional answer."""

    bound: float
    reduced: Floats
    share: Floats


def relax(
    columns: Columns,
    *,
    good_enough: Callable[[float], bool],
    rounds: int,
    stop: Callable[[], bool],
) -> Relaxation:
    """Column generation with cuts until `good_enough(bound)`, nothing more is found, `rounds` or `stop()`."""
    noise = np.random.default_rng(0).random(len(columns.weight))
    spread = 1e-3 * max(1.0, float(columns.weight.max(initial=0.0)))
    inside = np.zeros(len(columns.weight), np.bool_)
    inside[best_of_each_city(columns, columns.weight + spread * noise, 6)] = True
    cuts: list[Ints] = []
    seen: set[tuple[int, ...]] = set()
    best = without_programme(columns)
    idle = 0
    for _ in range(rounds):
        if good_enough(best.bound) or idle > PATIENCE or stop():
            break
        now, value = _priced(columns, np.nonzero(inside)[0], cuts)
        idle = 0 if now.bound < best.bound - 1e-5 * abs(best.bound) else idle + 1
        if now.bound <= best.bound:
            best = now
        wanted = np.nonzero((now.reduced > TOLERANCE) & ~inside)[0]
        if len(wanted):
            inside[best_of_each_city(columns, now.reduced + TOLERANCE * noise, 3, wanted)] = True
            if now.bound - value > 1e-4 * abs(value):
                continue
        new = _violated(columns, now.share, seen)
        if not new and not len(wanted):
            break
        seen.update(new)
        cuts += [_using_two_of(columns, three) for three in new]
    return best


def without_programme(columns: Columns) -> Relaxation:
    """The bound nobody has to solve for: every city in its best column, a column paid by its cities equally."""
    each = columns.weight / (columns.city < columns.cities).sum(axis=1)
    price = np.zeros(columns.cities + 1)
    np.maximum.at(price, columns.city.ravel(), np.repeat(each, 3))
    price[columns.cities] = 0.0
    reduced = columns.weight - price[columns.city].sum(axis=1)
    return Relaxation(bound=float(price.sum()), reduced=reduced, share=np.zeros_like(reduced))


def _priced(columns: Columns, chosen: Ints, cuts: list[Ints]) -> tuple[Relaxation, float]:
    """Solves the chosen columns and prices all of them; the bound is repaired, the value is the small LP's."""
    matrix = rows_of(columns, chosen)
    place = np.full(len(columns.weight), -1)
    place[chosen] = np.arange(len(chosen))
    if cuts:
        matrix = sparse.vstack([matrix, _cut_rows(cuts, place, len(chosen))]).tocsc()
    solved = linprog(
        -columns.weight[chosen],
        A_ub=matrix,
        b_ub=np.ones(matrix.shape[0]),
        bounds=(0, None),
        method="highs-ipm",
    )
    if solved.x is None:
        raise RuntimeError(f"the linear programme of cycles failed: {solved.message}")
    price = np.maximum(0.0, -solved.ineqlin.marginals)
    city_price = np.append(price[: columns.cities], 0.0)
    reduced = columns.weight - city_price[columns.city].sum(axis=1)
    for of_cut, members in zip(price[columns.cities :], cuts, strict=True):
        reduced[members] -= of_cut
    repair = np.zeros(columns.cities)
    over = np.nonzero(reduced > 0)[0]
    np.maximum.at(repair, columns.city[over, 0], reduced[over])
    share = np.zeros(len(columns.weight))
    share[chosen] = solved.x
    bound = float(price.sum() + repair.sum())
    return Relaxation(bound=bound, reduced=reduced, share=share), float(-solved.fun)


def _cut_rows(cuts: list[Ints], place: Ints, width: int) -> sparse.csr_matrix:
    """The cuts as rows over chosen columns; `place` is a column's position among them or -1."""
    inside = [place[members][place[members] >= 0] for members in cuts]
    row = np.repeat(np.arange(len(cuts)), [len(part) for part in inside])
    flat = np.concatenate(inside) if inside else np.zeros(0, np.int64)
    return sparse.csr_matrix((np.ones(len(flat)), (row, flat)), shape=(len(cuts), width))


def _using_two_of(columns: Columns, three: tuple[int, ...]) -> Ints:
    column, times = np.unique(np.concatenate([columns.near(city) for city in three]), return_counts=True)
    return column[times >= 2]


def _violated(columns: Columns, share: Floats, seen: set[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Sets of three cities whose cut the fractional answer breaks, the worst 150 first."""
    tied, whole = _ties(columns, share)
    found: dict[tuple[int, ...], float] = {}
    for middle, beside in tied.items():
        for one, other in combinations(sorted(beside), 2):
            three = tuple(sorted((middle, one, other)))
            if three in seen or three in found:
                continue
            # A column on all three was added by each of its three pairs but counts once.
            total = beside[one] + beside[other] + tied[one].get(other, 0.0) - 2 * whole.get(three, 0.0)
            if total > 1 + 1e-4:
                found[three] = total
    return sorted(found, key=lambda three: (-found[three], three))[:150]


def _ties(columns: Columns, share: Floats) -> tuple[dict[int, dict[int, float]], dict[tuple[int, ...], float]]:
    """What part of a column two cities share in the fractional answer, and what part three share."""
    tied: dict[int, dict[int, float]] = {}
    whole: dict[tuple[int, ...], float] = {}
    for column in np.nonzero((share > TOLERANCE) & (share < 1 - TOLERANCE))[0]:
        members = sorted(columns.members(int(column)).tolist())
        part = float(share[column])
        for one, other in permutations(members, 2):
            at = tied.setdefault(one, {})
            at[other] = at.get(other, 0.0) + part
        if len(members) == 3:
            whole[tuple(members)] = whole.get(tuple(members), 0.0) + part
    return tied, whole
