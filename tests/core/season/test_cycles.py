"""Cycles: every set is checked by hand-written rules and, where small, against every possible set."""

from __future__ import annotations

from functools import cache
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.core.season import cycles_pricing
from serai.core.season.cycles import Aim, BadTeaching, CyclePlan, Effort, Teaching, best_cycles
from serai.core.season.cycles_pricing import TooManyCycles

EXACT = Effort(gap=0.0)


@st.composite
def networks(draw: st.DrawFn, most: int = 9) -> tuple[int, list[Teaching]]:
    """A few cities and any set of arcs, worth whole numbers (so that sums compare exactly)."""
    cities = draw(st.integers(2, most))
    pairs = [(a, b) for a in range(cities) for b in range(cities) if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=len(pairs)))
    return cities, [Teaching(giver=a, learner=b, learning=draw(st.integers(1, 9))) for a, b in chosen]


def by_hand(cities: int, arcs: list[Teaching], aim: Aim) -> float:
    """The best value over every set of disjoint cycles, by trying them all."""
    worth = {(arc.giver, arc.learner): arc.learning for arc in arcs}
    found: dict[frozenset[int], float] = {}
    for size in (2, 3):
        for round_trip in permutations(range(cities), size):
            legs = list(zip(round_trip, (*round_trip[1:], round_trip[0]), strict=True))
            if all(leg in worth for leg in legs):
                value = float(size) if aim is Aim.COVER else sum(worth[leg] for leg in legs)
                found[frozenset(round_trip)] = max(value, found.get(frozenset(round_trip), 0.0))

    @cache
    def best(free: frozenset[int]) -> float:
        if not free:
            return 0.0
        first = min(free)
        rest = best(free - {first})
        return max([rest, *(v + best(free - c) for c, v in found.items() if first in c and c <= free)])

    return best(frozenset(range(cities)))


def check(cities: int, arcs: list[Teaching], aim: Aim, plan: CyclePlan) -> None:
    """Independent of the solver: disjoint, made of arcs, worth what it says, never above its bound."""
    worth = {(arc.giver, arc.learner): arc.learning for arc in arcs}
    seen: list[int] = []
    total = 0.0
    for cycle in plan.cycles:
        assert len(cycle.cities) in (2, 3)
        seen += cycle.cities
        learning = sum(worth[leg] for leg in zip(cycle.cities, (*cycle.cities[1:], cycle.cities[0]), strict=True))
        assert cycle.learning == pytest.approx(learning)
        total += len(cycle.cities) if aim is Aim.COVER else learning
    assert len(seen) == len(set(seen))
    assert sorted([*seen, *plan.left_out, *plan.nowhere]) == list(range(cities))
    assert plan.value == pytest.approx(total)
    assert plan.bound >= plan.value - 1e-9
    assert plan.gap >= 0


@given(networks(), st.sampled_from(Aim))
@settings(max_examples=120, deadline=None)
def test_small_networks_are_solved_exactly(network: tuple[int, list[Teaching]], aim: Aim) -> None:
    cities, arcs = network
    plan = best_cycles(cities, arcs, aim=aim, effort=EXACT)
    check(cities, arcs, aim, plan)
    assert plan.proven
    assert plan.value == pytest.approx(by_hand(cities, arcs, aim))


@given(networks(), st.randoms(use_true_random=False), st.sampled_from(Aim))
@settings(max_examples=30, deadline=None)
def test_relabelling_cities_changes_nothing(network, random, aim) -> None:
    cities, arcs = network
    names = list(range(cities))
    random.shuffle(names)
    renamed = [Teaching(giver=names[a.giver], learner=names[a.learner], learning=a.learning) for a in arcs]
    random.shuffle(renamed)
    one, other = (best_cycles(cities, given_arcs, aim=aim, effort=EXACT) for given_arcs in (arcs, renamed))
    assert one.value == pytest.approx(other.value)
    assert sorted(names[city] for city in one.nowhere) == list(other.nowhere)


@given(networks(), st.data())
@settings(max_examples=30, deadline=None)
def test_one_more_teaching_never_costs(network: tuple[int, list[Teaching]], data: st.DataObject) -> None:
    cities, arcs = network
    there = {(arc.giver, arc.learner) for arc in arcs}
    new = [(a, b) for a in range(cities) for b in range(cities) if a != b and (a, b) not in there]
    if not new:
        return
    giver, learner = data.draw(st.sampled_from(new))
    more = [*arcs, Teaching(giver=giver, learner=learner, learning=5)]
    before, after = (best_cycles(cities, given_arcs, effort=EXACT).value for given_arcs in (arcs, more))
    assert after >= before


def made_up(cities: int, density: float, seed: int) -> list[Teaching]:
    random = np.random.default_rng(seed)
    teaches = random.random((cities, cities)) < density
    np.fill_diagonal(teaches, False)
    return [
        Teaching(giver=int(a), learner=int(b), learning=int(random.integers(1, 100))) for a, b in np.argwhere(teaches)
    ]


@pytest.mark.parametrize("aim", Aim)
@pytest.mark.parametrize("density", [0.015, 0.04])
def test_a_middling_network_is_bounded_and_repeatable(aim: Aim, density: float) -> None:
    arcs = made_up(150, density, 3)
    effort = Effort(places=10)
    one, other = (best_cycles(150, arcs, aim=aim, effort=effort, seed=7) for _ in range(2))
    check(150, arcs, aim, one)
    assert one == other
    assert one.gap <= 0.005
    assert not one.stopped


def test_covering_many_cities_is_proven_without_a_linear_programme() -> None:
    arcs = made_up(300, 0.1, 1)
    plan = best_cycles(300, arcs, effort=Effort(programmes=0, nodes=1))
    check(300, arcs, Aim.COVER, plan)
    assert plan.proven
    assert plan.value == 300


def test_the_bound_is_honest_when_the_search_is_weak() -> None:
    """Five cities in a ring of pairs: the linear bound is five, the truth is four."""
    ring = [Teaching(giver=a, learner=(a + step) % 5) for a in range(5) for step in (1, 4)]
    weak = best_cycles(5, ring, effort=Effort(swaps=0, programmes=0, largest=0))
    assert weak.value <= 4
    assert weak.bound == 5
    assert not weak.proven
    exact = best_cycles(5, ring, effort=EXACT)
    assert exact.value == exact.bound == 4
    assert exact.proven


@pytest.mark.parametrize("aim", Aim)
def test_a_stopped_run_says_so_and_keeps_what_it_has(aim: Aim) -> None:
    arcs = made_up(120, 0.05, 2)
    plan = best_cycles(120, arcs, aim=aim, stop=lambda: True)
    check(120, arcs, aim, plan)
    assert plan.stopped
    assert not plan.proven


def test_progress_never_goes_backwards() -> None:
    steps: list[tuple[float, float]] = []
    best_cycles(120, made_up(120, 0.03, 5), progress=lambda now: steps.append((now.value, now.bound)))
    assert len(steps) > 1
    for (value, bound), (later, tighter) in pairwise(steps):
        assert later >= value
        assert tighter <= bound
        assert tighter >= later


@pytest.mark.parametrize(
    ("arc", "says"),
    [
        (Teaching(giver=1, learner=1), "cannot teach itself"),
        (Teaching(giver=0, learner=3), "only cities 0 to 2"),
        (Teaching(giver=-1, learner=0), "only cities 0 to 2"),
        (Teaching(giver=0, learner=1, learning=-1.0), "above zero"),
        (Teaching(giver=0, learner=1, learning=0.0), "above zero"),
        (Teaching(giver=0, learner=1, learning=float("nan")), "above zero"),
        (Teaching(giver=0, learner=1, learning=float("inf")), "above zero"),
        (Teaching(giver=2, learner=1), "given twice"),
    ],
)
def test_arcs_that_make_no_sense_are_named(arc: Teaching, says: str) -> None:
    with pytest.raises(BadTeaching, match=says):
        best_cycles(3, [Teaching(giver=2, learner=1), arc])


@pytest.mark.parametrize("cities", [0, 1, 4])
@pytest.mark.parametrize("aim", Aim)
def test_nothing_to_teach_is_an_empty_proven_plan(cities: int, aim: Aim) -> None:
    plan = best_cycles(cities, [], aim=aim)
    assert plan.cycles == ()
    assert plan.proven
    assert plan.gap == 0
    assert plan.nowhere == tuple(range(cities))


def test_too_many_cycles_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cycles_pricing, "MOST_CYCLES", 10)
    with pytest.raises(TooManyCycles, match="fewer partners"):
        best_cycles(12, made_up(12, 0.9, 0))


def test_the_worked_example_of_the_page_is_true() -> None:
    """docs/measures/cycles.md: six cities where covering and learning choose differently."""
    page = (Path(__file__).parents[3] / "docs" / "measures" / "cycles.md").read_text(encoding="utf-8")
    table = page.split("<!-- example -->")[1]
    lines = [line.strip("| \n").split("|") for line in table.splitlines() if line.startswith("| ")]
    arcs = [
        Teaching(giver="ABCDEF".index(giver.strip()), learner="ABCDEF".index(learner.strip()), learning=float(of))
        for giver, learner, of in lines[1:]
    ]
    assert len(arcs) == 7
    assert best_cycles(6, arcs).nowhere == (5,)
    cover = best_cycles(6, arcs, effort=EXACT)
    learn = best_cycles(6, arcs, aim=Aim.LEARNING, effort=EXACT)

    def named(plan: CyclePlan) -> str:
        return ", ".join("-".join("ABCDEF"[city] for city in cycle.cities) for cycle in plan.cycles)

    assert f"Covering: {named(cover)}; {cover.value:.0f} cities" in page
    assert f"Learning: {named(learn)}; {learn.value:.0f}" in page
