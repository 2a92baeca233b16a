"""Which limits contradict: every choice of visits is tried by hand, and no fewer limits than the named ones do."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core.season.checker import broken, check, cost
from core.season.seasons import THEMES, illustrative, season, seasons
from serai.core.season import contradiction
from serai.core.season.city import City, NeedTerm, OfferTerm
from serai.core.season.contradiction import MONTHS, PLACES, VISITS, Contradiction, contradictions
from serai.core.season.model import ContradictionError, Costs, Effort, Hosting, Quota, Season, Visit
from serai.core.season.plan import plan_season

QUICK = Effort(flows=30)


@settings(max_examples=6, deadline=None)
@given(seasons(3, 7), st.integers(1, 6))
def test_a_season_has_a_plan_or_a_contradiction(given_season: Season, least: int) -> None:
    quota = Quota(side="guest", by="country", key="AL", least=least)
    asked = replace(given_season, quotas=(*given_season.quotas, quota))
    found = contradictions(asked)
    if found is None:
        assert check(asked, plan_season(asked, effort=QUICK)) == []
        return
    assert f"at least {least} visits by cities of AL" in found.limits
    with pytest.raises(ContradictionError) as caught:
        plan_season(asked, effort=QUICK)
    assert (caught.value.limits, caught.value.smallest) == (found.limits, found.smallest)


def tight(draw: random.Random) -> Season:
    """Four cities of one need and one offer each, and many limits that may well contradict each other."""
    ids = ("a", "b", "c", "d")
    return Season(
        cities=tuple(
            City(
                id=one,
                name=one,
                country=draw.choice(("AL", "MK")),
                hub=draw.choice(("north", "south")),
                needs=(NeedTerm(theme=draw.choice(THEMES[:2])),),
                offers=(OfferTerm(theme=draw.choice(THEMES[:2]), capacity=draw.choice((None, 1))),),
                months=frozenset(draw.sample((1, 2), draw.randint(1, 2))),
                not_with=frozenset(set(draw.sample(ids, 1)) - {one}) if draw.random() < 0.3 else frozenset(),
            )
            for one in ids
        ),
        months=frozenset({1, 2}),
        visits=draw.choice((0, 1, 1, 1)),
        host=Hosting(exchanges=draw.choice((0, 1, 1, 1)), guests=draw.randint(1, 2)),
        costs=Costs(visit=300.0),
        budget=draw.choice((None, 600.0, 1200.0)),
        hub_budgets=draw.choice(({}, {"north": 600.0}, {"north": 600.0, "south": 600.0})),
        quotas=(
            Quota(side="guest", by="country", key="AL", least=draw.randint(0, 2), most=draw.choice((None, 0, 1))),
            Quota(side="guest", by="country", key="MK", least=draw.randint(0, 2)),
            Quota(side="host", by="hub", key="north", least=draw.randint(0, 2)),
        ),
    )


def unlimited(given_season: Season) -> Season:
    """The season with what always holds, and its calendars."""
    return replace(given_season, visits=99, budget=None, hub_budgets={}, quotas=())


def choices(given_season: Season) -> Iterator[list[Visit]]:
    """Every set of visits that keeps what always holds; months are not chosen yet."""
    free = replace(unlimited(given_season), host=Hosting(exchanges=12, guests=99))
    possible = [
        (guest.id, host.id, need)
        for guest in free.cities
        for need in range(len(guest.needs))
        for host in free.cities
        if any(not broken(free, [Visit(guest_id=guest.id, host_id=host.id, need=need, month=m)]) for m in free.months)
    ]
    assume(len(possible) <= 9)
    timeless = replace(
        free,
        months=frozenset(range(1, 13)),
        cities=tuple(replace(city, months=frozenset()) for city in given_season.cities),
    )
    lone = [
        Visit(guest_id=guest, host_id=host, need=need, month=month)
        for month, (guest, host, need) in enumerate(possible, start=1)
    ]
    for size in range(len(lone) + 1):
        for chosen in combinations(lone, size):
            if not broken(timeless, chosen):  # each in a month of its own: nobody is away or together twice
                yield list(chosen)


def breaks(given_season: Season, chosen: list[Visit]) -> frozenset[str]:
    """Names of the limits that this choice cannot keep, by counting."""
    known = {city.id: city for city in given_season.cities}
    wrong = set()
    if any(n > given_season.visits for n in Counter(visit.guest_id for visit in chosen).values()):
        wrong.add(VISITS)
    for host, count in Counter(visit.host_id for visit in chosen).items():
        hosting = given_season.hosting_of(known[host])
        if count > min(hosting.exchanges, len(given_season.host_months(known[host]))) * hosting.guests:
            wrong.add(PLACES)
    free = unlimited(given_season)
    timed = product(sorted(given_season.months), repeat=len(chosen))
    if all(
        broken(free, [replace(visit, month=month) for visit, month in zip(chosen, months, strict=True)])
        for months in timed
    ):
        wrong.add(MONTHS)
    return frozenset(wrong | unpaid(given_season, chosen) | out_of_quota(given_season, chosen))


def unpaid(given_season: Season, chosen: list[Visit]) -> set[str]:
    """Names of the budgets that these visits overdraw."""
    known = {city.id: city for city in given_season.cities}
    price = {visit: cost(given_season, known[visit.guest_id], known[visit.host_id]) for visit in chosen}
    wrong = set()
    if given_season.budget is not None and sum(price.values()) > given_season.budget:
        wrong.add("the whole budget")
    for hub, budget in given_season.hub_budgets.items():
        if sum(price[visit] for visit in chosen if known[visit.guest_id].hub == hub) > budget:
            wrong.add(f"the budget of hub {hub}")
    return wrong


def out_of_quota(given_season: Season, chosen: list[Visit]) -> set[str]:
    """Names of the quotas that these visits do not keep."""
    known = {city.id: city for city in given_season.cities}
    wrong = set()
    for quota in given_season.quotas:
        side = [visit.guest_id if quota.side == "guest" else visit.host_id for visit in chosen]
        count = sum(getattr(known[one], quota.by) == quota.key for one in side)
        to = f"visits {'by' if quota.side == 'guest' else 'to'} cities of {quota.key}"
        if count < quota.least:
            wrong.add(f"at least {quota.least} {to}")
        if quota.most is not None and count > quota.most:
            wrong.add(f"at most {quota.most} {to}")
    return wrong


@settings(max_examples=30, deadline=None)
@example(48)
@given(st.integers(0, 2**32))
def test_no_fewer_limits_contradict_than_those_named(seed: int) -> None:
    given_season = tight(random.Random(seed))
    wrong = {breaks(given_season, chosen) for chosen in choices(given_season)}
    found = contradictions(given_season)

    def contradict(limits: tuple[str, ...]) -> bool:
        return all(not one.isdisjoint(limits) for one in wrong)

    if found is None:
        assert frozenset() in wrong
        return
    assert contradict(found.limits)
    assert found.smallest
    named = sorted(frozenset().union(*wrong))
    assert not any(contradict(fewer) for fewer in combinations(named, len(found.limits) - 1))


def test_the_draw_above_holds_contradictions_of_several_sizes() -> None:
    """A test of the test."""
    drawn = [contradictions(tight(random.Random(number))) for number in range(25)]
    assert {None if one is None else len(one.limits) for one in drawn} >= {None, 1, 2}


def test_two_limits_are_found_where_sparing_one_after_the_other_would_end_with_three() -> None:
    """Money for one visit, and each country must have one: three limits. Two visits to the north: two limits."""
    host = City(id="h", name="Host", hub="north", offers=(OfferTerm(theme="youth"),))
    guests = tuple(
        City(id=name, name=name, country=name, needs=(NeedTerm(theme="youth"),)) for name in ("AL", "MK", "XK")
    )
    countries = tuple(Quota(side="guest", by="country", key=key, least=1) for key in ("AL", "MK"))
    given_season = Season(
        cities=(host, *guests),
        costs=Costs(known={(city.id, "h"): 500.0 for city in guests}),
        budget=700.0,
        quotas=countries,
    )
    named = ("the whole budget", "at least 1 visits by cities of AL", "at least 1 visits by cities of MK")
    assert contradictions(given_season) == Contradiction(limits=named, smallest=True)
    north = Quota(side="host", by="hub", key="north", least=2)
    fewer = ("the whole budget", "at least 2 visits to cities of north")
    assert contradictions(replace(given_season, quotas=(north, *countries))) == Contradiction(
        limits=fewer, smallest=True
    )


def test_a_contradiction_is_gone_when_any_limit_it_names_goes() -> None:
    given_season = replace(
        illustrative(),
        budget=500.0,
        cities=tuple(replace(city, country="AL") for city in illustrative().cities),
        quotas=(Quota(side="guest", by="country", key="AL", least=2),),
    )
    named = ("the whole budget", "at least 2 visits by cities of AL")
    assert contradictions(given_season) == Contradiction(limits=named, smallest=True)
    assert contradictions(replace(given_season, budget=800.0)) is None
    assert contradictions(replace(given_season, quotas=())) is None


def test_large_seasons_are_asked_in_fractions_and_claim_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a visit each to two hosts keeps a budget that no whole visit does."""
    given_season = replace(
        season(random.Random(4), 6),
        budget=500.0,
        funders=(),
        quotas=(Quota(side="guest", by="country", key="AL", least=6),),
    )
    whole = contradictions(given_season)
    monkeypatch.setattr(contradiction, "MOST_WHOLE", 0)
    parts = contradictions(given_season)
    assert whole is not None
    assert whole.smallest
    assert parts is None or not parts.smallest


def test_a_stopped_search_claims_nothing() -> None:
    given_season = replace(illustrative(), quotas=(Quota(side="guest", by="hub", key="", least=9),))
    assert contradictions(given_season, stop=lambda: True) is None
