"""The fewest demands that contradict each other, and the proof that no fewer do.

Every contradiction holds a demand of every set whose absence makes the rest possible. So no contradiction has fewer
demands than the fewest that meet all such sets; and if those fewest contradict, nothing smaller does (implicit
hitting sets: Ignatiev, Previti, Liffiton, Marques-Silva 2015, *Smallest MUS extraction with minimal hitting set
dualization*).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

Ask = Callable[[frozenset[int]], bool | None]
"""Whether these demands can be met together; None when it was not found out."""


@dataclass(frozen=True, kw_only=True)
class Smallest:
    """Demands by number, ascending. proven: no contradiction has fewer."""

    demands: tuple[int, ...]
    proven: bool


def smallest_contradiction(count: int, known: Sequence[int], possible: Ask, *, rounds: int) -> Smallest:
    """From a known contradiction among demands 0..count-1 to one of the fewest, or to the proof that it is one.

    known: demands that contradict, none of which can be spared. rounds: candidates looked at, at most; each asks
    `possible` some `2 log2(count)` times for every demand that must go to end the contradiction.
    """
    every = frozenset(range(count))
    apart = [frozenset({one}) for one in sorted(known) if possible(every - {one})]
    best = tuple(sorted(known))
    for _ in range(rounds):
        candidate = _fewest(apart)
        if len(candidate) >= len(best):
            return Smallest(demands=best, proven=True)
        answer = possible(candidate)
        if answer is None:
            break
        if not answer:
            return Smallest(demands=tuple(sorted(candidate)), proven=True)
        apart.append(every - _grown(candidate, sorted(every - candidate), possible))
    return Smallest(demands=best, proven=False)


def _grown(held: frozenset[int], others: Sequence[int], possible: Ask) -> frozenset[int]:
    """Demands that can be met together, as many more of the others as can be taken in, halves at a time."""
    if not others:
        return held
    whole = held | frozenset(others)
    if possible(whole):
        return whole
    if len(others) == 1:
        return held
    half = len(others) // 2
    return _grown(_grown(held, others[:half], possible), others[half:], possible)


def _fewest(sets: Sequence[frozenset[int]]) -> frozenset[int]:
    """The fewest demands that meet every set, by a small exact programme."""
    if not sets:
        return frozenset()
    columns = sorted(frozenset().union(*sets))
    place = {demand: at for at, demand in enumerate(columns)}
    rows = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
    at = np.array([place[demand] for one in sets for demand in sorted(one)])
    meets = coo_array((np.ones(len(at)), (rows, at)), shape=(len(sets), len(columns))).tocsr()
    found = milp(
        np.ones(len(columns)),
        constraints=LinearConstraint(meets, lb=1.0),
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, 1),
    )
    if found.x is None:
        raise ArithmeticError(f"The fewest demands were not found: {found.message}")
    return frozenset(columns[one] for one in np.flatnonzero(found.x > 0.5).tolist())
