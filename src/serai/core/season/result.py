"""From a draft to the plan that is handed out: who pays what, rewards, exchanges, prices in the limits' words."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
from scipy.optimize import linprog

from serai.core.season.draft import Draft
from serai.core.season.ground import Ground
from serai.core.season.limits import Limits, kept_terms
from serai.core.season.model import (
    ContradictionError,
    Exchange,
    Plan,
    PlannedVisit,
    Price,
    Scope,
    Visit,
)
from serai.core.season.options import visit_costs, visit_values
from serai.core.season.pair import best_offer
from serai.core.season.prepare import Floats, Ints


def broken_by_kept(ground: Ground, limits: Limits) -> None:
    """Raises ContradictionError when the visits that stand already break a limit."""
    broken = [
        name
        for name, sign, amount in zip(limits.names, limits.sign, limits.amount, strict=True)
        if sign > 0 and amount < -1e-6
    ]
    need, _, _ = kept_terms(ground)
    if ground.season.funders and np.any(ground.needs.payers[need] == 0):
        broken.append("no funder may pay for it")
    broken += _broken_calendars(ground)
    if broken:
        raise ContradictionError((*dict.fromkeys(broken), "the visits that stand already"))


def _broken_calendars(ground: Ground) -> list[str]:
    """Capacities of guests and hosts that the kept visits exceed."""
    season, broken = ground.season, []
    made = Counter(visit.guest_id for visit in season.kept)
    away = Counter((visit.guest_id, visit.month) for visit in season.kept)
    held = Counter((visit.host_id, visit.month) for visit in season.kept)
    exchanges = Counter(host for host, _ in held)
    for city in ground.cities:
        hosting = season.hosting_of(city)
        if made[city.id] > season.visits_by(city):
            broken.append(f"the visits of {city.name}")
        if exchanges[city.id] > hosting.exchanges:
            broken.append(f"the exchanges that {city.name} can host")
    for (name, _), guests in held.items():
        city = ground.cities[ground.index[name]]
        if guests > season.hosting_of(city).guests:
            broken.append(f"the guests that {city.name} can take")
    for (name, _), count in away.items():
        if count > 1:
            broken.append(f"one visit a month for {ground.cities[ground.index[name]].name}")
    return broken


def strengths(ground: Ground, need: Ints, host: Ints) -> Floats:
    """What each host's best offer gives to each need, 0 to 1 (`pair.strength`)."""
    cities, table = ground.cities, ground.needs
    return np.array(
        [
            best_offer(
                cities[int(table.city[one])].needs[int(table.number[one])],
                cities[int(at)].offers,
                ground.season.weights,
            )[0]
            for one, at in zip(need, host, strict=True)
        ],
        dtype=np.float64,
    )


def kept_points(ground: Ground) -> float:
    """Points that the kept visits bring by themselves."""
    season, rewards = ground.season, ground.season.rewards
    need, host, _ = kept_terms(ground)
    value, new = visit_values(ground, need, host, strengths(ground, need, host))
    pairs = {(visit.guest_id, visit.host_id) for visit in season.kept}
    mutual = sum((host_id, guest_id) in pairs for guest_id, host_id in pairs) / 2
    firsts = 0.0
    for name in sorted({visit.guest_id for visit in season.kept}):
        city = ground.cities[ground.index[name]]
        newcomer = not city.met_before and not len(_met_rows(ground, ground.index[name]))
        firsts += rewards.fairness + (rewards.newcomer if newcomer else 0.0)
    return float(value.sum()) + rewards.first_meeting * float(new.sum()) + rewards.reciprocal * mutual + firsts


def _met_rows(ground: Ground, city: int) -> Ints:
    """Codes of the pairs in which a city met another before."""
    n = len(ground.cities)
    low, high = np.searchsorted(ground.met, [city * n, (city + 1) * n])
    return ground.met[low:high]


def shares_of_payers(ground: Ground, need: Ints, cost: Floats) -> list[tuple[tuple[str, float], ...]]:
    """Who pays what for each visit, so that no funder pays more than it has; () without funders.

    A transport problem between sets of payers and funders, solved once, then dealt out visit by visit.
    """
    funders = ground.season.funders
    if not funders or not len(need):
        return [() for _ in need]
    payers = ground.needs.payers[need]
    kinds = [int(kind) for kind in np.unique(payers)]
    total = np.array([cost[payers == kind].sum() for kind in kinds])
    cells = [(row, bit) for row, kind in enumerate(kinds) for bit in range(len(funders)) if kind >> bit & 1]
    each = np.array([[row == one for row, _ in cells] for one in range(len(kinds))], dtype=np.float64)
    by = np.array([[bit == one for _, bit in cells] for one in range(len(funders))], dtype=np.float64)
    budgets = np.array([funder.budget for funder in funders]) + 1e-6
    found = linprog(np.zeros(len(cells)), A_ub=by, b_ub=budgets, A_eq=each, b_eq=total, method="highs")
    if found.status != 0:
        raise ArithmeticError("The funders cannot pay for this plan.")
    left = {cell: float(amount) for cell, amount in zip(cells, found.x, strict=True)}
    dealt = []
    for kind, price in zip(payers, cost, strict=True):
        row, due, parts = kinds.index(int(kind)), float(price), []
        options = [bit for at, bit in cells if at == row]
        for bit in options:
            part = min(due, left[row, bit]) if bit != options[-1] else due
            if part > 1e-9:
                left[row, bit] -= part
                due -= part
                parts.append((funders[bit].name, part))
        dealt.append(tuple(parts))
    return dealt


def _rows(ground: Ground, draft: Draft) -> list[tuple[int, int, int, bool]]:
    """(need, host, month, kept) of every visit, by guest, month and host."""
    need, host, _ = kept_terms(ground)
    rows = [
        (int(one), int(at), visit.month, True) for one, at, visit in zip(need, host, ground.season.kept, strict=True)
    ]
    rows += [(number, placed.host, placed.month, False) for number, placed in draft.placed.items()]
    return sorted(rows, key=lambda row: (int(ground.needs.city[row[0]]), row[2], row[1]))


def _also(ground: Ground, need: int, host: int) -> tuple[int, ...]:
    """The guest's other needs for which the host has something to show."""
    guest = ground.cities[int(ground.needs.city[need])]
    own, offers = int(ground.needs.number[need]), ground.cities[host].offers
    themes = {offer.theme for offer in offers}
    return tuple(
        number
        for number, other in enumerate(guest.needs)
        if number != own and other.theme in themes and best_offer(other, offers, ground.season.weights)[0] > 0
    )


def _visits(ground: Ground, draft: Draft) -> tuple[PlannedVisit, ...]:
    rows = _rows(ground, draft)
    need = np.array([row[0] for row in rows], dtype=np.int64)
    host = np.array([row[1] for row in rows], dtype=np.int64)
    cost = visit_costs(ground, ground.needs.city[need], host)
    value, new = visit_values(ground, need, host, strengths(ground, need, host))
    paid = shares_of_payers(ground, need, cost)
    return tuple(
        PlannedVisit(
            visit=Visit(
                guest_id=ground.cities[int(ground.needs.city[one])].id,
                host_id=ground.cities[at].id,
                need=int(ground.needs.number[one]),
                month=month,
            ),
            learning=float(value[row]),
            cost=float(cost[row]),
            paid=paid[row],
            reciprocal=(at, int(ground.needs.city[one])) in draft.met,
            first_meeting=bool(new[row]),
            also=_also(ground, one, at),
            kept=kept,
        )
        for row, (one, at, month, kept) in enumerate(rows)
    )


def _exchanges(visits: tuple[PlannedVisit, ...]) -> tuple[Exchange, ...]:
    guests: dict[tuple[int, str], list[str]] = defaultdict(list)
    for one in visits:
        guests[one.visit.month, one.visit.host_id].append(one.visit.guest_id)
    return tuple(
        Exchange(host_id=host, month=month, guest_ids=tuple(guests[month, host])) for month, host in sorted(guests)
    )


def plan_of(
    ground: Ground,
    limits: Limits,
    draft: Draft,
    *,
    kept: float,
    bound: float,
    prices: Floats,
    place_price: Floats,
    scope: Scope,
    flows: int,
    stopped: bool,
) -> Plan:
    """The plan of a draft. kept: points of the kept visits; bound: without them."""
    visits = _visits(ground, draft)
    value = draft.value() + kept
    top = max(bound + kept, value)
    return Plan(
        visits=visits,
        exchanges=_exchanges(visits),
        value=value,
        learning=sum(one.learning for one in visits),
        cost=sum(one.cost for one in visits),
        bound=top,
        gap=(top - value) / top if top > 0 else 0.0,
        scope=scope,
        flows=flows,
        stopped=stopped,
        prices=tuple(
            Price(limit=name, unit="money" if money else "visit", points=float(price))
            for name, money, price in zip(limits.names, limits.money, prices, strict=True)
        ),
        host_prices={
            city.id: float(price) for city, price in zip(ground.cities, place_price, strict=True) if price > 0
        },
    )
