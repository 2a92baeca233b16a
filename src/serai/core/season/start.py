"""First prices of the limits, read from a sample of the needs before anything is solved."""

from __future__ import annotations

import numpy as np

from serai.core.season.ground import Ground
from serai.core.season.limits import Limits
from serai.core.season.options import Options, blocks, joined
from serai.core.season.prepare import Floats

SAMPLE = 600
"""Cities whose options are looked at."""

STEPS = 40


def _spent(ground: Ground, options: Options, price: float) -> float:
    """Money the sampled cities would spend at this price of money, each taking its best, hosts never full."""
    worth = options.value - price * options.cost
    if not len(worth):
        return 0.0
    start = np.flatnonzero(np.diff(options.need, prepend=-1))
    end = np.append(start[1:], len(worth))
    best = np.array([a + int(np.argmax(worth[a:b])) for a, b in zip(start, end, strict=True)], dtype=np.int64)
    city = ground.needs.city[options.need[best]]
    order = np.lexsort((-worth[best], city))
    city, best = city[order], best[order]
    first = np.flatnonzero(np.diff(city, prepend=-1))
    number = np.arange(len(city)) - np.repeat(first, np.diff(np.append(first, len(city))))
    gain = worth[best] + np.where(number == 0, ground.first[city], 0.0)
    return float(options.cost[best][(number < ground.visits[city]) & (gain > 0)].sum())


def first_prices(ground: Ground, limits: Limits) -> tuple[Floats, Floats]:
    """Prices to start from and how far they may be off, one entry a limit, in points a unit of the limit.

    Only the common budget gets a price; the others start at 0.
    """
    stride = max(1, len(ground.cities) // SAMPLE)
    sample = joined(blocks(ground, ground.needs.city % stride == 0))
    unit = 100.0 / max(1e-9, float(sample.cost.mean())) if len(sample) and sample.cost.mean() > 0 else 1.0
    prices = np.zeros(len(limits))
    radius = np.where(limits.money, unit / 2, 50.0)
    common = limits.common()
    if len(common):
        share = float(limits.amount[common].min()) / stride
        low, high = 0.0, 16 * unit
        if _spent(ground, sample, 0.0) > share:
            for _ in range(STEPS):
                middle = (low + high) / 2
                low, high = (middle, high) if _spent(ground, sample, middle) > share else (low, middle)
            tightest = common[np.argmin(limits.amount[common])]
            prices[tightest] = high
            radius[tightest] = high / 5
    return prices, radius
