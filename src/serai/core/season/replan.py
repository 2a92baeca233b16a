"""After a cancellation: a new plan that changes as little as possible, and who must be told what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from serai.core.season.exact import Programme
from serai.core.season.ground import ground
from serai.core.season.limits import kept_terms, limits
from serai.core.season.model import ContradictionError, Effort, Plan, Season, Visit
from serai.core.season.pair import best_offer, language_fit
from serai.core.season.plan import plan_season
from serai.core.season.reasons import Reason
from serai.core.season.result import broken_by_kept
from serai.core.stoppable import Stop, never


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A visit of the old plan that cannot stay, and why."""

    visit: Visit
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Replan:
    """The new plan beside the old one. told: ids of the cities for which something changes."""

    plan: Plan
    kept: tuple[Visit, ...]
    dropped: tuple[Dropped, ...]
    added: tuple[Visit, ...]
    told: tuple[str, ...]


def impossible(season: Season, visit: Visit) -> str | None:
    """The code of the reason why this visit alone cannot be in the season; None when it can."""
    cities = {city.id: city for city in season.cities}
    guest, host = cities.get(visit.guest_id), cities.get(visit.host_id)
    if guest is None or host is None or not 0 <= visit.need < len(guest.needs):
        return "gone"
    need, hosting = guest.needs[visit.need], season.hosting_of(host)
    checks = (
        (season.visits_by(guest) > 0, "no_visits"),
        (hosting.exchanges > 0 and hosting.guests > 0, "no_host"),
        (host.id not in guest.not_with and guest.id not in host.not_with, "barred_not_with"),
        (language_fit(guest, host) is not None, "barred_language"),
        (visit.month in season.guest_months(guest) & season.host_months(host), "month_gone"),
        (best_offer(need, host.offers, season.weights)[0] > 0, "barred_nothing"),
        (not season.funders or any(one.pays(guest, need.theme) for one in season.funders), "no_payer"),
    )
    return next((code for holds, code in checks if not holds), None)


def _fitting(season: Season, visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
    """The most of these visits that keep all limits together; of those, the ones worth most by their urgency."""
    try:
        trial = ground(replace(season, kept=visits))
        broken_by_kept(trial, limits(trial))
    except ContradictionError:
        pass
    else:
        return visits
    land = ground(replace(season, kept=visits))
    rows = limits(ground(replace(season, kept=())))
    need, host, cost = kept_terms(land)
    programme = Programme()
    share = land.needs.share[need]
    every = programme.add_columns(1.0 + 0.5 * share / max(1e-9, float(share.sum())), whole=True)
    guest = land.needs.city[need]
    month = np.array([visit.month for visit in visits], dtype=np.int64)
    every_guest = np.array([season.visits_by(city) for city in land.cities], dtype=np.int64)
    programme.add_rows([(every, guest, 1.0)], every_guest)
    away, at = np.unique(guest * 13 + month, return_inverse=True)
    programme.add_rows([(every, at, 1.0)], np.ones(len(away)))
    slot, at = np.unique(host * 13 + month, return_inverse=True)
    room = np.array([season.hosting_of(land.cities[int(one) // 13]).guests for one in slot], dtype=np.float64)
    opened = programme.add_columns(np.zeros(len(slot)), whole=True)
    programme.add_rows([(every, at, 1.0), (opened, np.arange(len(slot)), -room)], np.zeros(len(slot)))
    most = np.array([season.hosting_of(city).exchanges for city in land.cities], dtype=np.int64)
    programme.add_rows([(opened, slot // 13, 1.0)], most)
    for row in np.flatnonzero(rows.sign > 0):
        taken = np.where(rows.money[row], cost, 1.0) * rows.need_members[row][need]
        taken = taken + rows.host_members[row][host]
        programme.add_rows([(every, np.zeros(len(every), np.int64), taken)], rows.amount[row : row + 1])
    found = programme.best(gap=0.0, nodes=100_000)
    assert found is not None
    return tuple(visit for visit, stays in zip(visits, found[0][every] > 0.5, strict=True) if stays)


def replan(
    season: Season,
    before: Plan,
    *,
    effort: Effort | None = None,
    stop: Stop = never,
) -> Replan:
    """A plan for the season as it is now, as near to the plan before as the limits allow.

    Every visit that can stay stays, in its month; where the limits no longer hold all of them, the fewest go.
    Only cities that lost a visit get new ones, as many as they lost; nobody else is moved. So no dropped visit
    could be put back alone. `stop` is asked while the new visits are planned, not while it is found out which stay.
    Raises as `plan_season`.
    """
    planned = tuple(one.visit for one in before.visits)
    why = {visit: impossible(season, visit) for visit in planned}
    possible = tuple(visit for visit in planned if why[visit] is None)
    kept = _fitting(season, possible)
    staying = set(kept)
    dropped = tuple(
        Dropped(visit=visit, reason=Reason(code=why[visit] or "no_room")) for visit in planned if visit not in staying
    )
    lost = Counter(one.visit.guest_id for one in dropped)
    made = Counter(visit.guest_id for visit in kept)
    allowed = {city.id: min(season.visits_by(city), made[city.id] + lost[city.id]) for city in season.cities}
    plan = plan_season(replace(season, kept=kept, visits_of=allowed), effort=effort, stop=stop)
    added = tuple(one.visit for one in plan.visits if one.visit not in staying)
    changed = [*(one.visit for one in dropped), *added]
    told = sorted({city for visit in changed for city in (visit.guest_id, visit.host_id)})
    return Replan(plan=plan, kept=kept, dropped=dropped, added=added, told=tuple(told))
