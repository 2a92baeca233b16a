"""The new ties that would help a network most: pairs of organisations, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import sparse

from serai.core.network.bridges import Parts, pairs_apart, pairs_parted, parts
from serai.core.network.effort import Stop
from serai.core.network.errors import BadEffort, WrongDirection
from serai.core.network.measures import mixing
from serai.core.network.roster import Bools, Floats, Ints, Kind
from serai.core.network.ties import Ties, require_same_roster, ties_from_pairs
from serai.core.network.ways import relieved

ALL_PAIRS = 50_000  # pairs without a tie up to which each is weighed; above, a named shortlist
NEAR = 20  # best-connected members a group that a shortlist tries for each part cut off


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What counts how much (a convention of Serai; change it freely). Each term lies between 0 and 1.

    `reach`: share of the pairs that cannot reach each other which now could. `relief`: share of the cases of two
    organisations depending on a third that would end. `barrier`: 1 - ties / ties by chance between the two groups (0
    within a group). `first`: no tie between the two groups yet. `ease`: half for knowing of each other already, half
    for contacts in common (three or more count full).
    """

    reach: float = 3.0
    relief: float = 3.0
    barrier: float = 2.0
    first: float = 1.0
    ease: float = 1.0

    def __post_init__(self) -> None:
        values = (self.reach, self.relief, self.barrier, self.first, self.ease)
        if not all(0 <= value < float("inf") for value in values) or not sum(values):
            raise BadEffort("Weights are positive numbers or zero, and not all zero.")


@dataclass(frozen=True, kw_only=True)
class NewTie:
    """A pair worth introducing, at positions `one` < `two` on the roster.

    `newly_reached`: pairs of organisations that could reach each other only by it; `relieved`: cases of two
    organisations depending on a third that would end (a pair may depend on several); `ties_between` its two groups
    so far, `expected_between` by chance; `in_common`: contacts who could introduce them; `know`: at least one knows
    of the other. `score`: 0 to 1.
    """

    one: int
    two: int
    newly_reached: int
    relieved: int
    ties_between: int
    expected_between: float
    in_common: int
    know: bool
    score: float


@dataclass(frozen=True, kw_only=True)
class NewTies:
    """Pairs in the order in which to make them: each is weighed with those before it made.

    `of_shortlist`: only pairs that know of each other, join parts, or go round a cut point were weighed, since there
    were too many to weigh all. `stopped`: fewer than asked for because `stop()` said so.
    """

    pairs: tuple[NewTie, ...]
    weighed: int
    of_shortlist: bool
    stopped: bool


def new_ties(
    ties: Ties,
    kind: Kind = "sector",
    *,
    count: int = 10,
    aware: Ties | None = None,
    within: Kind | None = None,
    per_organisation: int = 2,
    weights: Weights | None = None,
    all_pairs: int = ALL_PAIRS,
    stop: Stop | None = None,
) -> NewTies:
    """The `count` new ties that would help most, one after another.

    `aware`: ties of ladder 1 on the same roster. `within`: only pairs of one city, level or sector. Nobody is asked
    for more than `per_organisation`. Of equal scores the pair first on the roster is taken. Raises WrongDirection,
    DifferentRosters or BadEffort.
    """
    _check(ties, aware, count, per_organisation)
    weights = weights or Weights()
    shortlist = ties.n * (ties.n - 1) // 2 - ties.m > all_pairs
    asked = np.zeros(ties.n, dtype=np.int64)
    made: list[NewTie] = []
    weighed, stopped = 0, False
    while len(made) < count:
        stopped = stop is not None and stop()
        if stopped:
            break
        found = parts(ties)
        u, v = _shortlist(ties, aware, found, kind) if shortlist else _absent(ties)
        allowed = (asked[u] < per_organisation) & (asked[v] < per_organisation) & _within(ties, within, u, v)
        weighed += int(allowed.sum())
        best = _best(ties, aware, found, kind, u[allowed], v[allowed], weights)
        if best is None:
            break
        made.append(best)
        asked[[best.one, best.two]] += 1
        u, v = np.append(ties.u, best.one), np.append(ties.v, best.two)
        ties = ties_from_pairs(ties.roster, u, v, answered=ties.answered)
    return NewTies(pairs=tuple(made), weighed=weighed, of_shortlist=shortlist, stopped=stopped)


def _check(ties: Ties, aware: Ties | None, count: int, per_organisation: int) -> None:
    if ties.directed or (aware is not None and aware.directed):
        raise WrongDirection("New ties are weighed on undirected ties.")
    if count < 1 or per_organisation < 1:
        raise BadEffort("At least one new tie is asked for, in all and by organisation.")
    if aware is not None:
        require_same_roster(ties.roster, aware.roster)


def _within(ties: Ties, kind: Kind | None, u: Ints, v: Ints) -> Bools:
    if kind is None:
        return np.ones(len(u), dtype=np.bool_)
    codes = ties.roster.grouping(kind).codes
    same: Bools = codes[u] == codes[v]
    return same


def _absent(ties: Ties) -> tuple[Ints, Ints]:
    u, v = np.triu_indices(ties.n, k=1)
    free = ~np.isin(u * ties.n + v, ties.keys)
    return u[free], v[free]


def _shortlist(ties: Ties, aware: Ties | None, found: Parts, kind: Kind) -> tuple[Ints, Ints]:
    """Pairs that know of each other, that join parts, or that go round an organisation that parts the network."""
    n = ties.n
    codes = ties.roster.grouping(kind).codes
    degree = ties.out_degree
    order = np.lexsort((np.arange(n), -degree))
    main = int(np.argmax(found.size))
    seen: dict[int, int] = {}
    hubs: list[int] = []
    for node in order[found.part[order] == main].tolist():
        group = int(codes[node])
        if seen.get(group, 0) < NEAR:
            seen[group] = seen.get(group, 0) + 1
            hubs.append(node)
    pairs: set[tuple[int, int]] = set()
    parts_seen = {main}
    for node in order.tolist():  # the best-connected organisation of each other part
        if int(found.part[node]) not in parts_seen:
            parts_seen.add(int(found.part[node]))
            pairs.update((min(node, hub), max(node, hub)) for hub in hubs)
    pairs.update(_round_cut_points(ties, found, degree))
    keys = {one * n + two for one, two in pairs if one != two}
    listed = np.fromiter(keys, dtype=np.int64, count=len(keys))
    if aware is not None:
        listed = np.union1d(listed, aware.keys)
    listed = np.setdiff1d(listed, ties.keys)
    return listed // n, listed % n


def _round_cut_points(ties: Ties, found: Parts, degree: Ints) -> Iterator[tuple[int, int]]:
    """At each organisation that parts the network, its best-connected contacts in each two of its branches."""
    parted = pairs_parted(found)
    worst = np.argsort(-parted, kind="stable")[:200]
    ones = np.ones(ties.m, dtype=np.int8)
    graph = sparse.csr_array((ones, (ties.u, ties.v)), shape=(ties.n, ties.n))
    both = (graph + graph.T).tocsr()
    for node in worst[parted[worst] > 0].tolist():
        by_branch: dict[int, int] = {}
        for other in both.indices[both.indptr[node] : both.indptr[node + 1]].tolist():
            home = int(found.home[other])
            branch = home if home >= 0 and int(found.top[home]) == node else -1
            held = by_branch.get(branch)
            if held is None or (-int(degree[other]), other) < (-int(degree[held]), held):
                by_branch[branch] = other
        yield from combinations(sorted(by_branch.values()), 2)


def _best(
    ties: Ties, aware: Ties | None, found: Parts, kind: Kind, u: Ints, v: Ints, weights: Weights
) -> NewTie | None:
    if not len(u):
        return None
    table = mixing(ties, kind)
    codes = ties.roster.grouping(kind).codes
    sizes = found.size[found.part]
    terms = _Terms(
        newly_reached=np.where(found.part[u] != found.part[v], sizes[u] * sizes[v], 0),
        relieved=relieved(found, u, v),
        across=codes[u] != codes[v],
        ties_between=table.ties[codes[u], codes[v]],
        expected_between=table.expected[codes[u], codes[v]],
        in_common=_in_common(ties, u, v),
        know=np.zeros(len(u), dtype=np.bool_) if aware is None else np.isin(u * ties.n + v, aware.keys),
    )
    score = terms.score(weights, apart=pairs_apart(found), dependent=int(pairs_parted(found).sum()))
    at = int(np.lexsort((v, u, -np.round(score, 12)))[0])
    return NewTie(
        one=int(u[at]),
        two=int(v[at]),
        newly_reached=int(terms.newly_reached[at]),
        relieved=int(terms.relieved[at]),
        ties_between=int(terms.ties_between[at]),
        expected_between=float(terms.expected_between[at]),
        in_common=int(terms.in_common[at]),
        know=bool(terms.know[at]),
        score=float(score[at]),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Terms:
    """What speaks for each pair, (k,) each; the names are those of NewTie."""

    newly_reached: Ints
    relieved: Ints
    across: Bools
    ties_between: Ints
    expected_between: Floats
    in_common: Ints
    know: Bools

    def score(self, weights: Weights, *, apart: int, dependent: int) -> Floats:
        """The weighted mean of the five terms, 0 to 1."""
        chance = np.where(self.expected_between > 0, self.expected_between, 1.0)
        short = np.where(self.across & (self.expected_between > 0), 1 - self.ties_between / chance, 0.0)
        total: Floats = (
            weights.reach * self.newly_reached / max(apart, 1)
            + weights.relief * self.relieved / max(dependent, 1)
            + weights.barrier * np.clip(short, 0.0, 1.0)
            + weights.first * (self.across & (self.ties_between == 0))
            + weights.ease * (self.know + np.minimum(self.in_common, 3) / 3) / 2
        )
        return total / (weights.reach + weights.relief + weights.barrier + weights.first + weights.ease)


def _in_common(ties: Ties, u: Ints, v: Ints) -> Ints:
    ones = np.ones(ties.m, dtype=np.int64)
    graph = sparse.csr_array((ones, (ties.u, ties.v)), shape=(ties.n, ties.n))
    both = (graph + graph.T).tocsr()
    shared = np.zeros(len(u), dtype=np.int64)
    for start in range(0, len(u), 1 << 16):
        part = slice(start, start + (1 << 16))
        shared[part] = np.asarray(both[u[part]].multiply(both[v[part]]).sum(axis=1)).reshape(-1)
    return shared
