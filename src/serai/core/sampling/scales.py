"""Whether questions that are added into one scale measure one thing: Cronbach's alpha."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from serai.core.sampling.bases import Base, Sample, base_of
from serai.core.sampling.numbers import finite, same_length
from serai.core.sampling.reasons import N_, BadDesignError, Reason, because

LEAST_ITEMS = 3
USUAL = 0.7


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Cronbach's alpha (at most 1; None if it cannot be shown) of `items` questions over `n` full answers."""

    alpha: float | None
    items: int
    n: int | None
    left_out: int | None
    base: Base
    reasons: tuple[Reason, ...]


def cronbach(answers: Sequence[Sequence[float | None]], *, sample: Sample) -> Reliability:
    """k/(k−1)·(1 − Σ item variances / variance of the sum), over respondents who answered every item.

    `answers`: one row a respondent, one column an item, reversed items already turned round. Source: Cronbach
    (1951). Errors: LengthsDifferError, BadNumberError, BadDesignError for fewer than three items.
    """
    width = len(answers[0]) if answers else LEAST_ITEMS
    for row in answers:
        same_length(len(row), width)
    if width < LEAST_ITEMS:
        text = N_("A scale is judged from at least %(least)d questions.")
        raise BadDesignError(because("few_items", text, least=LEAST_ITEMS))
    full = [[v for v in row if v is not None] for row in answers if None not in row]
    base = base_of(len(full), len(full), sample)
    if not base.shown:
        return Reliability(alpha=None, items=width, n=None, left_out=None, base=base, reasons=())
    x = np.array([finite(row, "answer") for row in full])
    alpha, reasons = _alpha(x)
    return Reliability(
        alpha=alpha,
        items=width,
        n=len(full),
        left_out=len(answers) - len(full),
        base=base,
        reasons=reasons,
    )


def _alpha(x: np.typing.NDArray[np.float64]) -> tuple[float | None, tuple[Reason, ...]]:
    k = x.shape[1]
    total = float(x.sum(axis=1).var(ddof=1))
    if total <= 1e-12 * max(1.0, float(np.abs(x).max()) ** 2):
        text = N_("All respondents have the same sum: the questions cannot be judged.")
        return None, (because("no_spread", text),)
    alpha = k / (k - 1) * (1 - float(x.var(axis=0, ddof=1).sum()) / total)
    if alpha < 0:
        text = N_("The questions run against each other. Is one of them worded the other way round?")
        return alpha, (because("turned_round", text),)
    if alpha < USUAL:
        text = N_("The questions hang together loosely (below %(usual).1f): show them one by one.")
        return alpha, (because("loose", text, usual=USUAL),)
    return alpha, ()
