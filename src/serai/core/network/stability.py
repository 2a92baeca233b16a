"""How much of a network stayed between two waves: Jaccard of ties, and a QAP correlation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from serai.core.network.effort import Stop, batches
from serai.core.network.errors import BadRule
from serai.core.network.ground import Compared, Ground, compared
from serai.core.network.roster import Bools
from serai.core.network.ties import TieRule

SHUFFLES = 1_000


@dataclass(frozen=True, kw_only=True)
class Stability:
    """`jaccard`: ties in both waves / ties in either (0.3 and more is usual for models of tie change).

    `correlation` (phi) of tie and no tie over the pairs asked about, with `p` against shuffled organisations (QAP,
    Krackhardt 1988), one-sided; None where not defined, p also where pairs can be left unanswered.
    """

    kept: int
    lost: int
    gained: int
    jaccard: float | None
    correlation: float | None
    p: float | None
    shuffles: int
    stopped: bool


def stability(
    ground: Ground,
    *,
    seed: int,
    rule: TieRule | None = None,
    shuffles: int = SHUFFLES,
    stop: Stop | None = None,
) -> Stability:
    """Ties kept, lost and gained; raises BadRule when no pair was asked about in both waves."""
    facts = compared(ground, rule or TieRule(), "sector")
    pairs = int(facts.asked.sum() if facts.before.directed else np.triu(facts.asked).sum())
    if not pairs:
        raise BadRule("No pair was asked about in both waves.")
    kept = len(np.intersect1d(facts.before.keys, facts.after.keys, assume_unique=True))
    was, now = facts.before.m, facts.after.m
    either = was + now - kept
    spread = was * (pairs - was) * now * (pairs - now)
    as_close, done, stopped = 0, 0, False
    if facts.told is None and spread:
        as_close, done, stopped = _shuffled(facts, ground.panel, kept, seed, shuffles, stop)
    return Stability(
        kept=kept,
        lost=was - kept,
        gained=now - kept,
        jaccard=kept / either if either else None,
        correlation=(kept * pairs - was * now) / spread**0.5 if spread else None,
        p=(1 + as_close) / (1 + done) if done else None,
        shuffles=done,
        stopped=stopped,
    )


def _shuffled(
    facts: Compared, panel: Bools, kept: int, seed: int, shuffles: int, stop: Stop | None
) -> tuple[int, int, bool]:
    """How many shuffles of the organisations (the panel and the rest apart) keep at least as many ties."""
    rng = np.random.default_rng(seed)
    n, after = facts.before.n, facts.after.keys
    parts = [np.flatnonzero(panel), np.flatnonzero(~panel)]
    as_close = done = 0
    for size in batches(shuffles, 64, stop=stop, progress=None):
        for _ in range(size):
            place = np.arange(n)
            for part in parts:
                place[part] = rng.permutation(part)
            u, v = place[facts.before.u], place[facts.before.v]
            keys = u * n + v if facts.before.directed else np.minimum(u, v) * n + np.maximum(u, v)
            at = np.minimum(np.searchsorted(after, keys), max(len(after) - 1, 0))
            as_close += int((after[at] == keys).sum()) >= kept
        done += size
    return as_close, done, done < shuffles
