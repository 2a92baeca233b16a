"""The season plan: no limit broken, the bound true, small ones best of all, and the same whatever the labels."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.season.checker import broken, check, cost, learning, value
from core.season.seasons import illustrative, relabelled, season, seasons, wide
from serai.core.season.city import City, DuplicateCityError, NeedTerm, OfferTerm
from serai.core.season.explain import forced
from serai.core.season.model import (
    BadSeasonError,
    ContradictionError,
    Costs,
    Effort,
    Funder,
    Hosting,
    Plan,
    Progress,
    Quota,
    Rewards,
    Season,
    Visit,
)
from serai.core.season.plan import plan_season


def best_of_all(given: Season) -> float:
    """The value of the best set of visits, by trying all sets. For a handful of possible visits."""
    possible = [
        visit
        for guest in given.cities
        for host in given.cities
        for need in range(len(guest.needs))
        for month in sorted(given.months)
        if not broken(
            replace(given, quotas=()),
            [visit := Visit(guest_id=guest.id, host_id=host.id, need=need, month=month)],
        )
    ]

    def grown(chosen: list[Visit], start: int) -> float:
        top = value(given, chosen)
        for at in range(start, len(possible)):
            if not broken(given, [*chosen, possible[at]]):
                top = max(top, grown([*chosen, possible[at]], at + 1))
        return top

    return grown([], 0)


@settings(max_examples=18, deadline=None)
@given(seasons(2, 9))
def test_no_limit_is_broken_and_the_bound_is_above(given_season: Season) -> None:
    plan = plan_season(given_season, effort=Effort(flows=40))
    assert check(given_season, plan) == []


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
@example(29817)
def test_small_seasons_are_best_of_all(seed: int) -> None:
    draw = random.Random(seed)
    given_season = replace(season(draw, 4), months=frozenset({1, 2}), visits_of={})
    plan = plan_season(given_season)
    assert check(given_season, plan) == []
    best = best_of_all(given_season)
    assert plan.value == pytest.approx(best, abs=1e-6)
    assert plan.bound >= best - 1e-6


@settings(max_examples=10, deadline=None)
@given(seasons(3, 9), st.randoms(use_true_random=False))
def test_other_ids_and_another_order_change_nothing(given_season: Season, draw: random.Random) -> None:
    plan = plan_season(given_season)
    again, new = relabelled(given_season, draw)
    other = plan_season(again)
    assert (other.value, other.bound, other.flows) == (plan.value, plan.bound, plan.flows)
    assert {one.visit for one in other.visits} == {
        replace(one.visit, guest_id=new[one.visit.guest_id], host_id=new[one.visit.host_id]) for one in plan.visits
    }


@settings(max_examples=12, deadline=None)
@given(seasons(3, 9), st.floats(0, 6000), st.floats(0, 3000))
def test_more_budget_is_never_worse_beyond_the_gap(given_season: Season, budget: float, more: float) -> None:
    effort = Effort(flows=20, exact_below=0)
    less = plan_season(replace(given_season, budget=budget), effort=effort)
    plan = plan_season(replace(given_season, budget=budget + more), effort=effort)
    assert plan.bound >= less.value - 1e-6
    assert plan.value >= less.value - plan.gap * plan.bound - 1e-6


def test_without_the_exact_finish_the_gap_is_small_and_the_bound_holds() -> None:
    given_season = wide(90)
    plan = plan_season(given_season, effort=Effort(exact_below=0))
    best = plan_season(given_season)
    assert check(given_season, plan) == []
    assert check(given_season, best) == []
    assert best.gap <= 1e-6
    assert plan.gap <= 5e-3
    assert plan.value - 1e-6 <= best.value <= plan.bound + 1e-6


def test_without_a_budget_the_flow_alone_is_the_optimum() -> None:
    given_season = replace(wide(120), budget=None)
    plan = plan_season(given_season, effort=Effort(exact_below=0))
    assert check(given_season, plan) == []
    assert plan.gap <= 1e-7


def test_calendars_and_all_limits_at_sixty_cities() -> None:
    draw = random.Random(5)
    given_season = replace(season(draw, 60), budget=15_000.0)
    plan = plan_season(given_season, effort=Effort(flows=80, exact_below=0))
    assert check(given_season, plan) == []
    assert plan.gap <= 0.08


def test_everyone_gets_a_first_visit_before_anyone_gets_a_second_where_possible() -> None:
    given_season = replace(wide(40), budget=None)
    plan = plan_season(given_season)
    visits = [one.visit for one in plan.visits]
    once = {visit.guest_id for visit in visits}
    twice = [visit for visit in visits if sum(one.guest_id == visit.guest_id for one in visits) > 1]
    for second in twice:
        rest = [visit for visit in visits if visit != second]
        for guest in (city for city in given_season.cities if city.id not in once):
            for number, host in ((n, h) for n in range(len(guest.needs)) for h in given_season.cities):
                for month in (second.month,) if host.id == second.host_id else ():
                    visit = Visit(guest_id=guest.id, host_id=host.id, need=number, month=month)
                    assert broken(given_season, [*rest, visit])


def test_the_shortlist_says_so_and_stays_below_the_plan_over_all_pairs() -> None:
    given_season = wide(50)
    every = plan_season(given_season)
    short = plan_season(given_season, effort=Effort(partners=1))
    assert (every.scope, short.scope) == ("every compatible pair", "the shortlist")
    assert check(given_season, short) == []
    assert short.value <= every.bound + 1e-6


def test_the_same_input_and_effort_give_the_same_plan_and_progress_is_told() -> None:
    heard: list[Progress] = []
    plan = plan_season(wide(40), effort=Effort(flows=15), progress=heard.append)
    assert plan == plan_season(wide(40), effort=Effort(flows=15))
    assert heard
    assert all(one.value <= one.bound + 1e-6 for one in heard)
    assert [one.bound for one in heard] == sorted((one.bound for one in heard), reverse=True)


def test_stop_ends_the_search_and_the_plan_says_so() -> None:
    calls = iter(range(1000))
    plan = plan_season(wide(40), stop=lambda: next(calls) >= 1)
    assert plan.stopped
    assert check(wide(40), plan) == []
    assert not plan_season(wide(20)).stopped


def test_kept_visits_stay_and_use_up_what_they_take() -> None:
    given_season = illustrative()
    kept = Visit(guest_id="valdora", host_id="lipovar", need=0, month=5)
    plan = plan_season(replace(given_season, kept=(kept,)))
    assert check(replace(given_season, kept=(kept,)), plan) == []
    assert [one.visit for one in plan.visits if one.kept] == [kept]


def test_the_worked_example_of_the_measures_page() -> None:
    given_season = illustrative()
    plan = plan_season(given_season)
    assert {(one.visit.guest_id, one.visit.host_id) for one in plan.visits} == {
        ("arbreva", "lipovar"),
        ("lipovar", "arbreva"),
    }
    # 100 x 1.00 x 0.8 and 100 x 0.80 x 0.8, two first visits and meetings, one pair that visits both ways
    assert plan.learning == pytest.approx(80.0 + 64.0)
    assert plan.value == pytest.approx(144.0 + 2 * 200.0 + 2 * 5.0 + 10.0)
    assert plan.bound == pytest.approx(564.0)
    assert plan.cost == 800.0
    other = Visit(guest_id="valdora", host_id="lipovar", need=0, month=5)
    assert forced(given_season, plan, other).lost == pytest.approx(34.0)
    page = (Path(__file__).parents[3] / "docs" / "measures" / "season.md").read_text(encoding="utf-8")
    for said in (
        f"+ 10 = {plan.value:.0f}`",
        f"+ 2 × 5 = {plan.value - 34:.0f}`",
        f"the bound is {plan.bound:.0f}",
        "costs 34 points",
    ):
        assert said in page
    assert check(given_season, plan) == []


def test_several_guests_share_an_exchange_and_the_money_is_shared_out() -> None:
    host = City(id="h", name="Host", offers=(OfferTerm(theme="youth"),))
    guests = tuple(City(id=one, name=one, needs=(NeedTerm(theme="youth"),)) for one in "abc")
    given_season = Season(
        cities=(host, *guests),
        host=Hosting(exchanges=1, guests=3),
        costs=Costs(visit=100.0, per_km=0.0),
        funders=(Funder(name="A", budget=150.0), Funder(name="B", budget=150.0)),
    )
    plan = plan_season(given_season)
    assert check(given_season, plan) == []
    assert [len(one.guest_ids) for one in plan.exchanges] == [3]
    assert sum(len(one.paid) for one in plan.visits) == 4  # one of the three is paid by both


@pytest.mark.parametrize("exact_below", [0, 500])
@pytest.mark.parametrize(("exchanges", "hosted"), [(1, 1), (2, 2)])
def test_guests_who_asked_not_to_be_together_share_no_exchange(exchanges: int, hosted: int, exact_below: int) -> None:
    host = City(id="h", name="Host", offers=(OfferTerm(theme="youth"),))
    guests = tuple(
        City(id=one, name=one, needs=(NeedTerm(theme="youth"),), not_with=frozenset({other}))
        for one, other in (("a", "b"), ("b", "a"))
    )
    given_season = Season(cities=(host, *guests), host=Hosting(exchanges=exchanges, guests=2))
    plan = plan_season(given_season, effort=Effort(exact_below=exact_below))
    assert check(given_season, plan) == []
    assert [len(one.guest_ids) for one in plan.exchanges] == [1] * hosted
    assert plan.gap == 0 or not exact_below


@pytest.mark.parametrize(
    "call",
    [
        lambda: Season(cities=(City(id="a", name="A"),), budget=-1.0),
        lambda: Season(cities=(City(id="a", name="A"),), budget=float("nan")),
        lambda: Season(cities=(), months=frozenset()),
        lambda: Season(cities=(), months=frozenset({13})),
        lambda: Season(cities=(), budget=None, visits=-1),
        lambda: Season(cities=(), budget="5"),  # type: ignore[arg-type]
        lambda: Season(cities=(), visits=None),  # type: ignore[arg-type]
        lambda: Season(cities=(), visits=1.5),  # type: ignore[arg-type]
        lambda: Hosting(exchanges=1.5),  # type: ignore[arg-type]
        lambda: Effort(gap=float("nan")),
        lambda: replace(illustrative(), kept=(Visit(guest_id="arbreva", host_id="arbreva", need=0, month=5),)),
        lambda: replace(illustrative(), kept=(Visit(guest_id="arbreva", host_id="lipovar", need=0, month=7),)),
        lambda: Season(cities=(), visits_of={"nobody": 1}),
        lambda: Season(cities=(), hosting={"nobody": Hosting()}),
        lambda: Season(cities=(), hub_budgets={"north": -5.0}),
        lambda: Season(cities=(), funders=(Funder(name="A", budget=1.0), Funder(name="A", budget=2.0))),
        lambda: Season(cities=(), kept=(Visit(guest_id="a", host_id="b", need=0, month=1),)),
        lambda: Costs(visit=-1.0),
        lambda: Costs(known={("a", "b"): float("inf")}),
        lambda: Hosting(exchanges=-1),
        lambda: Hosting(months=frozenset({0})),
        lambda: Quota(side="guest", by="hub", key="north", least=-1),
        lambda: Rewards(fairness=-1.0),
        lambda: Rewards(language_loss=0.8, context_loss=0.8),
        lambda: Effort(flows=0),
        lambda: Effort(partners=0),
    ],
)
def test_what_cannot_be_true_is_a_named_error(call: object) -> None:
    with pytest.raises(BadSeasonError):
        call()  # type: ignore[operator]


def test_a_city_twice_is_a_named_error() -> None:
    with pytest.raises(DuplicateCityError):
        Season(cities=(City(id="a", name="A"), City(id="a", name="B")))


@pytest.mark.parametrize(
    "given_season",
    [
        Season(cities=()),
        Season(cities=(City(id="a", name="A"),)),
        Season(cities=tuple(City(id=one, name=one) for one in "ab")),
        replace(illustrative(), budget=0.0),
        replace(illustrative(), visits=0),
        replace(illustrative(), host=Hosting(exchanges=0)),
        replace(illustrative(), funders=(Funder(name="A", budget=100.0, countries=frozenset({"XX"})),)),
        replace(illustrative(), cities=illustrative().cities[:1]),
    ],
)
def test_a_season_in_which_nothing_is_possible_is_an_empty_plan(given_season: Season) -> None:
    plan = plan_season(given_season)
    assert (plan.visits, plan.value, plan.gap) == ((), 0.0, 0.0)


def test_a_budget_of_zero_allows_what_costs_nothing() -> None:
    plan = plan_season(replace(illustrative(), budget=0.0, costs=Costs(visit=0.0, per_km=0.0)))
    assert len(plan.visits) == 3


def test_a_visit_that_stands_without_a_common_language_is_worth_what_the_checker_says() -> None:
    kept = Visit(guest_id="valdora", host_id="arbreva", need=1, month=5)
    given_season = replace(illustrative(), kept=(kept,))
    plan = plan_season(given_season)
    assert plan.value == pytest.approx(value(given_season, [one.visit for one in plan.visits]))
    assert plan.bound >= plan.value


@pytest.mark.parametrize(
    ("quotas", "named"),
    [
        ((Quota(side="guest", by="hub", key="nowhere", least=1),), {"at least 1 visits by cities of nowhere"}),
        (
            (
                Quota(side="guest", by="hub", key="", least=2),
                Quota(side="guest", by="hub", key="", most=1),
            ),
            {"at least 2 visits by cities of ", "at most 1 visits by cities of "},
        ),
    ],
)
def test_quotas_that_nobody_can_keep_are_a_named_contradiction(quotas: tuple[Quota, ...], named: set[str]) -> None:
    with pytest.raises(ContradictionError) as caught:
        plan_season(replace(illustrative(), quotas=quotas))
    assert set(caught.value.limits) == named
    assert caught.value.smallest


def test_kept_visits_that_break_a_limit_are_named() -> None:
    kept = (
        Visit(guest_id="valdora", host_id="lipovar", need=0, month=5),
        Visit(guest_id="arbreva", host_id="lipovar", need=0, month=5),
        Visit(guest_id="lipovar", host_id="arbreva", need=0, month=5),
    )
    with pytest.raises(ContradictionError) as caught:
        plan_season(replace(illustrative(), kept=kept))
    assert caught.value.limits == ("the whole budget", "the visits that stand already")


def test_the_checker_finds_what_is_broken() -> None:
    """A test of the test: a checker that finds nothing would prove nothing."""
    given_season = illustrative()
    plan: Plan = plan_season(given_season)
    one = plan.visits[0]
    wrong = [
        replace(plan, bound=plan.value - 1.0),
        replace(plan, value=plan.value + 1.0),
        replace(plan, visits=(*plan.visits, one)),
        replace(plan, visits=(replace(one, cost=one.cost + 1),)),
        replace(plan, visits=(replace(one, visit=replace(one.visit, month=6)),)),
        replace(plan, exchanges=()),
    ]
    assert all(check(given_season, bad) for bad in wrong)
    assert check(replace(given_season, budget=700.0), plan)
    a, b = given_season.cities[:2]
    assert cost(given_season, a, b) == 400.0
    assert learning(given_season, a, b, 0) == pytest.approx(80.0)
