"""Mixed integer programmes (HiGHS through scipy) that `stop()` can end, though scipy cannot interrupt one.

With a `stop` to ask, the solver works in slices: 2 s, then twice as long each time, always from the start again,
and `stop` is asked between them. So a yes is heard after at most as long as the programme has run already (2 s at
least), and a programme that is let to end takes at most three times as long as in one go. Its answer is the same as
in one go: only the slice that ended by itself counts, and the clock decides nothing but when `stop` is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

Stop = Callable[[], bool]

FIRST_SLICE = 2.0
"""Seconds of the first slice."""

OUT_OF_TIME = 1
"""scipy.optimize.milp: the time limit was reached."""


def never() -> bool:
    """The `stop` of a caller who does not want to stop: the solver then works in one go."""
    return False


def whole_numbers(
    cost: NDArray[np.float64],
    *,
    constraints: LinearConstraint | Sequence[LinearConstraint],
    integrality: NDArray[np.float64],
    options: Mapping[str, float],
    stop: Stop = never,
) -> tuple[OptimizeResult, bool]:
    """`scipy.optimize.milp` over columns in [0, 1], lowest cost; and whether `stop` ended it.

    A stopped answer is the best of its last slice: `x` may be None, `mip_dual_bound` holds if it is there.
    """
    limit = np.inf if stop is never else FIRST_SLICE
    while True:
        slices = {} if limit == np.inf else {"time_limit": limit}
        found = milp(
            cost,
            constraints=constraints,
            integrality=integrality,
            bounds=Bounds(0, 1),
            options={**options, **slices},
        )
        if found.status != OUT_OF_TIME:
            return found, False
        if stop():
            return found, True
        limit *= 2
