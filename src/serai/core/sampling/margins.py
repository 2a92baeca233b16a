"""What is known of the people of a place: target groups, which are empty or thin, what to put together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from serai.core.sampling.numbers import same_length
from serai.core.sampling.reasons import (
    N_,
    BadDesignError,
    BadNumberError,
    EmptyTargetCellError,
    NoAnswersError,
    Reason,
    UnknownCategoryError,
    because,
)

THIN_COUNT = 20
THIN_SHARE = 0.05
NOT_TOLD = "not told"


@dataclass(frozen=True, kw_only=True)
class Margin:
    """One variable: how many people of each category live there, and the category of each respondent.

    `targets`: (category, people or share), any unit, each above 0 or 0 for a category that does not exist.
    `answers`: a category for each respondent in the one order all margins share; None if not told.
    `ordered`: the categories stand in their natural order, so that only neighbours may be merged.
    """

    name: str
    targets: tuple[tuple[str, float], ...]
    answers: tuple[str | None, ...]
    ordered: bool = False


@dataclass(frozen=True, kw_only=True)
class Merge:
    """Categories of one margin to put together, and how many respondents they then have."""

    margin: str
    together: tuple[str, ...]
    respondents: int


@dataclass(frozen=True, kw_only=True)
class Coded:
    """Margins as arrays: for each, codes (n), labels, respondents and target shares by label (sum 1)."""

    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    codes: tuple[npt.NDArray[np.intp], ...]
    targets: tuple[npt.NDArray[np.float64], ...]
    warnings: tuple[Reason, ...]


def merged(margin: Margin, together: Sequence[str], *, name: str | None = None) -> Margin:
    """The margin with these categories as one, named `name` or by their names joined with " + "."""
    old = [category for category, _ in margin.targets]
    if len(set(together)) < 2 or not set(together) <= set(old):
        text = N_("%(margin)s: only two or more of its own categories can be put together.")
        raise BadDesignError(because("bad_merge", text, margin=margin.name))
    label = name or " + ".join(category for category in old if category in together)
    if label in set(old) - set(together):
        text = N_("%(margin)s: there is another category named %(category)s.")
        raise BadDesignError(because("name_taken", text, margin=margin.name, category=label))
    targets: dict[str, float] = {}
    for category, people in margin.targets:
        key = label if category in together else category
        targets[key] = targets.get(key, 0.0) + people
    answers = tuple(label if answer in together else answer for answer in margin.answers)
    return Margin(name=margin.name, targets=tuple(targets.items()), answers=answers, ordered=margin.ordered)


def coded(margins: Sequence[Margin], *, unanswered: Literal["refuse", "own group"]) -> Coded:
    """The margins as arrays, or the named error that says what is wrong, all empty groups at once."""
    if not margins:
        raise BadDesignError(because("no_margins", N_("There is no target to weight to.")))
    if len({margin.name for margin in margins}) < len(margins):
        raise BadDesignError(because("margin_twice", N_("The same margin is given twice.")))
    n = len(margins[0].answers)
    if n == 0:
        raise NoAnswersError(because("no_answers", N_("There are no answers.")))
    labels, codes, targets, warnings = [], [], [], []
    merges: list[Merge] = []
    reasons: list[Reason] = []
    for margin in margins:
        same_length(len(margin.answers), n)
        _check_targets(margin)
        kept = [(category, people) for category, people in margin.targets if people > 0]
        found = _codes(margin, [category for category, _ in kept], unanswered)
        count = np.bincount(found, minlength=len(kept) + 1)
        for merge, reason in _empty(margin, kept, count[: len(kept)]):
            merges.append(merge)
            reasons.append(reason)
        share, label = _shares(kept, count, n)
        warnings += _odd_sum(margin)
        labels.append(label)
        codes.append(found)
        targets.append(share)
    if reasons:
        raise EmptyTargetCellError(*reasons, merges=tuple(merges))
    return Coded(
        names=tuple(margin.name for margin in margins),
        labels=tuple(labels),
        codes=tuple(codes),
        targets=tuple(targets),
        warnings=tuple(warnings),
    )


def thin(marks: Coded) -> list[Reason]:
    """Groups with few respondents (under 20 or under 5 %): their weights rest on little."""
    text = N_("%(margin)s, %(category)s: only %(respondents)d answers. Consider putting it with another group.")
    found = []
    for name, labels, codes in zip(marks.names, marks.labels, marks.codes, strict=True):
        for label, count in zip(labels, np.bincount(codes, minlength=len(labels)), strict=True):
            if label != NOT_TOLD and (count < THIN_COUNT or count < THIN_SHARE * len(codes)):
                found.append(because("thin", text, margin=name, category=label, respondents=int(count)))
    return found


def _check_targets(margin: Margin) -> None:
    if len({category for category, _ in margin.targets}) < len(margin.targets):
        text = N_("%(margin)s: a category is given twice.")
        raise BadDesignError(because("category_twice", text, margin=margin.name))
    for category, people in margin.targets:
        if not (isinstance(people, (int, float)) and math.isfinite(people) and people >= 0):
            text = N_("%(margin)s, %(category)s: the target is not a number of people.")
            raise BadNumberError(because("bad_target", text, margin=margin.name, category=category))
    if sum(people for _, people in margin.targets) <= 0:
        text = N_("%(margin)s: all targets are 0.")
        raise BadNumberError(because("targets_zero", text, margin=margin.name))


def _codes(margin: Margin, kept: list[str], unanswered: Literal["refuse", "own group"]) -> npt.NDArray[np.intp]:
    """A number for each answer; the number after the last category for those who did not tell."""
    place: dict[str | None, int] = {category: i for i, category in enumerate(kept)}
    if unanswered == "own group":
        place[None] = len(kept)
    strange = set(margin.answers) - place.keys()
    if strange:
        first = next(answer for answer in margin.answers if answer in strange)
        if first is None:
            missing = sum(answer is None for answer in margin.answers)
            text = N_("%(margin)s: %(missing)d people did not answer.")
            raise BadNumberError(because("not_told", text, margin=margin.name, missing=missing))
        text = N_("%(margin)s: answers say %(category)s, which has no target above 0.")
        raise UnknownCategoryError(because("no_target", text, margin=margin.name, category=first))
    return np.array([place[answer] for answer in margin.answers], dtype=np.intp)


def _shares(
    kept: list[tuple[str, float]], count: npt.NDArray[np.intp], n: int
) -> tuple[npt.NDArray[np.float64], tuple[str, ...]]:
    """Target shares; who did not tell keeps the share they have, the rest is split as the targets say."""
    people = np.array([share for _, share in kept], dtype=np.float64)
    untold = count[len(kept)] / n
    share = people / people.sum() * (1 - untold)
    labels = tuple(category for category, _ in kept)
    if untold == 0:
        return share, labels
    return np.append(share, untold), (*labels, NOT_TOLD)


def _empty(margin: Margin, kept: list[tuple[str, float]], count: npt.NDArray[np.intp]) -> list[tuple[Merge, Reason]]:
    """Empty groups with the group to put them with: the nearest if ordered, else the one of fewest people."""
    if not count.any():
        text = N_("%(margin)s: nobody answered.")
        raise NoAnswersError(because("margin_unanswered", text, margin=margin.name))
    text = N_("%(margin)s: nobody of %(category)s answered. Put it with %(partner)s.")
    groups: dict[int, list[int]] = {}
    for i in np.flatnonzero(count == 0):
        groups.setdefault(_partner(margin, kept, count, int(i)), []).append(int(i))
    found = []
    for partner, empty in groups.items():
        span = {*empty, partner}
        if margin.ordered:
            span = set(range(min(span), max(span) + 1))
        together = tuple(kept[i][0] for i in sorted(span))
        merge = Merge(margin=margin.name, together=together, respondents=int(count[sorted(span)].sum()))
        names = ", ".join(kept[i][0] for i in empty)
        said = because("empty", text, margin=margin.name, category=names, partner=kept[partner][0])
        found.append((merge, said))
    return found


def _partner(margin: Margin, kept: list[tuple[str, float]], count: npt.NDArray[np.intp], empty: int) -> int:
    filled = [int(i) for i in np.flatnonzero(count)]
    if margin.ordered:
        return min(filled, key=lambda i: (abs(i - empty), count[i], i))
    return min(filled, key=lambda i: (kept[i][1], i))


def _odd_sum(margin: Margin) -> list[Reason]:
    """Percentages that do not add up to 100 (or shares to 1) are told, then scaled."""
    total = sum(people for _, people in margin.targets)
    for whole in (1.0, 100.0):
        if 0.005 < abs(total / whole - 1) <= 0.1:
            text = N_("%(margin)s: the targets add up to %(total)g, not %(whole)g. They were scaled.")
            return [because("odd_sum", text, margin=margin.name, total=total, whole=whole)]
    return []
