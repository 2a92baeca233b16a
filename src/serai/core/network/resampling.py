"""Sign-flip tests, the vertex bootstrap, and Holm's correction: the statistics of a change between two waves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import signal, sparse, stats

from serai.core.network.effort import Progress, Stop, batches
from serai.core.network.errors import BadEffort
from serai.core.network.roster import Floats, Ints

DRAWS = 5_000
BATCH = 64
ROOM = 1 << 22  # draws x pairs held at once
EXACT_FLIPS = 16  # changes other than zero up to which all 2^k signs of fractional values are tried


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) step-down p's, in the given order; raises BadEffort for a p outside 0 to 1."""
    if not all(0.0 <= p <= 1.0 for p in p_values):
        raise BadEffort("A p value lies between 0 and 1.")
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    corrected = [0.0] * len(p_values)
    worst = 0.0
    for place, at in enumerate(order):
        worst = max(worst, min(1.0, (len(order) - place) * p_values[at]))
        corrected[at] = worst
    return corrected


@dataclass(frozen=True, kw_only=True)
class SignFlip:
    """Paired sign-flip test that changes lie evenly around zero; two-sided `p`, None when nothing was tested.

    `n` organisations, `changed` of them other than zero, `mean` change.
    """

    mean: float | None
    n: int
    changed: int
    p: float | None
    exact: bool
    stopped: bool = False


def sign_flip(changes: Ints | Floats, *, seed: int, draws: int = DRAWS, stop: Stop | None = None) -> SignFlip:
    """The two-sided sign-flip test. Whole numbers: always exact. Fractions: exact up to 16 changes, else drawn."""
    values = np.asarray(changes)
    if not np.isfinite(values).all():
        raise BadEffort("A change must be a number; leave out who answered only once.")
    moved = values[values != 0]
    seen = {"mean": float(values.mean()) if len(values) else None, "n": len(values), "changed": len(moved)}
    if len(values) == 0:
        return SignFlip(**seen, p=None, exact=True)  # type: ignore[arg-type]
    if len(moved) == 0:
        return SignFlip(**seen, p=1.0, exact=True)  # type: ignore[arg-type]
    if np.issubdtype(values.dtype, np.integer):
        return SignFlip(**seen, p=_exact_whole(moved), exact=True)  # type: ignore[arg-type]
    if len(moved) <= EXACT_FLIPS:
        return SignFlip(**seen, p=_exact_listed(moved), exact=True)  # type: ignore[arg-type]
    p, stopped = _drawn(moved, seed, draws, stop)
    return SignFlip(**seen, p=p, exact=False, stopped=stopped)  # type: ignore[arg-type]


def _exact_whole(moved: Ints) -> float:
    """Two-sided p by the exact distribution of the sum of +-|g|: binomials of each size, convolved.

    A sum equals total - 2 x (what was flipped), so only the flipped part is followed. 1e-12 stands for that or
    less: below it the rounding of the convolution would show.
    """
    sizes, counts = np.unique(np.abs(moved), return_counts=True)
    chances = np.ones(1)
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        step = np.zeros(count * size + 1)
        step[::size] = stats.binom.pmf(np.arange(count + 1), count, 0.5)
        chances = np.clip(signal.convolve(chances, step), 0.0, None)
    sums = int(np.abs(moved).sum()) - 2 * np.arange(len(chances))
    p = float(chances[np.abs(sums) >= abs(int(moved.sum()))].sum())
    return min(1.0, max(p, 1e-12, 2.0 ** (1 - min(len(moved), 1_000))))


def _exact_listed(moved: Floats) -> float:
    signs = 1 - 2 * (np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1)
    sums = np.abs(signs @ moved)
    observed = abs(moved.sum())
    return float((sums >= observed - 1e-9 * np.abs(moved).sum()).mean())


def _drawn(moved: Floats, seed: int, draws: int, stop: Stop | None) -> tuple[float | None, bool]:
    rng = np.random.default_rng(seed)
    observed = abs(moved.sum()) - 1e-9 * np.abs(moved).sum()
    extreme = done = 0
    for size in batches(draws, BATCH, stop=stop, progress=None):
        signs = rng.integers(0, 2, size=(size, len(moved))) * 2 - 1
        extreme += int((np.abs(signs @ moved) >= observed).sum())
        done += size
    return ((1 + extreme) / (1 + done) if done else None), done < draws


@dataclass(frozen=True, kw_only=True, eq=False)
class PairChanges:
    """Pairs (k,) asked about in both waves: `cell` of 0 to `cells` - 1, `change` -1, 0 or 1.

    `asked` (cells,): pairs asked about, when that number is the same in every draw; pairs without change may then
    be left out. None: it is drawn too, and all pairs must be listed. `ordered`: pairs run one way.
    """

    u: Ints
    v: Ints
    cell: Ints
    change: Ints
    cells: int
    asked: Ints | None
    ordered: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Strata:
    """Within which organisations are drawn (`of`, (n,)): group and whether it answered.

    `own` (n,): the cell in which two copies of an organisation would stand, -1 where that is not asked about.
    """

    of: Ints
    own: Ints


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """95 % of a change, `low` to `high`, and the two-sided p that there is none."""

    low: float
    high: float
    p: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """Bootstrap draws (b, cells): ties gained (less those lost), of so many pairs asked about.

    `gained_jointly`, `asked_jointly`: the part of them that comes from both ends being drawn unusually often or
    rarely at once, sum of (w_u - 1)(w_v - 1) over pairs, w how often an end was drawn.
    """

    gained: Ints
    asked: Ints
    gained_jointly: Ints
    asked_jointly: Ints
    stopped: bool

    def doubt(self, cells: Sequence[int], seen: float, *, sizes: Sequence[int]) -> Doubt | None:
        """How sure the change in density `seen` over these cells together is; None without draws.

        Percentiles of the draws, scaled around `seen` for three known faults of the plain bootstrap. Resampling
        both ends counts what is particular to single pairs three times over (Owen 2007), so twice the variance of
        the joint part is taken off again, down to that variance at least. Drawing n from n, in strata of `sizes`,
        makes the variance too small by n / (n - 1). Few organisations make it uncertain: Student's t for the normal.
        """
        asked = self.asked[:, cells].sum(axis=1)
        some = asked > 0
        freedom = sum(size - 1 for size in sizes if size > 1)
        if not some.any() or not freedom:
            return None
        asked = asked[some]
        density = self.gained[some][:, cells].sum(axis=1) / asked
        joint = self.gained_jointly[some][:, cells].sum(axis=1) - seen * self.asked_jointly[some][:, cells].sum(axis=1)
        spread, particular = density.var(), (joint / asked.mean()).var()
        kept = min(1.0, max(1 - 2 * particular / spread, particular / spread)) if spread > 0 else 1.0
        small = 1 + sum(size > 1 for size in sizes) / freedom
        wide = stats.t.ppf(0.975, freedom) / stats.norm.ppf(0.975)
        low, high = (seen + (end - seen) * (kept * small) ** 0.5 * wide for end in np.quantile(density, [0.025, 0.975]))
        error = (spread * kept * small) ** 0.5
        p = 2 * stats.t.sf(abs(seen) / error, freedom) if error > 0 else 1.0
        return Doubt(low=float(low), high=float(high), p=float(p))


def vertex_bootstrap(
    pairs: PairChanges,
    strata: Strata,
    *,
    seed: int,
    draws: int = DRAWS,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> Draws:
    """Change by cell when organisations are drawn anew, with replacement, within their stratum.

    Two copies of one organisation have no tie of their own: the pair takes the answer of another pair. Snijders &
    Borgatti (1999) draw it from all; here it is one of the organisation's own within its cell and stratum, which
    keeps what is particular to the organisation (drawn from all, the interval is too short by about (n-3)/(n-1)).
    """
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(strata.of == stratum) for stratum in np.unique(strata.of)]
    copies = _Copies.of(pairs, strata)
    rows = [tuple(np.zeros((0, pairs.cells), dtype=np.int64) for _ in range(4))]
    done = 0
    for size in batches(draws, max(1, min(BATCH, ROOM // max(len(pairs.u), 1))), stop=stop, progress=progress):
        weight = np.zeros((size, len(strata.of)), dtype=np.int64)
        for part in members:
            weight[:, part] = rng.multinomial(len(part), np.full(len(part), 1 / len(part)), size=size)
        rows.append(_weighed(pairs, weight, *copies.drawn(rng, weight)))
        done += size
    gained, asked, gained_jointly, asked_jointly = (np.concatenate([row[at] for row in rows]) for at in range(4))
    return Draws(
        gained=gained,
        asked=asked,
        gained_jointly=gained_jointly,
        asked_jointly=asked_jointly,
        stopped=done < draws,
    )


def _weighed(pairs: PairChanges, weight: Ints, extra: Ints, told: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """The four arrays (b, cells) of Draws from how often each organisation was drawn (b, n)."""
    k = len(pairs.u)
    into = sparse.csr_array((np.ones(k, dtype=np.int64), (np.arange(k), pairs.cell)), shape=(k, pairs.cells))
    one, two = weight[:, pairs.u], weight[:, pairs.v]
    times, jointly = one * two, (one - 1) * (two - 1)
    gained, gained_jointly = (times * pairs.change) @ into + extra, (jointly * pairs.change) @ into
    if pairs.asked is None:
        return gained, times @ into + told, gained_jointly, jointly @ into
    return gained, np.broadcast_to(pairs.asked, gained.shape), gained_jointly, np.zeros_like(gained)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Copies:
    """What a pair of two copies of an organisation is given: its chances (n, 3) of +1, -1, and asked without change."""

    own: Ints
    cells: int
    ordered: bool
    chances: Floats

    @staticmethod
    def of(pairs: PairChanges, strata: Strata) -> _Copies:
        n = len(strata.of)
        heard = strata.own >= 0
        size = np.bincount(strata.own[heard], minlength=pairs.cells)
        inside = (strata.own[pairs.u] == pairs.cell) & (strata.own[pairs.v] == pairs.cell)

        def count(which: npt.NDArray[np.bool_]) -> Ints:
            some = inside & which
            return np.bincount(pairs.u[some], minlength=n) + np.bincount(pairs.v[some], minlength=n)

        others = np.where(heard, (size[strata.own] - 1) * (2 if pairs.ordered else 1), 0)
        up, down = count(pairs.change > 0), count(pairs.change < 0)
        still = others - up - down if pairs.asked is not None else count(pairs.change == 0)
        chances = np.stack([up, down, still], axis=1) / np.maximum(others, 1)[:, None]
        return _Copies(own=strata.own, cells=pairs.cells, ordered=pairs.ordered, chances=chances)

    def drawn(self, rng: np.random.Generator, weight: Ints) -> tuple[Ints, Ints]:
        """Ties gained by copies, and copies asked about, (b, cells) each."""
        gained = np.zeros((len(weight), self.cells), dtype=np.int64)
        told = np.zeros_like(gained)
        row, who = np.nonzero((weight > 1) & (self.own >= 0))
        times = weight[row, who]
        number = times * (times - 1) // (1 if self.ordered else 2)
        rest = np.clip(1 - self.chances.sum(axis=1, keepdims=True), 0, 1)
        kinds = rng.multinomial(number, np.concatenate([self.chances, rest], axis=1)[who])
        np.add.at(gained, (row, self.own[who]), kinds[:, 0] - kinds[:, 1])
        np.add.at(told, (row, self.own[who]), kinds[:, :3].sum(axis=1))
        return gained, told
