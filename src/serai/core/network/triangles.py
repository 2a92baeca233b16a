"""Every triangle of the ties, once each: constraint, effective size and brokerage all need the closed ones.

Ties run from the organisation with fewer contacts to the one with more; a triangle is then two ties that start at
one place and whose far ends are tied. The pairs of far ends are looked up in a small table of marks first, which
turns most of them away, and only the rest in the list of ties. Work: about m x (mean contacts), not n x n.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from serai.core.network.roster import Bools, Ints
from serai.core.network.ties import Ties

WEDGES = 1 << 19  # pairs of ties looked at in one go
MARKS = 1 << 26  # the largest table of marks, in bytes
SPREAD = 0x9E3779B1  # an odd number near 2^32 / golden ratio: spreads pairs over the marks (Knuth 1973)


@dataclass(frozen=True, kw_only=True, eq=False)
class Skeleton:
    """The contacts: pairs (m,) with u < v that are tied in either direction, sorted.

    `forth`: a tie runs u to v; `back`: v to u. Undirected ties run both ways.
    """

    n: int
    u: Ints
    v: Ints
    forth: Bools
    back: Bools

    @property
    def degree(self) -> Ints:
        """Contacts of each organisation (n,)."""
        contacts: Ints = np.bincount(self.u, minlength=self.n) + np.bincount(self.v, minlength=self.n)
        return contacts


def skeleton(ties: Ties) -> Skeleton:
    """The contacts behind directed or undirected ties."""
    if not ties.directed:
        both = np.ones(ties.m, dtype=np.bool_)
        return Skeleton(n=ties.n, u=ties.u, v=ties.v, forth=both, back=both)
    n = ties.n
    keys = np.unique(np.minimum(ties.u, ties.v) * n + np.maximum(ties.u, ties.v))
    u, v = keys // n, keys % n
    return Skeleton(n=n, u=u, v=v, forth=np.isin(u * n + v, ties.keys), back=np.isin(v * n + u, ties.keys))


@dataclass(frozen=True, kw_only=True, eq=False)
class Triangles:
    """Triangles as positions of their three ties in the skeleton, (t,) each; the corners follow from them.

    Corners a, b, c (t,): tie `ab` joins a and b, and so on.
    """

    a: Ints
    b: Ints
    c: Ints
    ab: Ints
    ac: Ints
    bc: Ints


def triangles(contacts: Skeleton) -> Iterator[Triangles]:
    """All triangles, in chunks, each once."""
    if len(contacts.u) < 3:
        return
    rising = _Rising.of(contacts)
    reached = np.concatenate(([0], np.cumsum(rising.later)))
    start, m = 0, len(rising.low)
    while start < m:
        stop = max(start + 1, int(np.searchsorted(reached, reached[start] + WEDGES, side="right")) - 1)
        yield rising.closed(start, stop)
        start = stop


@dataclass(frozen=True, kw_only=True, eq=False)
class _Rising:
    """Ties (m,) from the end with fewer contacts (rank `low`) to the one with more (`high`), sorted.

    `later`: how many ties of the same start follow. `order`: organisation by rank; `sorting`: tie by place here.
    """

    low: Ints
    high: Ints
    later: Ints
    order: Ints
    sorting: Ints
    keys: Ints
    marks: Bools

    @staticmethod
    def of(contacts: Skeleton) -> _Rising:
        n, m = contacts.n, len(contacts.u)
        order = np.lexsort((np.arange(n), contacts.degree))
        rank = np.empty(n, dtype=np.int64)
        rank[order] = np.arange(n)
        low = np.minimum(rank[contacts.u], rank[contacts.v])
        high = np.maximum(rank[contacts.u], rank[contacts.v])
        sorting = np.argsort(low * n + high, kind="stable")
        low, high = low[sorting], high[sorting]
        later = np.searchsorted(low, np.arange(n), side="right")[low] - np.arange(m) - 1
        marks = np.zeros(min(MARKS, 1 << max(12, (32 * m).bit_length())), dtype=np.bool_)
        marks[_mark(low, high, len(marks))] = True
        return _Rising(low=low, high=high, later=later, order=order, sorting=sorting, keys=low * n + high, marks=marks)

    def closed(self, start: int, stop: int) -> Triangles:
        """The triangles whose lowest tie is one of these."""
        counts = self.later[start:stop]
        first = np.repeat(np.arange(start, stop), counts)
        before = np.repeat(np.cumsum(counts) - counts, counts)
        second = first + 1 + np.arange(len(first)) - before
        maybe = self.marks[_mark(self.high[first], self.high[second], len(self.marks))]
        first, second = first[maybe], second[maybe]
        wanted = self.high[first] * len(self.order) + self.high[second]
        third = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        real = self.keys[third] == wanted
        first, second, third = first[real], second[real], third[real]
        return Triangles(
            a=self.order[self.low[first]],
            b=self.order[self.high[first]],
            c=self.order[self.high[second]],
            ab=self.sorting[first],
            ac=self.sorting[second],
            bc=self.sorting[third],
        )


def _mark(low: Ints, high: Ints, size: int) -> Ints:
    return (low * SPREAD + high * 0x85EBCA6B >> 7) & (size - 1)
