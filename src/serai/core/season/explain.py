"""Why this visit, why not that one, and what one more of each limit would bring: reasons that can be said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from serai.core.season.city import City
from serai.core.season.model import BadSeasonError, Effort, Plan, PlannedVisit, Season, Visit
from serai.core.season.pair import (
    best_offer,
    context_likeness,
    distance_km,
    language_fit,
    pair_reasons,
    why_not,
)
from serai.core.season.plan import plan_season
from serai.core.season.reasons import Reason

MONEY_STEP = 1000
"""Shadow prices of money are told for this amount."""


def _cities(season: Season, *ids: str) -> list[City]:
    known = {city.id: city for city in season.cities}
    for one in ids:
        if one not in known:
            raise BadSeasonError(f"{one} is not a city of the season.")
    return [known[one] for one in ids]


def why_this(season: Season, plan: Plan, visit: Visit) -> tuple[Reason, ...]:
    """Why a visit is in the plan: what it teaches, what it is rewarded for, and how the two cities fit.

    Raises BadSeasonError when it is not in the plan.
    """
    planned = next((one for one in plan.visits if one.visit == visit), None)
    if planned is None:
        raise BadSeasonError("This visit is not in the plan.")
    guest, host = _cities(season, visit.guest_id, visit.host_id)
    asking = replace(guest, needs=(guest.needs[visit.need],))
    found = [Reason(code="learning", values=(("points", round(planned.learning)),), points=planned.learning)]
    if _is_first(plan, planned):
        found.append(Reason(code="first_visit", points=season.rewards.fairness))
    if planned.reciprocal:
        found.append(Reason(code="visit_back", points=season.rewards.reciprocal))
    together = next(one for one in plan.exchanges if (one.host_id, one.month) == (visit.host_id, visit.month))
    if len(together.guest_ids) > 1:
        found.append(Reason(code="together", values=(("count", len(together.guest_ids)),)))
    return (*found, *pair_reasons(asking, host, season.weights))


def _is_first(plan: Plan, planned: PlannedVisit) -> bool:
    """Whether it is the guest's earliest visit of the season."""
    months = [one.visit.month for one in plan.visits if one.visit.guest_id == planned.visit.guest_id]
    return planned.visit.month == min(months)


def why_not_that(season: Season, plan: Plan, guest_id: str, host_id: str) -> tuple[Reason, ...]:
    """Why a guest does not visit a host: a hard limit, a limit that is reached, or better uses elsewhere.

    The last is told by the prices of the plan, which belong to the model without months; `forced` gives the
    exact answer by planning again.
    """
    guest, host = _cities(season, guest_id, host_id)
    if any((one.visit.guest_id, one.visit.host_id) == (guest_id, host_id) for one in plan.visits):
        return (Reason(code="in_plan"),)
    hosting = season.hosting_of(host)
    barred = [reason for reason in why_not(guest, host, weights=season.weights) if reason.code != "barred_months"]
    if not season.guest_months(guest) & season.host_months(host):
        barred.append(Reason(code="barred_months"))
    if not hosting.exchanges or not hosting.guests:
        barred.append(Reason(code="no_host"))
    if not season.visits_by(guest):
        barred.append(Reason(code="no_visits"))
    needs = [need for need in guest.needs if best_offer(need, host.offers, season.weights)[0] > 0]
    if season.funders and not any(one.pays(guest, need.theme) for one in season.funders for need in needs):
        barred.append(Reason(code="no_payer"))
    return tuple(barred) or _crowded_out(season, plan, guest, host)


def _crowded_out(season: Season, plan: Plan, guest: City, host: City) -> tuple[Reason, ...]:
    """Reasons for a pair that no hard limit bars."""
    found = []
    hosting = season.hosting_of(host)
    mine = [one for one in plan.visits if one.visit.guest_id == guest.id]
    served = {one.visit.need for one in mine}
    taught = {number for number, need in enumerate(guest.needs) if best_offer(need, host.offers, season.weights)[0] > 0}
    if taught <= served:
        found.append(Reason(code="need_served"))
    if len(mine) >= season.visits_by(guest):
        found.append(Reason(code="guest_served"))
    there = Counter(one.visit.month for one in plan.visits if one.visit.host_id == host.id)
    open_months = {month for month, count in there.items() if count < hosting.guests}
    free = (season.guest_months(guest) & season.host_months(host)) - {one.visit.month for one in mine}
    if sum(there.values()) >= hosting.exchanges * hosting.guests:
        found.append(Reason(code="host_full"))
    elif not free & open_months and (len(there) >= hosting.exchanges or not free - set(there)):
        found.append(Reason(code="months_taken"))
    price = plan.host_prices.get(host.id, 0.0)
    if price >= 0.5:
        found.append(Reason(code="host_wanted", values=(("points", round(price)),), points=price))
    money = sum(one.points for one in plan.prices if one.limit == "the whole budget")
    if money > 0:
        cost = visit_cost(season, guest, host)
        values = (("cost", round(cost)), ("points", round(cost * money)))
        found.append(Reason(code="too_dear", values=values, points=cost * money))
    learning = round(max(_learning(season, guest, host, number) for number in taught))
    return (*found, Reason(code="small_gain", values=(("points", learning),), points=float(learning)))


def visit_cost(season: Season, guest: City, host: City) -> float:
    """What a visit of this guest to this host costs, in money."""
    known = season.costs.known.get((guest.id, host.id))
    if known is not None:
        return known
    km = distance_km(guest, host)
    return season.costs.visit + season.costs.per_km * (season.costs.unknown_km if km is None else km)


def _learning(season: Season, guest: City, host: City, number: int) -> float:
    """Points of learning of a visit for one need, 0 to 100 (docs/measures/season.md)."""
    need, rewards = guest.needs[number], season.rewards
    share = need.urgency / max(one.urgency for one in guest.needs)
    quality = 1.0 - rewards.language_loss * (1 - (language_fit(guest, host) or 0.0))
    quality -= rewards.context_loss * (1 - context_likeness(guest, host))
    return 100.0 * share * best_offer(need, host.offers, season.weights)[0] * quality


@dataclass(frozen=True, kw_only=True)
class Forced:
    """The plan with one more visit that must be. lost: points less than the plan before, at least `sure`."""

    plan: Plan
    lost: float
    sure: float


def forced(season: Season, plan: Plan, visit: Visit, *, effort: Effort | None = None) -> Forced:
    """What it would cost the network to insist on a visit: planned again with the visit kept.

    Raises ContradictionError when the limits do not allow it at all.
    """
    again = plan_season(replace(season, kept=(*season.kept, visit)), effort=effort)
    return Forced(plan=again, lost=plan.value - again.value, sure=max(0.0, plan.value - again.bound))


def shadow_prices(season: Season, plan: Plan, *, count: int = 5) -> tuple[Reason, ...]:
    """What one more of each limit would bring at most, dearest hosts last; limits that are free are left out.

    The prices are those that prove the bound: of the model in which months do not bind.
    """
    names = {city.id: city.name for city in season.cities}
    found = []
    for price in plan.prices:
        points = price.points * (MONEY_STEP if price.unit == "money" else 1)
        if round(points) > 0:
            code = "price_money" if price.unit == "money" else "price_visit"
            values = (("limit", price.limit), ("points", round(points)))
            found.append(Reason(code=code, values=values, points=points))
    dearest = sorted(plan.host_prices.items(), key=lambda item: (-item[1], names[item[0]]))[:count]
    for host, points in dearest:
        if round(points) > 0:
            values = (("city", names[host]), ("points", round(points)))
            found.append(Reason(code="price_host", values=values, points=points))
    return tuple(found)
