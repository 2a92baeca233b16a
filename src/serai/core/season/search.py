"""One search for a season plan: the relaxation, the best draft so far, and who wants to hear of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from serai.core.season.draft import NO_MONTHS, Draft
from serai.core.season.exact import regrets, solve
from serai.core.season.flow import net
from serai.core.season.gates import gates, mutual, sure_returns
from serai.core.season.ground import ground
from serai.core.season.improve import Pool, improve, meet_quotas, repair
from serai.core.season.lagrange import Certificate, Cut, Relaxation
from serai.core.season.limits import limits
from serai.core.season.model import Effort, Progress, Season
from serai.core.season.options import Options, every_option, shortlist
from serai.core.season.prepare import Floats, Ints
from serai.core.season.result import broken_by_kept, kept_points
from serai.core.season.start import first_prices
from serai.core.stoppable import never

OVERDRAFT = 0.01
"""A choice that overdraws the common budget by up to this share is repaired, not cut."""

MISSED = 1000.0
"""Points by which a draft counts less for each visit it misses."""

MOST_COLUMNS = 40_000
"""Options times months in a mixed integer programme at most; with more it is not tried."""


class Search:
    """What a search knows. `value` and `bound` are points without the kept visits."""

    def __init__(
        self,
        season: Season,
        effort: Effort,
        stop: Callable[[], bool],
        progress: Callable[[Progress], None],
    ) -> None:
        self.effort, self.stop, self.progress = effort, stop, progress
        self.ground = ground(season)
        self.limits = limits(self.ground)
        broken_by_kept(self.ground, self.limits)
        self.start, self.radius = first_prices(self.ground, self.limits)
        self.options = self._options()
        sure = sure_returns(self.ground, self.options)
        gate, table = gates(self.ground, self.options), self.ground.needs
        self.relaxation = Relaxation(
            net(table.city, self.ground.visits, self.ground.first, self.ground.slots, gate.slots),
            replace(self.options, value=self.options.value + sure),
            gate,
            mutual(self.ground, self.options),
            self.limits,
        )
        self.kept = kept_points(self.ground)
        self.best: Draft | None = None
        self.value = -np.inf
        self.bound = np.inf
        self.month_flows = 0
        self.stopped = False
        self.calendars = self._calendars()

    def _options(self) -> Options:
        if self.effort.partners is None:
            return every_option(self.ground)
        return shortlist(self.ground, lambda part: self.limits.worth(part, self.start), self.effort.partners)

    def _calendars(self) -> bool:
        """Whether months can bind: they differ, or are fewer than a city's visits or a host's exchanges."""
        every = self.options.months
        if not len(every):
            return False
        months = int(np.bitwise_count(every[0]))
        hosts = np.unique(self.options.host)
        room = np.array([self.ground.season.hosting_of(self.ground.cities[host]).guests for host in hosts])
        return bool(
            (every != every[0]).any()
            or self.ground.visits[self.ground.needs.city[self.options.need]].max() > months
            or (self.ground.slots[hosts] > months * room).any()
        )

    @property
    def flows(self) -> int:
        """Flows so far."""
        return self.relaxation.flows + self.month_flows

    @property
    def certificate(self) -> Certificate:
        """The prices of the best bound; there is one after the first flow."""
        assert self.relaxation.best is not None
        return self.relaxation.best

    def heard(self) -> None:
        """Tells the caller where the search stands."""
        self.bound = min(self.bound, self.certificate.bound)
        value = max(0.0, self.value) + self.kept
        self.progress(Progress(flows=self.flows, value=value, bound=self.bound + self.kept))

    def stopping(self) -> bool:
        """Asks the caller whether to stop; a yes is remembered."""
        self.stopped = self.stopped or self.stop()
        return self.stopped

    def _close(self, value: float) -> bool:
        return self.bound - value <= self.effort.gap * max(abs(self.bound + self.kept), 1e-9)

    def closed(self) -> bool:
        """Whether the gap asked for is reached, or the caller said stop."""
        return self._close(self.value) or self.stopping()

    def finished(self) -> bool:
        """Whether the search is closed or its flows are used up."""
        return self.flows >= self.effort.flows or self.closed()

    def near(self, relaxation: Relaxation, count: int) -> list[Cut]:
        """The choices nearest to the best bound: little worth lost, little unused, little overdrawn."""
        assert relaxation.best is not None
        prices = relaxation.best.prices
        steep = np.maximum(prices, self.radius)

        def missing(cut: Cut) -> float:
            over, under = np.maximum(-cut.slack, 0.0), np.maximum(cut.slack, 0.0)
            return float(steep @ over + prices @ under - prices @ cut.slack) - relaxation.points(cut)

        return sorted(relaxation.cuts, key=missing)[:count]

    def draw(self, chosen: Ints, months: Mapping[int, int] = NO_MONTHS, *, overdrawn: float = 0.0) -> float:
        """Makes a draft of some options, improves it, and keeps it if it is the best. Its points, less MISSED
        for each visit that a quota of "at least" still misses.

        months: of options that have one chosen. overdrawn: money by which they overdraw the common budget.
        """
        assert self.relaxation.arcs is not None
        surplus = self.certificate.surplus
        order = chosen[np.argsort(-surplus[chosen], kind="stable")]
        draft = Draft(self.ground, self.limits, self.options)
        common = self.limits.common()
        if len(common) and 0 < overdrawn <= OVERDRAFT * float(self.limits.amount[common].min()):
            draft.slack[common] += overdrawn
            draft.add_all(order.tolist(), months)
            draft.slack[common] -= overdrawn
        else:
            draft.add_all(order.tolist(), months)
        pool = Pool(draft, np.union1d(self.relaxation.arcs.which, chosen))
        repair(pool)
        meet_quotas(pool, surplus[pool.which])
        improve(pool, surplus[pool.which], enough=lambda: self._close(draft.value()) or self.stopping())
        value, missed = draft.value(), float(np.maximum(0.0, -draft.slack).sum())
        if missed < 1e-5 and value > self.value:
            self.best, self.value = draft, value
        self.heard()
        return value - MISSED * missed

    def draw_cut(self, cut: Cut) -> None:
        """Makes a draft of one choice of the relaxation."""
        common = self.limits.common()
        self.draw(cut.chosen, overdrawn=max(0.0, -float(cut.slack[common].min(initial=0.0))))

    def gains(self, threshold: Floats) -> Floats:
        """Points of each option at the best prices over what its need gets already."""
        best = self.certificate
        worth = self.limits.worth(self.relaxation.options, best.prices)
        if self.relaxation.mutual.count:
            worth = worth + self.relaxation.mutual.shares(best.shares)
        return np.asarray(worth - threshold[self.options.need])

    def prove(self, *, months: bool) -> None:
        """Solves what is left to the end: options that could be in a better plan than the best known."""
        relaxation, margin = self.relaxation, 1e-7 * max(1.0, abs(self.bound))
        regret = regrets(relaxation.net, relaxation.options, self.certificate)
        at = np.flatnonzero(regret <= self.certificate.bound - self.value + margin)
        if not len(at) or len(at) * (12 if months else 1) > MOST_COLUMNS:
            return
        proof = solve(
            relaxation.net,
            relaxation.options.take(at),
            relaxation.gates.take(at),
            relaxation.mutual.take(at),
            self.limits,
            draft=Draft(self.ground, self.limits, self.options) if months else None,
            gap=self.effort.gap / 4,
            nodes=self.effort.nodes,
            stop=never if self.stop is never else self.stopping,
        )
        if proof is not None:
            self.bound = min(self.bound, max(proof.bound, self.value))
            chosen = at[proof.chosen]
            timed = zip(chosen.tolist(), proof.months[proof.chosen].tolist(), strict=True)
            self.draw(chosen, dict(timed) if months else NO_MONTHS)
