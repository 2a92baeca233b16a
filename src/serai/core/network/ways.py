"""How far a new tie frees pairs of organisations from depending on a third that stands between them."""

from __future__ import annotations

import numpy as np

from serai.core.network.bridges import Parts
from serai.core.network.roster import Ints


def relieved(found: Parts, u: Ints, v: Ints) -> Ints:
    """For each pair (k,), how many cases of two organisations depending on a third a tie between them would end.

    Without the new tie, an organisation strictly on every way from u to v parts what lies on u's side of it from
    what lies on v's side; with it, no longer. The sum of (one side x other side) over all such organisations.
    """
    answer = np.zeros(len(u), dtype=np.int64)
    ways = _Ways(found)
    for at in np.flatnonzero(found.part[u] == found.part[v]).tolist():
        answer[at] = ways.relief(int(u[at]), int(v[at]))
    return answer


class _Ways:
    """The way from an organisation up to where its part was first entered, cluster by cluster."""

    def __init__(self, found: Parts) -> None:
        self.home, self.top = found.home.tolist(), found.top.tolist()
        self.below, self.above = found.below.tolist(), found.above.tolist()
        self.tops = set(self.top)
        self.kept: dict[tuple[int, int], int] = {}

    def relief(self, one: int, two: int) -> int:
        """Organisations of one cluster that nothing hangs on share one answer, so that it is found once."""
        ends = self._end(one), self._end(two)
        if ends not in self.kept:
            self.kept[ends] = self._walk(one, two)
        return self.kept[ends]

    def _end(self, node: int) -> int:
        return node if node in self.tops else -1 - self.home[node]

    def _up(self, node: int) -> list[tuple[int, int]]:
        """(cluster, the organisation it hangs on) from the node upward."""
        steps: list[tuple[int, int]] = []
        while self.home[node] >= 0:
            cluster = self.home[node]
            node = self.top[cluster]
            steps.append((cluster, node))
        return steps

    def _walk(self, one: int, two: int) -> int:
        first, second = self._up(one), self._up(two)
        while first and second and first[-1] == second[-1]:  # what both ways share
            first.pop()
            second.pop()
        here = first[-1][1] if first else one
        there = second[-1][1] if second else two
        if here != there:  # they meet inside a cluster: every organisation passed on the way up lies between
            return self._side(first) + self._side(second)
        total = self._side(first[:-1]) + self._side(second[:-1])
        if first and second:  # they meet at an organisation with one of them below on either side
            total += self.below[first[-1][0]] * self.below[second[-1][0]]
        return total

    def _side(self, steps: list[tuple[int, int]]) -> int:
        return sum(self.below[cluster] * self.above[node] for cluster, node in steps)
