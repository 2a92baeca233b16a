"""What changed between two waves, how sure we are of it, and how small a change could be seen at all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from scipy.special import stdtr, stdtrit
from scipy.stats import norm

from serai.core.sampling.bases import Drawn, Sample
from serai.core.sampling.intervals import Estimate, Interval, Kind, mean, wilson
from serai.core.sampling.numbers import finite, on_scale
from serai.core.sampling.reasons import (
    N_,
    BadDesignError,
    BadNumberError,
    DuplicateAnswerError,
    LengthsDifferError,
    NoAnswersError,
    Reason,
    because,
)

SMALL = 0.05
NOTABLE = 0.10


class Change(StrEnum):
    """The change in one word; 'not enough data' is a finding of its own, not 'no change'."""

    NOT_ENOUGH = "not enough data"
    NOT_KNOWN = "not known beyond those who answered"
    NO_CLEAR = "no clear change"
    SMALL = "small change"
    NOTABLE = "notable change"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """After minus before, in the unit of the estimates. Never says what caused it.

    `p`: two-sided, from no change; None where there is no interval. `pairs`: people in both waves (panel).
    """

    change: Change
    value: float | None = None
    interval: Interval | None = None
    se: float | None = None
    p: float | None = None
    pairs: int | None = None
    reasons: tuple[Reason, ...] = ()


def difference(before: Estimate, after: Estimate) -> Difference:
    """The difference of two waves of different respondents.

    Shares: √(SE₁²+SE₂²), interval by Newcombe's square-and-add of the two Wilson intervals (1998, method 10),
    p by the pooled test. Means: √(SE₁²+SE₂²) with Welch's degrees of freedom.
    """
    if before.kind is not after.kind or before.scale != after.scale:
        text = N_("The two waves do not measure the same thing on the same scale.")
        raise BadDesignError(because("not_alike", text))
    hidden = [wave for wave in (before, after) if not wave.base.shown]
    if hidden:
        return Difference(change=Change.NOT_ENOUGH, reasons=hidden[0].base.reasons)
    b, a = before.interval, after.interval
    if b is not None and a is not None and b.level != a.level:
        text = N_("The two waves have intervals of different levels.")
        raise BadDesignError(because("levels_differ", text))
    x, y = _known(before.value), _known(after.value)
    value = y - x
    if b is None or a is None or before.se is None or after.se is None:
        lacking = before if b is None else after
        return Difference(change=_no_interval(before, after), value=value, reasons=lacking.reasons)
    se = math.hypot(before.se, after.se)
    if before.kind is Kind.SHARE:
        low = value - math.hypot(y - a.low, b.high - x)
        high = value + math.hypot(a.high - y, x - b.low)
        interval = Interval(low=low, high=high, level=b.level)
        p = _pooled_p(before, after)
    else:
        interval, p = _welch(before, after, se, b.level)
    return _told(value, interval, se, p, before.scale)


def _known(value: float | None) -> float:
    """A number that a shown estimate always has."""
    assert value is not None
    return value


def _no_interval(before: Estimate, after: Estimate) -> Change:
    opt_in = Drawn.OPT_IN in (before.drawn, after.drawn)
    return Change.NOT_KNOWN if opt_in else Change.NOT_ENOUGH


def _told(
    value: float,
    interval: Interval,
    se: float,
    p: float,
    scale: tuple[float, float],
    pairs: int | None = None,
) -> Difference:
    """Conventions of this program, not standards: under 5 of 100 points no clear change, over 10 notable."""
    step = abs(value) / (scale[1] - scale[0])
    clear = not interval.low <= 0 <= interval.high
    change = Change.NO_CLEAR
    if clear and step >= SMALL:
        change = Change.NOTABLE if step > NOTABLE else Change.SMALL
    return Difference(change=change, value=value, interval=interval, se=se, p=p, pairs=pairs)


def _pooled_p(before: Estimate, after: Estimate) -> float:
    n, m, x, y = (_known(v) for v in (before.worth, after.worth, before.value, after.value))
    if math.isinf(n) and math.isinf(m):
        return 1.0 if x == y else 0.0
    if math.isinf(n) or math.isinf(m):
        pooled = x if math.isinf(n) else y
    else:
        pooled = (n * x + m * y) / (n + m)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    if spread == 0:
        return 1.0 if x == y else 0.0
    return float(2 * norm.sf(abs(y - x) / spread))


def _welch(before: Estimate, after: Estimate, se: float, level: float) -> tuple[Interval, float]:
    value = _known(after.value) - _known(before.value)
    if se == 0:
        return Interval(low=value, high=value, level=level), 1.0 if value == 0 else 0.0
    parts = 0.0
    for wave in (before, after):
        parts += _known(wave.se) ** 4 / (_known(wave.n_eff) - 1) if wave.se else 0.0
    freedom = se**4 / parts
    reach = float(stdtrit(freedom, (1 + level) / 2)) * se
    p = float(2 * stdtr(freedom, -abs(value) / se))
    return Interval(low=value - reach, high=value + reach, level=level), p


def panel(
    before: Sequence[tuple[str, float]],
    after: Sequence[tuple[str, float]],
    *,
    scale: tuple[float, float],
    sample: Sample,
    weights: Mapping[str, float] | None = None,
) -> Difference:
    """The mean change of people who answered in both waves, (person, answer) each; shares as 0 and 1.

    Errors: NoAnswersError (a wave is empty), DuplicateAnswerError, BadNumberError, LengthsDifferError (a
    respondent of both waves has no weight).
    """
    first, second = _wave(before, scale), _wave(after, scale)
    both = sorted(first.keys() & second.keys())
    change = [second[key] - first[key] for key in both]
    if weights is not None and not set(both) <= weights.keys():
        text = N_("A respondent of both waves has no weight.")
        raise LengthsDifferError(because("no_weight", text))
    w = None if weights is None else [weights[key] for key in both]
    width = scale[1] - scale[0]
    found = mean(change, scale=(-width, width), sample=sample, weights=w)
    if not found.base.shown or found.value is None:
        return Difference(change=Change.NOT_ENOUGH, reasons=found.base.reasons)
    lost = len(first) + len(second) - 2 * len(both)
    text = N_("%(lost)d people answered in one wave only; they are not in this comparison.")
    left = (because("one_wave_only", text, lost=lost),) if lost >= sample.floor else ()
    if found.interval is None or found.se is None:
        change_word = Change.NOT_KNOWN if sample.drawn is Drawn.OPT_IN else Change.NOT_ENOUGH
        reasons = (*found.reasons, *left)
        return Difference(change=change_word, value=found.value, pairs=found.n, reasons=reasons)
    if found.se == 0:
        p = 1.0 if found.value == 0 else 0.0
    else:
        p = float(2 * stdtr(_known(found.n_eff) - 1, -abs(found.value) / found.se))
    told = _told(found.value, found.interval, found.se, p, scale, found.n)
    return replace(told, reasons=left)


def _wave(answers: Sequence[tuple[str, float]], scale: tuple[float, float]) -> dict[str, float]:
    if not answers:
        raise NoAnswersError(because("empty_wave", N_("Nobody answered in one of the waves.")))
    values = on_scale([value for _, value in answers], scale)
    found = dict(zip((key for key, _ in answers), values.tolist(), strict=True))
    if len(found) < len(answers):
        text = N_("A respondent answers twice in one wave.")
        raise DuplicateAnswerError(because("answers_twice", text))
    return found


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's adjusted p values, in the order given: many comparisons, one risk (Holm 1979)."""
    if not p_values:
        return ()
    p = finite(p_values, "p value")
    if p.min() < 0 or p.max() > 1:
        raise BadNumberError(because("bad_p", N_("A p value lies between 0 and 1.")))
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1.0)
    return tuple(adjusted.tolist())


@dataclass(frozen=True, kw_only=True)
class Detectable:
    """The least true difference of two shares that two such waves would find (0 to 1), or why none."""

    share: float | None
    reasons: tuple[Reason, ...] = ()


def detectable(sample: Sample, *, n_eff: float, share: float = 0.5, power: float = 0.8) -> Detectable:
    """(z₁₋α/₂ + z_power)·√(2p(1−p)/n_eff), 2.80·… at 95 % and 80 % power, both waves of `n_eff` answers."""
    if not (n_eff > 0 and math.isfinite(n_eff) and 0 <= share <= 1 and 0 < power < 1):
        text = N_("A detectable difference needs answers, a share and a power between 0 and 1.")
        raise BadNumberError(because("bad_power", text))
    if sample.drawn is Drawn.OPT_IN:
        text = N_("Those who wished to answer cannot show what changed among all.")
        return Detectable(share=None, reasons=(because("opt_in", text),))
    z = float(norm.ppf((1 + sample.level) / 2) + norm.ppf(power))
    return Detectable(share=min(1.0, z * math.sqrt(2 * share * (1 - share) / n_eff)))


def answers_needed(sample: Sample, *, difference: float, share: float = 0.5, power: float = 0.8) -> int:
    """Effective answers in each wave to find this difference of shares; the formula above turned round."""
    if not 0 < difference <= 1:
        text = N_("A difference to find lies between 0 and 1.")
        raise BadNumberError(because("bad_difference", text))
    one = detectable(sample, n_eff=1e12, share=share, power=power)
    if one.share is None:
        raise BadDesignError(*one.reasons)
    return math.ceil((one.share * 1e6 / difference) ** 2 - 1e-9)


__all__ = [
    "Change",
    "Detectable",
    "Difference",
    "answers_needed",
    "detectable",
    "difference",
    "holm",
    "panel",
    "wilson",
]
