"""Weights that make those who answered stand for the people of the place: raking, trimming, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from serai.core.sampling import calibration, margins
from serai.core.sampling.margins import Margin, Merge, merged
from serai.core.sampling.numbers import positive
from serai.core.sampling.reasons import (
    N_,
    BadDesignError,
    BadNumberError,
    LimitsTooTightError,
    Progress,
    Reason,
    Stop,
    because,
)

__all__ = [
    "USUAL_LIMITS",
    "Limits",
    "Margin",
    "MarginFit",
    "Merge",
    "Weights",
    "cluster_design_effect",
    "design_effect",
    "effective_n",
    "merged",
    "rake",
]

FloatArray = npt.NDArray[np.float64]
WARN_DEFF = 2.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The least and the greatest weight, in multiples of the mean weight."""

    lowest: float = 0.3
    highest: float = 3.0

    def __post_init__(self) -> None:
        if not (0 <= self.lowest < 1 < self.highest):
            text = N_("The lower limit must be below 1 and the upper limit above 1.")
            raise BadDesignError(because("bad_limits", text))


USUAL_LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class MarginFit:
    """One target group: its share of the people, of those who answered, and after weighting (0 to 1)."""

    margin: str
    category: str
    respondents: int
    target: float
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Weights in the order of the answers, their mean 1, what they cost, and how near they come.

    `gap` is the greatest distance between a weighted share and its target. `stopped` says that `stop()` ended
    the run; `converged` is False then, and when `loops` did not suffice.
    """

    weights: tuple[float, ...]
    deff: float
    n_eff: float
    loops: int
    gap: float
    converged: bool
    stopped: bool
    trimmed: float
    fits: tuple[MarginFit, ...]
    warnings: tuple[Reason, ...]


def design_effect(weights: Sequence[float]) -> float:
    """Kish: n·Σw²/(Σw)², 1 when all weights are equal. Source: Kish, Survey Sampling (1965), 11.7."""
    w = positive(weights, "weight")
    return float(len(w) * (w @ w) / w.sum() ** 2)


def effective_n(weights: Sequence[float]) -> float:
    """Kish: (Σw)²/Σw², the size of an unweighted sample that would be as exact."""
    w = positive(weights, "weight")
    return float(w.sum() ** 2 / (w @ w))


def cluster_design_effect(*, mean_size: float, icc: float) -> float:
    """1 + (m̄ − 1)·ICC for clusters of mean size m̄ ≥ 1; multiply with that of the weights (Kish 1965, 5.4)."""
    if not (mean_size >= 1 and 0 <= icc <= 1):
        text = N_("A cluster has at least one answer, and its likeness lies between 0 and 1.")
        raise BadDesignError(because("bad_cluster", text))
    return 1 + (mean_size - 1) * icc


def rake(
    targets: Sequence[Margin],
    *,
    base: Sequence[float] | None = None,
    limits: Limits | None = USUAL_LIMITS,
    unanswered: Literal["refuse", "own group"] = "refuse",
    loops: int = 500,
    tolerance: float = 1e-6,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> Weights:
    """Weights nearest to `base` (in Kullback-Leibler distance) that meet every target within the limits.

    `unanswered`: refuse answers of None, or let them keep the share they have among those who answered.
    Errors: EmptyTargetCellError (which group, what to merge), UnknownCategoryError, LimitsTooTightError (what
    stands against it and the upper limit that would do), BadNumberError, LengthsDifferError, NoAnswersError.
    Sources: Deming and Stephan (1940); with limits, Deville and Särndal (1992), case 7.
    """
    if loops < 1 or not 0 < tolerance < 1:
        raise BadNumberError(because("bad_effort", N_("Loops and tolerance must be above 0.")))
    marks = margins.coded(targets, unanswered=unanswered)
    n = len(marks.codes[0])
    start = np.ones(n) if base is None else positive(base, "weight", length=n)
    low, high = (limits.lowest, limits.highest) if limits else (0.0, np.inf)
    problem = calibration.grouped(marks.codes, marks.targets, start / start.mean(), low, high)
    _refuse_impossible(problem, marks, limits)
    found = calibration.solve(problem, loops=loops, tolerance=tolerance, stop=stop, progress=progress)
    if not found.converged and not found.stopped:
        _refuse_contradiction(problem, marks, limits)
    return _told(problem, found, marks, tolerance)


def _refuse_impossible(problem: calibration.Problem, marks: margins.Coded, limits: Limits | None) -> None:
    """A group so small or so large that no weights within the limits give it its share."""
    if limits is None:
        return
    reasons = []
    for name, labels, count, target in zip(marks.names, marks.labels, problem.sizes, problem.totals, strict=True):
        for label, respondents, total in zip(labels, count, target, strict=True):
            if not limits.lowest * respondents - 1e-9 <= total <= limits.highest * respondents + 1e-9:
                text = N_("%(margin)s, %(category)s: %(respondents)d answers would each need weight %(weight).2f.")
                reasons.append(
                    because(
                        "out_of_limits",
                        text,
                        margin=name,
                        category=label,
                        respondents=int(respondents),
                        weight=float(total / respondents),
                    )
                )
    if reasons:
        raise _too_tight(problem, reasons)


def _refuse_contradiction(problem: calibration.Problem, marks: margins.Coded, limits: Limits | None) -> None:
    """Targets that each could be met, but not together; silent when more loops would do."""
    missed = calibration.missed(problem)
    if not missed:
        return
    text = N_("%(margin)s, %(category)s: the other targets keep it %(points).1f points away from its target.")
    reasons = [
        because(
            "targets_contradict",
            text,
            margin=marks.names[k],
            category=marks.labels[k][c],
            points=100 * share,
        )
        for k, c, share in missed
    ]
    raise _too_tight(problem, reasons)


def _too_tight(problem: calibration.Problem, reasons: list[Reason]) -> LimitsTooTightError:
    highest = calibration.least_upper_limit(problem)
    if highest is None:
        said = because("no_limit_helps", N_("No upper limit would do: merge groups or drop a target."))
    else:
        said = because("limit_would_do", N_("An upper limit of %(highest).2f would do."), highest=highest)
    return LimitsTooTightError(*reasons, said, highest=highest)


def _told(problem: calibration.Problem, found: calibration.Solution, marks: margins.Coded, tolerance: float) -> Weights:
    w = found.weights
    n = len(w)
    at_limit = (w <= problem.low * (1 + 1e-9)) | (w >= problem.high * (1 - 1e-9))
    fits = []
    for name, labels, codes, target in zip(marks.names, marks.labels, marks.codes, marks.targets, strict=True):
        count = np.bincount(codes, minlength=len(labels))
        after = np.bincount(codes, weights=w, minlength=len(labels)) / w.sum()
        fits += [
            MarginFit(
                margin=name,
                category=label,
                respondents=int(count[i]),
                target=float(target[i]),
                before=float(count[i] / n),
                after=float(after[i]),
            )
            for i, label in enumerate(labels)
        ]
    deff = design_effect(w.tolist())
    warnings = [*margins.thin(marks), *marks.warnings, *_doubts(deff, found, tolerance)]
    return Weights(
        weights=tuple(w.tolist()),
        deff=deff,
        n_eff=n / deff,
        loops=found.loops,
        gap=found.gap,
        converged=found.converged,
        stopped=found.stopped,
        trimmed=float(at_limit.mean()),
        fits=tuple(fits),
        warnings=tuple(warnings),
    )


def _doubts(deff: float, found: calibration.Solution, tolerance: float) -> list[Reason]:
    doubts = []
    if deff > WARN_DEFF:
        text = N_("The weights more than halve what the answers tell (design effect %(deff).2f).")
        doubts.append(because("high_deff", text, deff=deff))
    if found.stopped:
        doubts.append(because("stopped", N_("The weighting was stopped before it was done.")))
    elif not found.converged:
        text = N_("After %(loops)d loops the weights still miss a target by %(gap).1e (wanted %(tolerance).0e).")
        doubts.append(because("not_converged", text, loops=found.loops, gap=found.gap, tolerance=tolerance))
    return doubts
