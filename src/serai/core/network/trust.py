"""Trust as reported, 0 to 100: scores, who trusts whom by group, both sides of a pair, and agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from serai.core.network.disclosure import Floor
from serai.core.network.errors import ValueOutOfRange
from serai.core.network.roster import Bools, Floats, Ints, Kind, Wave

ITEM_LOW, ITEM_HIGH = 1, 4


def trust_score(items: Sequence[float]) -> float:
    """Items of 1 (not at all) to 4 (a great deal), e.g. reliability, shared mission, openness, as 0 to 100.

    (mean - 1) / (4 - 1) x 100; the same for the three items of value. Raises ValueOutOfRange.
    """
    if not items or not all(ITEM_LOW <= item <= ITEM_HIGH for item in items):
        raise ValueOutOfRange(f"Trust items are numbers from 1 to 4, not {list(items)!r}.")
    return (sum(items) / len(items) - ITEM_LOW) / (ITEM_HIGH - ITEM_LOW) * 100


@dataclass(frozen=True, kw_only=True, eq=False)
class TrustTable:
    """Mean trust of the row group in the column group, arrays (g, g).

    `mean`: mean over raters of each rater's own mean, 0 to 100, NaN where hidden or nobody rated. `raters`, `rated`:
    organisations behind it. `shown`: on or above the floor; below it the mean is not in this table at all.
    """

    kind: Kind
    names: tuple[str, ...]
    mean: Floats
    raters: Ints
    rated: Ints
    shown: Bools


def rater_means(wave: Wave, kind: Kind) -> tuple[Floats, Ints]:
    """Each organisation's mean trust in each group (n, g), NaN where it rated none, and its number of ratings."""
    groups = wave.roster.grouping(kind)
    n, g = wave.roster.n, len(groups.names)
    given = ~np.isnan(wave.trust)
    cell = wave.source[given] * g + groups.codes[wave.target[given]]
    ratings = np.bincount(cell, minlength=n * g).reshape(n, g)
    total = np.bincount(cell, wave.trust[given], n * g).reshape(n, g)
    means = np.full((n, g), np.nan)
    np.divide(total, ratings, out=means, where=ratings > 0)
    return means, ratings


def trust_table(wave: Wave, kind: Kind, *, floor: Floor | None = None) -> TrustTable:
    """Who trusts whom by group, with everything below the floor left out."""
    floor = floor or Floor()
    groups = wave.roster.grouping(kind)
    g = len(groups.names)
    means, ratings = rater_means(wave, kind)
    raters = np.zeros((g, g), dtype=np.int64)
    total = np.zeros((g, g))
    np.add.at(raters, groups.codes, ratings > 0)
    np.add.at(total, groups.codes, np.nan_to_num(means))
    given = ~np.isnan(wave.trust)
    met = np.unique(groups.codes[wave.source[given]] * wave.roster.n + wave.target[given])
    cell = met // wave.roster.n * g + groups.codes[met % wave.roster.n]
    rated = np.bincount(cell, minlength=g * g).reshape(g, g)
    shown = (raters >= floor.raters) & (rated >= floor.rated)
    mean = np.full((g, g), np.nan)
    np.divide(total, raters, out=mean, where=shown)
    return TrustTable(kind=kind, names=groups.names, mean=mean, raters=raters, rated=rated, shown=shown)


@dataclass(frozen=True, kw_only=True)
class Reciprocity:
    """Pairs in which both rated the other: `gap` mean |t_ij - t_ji| in points, `correlation` of the two sides.

    None without enough pairs (gap from one on, correlation from three on with any spread).
    """

    pairs: int
    gap: float | None
    correlation: float | None


def reciprocity(wave: Wave) -> Reciprocity:
    """Whether trust is returned. The correlation takes each pair both ways, so that it has no order."""
    n = wave.roster.n
    given = ~np.isnan(wave.trust)
    source, target, score = wave.source[given], wave.target[given], wave.trust[given]
    key = source * n + target
    order = np.argsort(key)
    key, score = key[order], score[order]
    back = key % n * n + key // n
    at = np.minimum(np.searchsorted(key, back), max(len(key) - 1, 0))
    mutual = key[at] == back if len(key) else np.zeros(0, dtype=np.bool_)
    here, there = score[mutual], score[at[mutual]]
    pairs = len(here) // 2
    correlation = None
    if pairs >= 3 and np.ptp(here) > 0:
        correlation = float(np.corrcoef(here, there)[0, 1])
    return Reciprocity(
        pairs=pairs,
        gap=float(np.abs(here - there).mean()) if pairs else None,
        correlation=correlation,
    )


def agreement(ratings: Sequence[float], *, options: int) -> float | None:
    """r_wg of one question with answers 1 to `options` (James, Demaree & Wolf 1984): 1 all agree, 0 as by chance.

    1 - s^2 / ((options^2 - 1) / 12), not below 0. None with fewer than two answers; raises ValueOutOfRange.
    """
    if options < 2 or not all(1 <= rating <= options for rating in ratings):
        raise ValueOutOfRange(f"Ratings are numbers from 1 to {options}.")
    if len(ratings) < 2:
        return None
    spread = float(np.var(np.asarray(ratings, dtype=np.float64), ddof=1))
    return max(0.0, 1 - spread / ((options**2 - 1) / 12))
