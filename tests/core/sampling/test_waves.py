"""Differences of waves beside scipy and published numbers; Holm; what could be seen at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from serai.core.sampling.bases import PROFESSIONALS, Drawn, Sample
from serai.core.sampling.intervals import mean, share
from serai.core.sampling.waves import Change, answers_needed, detectable, difference, holm, panel

RANDOM = Sample(drawn=Drawn.RANDOM)


def yes(count, of):
    return [True] * count + [False] * (of - count)


def test_published_difference_of_shares():
    """Newcombe, Statistics in Medicine 17 (1998) 873-890, table II (a), method 10: 56/70 and 48/80. From memory."""
    found = difference(share(yes(48, 80), sample=RANDOM), share(yes(56, 70), sample=RANDOM))
    assert found.value == pytest.approx(0.2)
    assert round(found.interval.low, 4) == 0.0524
    assert round(found.interval.high, 4) == 0.3339
    assert found.se == pytest.approx(np.sqrt(0.8 * 0.2 / 70 + 0.6 * 0.4 / 80))
    assert found.change is Change.NOTABLE
    pooled = stats.chi2_contingency([[56, 14], [48, 32]], correction=False)
    assert found.p == pytest.approx(pooled.pvalue)


def test_means_as_welch():
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 9, 70).astype(float), rng.integers(2, 11, 55).astype(float)
    found = difference(mean(a.tolist(), scale=(0, 10), sample=RANDOM), mean(b.tolist(), scale=(0, 10), sample=RANDOM))
    peer = stats.ttest_ind(b, a, equal_var=False)
    assert found.p == pytest.approx(peer.pvalue)
    low, high = peer.confidence_interval(0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))


def test_panel_as_paired():
    rng = np.random.default_rng(3)
    a = rng.integers(0, 9, 60).astype(float)
    b = np.clip(a + rng.integers(-1, 3, 60), 0, 10)
    before = [(f"p{i}", v) for i, v in enumerate(a)]
    after = [(f"p{i}", v) for i, v in reversed(list(enumerate(b)))]
    found = panel(before, [*after, *((f"new{i}", 3.0) for i in range(11))], scale=(0, 10), sample=RANDOM)
    peer = stats.ttest_rel(b, a)
    assert found.p == pytest.approx(peer.pvalue)
    low, high = peer.confidence_interval(0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))
    assert found.pairs == 60
    assert found.reasons[0].said() == "11 people answered in one wave only; they are not in this comparison."
    weighted = panel(before, after, scale=(0, 10), sample=RANDOM, weights={f"p{i}": 1.0 + (i < 20) for i in range(60)})
    d = b - a
    assert weighted.value == pytest.approx((d.sum() + d[:20].sum()) / 80)


def test_a_panel_needs_fewer_people_than_two_samples():
    rng = np.random.default_rng(5)
    a = rng.integers(1, 9, 60).astype(float)
    b = np.clip(a + rng.integers(0, 2, 60), 0, 10)
    paired = panel(
        [(str(i), v) for i, v in enumerate(a)],
        [(str(i), v) for i, v in enumerate(b)],
        scale=(0, 10),
        sample=RANDOM,
    )
    apart = difference(mean(a.tolist(), scale=(0, 10), sample=RANDOM), mean(b.tolist(), scale=(0, 10), sample=RANDOM))
    assert paired.value == pytest.approx(apart.value)
    assert paired.se < apart.se


def test_a_change_nobody_can_see_is_not_no_change():
    few, many = share(yes(6, 12), sample=RANDOM), share(yes(100, 200), sample=RANDOM)
    found = difference(few, many)
    assert found.change is Change.NOT_ENOUGH
    assert found.value is None
    assert difference(many, share(yes(104, 200), sample=RANDOM)).change is Change.NO_CLEAR
    big = [share(yes(k, 4000), sample=RANDOM) for k in (2000, 2120, 2300, 2600)]
    assert difference(big[0], big[1]).change is Change.NO_CLEAR  # clear, but under 5 points
    assert difference(big[0], big[2]).change is Change.SMALL
    assert difference(big[0], big[3]).change is Change.NOTABLE


def test_everybody_answered_twice_is_exact():
    team = Sample(drawn=Drawn.EVERYONE, population=24, floor=PROFESSIONALS)
    found = difference(share(yes(12, 24), sample=team), share(yes(16, 24), sample=team))
    assert (found.interval.low, found.interval.high) == pytest.approx((1 / 6, 1 / 6))
    assert (found.se, found.p) == (0, 0)
    same = difference(share(yes(12, 24), sample=team), share(yes(12, 24), sample=team))
    assert same.p == 1
    scores = [float(i % 10) for i in range(24)]
    means = [mean([v + k for v in scores], scale=(0, 10), sample=team) for k in (0, 1)]
    assert difference(*means).value == pytest.approx(1)
    assert difference(*means).p == 0
    half = difference(share(yes(12, 24), sample=team), share(yes(12, 18), sample=team))
    assert 0 < half.p < 1


def test_holm_by_hand():
    """.005 × 4, .01 × 3, .03 × 2, and .04 × 1 is raised to the one before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.001, 0.2))
def test_holm_rejects_what_its_steps_reject(p, alpha):
    """The step-down procedure itself: smallest p against α/m, next against α/(m−1), stop at the first failure."""
    adjusted = holm(p)
    rejected = set()
    for step, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        if p[i] * (len(p) - step) > alpha:
            break
        rejected.add(i)
    assert {i for i, q in enumerate(adjusted) if q <= alpha} == rejected


def test_golden_detectable_difference():
    """domain.md (f)."""
    points = [100 * detectable(RANDOM, n_eff=n).share for n in (100, 200, 400)]
    assert [round(v, 1) for v in points] == [19.8, 14.0, 9.9]
    assert answers_needed(RANDOM, difference=0.1) == 393
    assert detectable(RANDOM, n_eff=392).share > 0.1 >= detectable(RANDOM, n_eff=393).share
    assert detectable(RANDOM, n_eff=1).share == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90))
def test_turning_the_waves_round_turns_the_sign(a, b):
    first, second = share(yes(9 + a, 110), sample=RANDOM), share(yes(9 + b, 110), sample=RANDOM)
    there, back = difference(first, second), difference(second, first)
    if there.value is None:
        assert back.value is None
        return
    assert there.value == pytest.approx(-back.value)
    assert there.p == pytest.approx(back.p)
    assert there.interval.low == pytest.approx(-back.interval.high)
    assert there.interval.low <= there.value <= there.interval.high
