"""How trust changed between two waves: from the same raters about the same organisations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from serai.core.network.disclosure import Floor, State, enough_told
from serai.core.network.effort import Stop, batches
from serai.core.network.ground import Ground, told_twice
from serai.core.network.resampling import DRAWS, SignFlip, holm, sign_flip
from serai.core.network.roster import Floats, Kind
from serai.core.network.ties import TieRule
from serai.core.network.trust import rater_means

Band = Literal["no clear change", "small", "notable", "not enough data"]
SMALL, NOTABLE = 5.0, 10.0  # points of 100; conventions, not standards


@dataclass(frozen=True, kw_only=True)
class TrustChange:
    """Mean change of trust of the raters in `rater` in the organisations of `rated`, in points of 100.

    `low` to `high`: 95 % by drawing raters anew; `test` is the sign-flip over raters, `p_holm` corrected over all
    tested cells. `band`: below 5 points no clear change, 5 to 10 small, above 10 notable, and only where the
    interval leaves out 0; "not enough data" below the floor or under 70 % coverage, with every figure None; so too
    when `stopped` before the first draw.
    """

    rater: str
    rated: str
    state: State
    raters: int | None
    change: float | None
    low: float | None
    high: float | None
    test: SignFlip | None
    p_holm: float | None
    band: Band
    stopped: bool = False


def band_of(change: float, low: float, high: float) -> Band:
    """The band of a change with its interval."""
    if abs(change) < SMALL or low <= 0 <= high:
        return "no clear change"
    return "notable" if abs(change) > NOTABLE else "small"


def trust_changes(
    ground: Ground,
    kind: Kind,
    *,
    seed: int,
    floor: Floor | None = None,
    draws: int = DRAWS,
    stop: Stop | None = None,
) -> tuple[TrustChange, ...]:
    """Every ordered pair of groups. Only pairs rated in both waves count: a new contact moves no mean."""
    floor = floor or Floor()
    rule = TieRule(layer="trust", count="reported")
    both = told_twice(ground, rule)
    on_floor = enough_told(both.before, rule, kind, floor)
    was, now = (rater_means(wave, kind)[0] for wave in (both.before, both.after))
    groups = ground.roster.grouping(kind)
    rates = [ground.coverage(kind, name).state for name in groups.names]
    answers = []
    for a, b in np.ndindex(len(groups.names), len(groups.names)):
        state = min(rates[a], rates[b]) if on_floor[a, b] else State.HIDDEN
        moved = (now - was)[groups.codes == a, b]
        moved = moved[~np.isnan(moved)]
        cell = _described(groups.names[a], groups.names[b], state, moved)
        answers.append(_tested(cell, moved, seed, draws, stop) if state == State.TESTS else cell)
    p_values = {at: one.test.p for at, one in enumerate(answers) if one.test is not None and one.test.p is not None}
    corrected = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    return tuple(replace(one, p_holm=corrected.get(at)) for at, one in enumerate(answers))


def _described(rater: str, rated: str, state: State, moved: Floats) -> TrustChange:
    return TrustChange(
        rater=rater,
        rated=rated,
        state=state,
        raters=len(moved) if state >= State.COUNTS else None,
        change=None,
        low=None,
        high=None,
        test=None,
        p_holm=None,
        band="not enough data",
    )


def _tested(cell: TrustChange, moved: Floats, seed: int, draws: int, stop: Stop | None) -> TrustChange:
    ends = _interval(moved, seed, draws, stop)
    if ends is None:
        return replace(cell, stopped=True)
    change = float(moved.mean())
    test = sign_flip(moved, seed=seed, draws=draws, stop=stop)
    return replace(
        cell,
        change=change,
        low=ends[0],
        high=ends[1],
        test=test,
        band=band_of(change, *ends),
        stopped=test.stopped,
    )


def _interval(moved: Floats, seed: int, draws: int, stop: Stop | None) -> tuple[float, float] | None:
    rng = np.random.default_rng(seed)
    k = len(moved)
    means = []
    for size in batches(draws, 256, stop=stop, progress=None):
        weight = rng.multinomial(k, np.full(k, 1 / k), size=size)
        means.append(weight @ moved / k)
    if not means:
        return None
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return float(low), float(high)
