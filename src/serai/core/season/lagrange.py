"""The prices of the side limits: a Lagrangian over the flow, with a bound that holds whenever it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from serai.core.season.flow import Arcs, Flow, Net, best_flow, ceiling
from serai.core.season.gates import Gates, Mutual
from serai.core.season.limits import Limits
from serai.core.season.options import Options, best_of_each_need
from serai.core.season.prepare import Floats, Ints

FIRST_PARTNERS = 5
"""Options of each need the first flow sees; others enter when their price says so."""

MOST_REFLOWS = 4
NEW_PARTNERS = 3

LATER = 2e-4
"""Share of the bound that left-out options may be missing before the flow is run again at the same prices."""

PATIENCE = 12
"""Flows without a bound lower by the tolerance after which the prices are left as they are."""

CROWD = 0.02
"""Share of the needs with a better option left out from which the flow is given new options altogether, once."""

ALL_ARCS = 20_000
"""Options up to which the flow sees all of them from the start."""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One answer of the flow: a choice that keeps the flow's limits, perhaps not the side limits.

    chosen: positions in the options. points: its worth without prices and without the reciprocal shares.
    slack: what it leaves of each limit (negative: it breaks it). worth: points under the prices of the
    evaluation, at most `bound`.
    """

    chosen: Ints
    points: float
    slack: Floats
    prices: Floats
    worth: float
    bound: float


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """The best bound found with the prices that prove it. shares: of the mutual pairs, forward."""

    bound: float
    prices: Floats
    shares: Floats
    place_price: Floats
    gate_price: Floats
    surplus: Floats
    threshold: Floats


class Relaxation:
    """The season without its side limits, each of them priced instead."""

    def __init__(self, net: Net, options: Options, gates: Gates, mutual: Mutual, limits: Limits) -> None:
        self.net, self.options, self.gates, self.mutual, self.limits = net, options, gates, mutual, limits
        self.shares = np.full(mutual.count, mutual.reward / 2)
        self.flows = 0
        self.cuts: list[Cut] = []
        self.best: Certificate | None = None
        self.arcs: Arcs | None = None
        self.renewed = False

    def evaluate(self, prices: Floats, *, tolerance: float) -> Cut:
        """The flow at these prices: a cut, and a bound over all options, kept if it is the best so far.

        Options left out of the flow are priced; those worth more than what they would replace enter: now when
        much is missing, else for the next flow, when more than `tolerance` of the bound is.
        """
        worth = self.limits.worth(self.options, prices)
        if self.mutual.count:
            worth = worth + self.mutual.shares(self.shares)
        if self.arcs is None:
            few = len(self.options) <= ALL_ARCS
            partners = len(self.options) if few else FIRST_PARTNERS
            self._use(best_of_each_need(self.options.need, worth, partners))
        constant = float(prices @ self.limits.amount)
        for _ in range(MOST_REFLOWS):
            assert self.arcs is not None
            flow = best_flow(self.net, self.arcs, worth[self.arcs.which])
            self.flows += 1
            surplus = self._surplus(worth, flow)
            bound = constant + ceiling(self.net, self.options.need, surplus, flow.place_price, flow.gate_price)
            cut = self._cut(flow, worth, constant, bound, prices)
            self._keep(bound, prices, flow, surplus)
            missing = (bound - cut.worth) / max(abs(bound), 1e-9)
            if missing <= tolerance or not self._enter(flow, surplus) or missing <= LATER:
                break
        self.cuts.append(cut)
        self._share(cut)
        return cut

    def _use(self, which: Ints) -> None:
        self.arcs = Arcs(which, self.options.need, self.options.place, self.gates.gate)

    def _surplus(self, worth: Floats, flow: Flow) -> Floats:
        surplus = worth - flow.place_price[self.options.place]
        if len(flow.gate_price):
            gate = self.gates.gate
            surplus -= np.where(gate >= 0, flow.gate_price[gate], 0.0)
        return np.asarray(surplus)

    def _enter(self, flow: Flow, surplus: Floats) -> bool:
        """Lets the best left-out options of each need into the flow; False when none is better."""
        assert self.arcs is not None
        gain = surplus - flow.threshold[self.options.need]
        gain[self.arcs.which] = -1.0
        better = np.flatnonzero(gain > 1e-9 * max(1.0, float(np.abs(surplus).max())))
        if not len(better):
            return False
        crowded = np.count_nonzero(np.diff(self.options.need[better])) > CROWD * len(self.net.need_city)
        if crowded and not self.renewed:
            self.renewed = True
            fresh = best_of_each_need(self.options.need, surplus, FIRST_PARTNERS)
            self._use(np.union1d(self.arcs.which[flow.chosen], fresh))
        else:
            best = best_of_each_need(self.options.need[better], gain[better], NEW_PARTNERS)
            self._use(np.union1d(self.arcs.which, better[best]))
        return True

    def _cut(self, flow: Flow, worth: Floats, constant: float, bound: float, prices: Floats) -> Cut:
        assert self.arcs is not None
        chosen = np.sort(self.arcs.which[flow.chosen])
        options = self.options
        need = options.need[chosen]
        visited = np.unique(self.net.need_city[need])
        first = float(self.net.first[visited].sum())
        used = self.limits.usage(need, options.host[chosen], options.cost[chosen])
        return Cut(
            chosen=chosen,
            points=float(options.value[chosen].sum()) + first,
            slack=self.limits.amount - used,
            prices=prices,
            worth=constant + float(worth[chosen].sum()) + first,
            bound=bound,
        )

    def _keep(self, bound: float, prices: Floats, flow: Flow, surplus: Floats) -> None:
        if self.best is None or bound < self.best.bound:
            self.best = Certificate(
                bound=bound,
                prices=prices,
                shares=self.shares.copy(),
                place_price=flow.place_price,
                gate_price=flow.gate_price,
                surplus=surplus,
                threshold=flow.threshold,
            )

    def _share(self, cut: Cut) -> None:
        """Moves the reward of pairs that went one way only towards the other way (a subgradient step)."""
        if not self.mutual.count:
            return
        pair = self.mutual.pair[cut.chosen]
        forward = self.mutual.forward[cut.chosen]
        tilt = np.bincount(pair[(pair >= 0) & ~forward], minlength=self.mutual.count).astype(np.float64)
        tilt -= np.bincount(pair[(pair >= 0) & forward], minlength=self.mutual.count)
        step = self.mutual.reward / (1.0 + len(self.cuts) / 8.0) / 2.0
        self.shares = np.clip(self.shares + step * np.clip(tilt, -1, 1), 0.0, self.mutual.reward)

    def points(self, cut: Cut) -> float:
        """A cut's points with today's reciprocal shares: with its slack, a line below the dual function."""
        if not self.mutual.count:
            return cut.points
        pair = self.mutual.pair[cut.chosen]
        forward = self.mutual.forward[cut.chosen]
        shared = self.shares[pair[(pair >= 0) & forward]].sum()
        back = pair[(pair >= 0) & ~forward]
        return cut.points + float(shared + len(back) * self.mutual.reward - self.shares[back].sum())


def _master(relaxation: Relaxation, low: Floats, high: Floats) -> tuple[Floats, float] | None:
    """The lowest point of the cuts within a box of prices, and its height; None when the prices have grown beyond
    what the solver can tell apart, as they do where limits contradict each other."""
    lines = np.array([np.append(cut.slack, -1.0) for cut in relaxation.cuts])
    heights = np.array([-relaxation.points(cut) for cut in relaxation.cuts])
    unit = np.maximum(np.abs(lines[:, :-1]).max(axis=0), 1.0)
    lines[:, :-1] /= unit
    height = max(1.0, float(np.abs(heights).max()))
    bounds = [*zip(low * unit / height, high * unit / height, strict=True), (None, None)]
    found = linprog(
        np.append(np.zeros(len(low)), 1.0), A_ub=lines, b_ub=heights / height, bounds=bounds, method="highs"
    )
    if found.status != 0:
        return None
    return np.clip(found.x[:-1] * height / unit, low, high), float(found.x[-1] * height)


def tighten(
    relaxation: Relaxation,
    start: Floats,
    radius: Floats,
    *,
    flows: int,
    tolerance: float,
    stop: Callable[[], bool],
    heard: Callable[[], None],
) -> None:
    """Lowers the bound by cutting planes in a box around the best prices (Marsten's boxstep).

    start, radius: first prices and half-width of the box, one entry a limit. Ends at `flows`, when the cuts
    prove that the bound is within `tolerance` of the lowest, when PATIENCE is out, or at `stop()`.
    """
    cut = relaxation.evaluate(start, tolerance=tolerance)
    heard()
    center, best, idle = start, cut.bound, 0
    while relaxation.flows < flows and idle < PATIENCE:
        if stop():
            break
        prices, expected = start, cut.worth
        if len(start):
            lowest = _master(relaxation, np.maximum(0.0, center - radius), center + radius)
            if lowest is None:
                break
            prices, expected = lowest
        below, above = center - radius * 0.999, center + radius * 0.999
        inside = bool(np.all((prices < above) & ((prices > below) | (prices <= 0))))
        if inside and not relaxation.mutual.count and best - expected <= tolerance * abs(best):
            break
        cut = relaxation.evaluate(prices, tolerance=tolerance)
        heard()
        idle = 0 if cut.bound < best - tolerance * abs(best) else idle + 1
        if cut.bound < best:
            center, best = prices, cut.bound
            radius = radius * (1.0 if inside else 2.0)
        else:
            radius = radius * 0.7
