"""The season plan: which guests visit which host for which need in which month, so that the most is learnt.

Model, bound and sources: docs/measures/season.md.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from serai.core.season.contradiction import contradictions
from serai.core.season.draft import Draft
from serai.core.season.lagrange import tighten
from serai.core.season.model import ContradictionError, Effort, NotFoundError, Plan, Progress, Season
from serai.core.season.months import Slotted, alternatives, open_months, slotted
from serai.core.season.prepare import Floats
from serai.core.season.result import plan_of
from serai.core.season.search import Search
from serai.core.stoppable import never

NEAR = (1e-4, -1e-4, 1e-3, -1e-3)
"""Shares by which the best prices are moved to see more choices near the best one."""

MONTH_FLOWS = 12
"""Flows for one choice of months."""

LEAST_SHARE = 0.02
"""The search for months ends when not even this share of the hosts can change together."""


def _relax(search: Search) -> None:
    """Prices of the limits, and drafts of the choices nearest to them."""
    effort, relaxation = search.effort, search.relaxation
    tighten(
        relaxation,
        search.start,
        search.radius,
        flows=max(1, effort.flows // 3 if search.calendars else effort.flows),
        tolerance=effort.gap / 4,
        stop=search.stopping,
        heard=search.heard,
    )
    for cut in search.near(relaxation, 2):
        search.draw_cut(cut)
        if search.finished():
            return
    if search.calendars or not len(search.limits):
        return
    for share in NEAR:
        search.draw_cut(relaxation.evaluate(search.certificate.prices * (1 + share), tolerance=effort.gap / 4))
        if search.finished():
            return


def _choose_months(search: Search) -> None:
    """Chooses months, plans again with them, and changes the months of some hosts, while flows last.

    A change of months that brings no better plan is taken back, and fewer hosts change at once.
    """
    empty = Draft(search.ground, search.limits, search.options)
    gain = search.gains(search.certificate.threshold)
    opened = best = open_months(search.options, gain, empty, before=None, share=1.0)
    share, reached = 1.0, -np.inf
    while not search.finished() and share > LEAST_SHARE:
        chosen = slotted(search.ground, search.relaxation, opened, empty, search.certificate.shares)
        value = _plan_months(search, chosen)
        if value > reached:
            best, reached, gain = opened, value, _gains_again(search, chosen)
        else:
            share /= 2
        opened = open_months(search.options, gain, empty, before=best, share=share)


def _plan_months(search: Search, chosen: Slotted) -> float:
    """Makes a draft of the season with its months chosen; its points."""
    inner = chosen.relaxation
    tighten(
        inner,
        search.certificate.prices,
        search.radius * 0.3,
        flows=MONTH_FLOWS,
        tolerance=max(search.effort.gap, 1e-5),
        stop=search.stopping,
        heard=search.heard,
    )
    search.month_flows += inner.flows
    cut = search.near(inner, 1)[0]
    options = chosen.origin[cut.chosen]
    months = chosen.month[inner.options.place[cut.chosen]]
    return search.draw(options, dict(zip(options.tolist(), months.tolist(), strict=True)))


def _gains_again(search: Search, chosen: Slotted) -> Floats:
    """What each option would gain now: for those held, over what their city would get instead."""
    inner = chosen.relaxation
    assert inner.best is not None
    gain = search.gains(inner.best.threshold)
    cut = search.near(inner, 1)[0]
    instead = alternatives(inner.net, inner.options, inner.best.surplus, cut.chosen)
    origin = chosen.origin[cut.chosen]
    gain[origin] = search.gains(np.zeros(len(search.ground.needs.city)))[origin] - instead
    return gain


def plan_season(
    season: Season,
    *,
    effort: Effort | None = None,
    stop: Callable[[], bool] = never,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Plan:
    """The best plan found with this effort, with a bound that no plan exceeds.

    stop: asked between steps; True ends the search with what it has, and the plan says so. One flow is a step, and
    the mixed integer programme of a small season is cut into steps (`core.stoppable`). Raises
    ContradictionError when no plan keeps all limits, NotFoundError when none was found that keeps the quotas
    of "at least" and none was proven impossible.
    """
    effort = effort or Effort()
    search = Search(season, effort, stop, progress)
    _relax(search)
    small = len(season.cities) < effort.exact_below
    if small and not search.closed():
        search.prove(months=False)
    if search.calendars:
        _choose_months(search)
    if small and (search.calendars or len(search.ground.barred)) and not search.closed():
        search.prove(months=True)
    if search.best is None:
        found = contradictions(season, stop=stop)
        if found is not None:
            raise ContradictionError(found.limits, smallest=found.smallest)
        raise NotFoundError("No plan was found that keeps every quota of at least. More effort may find one.")
    best = search.certificate
    return plan_of(
        search.ground,
        search.limits,
        search.best,
        kept=search.kept,
        bound=search.bound,
        prices=best.prices,
        place_price=np.asarray(best.place_price),
        scope="every compatible pair" if effort.partners is None else "the shortlist",
        flows=search.flows,
        stopped=search.stopped,
    )
