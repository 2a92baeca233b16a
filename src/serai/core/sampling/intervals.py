"""Shares and means of answers with honest intervals; an opt-in sample never gets one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit
from scipy.stats import norm

from serai.core.sampling.bases import LOW_BELOW, Base, Drawn, Sample, State, base_of, effective_base
from serai.core.sampling.numbers import finite, on_scale, positive, same_length
from serai.core.sampling.reasons import N_, BadNumberError, Reason, because

FloatArray = npt.NDArray[np.float64]


class Kind(StrEnum):
    """What an estimate is an estimate of."""

    SHARE = "share"
    MEAN = "mean"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """From `low` to `high`, both included, at `level` (0.95 = 95 %)."""

    low: float
    high: float
    level: float


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A share (0 to 1) or a mean (on `scale`). What must not be shown is not in it.

    `n` answers, worth `n_eff` after weights and clusters, `worth` after the finite population too (math.inf
    when everyone answered). `left_out`: respondents who gave no answer, None when they are fewer than the
    floor. `interval` and `se` are None for opt-in samples and wherever they cannot be had; see `reasons`.
    """

    kind: Kind
    drawn: Drawn
    scale: tuple[float, float]
    base: Base
    value: float | None = None
    interval: Interval | None = None
    se: float | None = None
    n: int | None = None
    n_eff: float | None = None
    worth: float | None = None
    left_out: int | None = None
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        if self.drawn is Drawn.OPT_IN and (self.interval is not None or self.se is not None):
            raise AssertionError("an opt-in sample has no margin of error")
        if not self.base.shown and (self.value, self.n, self.left_out) != (None, None, None):
            raise AssertionError("a number below its base is not kept")


def wilson(share: float, n: float, *, level: float = 0.95) -> Interval:
    """Wilson's score interval for a share of `n` (effective) answers; the share itself when n is endless.

    Source: Wilson (1927). Works at 0 and 1. Errors: BadNumberError unless 0 ≤ share ≤ 1 and n > 0.
    """
    if not (0 <= share <= 1 and n > 0 and 0 < level < 1):
        text = N_("A share lies between 0 and 1 and rests on at least one answer.")
        raise BadNumberError(because("bad_share", text))
    if math.isinf(n):
        return Interval(low=share, high=share, level=level)
    z = float(norm.ppf((1 + level) / 2))
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if share == 0 else min(share, max(0.0, (middle - reach) / (1 + z * z / n)))
    high = 1.0 if share == 1 else max(share, min(1.0, (middle + reach) / (1 + z * z / n)))
    return Interval(low=low, high=high, level=level)


def mean_se(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Linearised standard error of a weighted mean: √(n/(n−1)·Σw²(x−x̄)²)/Σw, without finite population.

    Source: Särndal, Swensson and Wretman (1992), 5.7. Errors: BadNumberError for fewer than two answers.
    """
    x = finite(values, "answer")
    w = np.ones(len(x)) if weights is None else positive(weights, "weight", length=len(x))
    if len(x) < 2:
        text = N_("A standard error needs at least two answers.")
        raise BadNumberError(because("one_answer", text))
    return _mean_se(x, w)


def _mean_se(x: FloatArray, w: FloatArray) -> float:
    n = len(x)
    centred = x - (w @ x) / w.sum()
    return float(np.sqrt(n / (n - 1) * ((w * centred) ** 2).sum()) / w.sum())


def share(answers: Sequence[bool | None], *, sample: Sample, weights: Sequence[float] | None = None) -> Estimate:
    """The share of yes among those who answered (None: did not), Wilson on the effective base.

    Hidden: 0 or 1 of fewer than 50 answers (it tells what each said), and a yes or a no of fewer people than
    the floor.
    """
    x, w, left_out = _told(answers, weights, (0.0, 1.0))
    if np.isin(x, (0.0, 1.0)).all():
        return _estimate(Kind.SHARE, x, w, left_out, sample, (0.0, 1.0))
    text = N_("A yes or no answer is neither yes nor no.")
    raise BadNumberError(because("not_yes_no", text))


def mean(
    answers: Sequence[float | None],
    *,
    scale: tuple[float, float],
    sample: Sample,
    weights: Sequence[float] | None = None,
) -> Estimate:
    """The mean of those who answered (None: did not) on `scale`, t interval with n_eff − 1 degrees.

    Below 50 answers a mean at an end of the scale is hidden: it would tell what each of them said.
    """
    x, w, left_out = _told(answers, weights, scale)
    return _estimate(Kind.MEAN, x, w, left_out, sample, scale)


def _told(
    answers: Sequence[float | None], weights: Sequence[float] | None, scale: tuple[float, float]
) -> tuple[FloatArray, FloatArray, int]:
    """The answers given, their weights, and how many were not given."""
    if weights is not None:
        same_length(len(weights), len(answers))
    given = [i for i, answer in enumerate(answers) if answer is not None]
    told = [answer for answer in answers if answer is not None]
    x = on_scale(told, scale)
    every = np.ones(len(answers))
    if weights is not None and len(answers) > 0:
        every = positive(weights, "weight")
    return x, every[given], len(answers) - len(given)


def _estimate(
    kind: Kind, x: FloatArray, w: FloatArray, left_out: int, sample: Sample, scale: tuple[float, float]
) -> Estimate:
    n = len(x)
    n_eff = float(w.sum() ** 2 / (w @ w)) if n else 0.0
    worth = effective_base(n, n_eff, sample)
    empty = Estimate(kind=kind, drawn=sample.drawn, scale=scale, base=base_of(n, worth, sample))
    if not empty.base.shown:
        return empty
    value = float(w @ x / w.sum())
    telling = _tells_on_people(kind, x, sample, scale)
    if telling is not None:
        base = Base(state=State.HIDDEN, band=empty.base.band, reasons=(telling,))
        return Estimate(kind=kind, drawn=sample.drawn, scale=scale, base=base)
    reasons: tuple[Reason, ...] = ()
    interval: Interval | None = None
    se: float | None = None
    if sample.drawn is Drawn.OPT_IN:
        reasons = (_OPT_IN,)
    elif kind is Kind.SHARE:
        interval = wilson(min(max(value, 0.0), 1.0), worth, level=sample.level)
        se = math.sqrt(value * (1 - value) / worth) if 0 < value < 1 else 0.0
    else:
        interval, se, reasons = _mean_interval(x, w, n_eff, sample, scale)
    width = None if interval is None else (interval.high - interval.low) / (scale[1] - scale[0])
    return Estimate(
        kind=kind,
        drawn=sample.drawn,
        scale=scale,
        base=base_of(n, worth, sample, width=width),
        value=value,
        interval=interval,
        se=se,
        n=n,
        n_eff=n_eff / sample.cluster_deff,
        worth=worth,
        left_out=left_out if left_out == 0 or left_out >= sample.floor else None,
        reasons=reasons,
    )


def _tells_on_people(kind: Kind, x: FloatArray, sample: Sample, scale: tuple[float, float]) -> Reason | None:
    """Why this number would tell what single people said, if it would."""
    if len(x) < LOW_BELOW and bool(np.all(x == x[0])) and x[0] in scale:
        text = N_("All gave the same answer, so showing it would tell what each one said.")
        return because("all_alike", text)
    smaller = min(int(x.sum()), len(x) - int(x.sum())) if kind is Kind.SHARE else 0
    if 0 < smaller < sample.floor:
        text = N_("Fewer than %(floor)d people gave one of the two answers, so neither is shown.")
        return because("small_answer", text, floor=sample.floor)
    return None


_OPT_IN = because(
    "opt_in",
    N_("This is the result among those who answered. It has no margin of error for all others."),
)


def _mean_interval(
    x: FloatArray, w: FloatArray, n_eff: float, sample: Sample, scale: tuple[float, float]
) -> tuple[Interval | None, float | None, tuple[Reason, ...]]:
    """Interval inside the scale, standard error with clusters and finite population (√(1 − n/N))."""
    n = len(x)
    value = float(w @ x / w.sum())
    if n == sample.population:
        return Interval(low=value, high=value, level=sample.level), 0.0, ()
    se = _mean_se(x, w) * math.sqrt(sample.cluster_deff)
    if sample.population is not None:
        se *= math.sqrt(1 - n / sample.population)
    if se == 0:
        text = N_("All gave the same answer, so their spread and an interval cannot be estimated.")
        return None, None, (because("no_spread", text),)
    freedom = n_eff / sample.cluster_deff - 1
    if freedom <= 0:
        text = N_("The weights leave too little to estimate an interval.")
        return None, None, (because("no_freedom", text),)
    reach = float(stdtrit(freedom, (1 + sample.level) / 2)) * se
    low, high = max(scale[0], value - reach), min(scale[1], value + reach)
    return Interval(low=low, high=high, level=sample.level), se, ()
