"""Sign flips against every sign written out, and Holm's correction."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.core.network.errors import BadEffort
from serai.core.network.resampling import holm, sign_flip


def flips_by_definition(changes: list[float]) -> float:
    sums = [
        abs(sum(sign * change for sign, change in zip(signs, changes, strict=True)))
        for signs in product((1, -1), repeat=len(changes))
    ]
    return float(np.mean(np.array(sums) >= abs(sum(changes)) - 1e-9))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
def test_sign_flip_of_whole_numbers_is_exact(changes: list[int]) -> None:
    test = sign_flip(np.array(changes), seed=1)
    assert test.p == pytest.approx(flips_by_definition([float(change) for change in changes]))
    assert test.exact
    assert (test.n, test.changed) == (len(changes), sum(change != 0 for change in changes))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-50, 50, allow_subnormal=False).map(lambda x: round(x, 3)), min_size=1, max_size=8))
def test_sign_flip_of_fractions_is_exact_when_few(changes: list[float]) -> None:
    assert sign_flip(np.array(changes), seed=1).p == pytest.approx(flips_by_definition(changes))


def test_sign_flip_drawn_comes_close_to_exact() -> None:
    whole = np.random.default_rng(2).integers(-2, 4, 30)
    exact, sampled = sign_flip(whole, seed=1), sign_flip(whole * 1.0, seed=1, draws=20_000)
    assert not sampled.exact
    assert sampled.p == pytest.approx(exact.p, abs=0.01)
    assert sign_flip(whole * 1.0, seed=1, draws=500) == sign_flip(whole * 1.0, seed=1, draws=500)
    stopped = sign_flip(whole * 1.0, seed=1, stop=lambda: True)
    assert (stopped.p, stopped.stopped) == (None, True)


def test_sign_flip_of_very_many_and_of_none() -> None:
    assert sign_flip(np.ones(3_000, dtype=int), seed=1).p == 1e-12  # stands for "or less"
    assert sign_flip(np.ones(30, dtype=int), seed=1).p == pytest.approx(2.0**-29)
    balanced = sign_flip(np.tile([1, -1, 3, -3], 5_000), seed=1)
    assert balanced.p == pytest.approx(1.0)
    assert sign_flip(np.zeros(4, dtype=int), seed=1).p == 1.0
    assert sign_flip(np.zeros(0, dtype=int), seed=1).p is None
    with pytest.raises(BadEffort):
        sign_flip(np.array([1.0, np.nan]), seed=1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_is_never_below_the_p_and_keeps_the_order(p_values: list[float]) -> None:
    corrected = holm(p_values)
    assert all(p <= after <= 1 for p, after in zip(p_values, corrected, strict=True))
    for (p, after), (q, other) in product(zip(p_values, corrected, strict=True), repeat=2):
        assert after <= other or p >= q
    if p_values:
        assert min(corrected) == pytest.approx(min(1.0, len(p_values) * min(p_values)))


def test_holm_refuses_what_is_no_p() -> None:
    for bad in (-0.1, 1.1, float("nan")):
        with pytest.raises(BadEffort):
            holm([bad])
