"""What changed between two waves: by cell and in all, with its doubt. Never what caused it.

The headline is the change of density across groups and of partners in other groups, not of E-I: where groups are
complete inside, any new tie must run across, so E-I rises by itself. That is why the opportunity share (of the pairs
that were still free, how many run across) stands beside the share of new ties that do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from serai.core.network.disclosure import Coverage, Floor, Keep, Shown, State, enough_told, shown_cells
from serai.core.network.effort import Progress, Stop
from serai.core.network.ground import Compared, Ground, compared, told_twice
from serai.core.network.resampling import (
    DRAWS,
    Draws,
    PairChanges,
    SignFlip,
    Strata,
    holm,
    sign_flip,
    vertex_bootstrap,
)
from serai.core.network.roster import Bools, Ints, Kind
from serai.core.network.ties import TieRule, ties


@dataclass(frozen=True, kw_only=True)
class BlockChange:
    """Change of one cell, or of all ties across or within groups (`first`, `second` None).

    `before`, `after`: ties in `pairs` asked about both times; `change` = after - before. `low` to `high`: 95 % of
    the change in ties, by vertex bootstrap. `gain`: mean partners gained by organisation, from its own reports, and
    its sign-flip p. `p`: the larger of the bootstrap's and the sign-flip's, since the sign-flip alone finds changes
    too easily where both sides report the same tie; `p_holm`: the same corrected over the tested cells. What `state`
    does not allow is None: HIDDEN all figures, COUNTS all but counts, DESCRIPTIVE interval and p.
    """

    first: str | None
    second: str | None
    state: State
    pairs: int
    before: int | None
    after: int | None
    change: int | None
    density_change: float | None
    low: float | None
    high: float | None
    gain: SignFlip | None
    p: float | None
    p_holm: float | None


@dataclass(frozen=True, kw_only=True)
class Opportunity:
    """`free`: pairs asked about without a tie before; `free_across` of them between groups; `new`, `new_across` ties.

    Shares are None when there is nothing to share out.
    """

    free: int
    free_across: int
    new: int
    new_across: int

    @property
    def opportunity_share(self) -> float | None:
        """Share of the free pairs that run across groups."""
        return self.free_across / self.free if self.free else None

    @property
    def new_tie_share(self) -> float | None:
        """Share of the new ties that run across groups."""
        return self.new_across / self.new if self.new else None


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkChange:
    """All that changed under one rule. `cells`: each pair of groups once (directed: both ways)."""

    kind: Kind
    rule: TieRule
    coverage: Coverage
    joined: tuple[str, ...]
    left: tuple[str, ...]
    across: BlockChange
    within: BlockChange
    cells: tuple[BlockChange, ...]
    opportunity: Opportunity | None
    draws: int
    stopped: bool


def network_change(
    ground: Ground,
    kind: Kind,
    *,
    seed: int,
    rule: TieRule | None = None,
    floor: Floor | None = None,
    keep: Keep = "cells",
    draws: int = DRAWS,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> NetworkChange:
    """The change of every cell, and of ties across and within groups, in any layer; stopped early, on fewer draws."""
    rule, floor = rule or TieRule(), floor or Floor()
    facts = compared(ground, rule, kind)
    places = _places(len(facts.names), rule.directed)
    pairs, strata = _resampled(facts, ground.panel, places)
    drawn = vertex_bootstrap(pairs, strata, seed=seed, draws=draws, stop=stop, progress=progress)
    gains, shown = partner_gains(ground, kind, rule), _shown(ground, kind, rule, floor, facts, keep)
    rates = [ground.coverage(kind, name).state for name in facts.names]
    cells: list[BlockChange] = []
    for at, (a, b) in enumerate(places):
        state = min(rates[a], rates[b]) if shown.cells[a, b] else State.HIDDEN
        cell = replace(_block(facts, [(a, b)], state, drawn, [at]), first=facts.names[a], second=facts.names[b])
        cells.append(_tested(cell, _moved(gains, facts.codes, ground.panel, a, b, directed=rule.directed), seed))
    across, within = _totals(ground, facts, places, drawn, gains, shown, seed)
    return NetworkChange(
        kind=kind,
        rule=rule,
        coverage=ground.coverage(),
        joined=ground.joined,
        left=ground.left,
        across=across,
        within=within,
        cells=_corrected(cells),
        opportunity=opportunity(facts) if State.HIDDEN not in (across.state, within.state) else None,
        draws=len(drawn.gained),
        stopped=drawn.stopped,
    )


def _places(g: int, directed: bool) -> list[tuple[int, int]]:
    return [(a, b) for a in range(g) for b in range(g) if directed or a <= b]


def _resampled(facts: Compared, panel: Bools, places: list[tuple[int, int]]) -> tuple[PairChanges, Strata]:
    g, n, codes = len(facts.names), facts.before.n, facts.codes
    cell_of = np.zeros((g, g), dtype=np.int64)
    for at, (a, b) in enumerate(places):
        cell_of[a, b] = at
        if not facts.before.directed:
            cell_of[b, a] = at
    if facts.told is None:
        keys = np.setxor1d(facts.before.keys, facts.after.keys, assume_unique=True)
        asked = np.array([facts.asked[place] for place in places], dtype=np.int64)
    else:
        keys, asked = facts.told.keys, None
    u, v = keys // n, keys % n
    gained, lost = np.isin(keys, facts.after.keys), np.isin(keys, facts.before.keys)
    pairs = PairChanges(
        u=u,
        v=v,
        cell=cell_of[codes[u], codes[v]],
        change=gained.astype(np.int64) - lost,
        cells=len(places),
        asked=asked,
        ordered=facts.before.directed,
    )
    own = np.where(panel, cell_of[codes, codes], -1)
    return pairs, Strata(of=codes * 2 + panel, own=own)


def partner_gains(ground: Ground, kind: Kind, rule: TieRule) -> Ints:
    """Partners gained in each group (n, g) by each organisation's own reports; zero rows outside the panel."""
    own = TieRule(layer=rule.layer, at_least=rule.at_least, count="reported")
    ground = told_twice(ground, own)
    groups = ground.roster.grouping(kind)
    n, g = ground.roster.n, len(groups.names)

    def partners(wave_ties: tuple[Ints, Ints]) -> Ints:
        return np.bincount(wave_ties[0] * g + groups.codes[wave_ties[1]], minlength=n * g).reshape(n, g)

    was, now = ties(ground.before, own), ties(ground.after, own)
    return partners((now.u, now.v)) - partners((was.u, was.v))


def _moved(gains: Ints, codes: Ints, panel: Bools, a: int, b: int, *, directed: bool) -> Ints:
    one = gains[panel & (codes == a), b]
    return one if a == b or directed else np.concatenate([one, gains[panel & (codes == b), a]])


def _shown(ground: Ground, kind: Kind, rule: TieRule, floor: Floor, facts: Compared, keep: Keep) -> Shown:
    """What is shown in both waves; what hides a figure in one of them hides its change."""
    on_floor = enough_told(told_twice(ground, rule).before, rule, kind, floor)
    was, now = (
        shown_cells(counts, facts.asked, on_floor, floor, directed=rule.directed, keep=keep)
        for counts in (facts.was, facts.now)
    )
    return Shown(cells=was.cells & now.cells, within=was.within and now.within, across=was.across and now.across)


def _block(
    facts: Compared, places: list[tuple[int, int]], state: State, drawn: Draws, columns: list[int]
) -> BlockChange:
    pairs, before, after = (sum(int(table[place]) for place in places) for table in (facts.asked, facts.was, facts.now))
    counted, described = state >= State.COUNTS, state >= State.DESCRIPTIVE
    doubt = None
    if state == State.TESTS and pairs:
        doubt = drawn.doubt(columns, (after - before) / pairs, sizes=_sizes(facts, places))
    return BlockChange(
        first=None,
        second=None,
        state=state,
        pairs=pairs,
        before=before if counted else None,
        after=after if counted else None,
        change=after - before if counted else None,
        density_change=(after - before) / pairs if described and pairs else None,
        low=None if doubt is None else doubt.low * pairs,
        high=None if doubt is None else doubt.high * pairs,
        gain=None,
        p=None if doubt is None else doubt.p,
        p_holm=None,
    )


def _tested(block: BlockChange, moved: Ints, seed: int) -> BlockChange:
    """With the sign-flip of the organisations' gains beside the bootstrap; without an interval there is no test."""
    if block.p is None:
        return block
    gain = sign_flip(moved, seed=seed)
    return replace(block, gain=gain, p=max(block.p, 1.0 if gain.p is None else gain.p))


def _sizes(facts: Compared, places: list[tuple[int, int]]) -> list[int]:
    """Organisations in each stratum (group, answered or not) that the cells touch."""
    groups = {side for place in places for side in place}
    codes, panel = facts.codes, facts.before.answered
    return [int(((codes == group) & (panel == heard)).sum()) for group in sorted(groups) for heard in (True, False)]


def _totals(
    ground: Ground,
    facts: Compared,
    places: list[tuple[int, int]],
    drawn: Draws,
    gains: Ints,
    shown: Shown,
    seed: int,
) -> tuple[BlockChange, BlockChange]:
    own = gains[np.arange(len(facts.codes)), facts.codes]
    sums = {False: gains.sum(axis=1) - own, True: own}
    found = []
    for inside, moved in sums.items():
        columns = [at for at, (a, b) in enumerate(places) if (a == b) == inside]
        published = shown.within if inside else shown.across
        state = ground.coverage().state if published else State.HIDDEN
        block = _block(facts, [places[at] for at in columns], state, drawn, columns)
        found.append(_tested(block, moved[ground.panel], seed))
    return found[0], found[1]


def _corrected(cells: list[BlockChange]) -> tuple[BlockChange, ...]:
    p_values = {at: cell.p for at, cell in enumerate(cells) if cell.p is not None}
    corrected = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    return tuple(replace(cell, p_holm=corrected.get(at)) for at, cell in enumerate(cells))


def opportunity(facts: Compared) -> Opportunity:
    """The opportunity share beside the new-tie share."""
    diagonal = np.trace(facts.asked - facts.was)
    free = facts.asked - facts.was
    total = free.sum() if facts.before.directed else np.triu(free).sum()
    new = np.setdiff1d(facts.after.keys, facts.before.keys, assume_unique=True)
    u, v = new // facts.before.n, new % facts.before.n
    codes = facts.codes
    return Opportunity(
        free=int(total),
        free_across=int(total - diagonal),
        new=len(new),
        new_across=int((codes[u] != codes[v]).sum()),
    )
