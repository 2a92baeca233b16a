"""What a plan says about itself, which limits contradict, and plans after a cancellation."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.season.checker import broken, check
from core.season.seasons import illustrative, season, seasons
from serai.core.season.explain import forced, shadow_prices, why_not_that, why_this
from serai.core.season.fit import words
from serai.core.season.model import (
    BadSeasonError,
    Effort,
    Funder,
    Hosting,
    Quota,
    Season,
    Visit,
)
from serai.core.season.plan import plan_season
from serai.core.season.replan import replan

QUICK = Effort(flows=30)


def test_why_this_visit_in_words() -> None:
    given_season = illustrative()
    plan = plan_season(given_season)
    visit = next(one.visit for one in plan.visits if one.visit.guest_id == "arbreva")
    assert [words(reason) for reason in why_this(given_season, plan, visit)] == [
        "It is worth 80 of 100 points of learning.",
        "It is this city's first visit of the season.",
        "The two cities visit each other this season.",
        "They can show you: youth (repeated elsewhere and evaluated).",
        "You can show them: women (evaluated before and after).",
        "Both cities would learn from each other.",
        "You can speak together in sq.",
        "This would be your first meeting.",
    ]
    with pytest.raises(BadSeasonError):
        why_this(given_season, plan, replace(visit, host_id="valdora"))


@pytest.mark.parametrize(
    ("guest", "host", "codes"),
    [
        ("arbreva", "lipovar", ["in_plan"]),
        ("valdora", "arbreva", ["barred_language"]),
        ("arbreva", "valdora", ["barred_language", "barred_nothing"]),
        ("valdora", "lipovar", ["too_dear", "small_gain"]),
    ],
)
def test_why_not_that_visit(guest: str, host: str, codes: list[str]) -> None:
    given_season = illustrative()
    found = why_not_that(given_season, plan_season(given_season), guest, host)
    assert [reason.code for reason in found] == codes
    assert all(words(reason) for reason in found)


def test_why_not_names_capacity_months_payers_and_strangers() -> None:
    given_season = replace(illustrative(), budget=None, hosting={"lipovar": Hosting(guests=1)})
    plan = plan_season(given_season)
    codes = [reason.code for reason in why_not_that(given_season, plan, "valdora", "lipovar")]
    assert "host_full" in codes
    closed = replace(given_season, hosting={"lipovar": Hosting(exchanges=0)}, visits_of={"valdora": 0})
    codes = [r.code for r in why_not_that(closed, plan_season(closed), "valdora", "lipovar")]
    assert codes == ["no_host", "no_visits"]
    unpaid = replace(given_season, funders=(Funder(name="A", budget=9000.0, themes=frozenset({"women"})),))
    codes = [r.code for r in why_not_that(unpaid, plan_season(unpaid), "arbreva", "lipovar")]
    assert codes == ["no_payer"]
    with pytest.raises(BadSeasonError):
        why_not_that(given_season, plan, "valdora", "nowhere")


def test_insisting_on_a_visit_costs_what_planning_again_says() -> None:
    given_season = illustrative()
    plan = plan_season(given_season)
    visit = Visit(guest_id="valdora", host_id="lipovar", need=0, month=5)
    again = forced(given_season, plan, visit)
    assert again.plan.value == pytest.approx(200 + 5 + 40 + 200 + 5 + 80)
    assert again.lost == pytest.approx(564 - 530)
    assert again.sure == pytest.approx(34.0)


def test_shadow_prices_bound_what_more_money_brings() -> None:
    given_season = illustrative()
    plan = plan_season(given_season, effort=Effort(exact_below=0))
    price = next(one for one in plan.prices if one.limit == "the whole budget")
    richer = plan_season(replace(given_season, budget=1900.0))
    assert richer.value <= plan.bound + 1000 * price.points + 1e-6
    said = [words(reason) for reason in shadow_prices(given_season, plan)]
    assert any(one.startswith("1,000 more in the whole budget would bring up to") for one in said)


def test_a_host_that_cancels_changes_only_its_guests() -> None:
    draw = random.Random(11)
    given_season = replace(season(draw, 12), visits=1, visits_of={}, budget=None)
    plan = plan_season(given_season)
    host = plan.exchanges[0].host_id
    now = replace(given_season, hosting={**given_season.hosting, host: Hosting(exchanges=0)})
    again = replan(now, plan)
    assert check(now, again.plan) == []
    guests = {one.visit.guest_id for one in plan.visits if one.visit.host_id == host}
    assert {one.visit.host_id for one in again.dropped} == {host}
    assert {visit.guest_id for visit in again.added} <= guests
    assert {one.reason.code for one in again.dropped} == {"no_host"}
    assert host in again.told
    assert guests <= set(again.told)


@settings(max_examples=15, deadline=None)
@given(seasons(3, 8), st.integers(0, 5), st.integers(0, 2**16))
def test_a_new_plan_keeps_all_it_can(given_season: Season, kind: int, pick: int) -> None:
    plan = plan_season(given_season, effort=QUICK)
    now = changed(given_season, kind, pick)
    again = replan(now, plan, effort=QUICK)
    visits = {one.visit for one in again.plan.visits}
    assert check(replace(now, kept=again.kept), again.plan) == []
    assert broken(now, visits) == []
    before = {one.visit for one in plan.visits}
    assert set(again.kept) | {one.visit for one in again.dropped} == before
    for one in again.dropped:  # none could be put back alone
        known = {city.id for city in now.cities}
        if {one.visit.guest_id, one.visit.host_id} <= known:
            assert broken(now, visits | {one.visit})
    assert len(again.added) <= len(again.dropped)


def changed(given_season: Season, kind: int, pick: int) -> Season:
    """The season after something happened: a city leaves, a host closes, money or months or a funder go."""
    city = given_season.cities[pick % len(given_season.cities)]
    if kind == 0:
        others = tuple(one for one in given_season.cities if one.id != city.id)
        known = {pair: cost for pair, cost in given_season.costs.known.items() if city.id not in pair}
        return replace(
            given_season,
            cities=others,
            costs=replace(given_season.costs, known=known),
            visits_of={one: count for one, count in given_season.visits_of.items() if one != city.id},
            hosting={one: host for one, host in given_season.hosting.items() if one != city.id},
        )
    if kind == 1:
        return replace(given_season, hosting={**given_season.hosting, city.id: Hosting(exchanges=0)})
    if kind == 2:
        return replace(given_season, budget=400.0)
    if kind == 3:
        return replace(given_season, months=frozenset({1, 2}))
    if kind == 4:
        return replace(given_season, quotas=(Quota(side="guest", by="hub", key="north", most=1),))
    return replace(given_season, visits=1, visits_of={})


def test_the_same_season_again_changes_nothing() -> None:
    given_season = illustrative()
    plan = plan_season(given_season)
    again = replan(given_season, plan)
    assert (again.dropped, again.added, again.told) == ((), (), ())
    assert {one.visit for one in again.plan.visits} == {one.visit for one in plan.visits}
