"""Is the mix of groups more closed than chance? Shuffles of the group labels, all of them when they are few.

Labels move among the organisations that answered and, apart from them, among those that did not, so that every
shuffle asks about the same pairs. Krackhardt & Stern 1988 for E-I; p = (1 + extreme) / (1 + shuffles) as a sampled
permutation test must (Phipson & Smyth 2010), extreme / labelings when all are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb, lgamma, log

import numpy as np
import numpy.typing as npt

from serai.core.network.effort import Progress, Stop, batches
from serai.core.network.errors import BadEffort
from serai.core.network.measures import count_cells
from serai.core.network.roster import Floats, Ints, Kind
from serai.core.network.ties import Ties

Labels = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Words = npt.NDArray[np.uint64]
EXACT_UP_TO = 20_000  # labelings counted one by one rather than sampled
EXACT_CELLS = 4_000_000  # labelings x organisations up to which that stays quick
KEPT_CELLS = 100_000_000  # shuffles x cells that a block test keeps in memory (4 bytes each)
LANES = 64  # shuffles carried side by side in the bits of one word
CHUNK = 16_384  # ties handled at once: their words stay in the processor's cache
BIG = 10_000  # organisations from which 1,000 shuffles are the default, 5,000 below


def default_shuffles(organisations: int) -> int:
    """Shuffles drawn when the caller names none: 5,000, from 10,000 organisations on 1,000."""
    return 1_000 if organisations >= BIG else 5_000


def labelings(ties: Ties, kind: Kind) -> int:
    """How many different ways there are to hand out the group labels (exact, may be huge)."""
    count = 1
    for members in _strata_members(ties):
        left = len(members)
        for size in np.unique(ties.roster.grouping(kind).codes[members], return_counts=True)[1]:
            count *= comb(left, int(size))
            left -= int(size)
    return count


def _strata_members(ties: Ties) -> list[Ints]:
    return [np.flatnonzero(ties.answered), np.flatnonzero(~ties.answered)]


def every_labeling(ties: Ties, kind: Kind) -> Iterator[Ints]:
    """Each different labeling (n,) once; only sensible when `labelings` is small."""
    codes = ties.roster.grouping(kind).codes
    jobs: list[tuple[tuple[int, ...], list[tuple[int, int]]]] = []
    for members in _strata_members(ties):
        groups, sizes = np.unique(codes[members], return_counts=True)
        jobs.append((tuple(members.tolist()), list(zip(groups.tolist(), sizes.tolist(), strict=True))))
    labels = np.zeros(ties.n, dtype=np.int64)

    def filled(job: int, places: tuple[int, ...], groups: list[tuple[int, int]]) -> Iterator[Ints]:
        if not groups:
            if job + 1 == len(jobs):
                yield labels.copy()
            else:
                yield from filled(job + 1, *jobs[job + 1])
            return
        (group, size), rest = groups[0], groups[1:]
        for chosen in combinations(places, size):
            labels[list(chosen)] = group
            taken = set(chosen)
            yield from filled(job, tuple(place for place in places if place not in taken), rest)

    yield from filled(0, *jobs[0])


def few_labelings(ties: Ties, kind: Kind, *, up_to: int) -> bool:
    """Whether there are at most `up_to` labelings, and few enough cells to write them all down."""
    logarithm = 0.0  # first by logarithm: the exact number may have thousands of digits
    for members in _strata_members(ties):
        sizes = np.unique(ties.roster.grouping(kind).codes[members], return_counts=True)[1]
        logarithm += lgamma(len(members) + 1) - sum(lgamma(size + 1) for size in sizes.tolist())
    if logarithm > log(max(up_to, 1)) + 1:
        return False
    ways = labelings(ties, kind)
    return ways <= up_to and ways * ties.n <= EXACT_CELLS


@dataclass(frozen=True, kw_only=True, eq=False)
class _Plan:
    """How labelings are had: all of them (`exact`), or `total` drawn by chance."""

    ties: Ties
    kind: Kind
    seed: int
    exact: bool
    total: int

    def run(self, each: Callable[[Labels], None], *, stop: Stop | None, progress: Progress | None) -> int:
        """Hands batches of labelings (b, n) to `each`; how many in all."""
        groups = self.ties.roster.grouping(self.kind)
        codes = groups.codes.astype(np.uint8 if len(groups.names) <= 256 else np.uint16)
        members = [part for part in _strata_members(self.ties) if len(part)]
        rng = np.random.default_rng(self.seed)
        listed = every_labeling(self.ties, self.kind) if self.exact else None
        done = 0
        for size in batches(self.total, LANES, stop=stop, progress=progress):
            batch = np.empty((size, self.ties.n), dtype=codes.dtype)
            for row in batch:
                if listed is not None:
                    row[:] = next(listed)
                    continue
                for part in members:
                    labels = codes[part]
                    rng.shuffle(labels)
                    row[part] = labels
            each(batch)
            done += size
        return done


def _plan(ties: Ties, kind: Kind, *, seed: int, shuffles: int | None, exact_up_to: int) -> _Plan:
    exact = few_labelings(ties, kind, up_to=exact_up_to)
    drawn = default_shuffles(ties.n) if shuffles is None else shuffles
    total = labelings(ties, kind) if exact else drawn
    return _Plan(ties=ties, kind=kind, seed=seed, exact=exact, total=total)


def external_counts(labels: Labels, u: Ints, v: Ints, g: int) -> Ints:
    """Ties between different groups under each of up to 64 labelings (b, n): (b,).

    The labelings lie side by side in the bits of 64-bit words, so that one pass over the ties serves all of them.
    """
    lanes = len(labels)
    beside = np.zeros((labels.shape[1], LANES), dtype=labels.dtype)  # an organisation's labels side by side
    beside[:, :lanes] = labels.T
    planes = [_plane(beside, bit) for bit in range(max(1, (g - 1).bit_length()))]
    totals = np.zeros(LANES, dtype=np.int64)
    for start in range(0, len(u), CHUNK):
        ends = u[start : start + CHUNK], v[start : start + CHUNK]
        differ = np.zeros(len(ends[0]), dtype=np.uint64)
        for plane in planes:
            differ |= plane.take(ends[0]) ^ plane.take(ends[1])
        totals += _count_lanes(differ)
    return totals[:lanes]


def _plane(beside: Labels, bit: int) -> Words:
    return np.packbits(beside & beside.dtype.type(1 << bit), axis=1).view(np.uint64).reshape(-1)


def _count_lanes(words: Words) -> Ints:
    """Set bits in each of the 64 positions, by adding halves as binary numbers held across `digits`."""
    digits = [words]
    while len(digits[0]) > 256:
        if len(digits[0]) % 2:
            digits = [np.append(digit, np.uint64(0)) for digit in digits]
        half = len(digits[0]) // 2
        carry = np.zeros(half, dtype=np.uint64)
        added = []
        for digit in digits:
            left, right = digit[:half], digit[half:]
            differ = left ^ right
            added.append(differ ^ carry)
            carry = (left & right) | (carry & differ)
        digits = [*added, carry]
    counts = np.zeros(LANES, dtype=np.int64)
    for place, digit in enumerate(digits):
        bits = np.unpackbits(digit.view(np.uint8)).reshape(-1, LANES)
        counts += bits.sum(axis=0, dtype=np.int64) << place
    return counts


@dataclass(frozen=True, kw_only=True)
class EITest:
    """E-I against shuffled labels.

    `p_low`: share of labelings at most as open (low E-I) as observed, one-sided: small means more siloed than
    chance. `p_high`: at least as open. None when stopped before the first shuffle. `exact`: all labelings counted.
    """

    value: float | None
    chance: float | None
    p_low: float | None
    p_high: float | None
    shuffles: int
    exact: bool
    stopped: bool


def ei_test(
    ties: Ties,
    kind: Kind,
    *,
    seed: int,
    shuffles: int | None = None,
    exact_up_to: int = EXACT_UP_TO,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> EITest:
    """Whether the network is more siloed than chance. `shuffles`: default 5,000, from 10,000 organisations 1,000."""
    groups = ties.roster.grouping(kind)
    observed = int((groups.codes[ties.u] != groups.codes[ties.v]).sum())
    plan = _plan(ties, kind, seed=seed, shuffles=shuffles, exact_up_to=exact_up_to)
    seen: list[Ints] = []
    done = plan.run(
        lambda labels: seen.append(external_counts(labels, ties.u, ties.v, len(groups.names))),
        stop=stop,
        progress=progress,
    )
    counts = np.concatenate(seen) if seen else np.zeros(0, dtype=np.int64)
    exact = plan.exact and done == plan.total
    tested = ties.m > 0 and done > 0

    def share(extreme: int) -> float | None:
        if not tested:
            return None
        return extreme / done if exact else (1 + extreme) / (1 + done)

    return EITest(
        value=(2 * observed - ties.m) / ties.m if ties.m else None,
        chance=float(2 * counts.mean() - ties.m) / ties.m if tested else None,
        p_low=share(int((counts <= observed).sum())),
        p_high=share(int((counts >= observed).sum())),
        shuffles=done,
        exact=exact,
        stopped=done < plan.total,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class BlockTest:
    """Each cell of the barrier matrix against shuffled labels, all arrays (g, g).

    `low`, `high`: the middle 95 % of ties that chance gives; `p_fewer`, `p_more`: one-sided. NaN when stopped before
    the first shuffle.
    """

    low: Floats
    high: Floats
    p_fewer: Floats
    p_more: Floats
    shuffles: int
    exact: bool
    stopped: bool


def block_test(
    ties: Ties,
    kind: Kind,
    *,
    seed: int,
    shuffles: int | None = None,
    exact_up_to: int = EXACT_UP_TO,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> BlockTest:
    """What chance would give in each cell, and how rare it is to see as few, or as many, ties as observed.

    Raises BadEffort when shuffles x cells would not fit in memory; the default takes fewer shuffles then.
    """
    groups = ties.roster.grouping(kind)
    g = len(groups.names)
    room = KEPT_CELLS // (g * g)
    if shuffles is None:
        shuffles = max(1, min(default_shuffles(ties.n), room))
    if shuffles > max(1, room):
        raise BadEffort(f"With {g} groups at most {room} shuffles can be kept, not {shuffles}.")
    observed = count_cells(groups.codes[ties.u], groups.codes[ties.v], g, directed=ties.directed)
    plan = _plan(ties, kind, seed=seed, shuffles=shuffles, exact_up_to=min(exact_up_to, max(1, room)))
    counts = np.zeros((plan.total, g, g), dtype=np.int32)
    at = iter(range(plan.total))

    def each(labels: Labels) -> None:
        for row in labels.astype(np.int64):
            counts[next(at)] = count_cells(row[ties.u], row[ties.v], g, directed=ties.directed)

    done = plan.run(each, stop=stop, progress=progress)
    return _against(counts[:done], observed, exact=plan.exact and done == plan.total, stopped=done < plan.total)


def _against(counts: npt.NDArray[np.int32], observed: Ints, *, exact: bool, stopped: bool) -> BlockTest:
    done = len(counts)
    if not done:
        blank = np.full(observed.shape, np.nan)
        return BlockTest(low=blank, high=blank, p_fewer=blank, p_more=blank, shuffles=0, exact=False, stopped=True)
    low, high = np.quantile(counts, [0.025, 0.975], axis=0, method="inverted_cdf")
    extra = 0 if exact else 1
    return BlockTest(
        low=low.astype(np.float64),
        high=high.astype(np.float64),
        p_fewer=((counts <= observed).sum(axis=0) + extra) / (done + extra),
        p_more=((counts >= observed).sum(axis=0) + extra) / (done + extra),
        shuffles=done,
        exact=exact,
        stopped=stopped,
    )
