"""Raking: golden numbers, an optimality check of its own, limits, empty groups and what mends them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from serai.core.sampling.reasons import EmptyTargetCellError, LimitsTooTightError
from serai.core.sampling.weighting import (
    Limits,
    Margin,
    cluster_design_effect,
    design_effect,
    effective_n,
    merged,
    rake,
)


def from_table(counts, rows, columns):
    """Two margins whose respondents are the counts of a table."""
    answers = [(f"r{i}", f"c{j}") for i, row in enumerate(counts) for j, k in enumerate(row) for _ in range(k)]
    return [
        Margin(name=name, targets=tuple(zip(sorted(set(own)), people, strict=True)), answers=tuple(own))
        for name, own, people in (
            ("rows", [r for r, _ in answers], rows),
            ("columns", [c for _, c in answers], columns),
        )
    ]


def test_golden_raking():
    """domain.md (f), computed there by another hand."""
    margins = from_table([[30, 20], [10, 40]], (50, 50), (48, 52))
    found = rake(margins, tolerance=1e-10)
    by_cell = dict(zip(zip(margins[0].answers, margins[1].answers, strict=True), found.weights, strict=True))
    assert [round(w, 4) for w in by_cell.values()] == [1.1495, 0.7758, 1.3515, 0.9121]
    cells = [round(w * n, 4) for w, n in zip(by_cell.values(), (30, 20, 10, 40), strict=True)]
    assert cells == [34.4847, 15.5153, 13.5153, 36.4847]
    assert found.n_eff == pytest.approx(96.880, abs=5e-4)
    assert found.converged
    assert not found.stopped
    assert found.trimmed == 0


def test_golden_design_effect():
    weights = [0.6] * 40 + [1.0] * 30 + [1.8] * 30
    assert effective_n(weights) == pytest.approx(82.3729, abs=5e-5)
    assert design_effect(weights) == pytest.approx(1.21399, abs=5e-6)
    assert design_effect(weights) == pytest.approx(1 + np.std(weights) ** 2 / np.mean(weights) ** 2)
    assert design_effect([2.5] * 7) == 1
    assert effective_n([3.0]) == 1
    assert cluster_design_effect(mean_size=21, icc=0.05) == pytest.approx(2.0)


worlds = st.tuples(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=12, max_size=60),
    st.lists(st.floats(0.5, 2), min_size=7, max_size=7),
    st.randoms(use_true_random=False),
)


def margins_of(pairs, people):
    margins = []
    for k, (size, at) in enumerate(((3, 0), (4, 3))):
        own = tuple(str(pair[k]) for pair in pairs)
        targets = tuple((str(i), people[at + i] * own.count(str(i))) for i in range(size))
        margins.append(Margin(name=str(k), targets=targets, answers=own))
    return margins


@settings(max_examples=40, deadline=None)
@given(worlds, st.booleans())
def test_weights_are_the_nearest_that_meet_the_targets(world, limited):
    """Kuhn-Tucker by hand: within the limits ln(w/d) adds up from the margins; at a limit it only points outward."""
    pairs, people, chance = world
    assume(len({a for a, _ in pairs}) == 3)
    assume(len({b for _, b in pairs}) == 4)
    margins = margins_of(pairs, people)
    base = np.array([chance.uniform(0.7, 1.4) for _ in pairs])
    limits = Limits(lowest=0.5, highest=1.9) if limited else None
    try:
        found = rake(margins, base=base.tolist(), limits=limits, tolerance=1e-11, loops=5000)
    except LimitsTooTightError:
        return
    assume(found.converged)
    w = np.array(found.weights)
    assert w.sum() == pytest.approx(len(pairs))
    for fit in found.fits:
        assert fit.after == pytest.approx(fit.target, abs=1e-9)
    design = np.array([[a == i for i in range(3)] + [b == j for j in range(4)] for a, b in pairs], dtype=float)
    push = np.log(w / (base / base.mean()))
    free = np.ones(len(w), dtype=bool) if limits is None else (w > 0.5 + 1e-7) & (w < 1.9 - 1e-7)
    if limits is not None:
        assert w.min() >= 0.5 - 1e-12
        assert w.max() <= 1.9 + 1e-12
    rank = np.linalg.matrix_rank(design[free]) if free.any() else 0
    if rank < np.linalg.matrix_rank(design):
        return  # the free weights alone do not tell the multipliers
    multipliers = np.linalg.lstsq(design[free], push[free], rcond=None)[0]
    rest = push - design @ multipliers
    assert np.abs(rest[free]).max() < 1e-6
    assert (rest[~free & (w > 1)] < 1e-6).all()
    assert (rest[~free & (w < 1)] > -1e-6).all()


def test_same_weights_as_a_generic_optimiser():
    rng = np.random.default_rng(4)
    pairs = list(zip(rng.integers(0, 3, 300), rng.integers(0, 4, 300), strict=True))
    margins = margins_of(pairs, rng.uniform(0.6, 1.6, 7))
    found = rake(margins, limits=None, tolerance=1e-11)
    design = np.array([[a == i for i in range(3)] + [b == j for j in range(4)] for a, b in pairs], dtype=float)
    totals = np.concatenate([[fit.target * 300 for fit in found.fits if fit.margin == str(k)] for k in (0, 1)])

    def dual(x):
        w = np.exp(design @ x)
        return w.sum() - totals @ x, design.T @ w - totals

    peer = minimize(dual, np.zeros(7), jac=True, method="BFGS", options={"gtol": 1e-8})
    assert found.weights == pytest.approx(np.exp(design @ peer.x), abs=1e-6)


def test_order_and_names_of_respondents_change_nothing():
    margins = from_table([[30, 20, 5], [10, 40, 8]], (50, 50), (48, 40, 12))
    found = rake(margins, tolerance=1e-12)
    order = np.random.default_rng(1).permutation(113)
    mixed = [
        Margin(
            name="x" + m.name,
            targets=tuple(("y" + category, people * 7) for category, people in reversed(m.targets)),
            answers=tuple("y" + m.answers[i] for i in order),
        )
        for m in margins
    ]
    again = rake(mixed, tolerance=1e-12)
    assert again.weights == pytest.approx([found.weights[i] for i in order])
    assert rake(margins, tolerance=1e-12) == found


def test_an_empty_group_is_named_with_what_to_put_it_with():
    ages = Margin(
        name="age",
        targets=(("16-24", 20), ("25-34", 25), ("35-64", 40), ("65+", 15)),
        answers=("35-64",) * 30 + ("25-34",) * 20,
        ordered=True,
    )
    where = Margin(name="district", targets=(("a", 50), ("b", 30), ("c", 20)), answers=("a",) * 25 + ("b",) * 25)
    with pytest.raises(EmptyTargetCellError) as caught:
        rake([ages, where])
    merges = {(m.margin, m.together): m.respondents for m in caught.value.merges}
    assert merges == {
        ("age", ("16-24", "25-34")): 20,
        ("age", ("35-64", "65+")): 30,
        ("district", ("b", "c")): 25,
    }
    assert "age: nobody of 16-24 answered. Put it with 25-34." in str(caught.value)
    for merge in caught.value.merges:
        if merge.margin == "age":
            ages = merged(ages, merge.together)
        else:
            where = merged(where, merge.together, name="b or c")
    found = rake([ages, where], limits=None)
    assert found.converged
    assert {(f.category, round(f.target, 2)) for f in found.fits} == {
        ("16-24 + 25-34", 0.45),
        ("35-64 + 65+", 0.55),
        ("a", 0.5),
        ("b or c", 0.5),
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=5, max_size=40), st.booleans())
def test_the_proposed_merges_always_mend(answers, ordered):
    margin = Margin(
        name="m",
        targets=tuple((str(i), i + 1) for i in range(9)),
        answers=tuple(map(str, answers)),
        ordered=ordered,
    )
    if len(set(answers)) < 9:
        with pytest.raises(EmptyTargetCellError) as caught:
            rake([margin], limits=None)
        for merge in caught.value.merges:
            margin = merged(margin, merge.together)
    found = rake([margin], limits=None)
    assert found.converged
    assert [f.respondents > 0 for f in found.fits] == [True] * len(found.fits)


def test_limits_that_cannot_hold_say_which_group_and_which_limit_would_do():
    margin = Margin(name="age", targets=(("young", 40), ("old", 60)), answers=("young",) * 10 + ("old",) * 90)
    with pytest.raises(LimitsTooTightError) as caught:
        rake([margin])
    assert caught.value.highest == pytest.approx(4.0)
    assert "age, young: 10 answers would each need weight 4.00." in str(caught.value)
    found = rake([margin], limits=Limits(highest=caught.value.highest + 1e-9))
    assert max(found.weights) == pytest.approx(4.0)
    assert any(reason.code == "thin" for reason in found.warnings)


def test_targets_that_contradict_are_told_apart_from_slow_ones():
    """Each margin alone is possible, both are not: all young live in a, so a cannot be below them."""
    answers = [("young", "a")] * 30 + [("old", "b")] * 30
    age = Margin(name="age", targets=(("young", 50), ("old", 50)), answers=tuple(a for a, _ in answers))
    place = Margin(name="place", targets=(("a", 40), ("b", 60)), answers=tuple(b for _, b in answers))
    with pytest.raises(LimitsTooTightError) as caught:
        rake([age, place], limits=None)
    assert caught.value.highest is None
    assert {reason.code for reason in caught.value.reasons} == {"targets_contradict", "no_limit_helps"}
    margins = from_table([[30, 20], [10, 40]], (50, 50), (48, 52))
    slow = rake(margins, loops=1)
    assert not slow.converged
    assert any(reason.code == "not_converged" for reason in slow.warnings)


def test_those_who_did_not_tell_keep_their_share():
    answers = ("w",) * 30 + ("m",) * 50 + (None,) * 20
    margin = Margin(name="sex", targets=(("w", 52), ("m", 48)), answers=answers)
    found = rake([margin], unanswered="own group")
    shares = {f.category: f.after for f in found.fits}
    assert shares == pytest.approx({"w": 0.8 * 0.52, "m": 0.8 * 0.48, "not told": 0.2})
    assert found.weights[-1] == pytest.approx(1.0)


def test_trimming_holds_the_weights_and_the_targets_and_is_told():
    margins = from_table([[40, 10, 5], [20, 20, 10], [5, 10, 30]], (30, 30, 40), (60, 25, 15))
    free, held = rake(margins, limits=None), rake(margins, limits=Limits(lowest=0.3, highest=2.9))
    assert max(free.weights) > 2.9
    assert max(held.weights) == pytest.approx(2.9)
    assert held.converged
    assert [fit.after for fit in held.fits] == pytest.approx([fit.target for fit in free.fits], abs=1e-6)
    at_limit = [w for w in held.weights if min(abs(w - 0.3), abs(w - 2.9)) < 1e-9]
    assert held.trimmed == pytest.approx(len(at_limit) / 150)
    assert any(r.code == "high_deff" for r in rake(from_table([[94, 6]], (1,), (60, 40)), limits=None).warnings)


def test_stop_is_asked_and_told():
    margins = from_table([[30, 20], [10, 40]], (50, 50), (48, 52))
    asked = []
    steps = []

    def stop():
        asked.append(1)
        return len(asked) > 2

    found = rake(margins, tolerance=1e-12, stop=stop, progress=lambda *step: steps.append(step))
    assert (found.stopped, found.converged, found.loops) == (True, False, 2)
    assert steps == [("raking", 1, 500), ("raking", 2, 500)]
    assert any(reason.code == "stopped" for reason in found.warnings)


def test_percentages_that_do_not_add_up_are_told():
    margin = Margin(name="sex", targets=(("w", 52), ("m", 43)), answers=("w", "m") * 20)
    found = rake([margin])
    assert any(r.said() == "sex: the targets add up to 95, not 100. They were scaled." for r in found.warnings)
