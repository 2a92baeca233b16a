"""Cronbach's alpha beside the analysis of variance of Hoyt, and its doubts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.core.sampling.bases import Drawn, Sample, State
from serai.core.sampling.scales import cronbach

RANDOM = Sample(drawn=Drawn.RANDOM)


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 6), st.integers(30, 60), st.integers(0, 10_000), st.floats(0, 3))
def test_alpha_is_hoyts_ratio(items, people, seed, trait):
    """1 − mean square of the rest / mean square between people (Hoyt 1941): another road to the same number."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(0, 1, (people, items)) + trait * rng.normal(0, 1, (people, 1)), 2)
    found = cronbach(x.tolist(), sample=RANDOM)
    centred = x - x.mean(axis=1, keepdims=True) - x.mean(axis=0) + x.mean()
    rest = (centred**2).sum() / ((people - 1) * (items - 1))
    between = items * ((x.mean(axis=1) - x.mean()) ** 2).sum() / (people - 1)
    assert found.alpha == pytest.approx(1 - rest / between)
    assert found.n == people
    codes = [reason.code for reason in found.reasons]
    assert codes == (["turned_round"] if found.alpha < 0 else ["loose"] if found.alpha < 0.7 else [])


def test_only_full_answers_count_and_few_are_not_shown():
    row = [[1.0, 2.0, 2.0], [4.0, 5.0, 3.0], [2.0, 2.0, 1.0]] * 12
    assert cronbach(row, sample=RANDOM).n == 36
    gaps = cronbach([*row, [None, 1.0, 2.0]], sample=RANDOM)
    assert (gaps.n, gaps.left_out) == (36, 1)
    assert gaps.alpha == cronbach(row, sample=RANDOM).alpha
    few = cronbach(row[:8], sample=RANDOM)
    assert few.base.state is State.HIDDEN
    assert (few.alpha, few.n, few.left_out) == (None, None, None)


def test_no_spread_has_no_alpha():
    found = cronbach([[3.0, 3.0, 3.0]] * 40, sample=RANDOM)
    assert found.alpha is None
    assert found.reasons[0].code == "no_spread"
    assert cronbach([[v, v, v] for v in map(float, range(40))], sample=RANDOM).alpha == pytest.approx(1)
