"""What depends on one organisation: the parts a network falls into without it, and links that rest on it alone.

Nodes are organisations; nothing here is about one person. Which organisation it is, is shown to that organisation
itself and, if it agrees, to its team; everyone else reads how much depends on one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from serai.core.network.errors import WrongDirection
from serai.core.network.roster import Ints, Kind
from serai.core.network.ties import Ties


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """How the network hangs together, as found from one place in each part.

    `part` (n,): number of the part (component) an organisation is in; `size`: organisations by part. A *cluster* is
    a set that no single organisation's leaving can split (a biconnected block). `home` (n,): the cluster an
    organisation was found in, -1 for the first of its part; `top`, `below` by cluster: the organisation through which
    it hangs on, and how many hang on to that one through it. `above` (n,): how many hang on to an organisation
    otherwise.
    """

    part: Ints
    size: Ints
    home: Ints
    top: Ints
    below: Ints
    above: Ints


def parts(ties: Ties) -> Parts:
    """Components and blocks by one depth-first walk (Hopcroft & Tarjan 1973), without recursion."""
    if ties.directed:
        raise WrongDirection("What hangs together is asked of undirected ties.")
    n = ties.n
    ones = np.ones(ties.m, dtype=np.int8)
    graph = sparse.csr_array((ones, (ties.u, ties.v)), shape=(n, n))
    both = (graph + graph.T).tocsr()
    _, part = csgraph.connected_components(both, directed=False)
    walk = _Walk(first=both.indptr.tolist(), contacts=both.indices.tolist(), n=n)
    for start in range(n):
        if walk.found[start] < 0:
            walk.from_(start)
    part = part.astype(np.int64)
    size = np.bincount(part)
    top, below = np.array(walk.top, dtype=np.int64), np.array(walk.below, dtype=np.int64)
    hanging = np.bincount(top, below, n).astype(np.int64) if len(top) else np.zeros(n, dtype=np.int64)
    return Parts(
        part=part,
        size=size,
        home=np.array(walk.home, dtype=np.int64),
        top=top,
        below=below,
        above=size[part] - 1 - hanging,
    )


@dataclass(kw_only=True)
class _Walk:
    """The state of the depth-first walk."""

    first: list[int]
    contacts: list[int]
    n: int
    found: list[int] = field(init=False)
    lowest: list[int] = field(init=False)
    home: list[int] = field(init=False)
    under: list[int] = field(init=False)
    at: list[int] = field(init=False)
    top: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)
    clock: int = 0

    def __post_init__(self) -> None:
        self.found, self.lowest, self.home = ([-1] * self.n for _ in range(3))
        self.under = [1] * self.n
        self.at = self.first[:-1]

    def _meet(self, node: int) -> None:
        self.found[node] = self.lowest[node] = self.clock
        self.clock += 1

    def from_(self, start: int) -> None:
        """Walks the whole part of `start`."""
        at = self.at
        self._meet(start)
        path, waiting, came_from = [start], [start], {start: -1}
        while path:
            node = path[-1]
            if at[node] < self.first[node + 1]:
                other = self.contacts[at[node]]
                at[node] += 1
                if self.found[other] < 0:
                    self._meet(other)
                    came_from[other] = node
                    path.append(other)
                    waiting.append(other)
                elif other != came_from[node]:
                    self.lowest[node] = min(self.lowest[node], self.found[other])
                continue
            path.pop()
            if path:
                self._return(path[-1], node, waiting)

    def _return(self, back: int, node: int, waiting: list[int]) -> None:
        self.lowest[back] = min(self.lowest[back], self.lowest[node])
        self.under[back] += self.under[node]
        if self.lowest[node] >= self.found[back]:
            while True:
                member = waiting.pop()
                self.home[member] = len(self.top)
                if member == node:
                    break
            self.top.append(back)
            self.below.append(self.under[node])


def pairs_parted(found: Parts) -> Ints:
    """Pairs of other organisations (n,) that could no longer reach each other if this one left."""
    n = len(found.part)
    rest = found.size[found.part] - 1
    squares = np.bincount(found.top, found.below.astype(np.float64) ** 2, n) if len(found.top) else np.zeros(n)
    parted: Ints = (rest**2 - squares.astype(np.int64) - found.above**2) // 2
    return parted


def pairs_apart(found: Parts) -> int:
    """Pairs of organisations that cannot reach each other now."""
    return (int(found.size.sum()) ** 2 - int((found.size**2).sum())) // 2


@dataclass(frozen=True, kw_only=True)
class WithoutOne:
    """What is left when the organisation at `position` leaves: parts, the largest of them, pairs that lose touch."""

    position: int
    parts_after: int
    largest_after: int
    pairs_parted: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Fragility:
    """How much depends on single organisations.

    `parts`: pieces the network is in now (an organisation without ties is one), `largest` organisations in the
    largest; `pairs_parted` (n,) by organisation; `worst`: the one whose leaving parts most pairs, None when the
    network hangs together without any one of them.
    """

    parts: int
    largest: int
    pairs_parted: Ints
    worst: WithoutOne | None


def fragility(ties: Ties) -> Fragility:
    """What falls apart without the top bridge, and what each organisation holds together."""
    found = parts(ties)
    parted = pairs_parted(found)
    at = int(np.argmax(parted))
    return Fragility(
        parts=len(found.size),
        largest=int(found.size.max()),
        pairs_parted=parted,
        worst=without(found, at, int(parted[at])) if parted[at] > 0 else None,
    )


def without(found: Parts, position: int, parted: int) -> WithoutOne:
    """The network without one organisation."""
    branches = found.below[found.top == position].tolist()
    if found.above[position] > 0:
        branches.append(int(found.above[position]))
    others = np.delete(found.size, found.part[position])
    return WithoutOne(
        position=position,
        parts_after=len(found.size) - 1 + len(branches),
        largest_after=int(max([0, *branches, *others.tolist()])),
        pairs_parted=parted,
    )


@dataclass(frozen=True, kw_only=True)
class Resting:
    """Of the `ties` between two groups, `on_one` involve the same organisation, at `position`."""

    first: str
    second: str
    ties: int
    on_one: int
    position: int

    @property
    def share(self) -> float:
        """on_one / ties."""
        return self.on_one / self.ties


def resting(ties: Ties, kind: Kind, *, from_ties: int = 3) -> tuple[Resting, ...]:
    """For each two groups with at least `from_ties` ties between them, how many rest on one organisation.

    Highest share first. Ties of equal count go to the organisation first on the roster.
    """
    if ties.directed:
        raise WrongDirection("What rests on one organisation is asked of undirected ties.")
    groups = ties.roster.grouping(kind)
    g, n = len(groups.names), ties.n
    one, two = groups.codes[ties.u], groups.codes[ties.v]
    cell = np.minimum(one, two) * g + np.maximum(one, two)
    across = one != two
    keys, counts = np.unique(
        np.concatenate([cell[across] * n + ties.u[across], cell[across] * n + ties.v[across]]), return_counts=True
    )
    total = np.bincount(cell[across], minlength=g * g)
    order = np.lexsort((keys % n, -counts, keys // n))
    keys, counts = keys[order], counts[order]
    cells, firsts = np.unique(keys // n, return_index=True)
    found = [
        Resting(
            first=groups.names[int(cell) // g],
            second=groups.names[int(cell) % g],
            ties=int(total[cell]),
            on_one=int(counts[first]),
            position=int(keys[first] % n),
        )
        for cell, first in zip(cells, firsts, strict=True)
        if total[cell] >= from_ties
    ]
    return tuple(sorted(found, key=lambda one: (-one.share, one.first, one.second)))
