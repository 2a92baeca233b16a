"""Checks a season plan from the season alone: own arithmetic, one limit after the other, nothing of the solver."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from serai.core.season.city import City, Evidence
from serai.core.season.model import Plan, Season, Visit

ALL = set(range(1, 13))


def strength(season: Season, guest: City, host: City, number: int) -> float:
    need, best = guest.needs[number], 0.0
    for offer in host.offers:
        if offer.theme != need.theme or offer.evidence is Evidence.EX or offer.capacity == 0:
            continue
        reached = 1.0
        if need.target_groups and offer.target_groups:
            reached = 0.5 + 0.5 * len(need.target_groups & offer.target_groups) / len(need.target_groups)
        best = max(best, season.weights.evidence[int(offer.evidence)] * reached)
    return best


def kilometres(one: City, two: City) -> float | None:
    if one.latitude is None or two.latitude is None or one.longitude is None or two.longitude is None:
        return None
    a, b = math.radians(one.latitude), math.radians(two.latitude)
    turn = math.radians(two.longitude - one.longitude)
    x = math.cos(b) * math.sin(turn)
    y = math.cos(a) * math.sin(b) - math.sin(a) * math.cos(b) * math.cos(turn)
    z = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return 6371.0088 * math.atan2(math.hypot(x, y), z)


def cost(season: Season, guest: City, host: City) -> float:
    if (guest.id, host.id) in season.costs.known:
        return season.costs.known[guest.id, host.id]
    km = kilometres(guest, host)
    return season.costs.visit + season.costs.per_km * (season.costs.unknown_km if km is None else km)


def language(guest: City, host: City) -> float | None:
    if not guest.languages or not host.languages:
        return 0.0
    if guest.languages & host.languages:
        return 1.0
    bridged = guest.interpreted & host.languages or host.interpreted & guest.languages
    return 0.5 if bridged else None


def likeness(guest: City, host: City) -> float:
    known = []
    if guest.context and host.context:
        known.append(len(guest.context & host.context) / len(guest.context | host.context))
    if guest.population and host.population:
        apart = abs(math.log(guest.population) - math.log(host.population))
        known.append(max(0.0, 1 - apart / math.log(100)))
    return sum(known) / len(known) if known else 0.0


def learning(season: Season, guest: City, host: City, number: int) -> float:
    share = guest.needs[number].urgency / max(need.urgency for need in guest.needs)
    quality = 1 - season.rewards.language_loss * (1 - (language(guest, host) or 0.0))
    quality -= season.rewards.context_loss * (1 - likeness(guest, host))
    return 100 * share * strength(season, guest, host, number) * quality


def met(one: City, two: City) -> bool:
    return two.id in one.met_before or one.id in two.met_before


def value(season: Season, visits: Iterable[Visit]) -> float:
    """Points of a set of visits, rewards included."""
    listed, rewards = list(visits), season.rewards
    cities = {city.id: city for city in season.cities}
    met_any = {city.id for city in season.cities if city.met_before & set(cities)}
    met_any |= {other for city in season.cities for other in city.met_before} | {
        city.id for city in season.cities if city.met_before
    }
    total = 0.0
    for visit in listed:
        guest, host = cities[visit.guest_id], cities[visit.host_id]
        total += learning(season, guest, host, visit.need)
        total += 0.0 if met(guest, host) else rewards.first_meeting
    for name in {visit.guest_id for visit in listed}:
        total += rewards.fairness + (0.0 if name in met_any else rewards.newcomer)
    pairs = {(visit.guest_id, visit.host_id) for visit in listed}
    return total + rewards.reciprocal * sum((host, guest) in pairs for guest, host in pairs) / 2


def _alone(season: Season, visit: Visit) -> list[str]:
    """What is wrong with one visit, seen alone."""
    cities = {city.id: city for city in season.cities}
    guest, host = cities[visit.guest_id], cities[visit.host_id]
    hosting = season.hosting_of(host)
    host_months = set(hosting.months) or set(host.months) or ALL
    wrong = []
    if guest.id == host.id:
        wrong.append("visits itself")
    if strength(season, guest, host, visit.need) <= 0:
        wrong.append("nothing to show")
    if language(guest, host) is None:
        wrong.append("no language")
    if host.id in guest.not_with or guest.id in host.not_with:
        wrong.append("not with")
    if visit.month not in (set(guest.months) or ALL) & host_months & set(season.months):
        wrong.append("month")
    theme = guest.needs[visit.need].theme
    if season.funders and not any(funder.pays(guest, theme) for funder in season.funders):
        wrong.append("nobody pays")
    return [f"{visit}: {one}" for one in wrong]


def broken(season: Season, visits: Iterable[Visit], *, quotas: bool = True) -> list[str]:
    """Every limit that a set of visits breaks, without the funders' shares (see `paid`)."""
    listed = list(visits)
    cities = {city.id: city for city in season.cities}
    wrong = [one for visit in listed for one in _alone(season, visit)]
    wrong += _counts(season, listed, cities)
    spent = [(visit, cost(season, cities[visit.guest_id], cities[visit.host_id])) for visit in listed]
    if season.budget is not None and sum(one for _, one in spent) > season.budget + 1e-4:
        wrong.append("budget")
    for hub, budget in season.hub_budgets.items():
        if sum(one for visit, one in spent if cities[visit.guest_id].hub == hub) > budget + 1e-4:
            wrong.append(f"hub {hub}")
    for subset in range(1, 1 << len(season.funders)):
        chosen = [funder for bit, funder in enumerate(season.funders) if subset >> bit & 1]
        others = [funder for funder in season.funders if funder not in chosen]
        due = 0.0
        for visit, one in spent:
            guest = cities[visit.guest_id]
            theme = guest.needs[visit.need].theme
            if not any(funder.pays(guest, theme) for funder in others):
                due += one
        if due > sum(funder.budget for funder in chosen) + 1e-4:
            wrong.append("funders " + " ".join(funder.name for funder in chosen))
    for quota in season.quotas if quotas else ():
        ids = {name for name, city in cities.items() if getattr(city, quota.by) == quota.key}
        side = [visit.guest_id if quota.side == "guest" else visit.host_id for visit in listed]
        count = sum(one in ids for one in side)
        if count < quota.least or (quota.most is not None and count > quota.most):
            wrong.append(f"{quota}")
    return wrong


def _counts(season: Season, listed: list[Visit], cities: dict[str, City]) -> list[str]:
    """Limits on how often: visits, needs, pairs, months; and those of the hosts."""
    wrong = []
    for name, count in Counter(visit.guest_id for visit in listed).items():
        if count > season.visits_of.get(name, season.visits):
            wrong.append(f"visits of {name}")
    for what, keys in (
        ("need", [(visit.guest_id, visit.need) for visit in listed]),
        ("pair", [(visit.guest_id, visit.host_id) for visit in listed]),
        ("away", [(visit.guest_id, visit.month) for visit in listed]),
    ):
        wrong += [f"{what} {key}" for key, count in Counter(keys).items() if count > 1]
    return wrong + _hosts(season, listed, cities)


def _hosts(season: Season, listed: list[Visit], cities: dict[str, City]) -> list[str]:
    """Limits of the hosts: exchanges, guests, who may be together, room of the offers."""
    wrong = []
    exchanges: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for visit in listed:
        exchanges[visit.host_id][visit.month].append(visit.guest_id)
    for name, months in exchanges.items():
        hosting = season.hosting_of(cities[name])
        if len(months) > hosting.exchanges:
            wrong.append(f"exchanges of {name}")
        for guests in months.values():
            if len(guests) > hosting.guests:
                wrong.append(f"guests of {name}")
            wrong += [f"together {a} {b}" for a in guests for b in guests if b in cities[a].not_with]
    taught = Counter((visit.host_id, cities[visit.guest_id].needs[visit.need].theme) for visit in listed)
    for (name, theme), count in taught.items():
        room = [
            one.capacity
            for one in cities[name].offers
            if one.theme == theme and one.evidence is not Evidence.EX and one.capacity != 0
        ]
        if None not in room and count > sum(one or 0 for one in room):
            wrong.append(f"offer {name} {theme}")
    return wrong


def paid(season: Season, plan: Plan) -> list[str]:
    """What is wrong with who pays what."""
    cities, wrong = {city.id: city for city in season.cities}, []
    total: Counter[str] = Counter()
    for one in plan.visits:
        guest = cities[one.visit.guest_id]
        theme = guest.needs[one.visit.need].theme
        for name, amount in one.paid:
            total[name] += amount  # type: ignore[assignment]
            funder = next(funder for funder in season.funders if funder.name == name)
            if not funder.pays(guest, theme) or amount <= 0:
                wrong.append(f"{name} pays for {one.visit}")
        if season.funders and abs(sum(amount for _, amount in one.paid) - one.cost) > 1e-4:
            wrong.append(f"{one.visit} is not paid")
    wrong += [one.name for one in season.funders if total[one.name] > one.budget + 1e-3]
    return wrong


def check(season: Season, plan: Plan) -> list[str]:
    """Everything that is wrong with a plan, [] when nothing is."""
    visits = [one.visit for one in plan.visits]
    cities = {city.id: city for city in season.cities}
    wrong = broken(season, visits) + paid(season, plan)
    if abs(value(season, visits) - plan.value) > 1e-6 * max(1.0, plan.value):
        wrong.append(f"value {plan.value} is {value(season, visits)}")
    if plan.bound < plan.value - 1e-9 * max(1.0, plan.value):
        wrong.append("bound below value")
    for one in plan.visits:
        guest, host = cities[one.visit.guest_id], cities[one.visit.host_id]
        if abs(cost(season, guest, host) - one.cost) > 1e-6 * max(1.0, one.cost):
            wrong.append(f"cost of {one.visit}")
        if abs(learning(season, guest, host, one.visit.need) - one.learning) > 1e-6:
            wrong.append(f"learning of {one.visit}")
    if not set(season.kept) <= set(visits):
        wrong.append("a kept visit is gone")
    listed = sorted((one.host_id, one.month, name) for one in plan.exchanges for name in one.guest_ids)
    if listed != sorted((one.host_id, one.month, one.guest_id) for one in visits):
        wrong.append("exchanges and visits differ")
    return wrong
