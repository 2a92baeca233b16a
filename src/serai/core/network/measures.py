"""Measures of who works with whom: block densities (the barrier matrix), E-I, modularity, assortativity, and more.

Definitions, units and sources: docs/measures/network.md. Everything here follows from one table, the Mixing: how
many ties run within and between the groups, of how many pairs that were asked about.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from serai.core.network.errors import BadRule, WrongDirection
from serai.core.network.roster import Bools, Floats, Grouping, Ints, Kind
from serai.core.network.ties import Ties


@dataclass(frozen=True, kw_only=True, eq=False)
class Mixing:
    """Ties between groups, all arrays (g, g); `names` and `sizes` (g,).

    Undirected: symmetric, each tie once in its cell, the diagonal counts ties within a group. Directed: row to
    column. `asked`: pairs somebody could report; `possible`: pairs on the roster; `expected`: ties that chance would
    give if the same ties fell on organisations without regard to group (the mean over shuffles of the group labels,
    separately among those who answered and those who did not).
    """

    kind: Kind
    names: tuple[str, ...]
    directed: bool
    sizes: Ints
    ties: Ints
    asked: Ints
    possible: Ints
    expected: Floats

    def position(self, name: str) -> int:
        """Row of a group; raises BadRule when there is none of that name."""
        if name not in self.names:
            raise BadRule(f"There is no {self.kind} {name!r} on the roster.")
        return self.names.index(name)


def pair_counts(first: Ints, second: Ints, *, same: bool, directed: bool) -> Ints:
    """Pairs between groups (g, g) with one end in `first` (g,) and one in `second`; `same` if both are one set.

    Directed pairs run from first to second. Undirected cells hold each pair once, so are symmetric.
    """
    across: Ints = np.outer(first, second)
    if same:
        within = first * (first - 1)
        np.fill_diagonal(across, within if directed else within // 2)
    elif not directed:
        diagonal = np.diag(across).copy()
        across = across + across.T
        np.fill_diagonal(across, diagonal)
    return across


def strata(ties: Ties, groups: Grouping) -> list[tuple[Bools, Ints]]:
    """The kinds of pair that were asked about: (which ties (m,), pairs by group (g, g)) for each.

    Both answered; and, where one side's word is enough, one of two answered. Pairs of two silent organisations were
    never asked about.
    """
    g = len(groups.names)
    heard = np.bincount(groups.codes[ties.answered], minlength=g)
    silent = groups.sizes - heard
    both = ties.answered[ties.u] & ties.answered[ties.v]
    kinds = [(both, pair_counts(heard, heard, same=True, directed=ties.directed))]
    if ties.count != "both":
        kinds.append((~both, pair_counts(heard, silent, same=False, directed=ties.directed)))
    return kinds


def mixing(ties: Ties, kind: Kind) -> Mixing:
    """The table of ties between groups."""
    groups = ties.roster.grouping(kind)
    g = len(groups.names)
    counts = count_cells(groups.codes[ties.u], groups.codes[ties.v], g, directed=ties.directed)
    asked = np.zeros((g, g), dtype=np.int64)
    expected = np.zeros((g, g))
    for which, pairs in strata(ties, groups):
        asked += pairs
        total = pairs.sum() if ties.directed else np.triu(pairs).sum()
        if total:
            expected += which.sum() * pairs / total
    sizes = groups.sizes
    return Mixing(
        kind=kind,
        names=groups.names,
        directed=ties.directed,
        sizes=sizes,
        ties=counts,
        asked=asked,
        possible=pair_counts(sizes, sizes, same=True, directed=ties.directed),
        expected=expected,
    )


def count_cells(row: Ints, column: Ints, g: int, *, directed: bool) -> Ints:
    """Ties by cell (g, g) from the group of each tie's two ends."""
    table = np.bincount(row * g + column, minlength=g * g).reshape(g, g)
    if directed:
        return table
    both: Ints = table + table.T
    np.fill_diagonal(both, np.diag(table))
    return both


def density(ties: Ties) -> float | None:
    """Ties / pairs asked about, 0 to 1; None when no pair was asked about. Compare on one roster only."""
    pairs = sum(
        int(cells.sum() if ties.directed else np.triu(cells).sum())
        for _, cells in strata(ties, ties.roster.grouping("sector"))
    )
    return ties.m / pairs if pairs else None


def block_densities(table: Mixing) -> Floats:
    """The barrier matrix (g, g): ties / pairs asked about, 0 to 1; NaN where no pair was asked about."""
    return _ratio(table.ties, table.asked)


def _ratio(top: Ints, bottom: Ints) -> Floats:
    ratio = np.full(np.shape(top), np.nan)
    np.divide(top, bottom, out=ratio, where=bottom > 0)
    return ratio


@dataclass(frozen=True, kw_only=True)
class EI:
    """E-I index (Krackhardt & Stern 1988): (E - I) / (E + I), -1 all ties inside the groups, +1 all across.

    `value` is None without ties. `size_expected`: the index if every pair of the roster were tied, which follows
    from group sizes alone; `chance`: the index of the mean shuffle (equal to it when all answered). Group sizes move
    the index, so the value is never shown without one of them.
    """

    external: int
    internal: int
    value: float | None
    size_expected: float | None
    chance: float | None


def ei(table: Mixing) -> EI:
    """The E-I index of the whole network."""
    internal = int(np.trace(table.ties))
    external = int(_once(table.ties, table.directed)) - internal
    return EI(
        external=external,
        internal=internal,
        value=_index(external, internal),
        size_expected=_index_of(table.possible, table.directed),
        chance=_index_of(table.expected, table.directed),
    )


def _once(cells: Ints | Floats, directed: bool) -> float:
    return float(cells.sum() if directed else np.triu(cells).sum())


def _index(external: float, internal: float) -> float | None:
    return (external - internal) / (external + internal) if external + internal else None


def _index_of(cells: Ints | Floats, directed: bool) -> float | None:
    internal = float(np.trace(cells))
    return _index(_once(cells, directed) - internal, internal)


def ei_by_group(table: Mixing) -> Floats:
    """E-I of each group (g,): its ties across against those within, each tie once (directed: as reported by it)."""
    internal = np.diag(table.ties)
    external = table.ties.sum(axis=1) - internal
    return _ratio(external - internal, external + internal)


def ei_by_node(ties: Ties, kind: Kind) -> Floats:
    """E-I of each organisation (n,); NaN without ties. Shown to the organisation itself only."""
    codes = ties.roster.grouping(kind).codes
    inside = codes[ties.u] == codes[ties.v]
    internal = np.bincount(ties.u[inside], minlength=ties.n)
    if not ties.directed:
        internal = internal + np.bincount(ties.v[inside], minlength=ties.n)
    return _ratio(ties.out_degree - 2 * internal, ties.out_degree)


def modularity(table: Mixing) -> float | None:
    """Newman's modularity Q of the given groups; higher is more siloed. None without ties.

    Undirected Q = sum_c L_c/m - (k_c/2m)^2; directed Q = sum_c L_c/m - k_out k_in / m^2 (Leicht & Newman 2008).
    """
    shares = _ends(table)
    if shares is None:
        return None
    return float(np.trace(shares) - shares.sum(axis=1) @ shares.sum(axis=0))


def assortativity(table: Mixing) -> float | None:
    """Newman's r of the given groups (2003): 1 all ties inside, 0 as chance; None without ties or with one group."""
    shares = _ends(table)
    return None if shares is None else assortativity_of(shares)


def assortativity_of(shares: Floats) -> float | None:
    """Newman's r of a table (g, g) of the shares of tie ends from row group to column group (sums to 1)."""
    chance = float(shares.sum(axis=1) @ shares.sum(axis=0))
    return None if np.isclose(chance, 1.0) else float((np.trace(shares) - chance) / (1.0 - chance))


def _ends(table: Mixing) -> Floats | None:
    ends = table.ties.astype(np.float64)
    if not table.directed:
        ends[np.diag_indices_from(ends)] *= 2  # a tie within a group has both its ends there
    total = ends.sum()
    return ends / total if total else None


@dataclass(frozen=True, kw_only=True)
class LinkedPairs:
    """Of `pairs` pairs of groups, `linked` have enough ties between them."""

    linked: int
    pairs: int


def linked_pairs(table: Mixing, *, at_least: int = 1, shown: Bools | None = None) -> LinkedPairs:
    """Pairs of two different groups with at least so many ties (either direction). `shown` (g, g): cells that count."""
    between = table.ties + table.ties.T if table.directed else table.ties
    upper = np.triu(np.ones_like(between, dtype=np.bool_), k=1)
    if shown is not None:
        upper &= shown
    return LinkedPairs(linked=int((between[upper] >= at_least).sum()), pairs=int(upper.sum()))


def centralisation(ties: Ties) -> float | None:
    """Degree centralisation (Freeman 1978): sum(max - d_i) / ((n-1)(n-2)); 1 for a star. None below 3 nodes.

    Directed ties have two: `centralisation_in` is what this raises WrongDirection for.
    """
    if ties.directed:
        raise WrongDirection("Degree centralisation of directed ties is asked for by direction.")
    if ties.n < 3:
        return None
    degree = ties.out_degree
    return float((degree.max() - degree).sum() / ((ties.n - 1) * (ties.n - 2)))


def centralisation_in(ties: Ties) -> float | None:
    """In-degree centralisation of directed ties: sum(max - d_i) / (n-1)^2; None below 2 nodes."""
    if not ties.directed:
        raise WrongDirection("In-degree centralisation needs directed ties.")
    if ties.n < 2:
        return None
    degree = ties.in_degree
    return float((degree.max() - degree).sum() / (ties.n - 1) ** 2)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The whole network in one value; None where a measure is not defined (too few nodes, no ties, one group)."""

    organisations: int
    ties: int
    density: float | None
    ei: EI
    modularity: float | None
    assortativity: float | None
    linked: LinkedPairs
    centralisation: float | None


def overview(ties: Ties, kind: Kind) -> Overview:
    """All measures of the whole network for one way of grouping."""
    table = mixing(ties, kind)
    return Overview(
        organisations=ties.n,
        ties=ties.m,
        density=density(ties),
        ei=ei(table),
        modularity=modularity(table),
        assortativity=assortativity(table),
        linked=linked_pairs(table),
        centralisation=centralisation_in(ties) if ties.directed else centralisation(ties),
    )
