"""What may be said: how many answered, and which cells rest on enough raters and rated organisations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np

from serai.core.network.errors import BadEffort
from serai.core.network.roster import Bools, Ints, Kind, Wave
from serai.core.network.ties import TieRule, told


class State(IntEnum):
    """What a figure may be used for, least first.

    HIDDEN: below the disclosure floor. COUNTS: under half answered, counts only. DESCRIPTIVE: 50 to 69 %, shown
    with "low coverage", no tests. TESTS: 70 % or more. (The bands are a convention, not a law.)
    """

    HIDDEN = 0
    COUNTS = 1
    DESCRIPTIVE = 2
    TESTS = 3


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """`answered` of `asked` organisations."""

    answered: int
    asked: int

    @property
    def share(self) -> float | None:
        """Response rate 0 to 1; None when nobody was asked."""
        return self.answered / self.asked if self.asked else None

    @property
    def state(self) -> State:
        """The band, in whole numbers so that exactly 50 % and 70 % fall on the right side."""
        if self.asked == 0 or 100 * self.answered < 50 * self.asked:
            return State.COUNTS
        return State.DESCRIPTIVE if 100 * self.answered < 70 * self.asked else State.TESTS

    @property
    def good(self) -> bool:
        """80 % or more."""
        return self.asked > 0 and 100 * self.answered >= 80 * self.asked


@dataclass(frozen=True, kw_only=True)
class CoverageTable:
    """Response rate of the whole roster and of each group, in the order of `names`."""

    whole: Coverage
    names: tuple[str, ...]
    groups: tuple[Coverage, ...]


def coverage(wave: Wave, kind: Kind) -> CoverageTable:
    """How many answered, in all and by group."""
    groups = wave.roster.grouping(kind)
    heard = np.bincount(groups.codes[wave.answered], minlength=len(groups.names))
    return CoverageTable(
        whole=Coverage(answered=int(wave.answered.sum()), asked=wave.roster.n),
        names=groups.names,
        groups=tuple(
            Coverage(answered=int(answered), asked=int(size))
            for answered, size in zip(heard, groups.sizes, strict=True)
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A cell is shown from so many raters in the rating group and so many rated organisations.

    `width`: a hidden count of ties may not be pinned down from the totals closer than this many ties.
    """

    raters: int = 5
    rated: int = 3
    width: int = 3

    def __post_init__(self) -> None:
        if min(self.raters, self.rated, self.width) < 1:
            raise BadEffort("A disclosure floor is at least one rater, one rated organisation and one tie.")


def enough(heard: Ints, rated: Ints, floor: Floor, *, directed: bool) -> Bools:
    """Cells (g, g) on or above the floor; `heard` raters and `rated` organisations by group (g,).

    Directed: the row rates the column. Undirected cells pool both directions; one of them must stand on the floor.
    """
    row: Bools = np.outer(heard >= floor.raters, rated >= floor.rated)
    return row if directed else row | row.T


def enough_told(wave: Wave, rule: TieRule, kind: Kind, floor: Floor) -> Bools:
    """Cells (g, g) on or above the floor, counted by who really answered the rule's question about whom.

    For the ladder everyone who answered rates the whole roster (no report means none).
    """
    groups = wave.roster.grouping(kind)
    g, n = len(groups.names), wave.roster.n
    if rule.layer == "work":
        heard = np.bincount(groups.codes[wave.answered], minlength=g)
        return enough(heard, groups.sizes, floor, directed=rule.directed)
    said = told(wave, TieRule(layer=rule.layer, count="reported"))
    cell = groups.codes[said.u] * g + groups.codes[said.v]

    def distinct(end: Ints) -> Ints:
        return np.bincount(np.unique(cell * n + end) // n, minlength=g * g).reshape(g, g)

    row: Bools = (distinct(said.u) >= floor.raters) & (distinct(said.v) >= floor.rated)
    return row if rule.directed else row | row.T


Keep = Literal["cells", "totals"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """What may be published together: cells (g, g), the total of ties `within` groups, and that `across` them.

    Where a total may not, no figure made of all ties (E-I, density, modularity) may be published beside the cells.
    """

    cells: Bools
    within: bool
    across: bool


def shown_cells(
    counts: Ints, asked: Ints, on_floor: Bools, floor: Floor, *, directed: bool, keep: Keep = "cells"
) -> Shown:
    """Cells that may be published and the totals that may stand beside them; arrays (g, g).

    Cells below the floor are hidden. Nobody may be able to work a hidden count out of a total: each hidden cell keeps
    an interval of at least `floor.width` ties, or of all its pairs. Where it would not, `keep` says what gives way:
    the total, or ("totals") as many more of the smallest cells as it takes, and the total only when that fails too.
    One network keeps one choice on all its pages, or the pages could be held against each other.
    """
    cells = on_floor & (asked > 0)
    diagonal = np.eye(len(counts), dtype=np.bool_)
    across = ~diagonal if directed else np.triu(~diagonal)
    safe = []
    for part in (diagonal, across):
        where = np.nonzero(part & (asked > 0))
        kept, fine = _beside_total(counts[where], asked[where], cells[where], floor.width, keep)
        cells[where] = kept
        safe.append(fine)
    if not directed:
        cells = np.triu(cells) | np.triu(cells).T
    cells.setflags(write=False)
    return Shown(cells=cells, within=safe[0], across=safe[1])


def _beside_total(ties: Ints, asked: Ints, shown: Bools, width: int, keep: Keep) -> tuple[Bools, bool]:
    """Cells to show, and whether their total may stand beside them."""
    kept = shown.copy()
    while not kept.all():
        hidden = ~kept
        known, room = ties[hidden].sum(), asked[hidden].sum()
        low = np.maximum(0, known - (room - asked[hidden]))
        high = np.minimum(asked[hidden], known)
        if np.all(high - low >= np.minimum(width, asked[hidden])):
            return kept, True
        if keep == "cells" or not kept.any():
            return shown, False
        candidates = np.flatnonzero(kept)
        kept[candidates[np.argmin(asked[candidates])]] = False
    return kept, True
