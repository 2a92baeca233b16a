"""The arithmetic of raking: nearest weights that meet totals within limits, and what stands against them.

Minimises Σ w·ln(w/d) − w + d over low ≤ w ≤ high with the margin totals as constraints. Its dual is solved
one margin at a time, which without limits is iterative proportional fitting; with limits each step solves
Σ clip(d·g·f, low, high) = total exactly, for it is piecewise linear in the factor f.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from serai.core.sampling.reasons import Progress, Stop

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

MOST_KEY = 2**40
FAR = 1e150  # factors run off when targets contradict
ASK_AFTER = 50  # loops after which it is asked whether there are such weights at all


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Respondents gathered into rows that are treated alike. Totals sum to the number of respondents."""

    codes: tuple[IntArray, ...]  # margin by margin, the category of each row
    totals: tuple[FloatArray, ...]  # margin by margin, the weight each category must get
    sizes: tuple[FloatArray, ...]  # margin by margin, respondents of each category
    start: FloatArray  # base weight of one respondent of the row (their mean, without limits)
    people: FloatArray  # respondents of the row
    row_of: IntArray  # the row of each respondent
    base: FloatArray  # the base weight of each respondent, mean 1
    low: float
    high: float

    @property
    def limited(self) -> bool:
        """Whether any weight can meet a limit."""
        return self.low > 0 or np.isfinite(self.high)


@dataclass(frozen=True, kw_only=True)
class Solution:
    """Weights by respondent and how the run ended; `gap` as a share of all."""

    weights: FloatArray
    loops: int
    gap: float
    converged: bool
    stopped: bool


def grouped(
    codes: tuple[IntArray, ...], targets: tuple[FloatArray, ...], base: FloatArray, low: float, high: float
) -> Problem:
    """Rows of respondents with the same categories and, where limits count, the same base weight."""
    n = len(base)
    limited = low > 0 or bool(np.isfinite(high))
    key = np.zeros(n, dtype=np.intp)
    for column, target in zip(codes, targets, strict=True):
        if int(key.max()) > MOST_KEY // len(target):
            key = np.unique(key, return_inverse=True)[1]
        key = key * len(target) + column
    if limited:
        values, place = np.unique(base, return_inverse=True)
        key = np.unique(key, return_inverse=True)[1]
        key = key * len(values) + place
    _, first, row_of = np.unique(key, return_index=True, return_inverse=True)
    people = np.bincount(row_of).astype(np.float64)
    return Problem(
        codes=tuple(column[first] for column in codes),
        totals=tuple(target * n for target in targets),
        sizes=tuple(
            np.bincount(column, minlength=len(target)).astype(np.float64)
            for column, target in zip(codes, targets, strict=True)
        ),
        start=np.bincount(row_of, weights=base) / people,
        people=people,
        row_of=row_of,
        base=base,
        low=low,
        high=high,
    )


def solve(problem: Problem, *, loops: int, tolerance: float, stop: Stop | None, progress: Progress | None) -> Solution:
    """Rakes until the greatest gap is below `tolerance`, `loops` are done, or `stop()` says so."""
    u = problem.start.copy()
    members = [
        [np.flatnonzero(column == c) for c in range(len(total))]
        for column, total in zip(problem.codes, problem.totals, strict=True)
    ]
    done, stopped, gap = 0, False, _gap(problem, u)
    while gap >= tolerance and done < loops:
        if stop is not None and stop():
            stopped = True
            break
        for k, column in enumerate(problem.codes):
            u = np.clip(u * _factors(problem, u, k, members[k])[column], 1 / FAR, FAR)
        done += 1
        gap = _gap(problem, u)
        if progress is not None:
            progress("raking", done, loops)
        if done == ASK_AFTER and gap >= tolerance and missed(problem):
            break
    factor = u / problem.start
    weights = np.clip(problem.base * factor[problem.row_of], problem.low, problem.high)
    return Solution(weights=weights, loops=done, gap=gap, converged=gap < tolerance, stopped=stopped)


def _sums(problem: Problem, u: FloatArray, k: int) -> FloatArray:
    weight = problem.people * np.clip(u, problem.low, problem.high)
    return np.bincount(problem.codes[k], weights=weight, minlength=len(problem.totals[k])).astype(np.float64)


def _gap(problem: Problem, u: FloatArray) -> float:
    n = problem.people.sum()
    return max(float(np.abs(_sums(problem, u, k) - total).max() / n) for k, total in enumerate(problem.totals))


def _factors(problem: Problem, u: FloatArray, k: int, members: list[IntArray]) -> FloatArray:
    """For each category of margin k the factor that gives it its total."""
    total = problem.totals[k]
    if not problem.limited:
        return total / _sums(problem, u, k)
    found = np.ones(len(total))
    for c, rows in enumerate(members):
        found[c] = _factor(u[rows], problem.people[rows], problem.low, problem.high, float(total[c]))
    return found


def _factor(u: FloatArray, people: FloatArray, low: float, high: float, total: float) -> float:
    """The f with Σ people·clip(u·f, low, high) = total."""
    plain = total / float(people @ u)
    if u.min() * plain >= low and u.max() * plain <= high:
        return plain
    bends = np.concatenate([low / u, high / u])
    slopes = np.concatenate([people * u, -people * u])
    levels = np.concatenate([-people * low, people * high])
    order = np.argsort(bends, kind="stable")
    bends, slope, level = bends[order], np.cumsum(slopes[order]), np.cumsum(levels[order])
    level = level + low * people.sum()
    reached = level + slope * bends
    i = min(int(np.searchsorted(np.maximum.accumulate(reached), total)), len(bends) - 1)
    if i == 0 or slope[i - 1] <= 1e-12 * people.sum():
        return float(bends[i])
    return float((total - level[i - 1]) / slope[i - 1])


def _incidence(problem: Problem) -> tuple[sparse.csr_array, FloatArray]:
    """Matrix and right-hand side of all margin totals over the weights of the rows."""
    rows = len(problem.people)
    blocks = [
        sparse.csr_array((np.ones(rows), (column, np.arange(rows))), shape=(len(total), rows))
        for column, total in zip(problem.codes, problem.totals, strict=True)
    ]
    return sparse.csr_array(sparse.vstack(blocks)), np.concatenate(problem.totals)


def missed(problem: Problem) -> list[tuple[int, int, float]]:
    """(margin, category, share missed), the most first, at weights that miss least; [] if none is missed."""
    matrix, total = _incidence(problem)
    rows, cells = matrix.shape[1], matrix.shape[0]
    eye = sparse.identity(cells, format="csr")
    high = [None if np.isinf(problem.high) else problem.high * m for m in problem.people]
    bounds = [*zip(problem.low * problem.people, high, strict=True), *[(0, None)] * (2 * cells)]
    cost = np.concatenate([np.zeros(rows), np.ones(2 * cells)])
    done = linprog(cost, A_eq=sparse.hstack([matrix, eye, -eye]), b_eq=total, bounds=bounds, method="highs")
    miss = (done.x[rows : rows + cells] + done.x[rows + cells :]) / problem.people.sum()
    place = [(k, c) for k, totals in enumerate(problem.totals) for c in range(len(totals))]
    found = [(k, c, float(share)) for (k, c), share in zip(place, miss, strict=True) if share > 1e-7]
    return sorted(found, key=lambda item: -item[2])


def least_upper_limit(problem: Problem) -> float | None:
    """The least upper limit with which all targets can be met, same lower limit; None if none will do."""
    matrix, total = _incidence(problem)
    rows = len(problem.people)
    cost = np.zeros(rows + 1)
    cost[-1] = 1
    below = sparse.hstack([sparse.identity(rows), sparse.csr_array(-problem.people[:, None])])
    equal = sparse.hstack([matrix, sparse.csr_array((matrix.shape[0], 1))])
    bounds = [*((problem.low * m, None) for m in problem.people), (0, None)]
    done = linprog(
        cost,
        A_ub=below,
        b_ub=np.zeros(rows),
        A_eq=equal,
        b_eq=total,
        bounds=bounds,
        method="highs",
    )
    return float(done.x[-1]) if done.status == 0 else None
