"""Fit: arrays against the formula pair by pair, hard limits, ties, reasons in words, bad input."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.core.season.fit import (
    BadCityError,
    City,
    DuplicateCityError,
    Evidence,
    NeedTerm,
    NoNeedsError,
    OfferTerm,
    Weights,
    prepare,
    rank,
    rank_prepared,
    why_not,
    words,
)
from serai.core.season.pair import pair_terms

PAGES = Path(__file__).parents[3] / "docs" / "measures"
THEMES = ("youth", "women", "returnees", "online")
GROUPS = ("young_people", "teachers", "police")
TONGUES = ("sq", "mk", "en", "sr")

needs = st.builds(
    NeedTerm,
    theme=st.sampled_from(THEMES),
    target_groups=st.frozensets(st.sampled_from(GROUPS), max_size=3),
    urgency=st.sampled_from((1.0, 2.0, 3.0)),
)
offers = st.builds(
    OfferTerm,
    theme=st.sampled_from(THEMES),
    target_groups=st.frozensets(st.sampled_from(GROUPS), max_size=3),
    evidence=st.sampled_from(tuple(Evidence)),
    capacity=st.sampled_from((None, 0, 12)),
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[City, ...]:
    """Two to nine cities, some without place, language, months, needs or offers."""
    count = draw(st.integers(2, 9))
    ids = [f"c{number}" for number in range(count)]
    cities = []
    for one in ids:
        others = st.frozensets(st.sampled_from([other for other in ids if other != one]), max_size=2)
        place = draw(st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
        cities.append(
            City(
                id=one,
                name=draw(st.sampled_from(("Arbreva", "Lipovar", "Valdora"))),
                latitude=place[0] if place else None,
                longitude=place[1] if place else None,
                population=draw(st.none() | st.integers(0, 3_000_000)),
                languages=draw(st.frozensets(st.sampled_from(TONGUES), max_size=2)),
                interpreted=draw(st.frozensets(st.sampled_from(TONGUES), max_size=1)),
                context=draw(st.frozensets(st.sampled_from(("border", "port", "capital")), max_size=2)),
                needs=tuple(draw(st.lists(needs, max_size=3))),
                offers=tuple(draw(st.lists(offers, max_size=4))),
                months=draw(st.frozensets(st.integers(1, 12), max_size=4)),
                met_before=draw(others),
                not_with=draw(others),
            )
        )
    return tuple(cities)


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_arrays_agree_with_the_formula_pair_by_pair(cities: tuple[City, ...]) -> None:
    weights = Weights(met_before=0.02)
    city = replace(cities[0], needs=cities[0].needs or (NeedTerm(theme="youth"),))
    found = {fit.city_id: fit for fit in rank(city, cities, weights=weights, limit=None)}
    for other in cities[1:]:
        barred = why_not(city, other, weights=weights)
        assert (other.id in found) == (not barred)
        if barred:
            continue
        terms = pair_terms(city, other, weights)
        score = sum(getattr(weights, name) * value for name, value in terms.items()) / weights.total
        assert found[other.id].score == pytest.approx(score, abs=2e-9)
        reasons = found[other.id].reasons
        unsaid = weights.context * terms["context"] / weights.total  # sizes barely alike are not said
        assert score - unsaid - 1e-9 <= sum(reason.points for reason in reasons) <= score + 1e-9
        assert all(words(reason) for reason in reasons)
    assert city.id not in found


@settings(max_examples=15, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_and_other_ids_change_nothing(cities: tuple[City, ...], random: object) -> None:
    city = replace(cities[0], needs=(NeedTerm(theme="youth"), NeedTerm(theme="women", urgency=2)))
    cities = tuple(replace(c, name=f"{c.name} {row}") for row, c in enumerate((city, *cities[1:])))
    new = {c.id: f"x{len(cities) - row}" for row, c in enumerate(cities)}

    def named(c: City) -> City:
        return replace(
            c,
            id=new[c.id],
            met_before=frozenset(new[one] for one in c.met_before),
            not_with=frozenset(new[one] for one in c.not_with),
        )

    shuffled = [named(c) for c in cities]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    before = [(new[fit.city_id], fit.score, fit.reasons) for fit in rank(city, cities)]
    after = [(fit.city_id, fit.score, fit.reasons) for fit in rank(named(cities[0]), shuffled)]
    assert before == after


ARBREVA = City(
    id="arbreva",
    name="Arbreva",
    latitude=42.0,
    longitude=21.0,
    population=60_000,
    languages=frozenset({"sq", "en"}),
    context=frozenset({"border"}),
    needs=(NeedTerm(theme="youth_engagement", target_groups=frozenset({"teachers"}), urgency=3.0),),
    offers=(OfferTerm(theme="women_gender", evidence=Evidence.E3),),
)
LIPOVAR = City(
    id="lipovar",
    name="Lipovar",
    latitude=42.0,
    longitude=22.0,
    population=60_000,
    languages=frozenset({"sq"}),
    context=frozenset({"border", "university"}),
    needs=(NeedTerm(theme="women_gender"),),
    offers=(
        OfferTerm(
            theme="youth_engagement",
            target_groups=frozenset({"teachers", "young_people"}),
            evidence=Evidence.E5,
        ),
    ),
    months=frozenset({4, 5}),
)


def test_the_worked_example_of_the_measures_page() -> None:
    (fit,) = rank(ARBREVA, [ARBREVA, LIPOVAR])
    km = 2 * 6371.0088 * math.asin(math.cos(math.radians(42)) * math.sin(math.radians(0.5)))
    both = 2 * 1.0 * 0.8 / 1.8
    expected = 0.50 * 1 + 0.22 * both + 0.10 * 0.75 + 0.10 * 1 + 0.05 * 2 ** (-km / 1000) + 0.03
    assert fit.score == pytest.approx(expected, abs=1e-9)
    assert fit.score == pytest.approx(0.947772, abs=1e-6)
    page = (PAGES / "fit.md").read_text(encoding="utf-8")
    assert f"`0.50 × 1 + 0.22 × {both:.4f} + 0.10 × 0.75 + 0.10 × 1 + 0.05 × {2 ** (-km / 1000):.4f} + 0.03 × 1" in page
    assert f"= {fit.score:.6f}`" in page
    assert (fit.learns, fit.shows, fit.months) == (1.0, 0.8, (4, 5))
    assert [words(reason) for reason in fit.reasons] == [
        "They can show you: youth engagement, for teachers (repeated elsewhere and evaluated).",
        "You can show them: women gender (evaluated before and after).",
        "Both cities would learn from each other.",
        "You can speak together in sq.",
        "Your cities are alike: border.",
        "Your cities are of similar size.",
        "83 km apart.",
        "This would be your first meeting.",
        "Both are free in April, May.",
    ]


def test_words_take_the_readers_language_and_labels() -> None:
    (fit,) = rank(ARBREVA, [LIPOVAR])
    spoken = words(fit.reasons[3], translate=lambda text: text.replace("You", "Ju"), label=lambda kind, code: kind)
    assert spoken == "Ju can speak together in languages."


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"not_with": frozenset({"arbreva"})}, "barred_not_with"),
        ({"languages": frozenset({"mk"})}, "barred_language"),
        ({"offers": (OfferTerm(theme="online"),)}, "barred_nothing"),
        ({"offers": (OfferTerm(theme="youth_engagement", capacity=0),)}, "barred_nothing"),
        ({"offers": (OfferTerm(theme="youth_engagement", evidence=Evidence.EX),)}, "barred_nothing"),
    ],
)
def test_a_hard_limit_bars_and_is_named(change: dict[str, object], code: str) -> None:
    other = replace(LIPOVAR, **change)  # type: ignore[arg-type]
    assert rank(ARBREVA, [other]) == ()
    assert [reason.code for reason in why_not(ARBREVA, other)] == [code]


def test_not_with_bars_both_ways_and_no_common_month_bars() -> None:
    assert rank(replace(ARBREVA, not_with=frozenset({"lipovar"})), [LIPOVAR]) == ()
    assert rank(replace(ARBREVA, months=frozenset({6})), [LIPOVAR]) == ()


def test_an_interpreter_makes_a_language_possible_at_half_the_points() -> None:
    other = replace(LIPOVAR, languages=frozenset({"mk"}), interpreted=frozenset({"sq"}))
    (fit,) = rank(ARBREVA, [other])
    assert fit.reasons[3].code == "interpreted"
    assert fit.reasons[3].points == pytest.approx(0.05)


def test_met_before_is_said_by_either_side_and_ties_go_to_the_nearer() -> None:
    again = replace(LIPOVAR, met_before=frozenset({"arbreva"}))
    assert rank(ARBREVA, [again])[0].met_before
    weights = Weights(nearness=0)
    far = replace(LIPOVAR, id="far", name="Aaa", longitude=60.0)
    assert [fit.city_id for fit in rank(ARBREVA, [far, LIPOVAR], weights=weights)] == ["lipovar", "far"]


def test_one_need_ranks_for_that_need_only() -> None:
    assert rank(ARBREVA, [LIPOVAR], need=NeedTerm(theme="online")) == ()


@pytest.mark.parametrize(
    "values",
    [
        {"latitude": 91.0, "longitude": 0.0},
        {"latitude": float("nan"), "longitude": 0.0},
        {"latitude": 10.0},
        {"population": -1},
        {"months": frozenset({0})},
        {"months": frozenset({13})},
        {"not_with": frozenset({"a"})},
        {"id": ""},
    ],
)
def test_cities_that_cannot_be_true_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(BadCityError):
        City(**({"id": "a", "name": "A"} | values))  # type: ignore[arg-type]


@pytest.mark.parametrize("urgency", [0, -1, float("nan"), float("inf")])
def test_needs_that_cannot_be_true_are_refused(urgency: float) -> None:
    with pytest.raises(BadCityError):
        NeedTerm(theme="youth", urgency=urgency)


@pytest.mark.parametrize(
    "values",
    [
        {"needs": -0.1},
        {"needs": float("nan")},
        {"evidence": (1.0,) * 5},
        {"half_distance_km": 0},
        {
            "needs": 0,
            "reciprocity": 0,
            "context": 0,
            "language": 0,
            "nearness": 0,
            "first_meeting": 0,
        },
    ],
)
def test_weights_that_cannot_weigh_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(BadCityError):
        Weights(**values)  # type: ignore[arg-type]


def test_a_city_without_needs_and_a_city_twice_are_named_errors() -> None:
    with pytest.raises(NoNeedsError, match="Lipovar"):
        rank(replace(LIPOVAR, needs=()), [ARBREVA])
    with pytest.raises(DuplicateCityError, match="Lipovar"):
        prepare([LIPOVAR, LIPOVAR])
    with pytest.raises(BadCityError):
        rank_prepared(ARBREVA, prepare([LIPOVAR]), limit=-1)


def test_no_candidates_and_nobody_needs_anything_is_an_empty_list() -> None:
    assert rank(ARBREVA, []) == ()
    assert rank(ARBREVA, [City(id="x", name="X")]) == ()
