"""Intervals: golden and published numbers, low bases, closed groups, and never one for an opt-in sample."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.core.sampling.bases import PROFESSIONALS, Drawn, Sample, State, base_of, effective_base
from serai.core.sampling.intervals import mean, mean_se, share, wilson
from serai.core.sampling.waves import Change, detectable, difference, panel

RANDOM = Sample(drawn=Drawn.RANDOM)
OPT_IN = Sample(drawn=Drawn.OPT_IN)


def yes(count, of):
    return [True] * count + [False] * (of - count)


def ends(interval, places=4):
    return round(interval.low, places), round(interval.high, places)


def test_golden_wilson():
    """domain.md (f)."""
    assert ends(wilson(0.62, 100)) == (0.5221, 0.7090)
    assert ends(wilson(0.62, 82.3729)) == (0.5121, 0.7173)
    assert ends(wilson(0, 12)) == (0, 0.2425)


@pytest.mark.parametrize(
    ("count", "of", "wanted"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0000, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_published_wilson(count, of, wanted):
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3. Quoted from memory."""
    assert ends(wilson(count / of, of)) == wanted


def test_golden_share_with_weights():
    weights = [0.6] * 40 + [1.0] * 30 + [1.8] * 30
    answers = yes(24, 40) + yes(20, 30) + yes(18, 30)
    found = share(answers, sample=RANDOM, weights=weights)
    assert found.n == 100
    assert found.n_eff == pytest.approx(82.3729, abs=5e-5)
    assert found.value == pytest.approx((0.6 * 24 + 20 + 1.8 * 18) / 108)
    assert found.interval == wilson(found.value, found.n_eff)


def test_golden_finite_population():
    """domain.md (f): 18 of 30 in a group of 40."""
    group = Sample(drawn=Drawn.EVERYONE, population=40, floor=PROFESSIONALS)
    found = share(yes(18, 30), sample=group)
    assert found.se == pytest.approx(0.04529, abs=5e-6)
    assert found.worth == pytest.approx(30 * 39 / 10)
    all_of_them = share(yes(24, 40), sample=group)
    assert ends(all_of_them.interval) == (0.6, 0.6)
    assert all_of_them.se == 0


def test_published_mean_of_a_finite_population():
    """Cochran, Sampling Techniques (3rd ed. 1977), p. 27: 50 of 676 petition sheets, 19,888 signatures, 80 % limits.

    Quoted from memory.
    """
    sheets = {42: 23, 41: 4, 36: 1, 32: 1, 29: 1, 27: 2, 23: 1, 19: 1, 16: 2, 15: 2, 14: 1, 11: 1, 10: 1}
    sheets |= {9: 1, 7: 1, 6: 3, 5: 2, 4: 1, 3: 1}
    values = [float(k) for k, times in sheets.items() for _ in range(times)]
    drawn = Sample(drawn=Drawn.RANDOM, population=676, level=0.8)
    found = mean(values, scale=(0, 50), sample=drawn)
    assert round(676 * found.value) == 19888
    assert 676 * (found.value - 1.28 * found.se) == pytest.approx(18107, abs=2)
    assert 676 * (found.value + 1.28 * found.se) == pytest.approx(21669, abs=2)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0.2, 5)), min_size=2, max_size=40))
def test_linearised_error_is_that_of_the_influence_values(pairs):
    """The same by another road: numeric derivative of the mean to each weight, times n/(n-1)."""
    x = np.array([a for a, _ in pairs])
    w = np.array([b for _, b in pairs])
    n, step = len(x), 1e-6
    middle = w @ x / w.sum()
    influence = [(((w @ x) + step * v) / (w.sum() + step) - middle) / step for v in x]
    wanted = math.sqrt(n / (n - 1) * sum((w[i] * influence[i]) ** 2 for i in range(n)))
    assert mean_se(x.tolist(), w.tolist()) == pytest.approx(wanted, rel=1e-3, abs=1e-6)
    assert mean_se(x.tolist()) == pytest.approx(x.std(ddof=1) / math.sqrt(n))


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1), st.floats(1, 5000), st.floats(0.5, 0.999))
def test_wilson_solves_the_score_equation(p, n, level):
    """Where it is not cut at 0 or 1, each end e meets (p - e)² = z²·e(1-e)/n; it holds p and narrows with n."""
    from scipy.stats import norm

    found = wilson(p, n, level=level)
    assert 0 <= found.low <= p <= found.high <= 1
    z = norm.ppf((1 + level) / 2)
    for end in (found.low, found.high):
        if 0 < end < 1:
            assert (p - end) ** 2 == pytest.approx(z * z * end * (1 - end) / n, rel=1e-6, abs=1e-12)
    wider = wilson(p, n / 2, level=level)
    assert wider.high - wider.low >= found.high - found.low


answers = st.lists(st.one_of(st.none(), st.integers(0, 10)), min_size=0, max_size=120)


@settings(max_examples=60, deadline=None)
@given(answers, answers, st.floats(0.3, 3))
def test_opt_in_never_has_a_margin_of_error(first, second, heavy):
    weights = [heavy if i % 3 else 1.0 for i in range(len(first))]
    estimates = [
        mean(first, scale=(0, 10), sample=OPT_IN, weights=weights),
        share([None if v is None else v > 5 for v in first], sample=OPT_IN, weights=weights),
    ]
    for found in estimates:
        assert found.interval is None
        assert found.se is None
        if found.base.shown:
            assert [reason.code for reason in found.reasons] == ["opt_in"]
    other = mean(second, scale=(0, 10), sample=RANDOM)
    change = difference(estimates[0], other)
    assert (change.interval, change.p, change.se) == (None, None, None)
    assert change.change in (Change.NOT_KNOWN, Change.NOT_ENOUGH)
    waves = [[(str(i), float(v)) for i, v in enumerate(w) if v is not None] for w in (first, second)]
    if all(waves):
        both = panel(*waves, scale=(0, 10), sample=OPT_IN)
        assert (both.interval, both.p, both.se) == (None, None, None)
    assert detectable(OPT_IN, n_eff=400).share is None


@settings(max_examples=80, deadline=None)
@given(answers, st.sampled_from([5, 10, 15]))
def test_what_is_below_its_base_is_not_in_the_result(values, floor):
    sample = Sample(drawn=Drawn.RANDOM, floor=floor)
    n = sum(v is not None for v in values)
    found = mean(values, scale=(0, 10), sample=sample)
    if n < 30:
        assert found.base.state is (State.HIDDEN if n < floor else State.BAND)
        assert (found.value, found.interval, found.se, found.n, found.n_eff) == (None,) * 5
        assert found.left_out is None
        low, high = found.base.band
        assert low <= n <= high
    elif found.base.shown:
        assert found.n == n


@pytest.mark.parametrize(
    ("n", "effective", "width", "state", "codes"),
    [
        (0, 0, None, State.HIDDEN, ["below_floor"]),
        (9, 9, None, State.HIDDEN, ["below_floor"]),
        (10, 10, None, State.BAND, ["count_only"]),
        (29, 29, None, State.BAND, ["count_only"]),
        (30, 30, None, State.LOW, ["low_base"]),
        (49, 49, None, State.LOW, ["low_base"]),
        (50, 50, 0.29, State.FULL, []),
        (50, 29, 0.29, State.LOW, ["few_effective"]),
        (50, 50, 0.30, State.LOW, ["wide"]),
        (60, 20, 0.41, State.LOW, ["few_effective", "wide"]),
    ],
)
def test_low_bases(n, effective, width, state, codes):
    base = base_of(n, effective, RANDOM, width=width)
    assert base.state is state
    assert [reason.code for reason in base.reasons] == codes


def test_a_closed_group_goes_by_what_its_answers_are_worth():
    team = Sample(drawn=Drawn.EVERYONE, population=24, floor=PROFESSIONALS)
    assert base_of(4, effective_base(4, 4, team), team).state is State.HIDDEN
    assert base_of(10, effective_base(10, 10, team), team).state is State.BAND
    assert base_of(18, effective_base(18, 18, team), team).state is State.FULL
    assert base_of(24, effective_base(24, 24, team), team).state is State.FULL
    assert share(yes(12, 18), sample=team).base.shown


def test_answers_that_would_tell_on_people_are_hidden():
    assert share(yes(40, 40), sample=RANDOM).base.reasons[0].code == "all_alike"
    assert share(yes(0, 60), sample=RANDOM).value == 0
    assert share(yes(60, 60), sample=RANDOM).interval.high == 1
    assert share(yes(3, 200), sample=RANDOM).base.reasons[0].code == "small_answer"
    assert share(yes(191, 200), sample=RANDOM).value is None
    assert share(yes(190, 200), sample=RANDOM).value == pytest.approx(0.95)
    assert mean([10.0] * 40, scale=(0, 10), sample=RANDOM).value is None
    flat = mean([7.0] * 40, scale=(0, 10), sample=RANDOM)
    assert flat.value == 7
    assert flat.interval is None
    assert flat.reasons[0].code == "no_spread"


def test_not_answering_is_kept_apart_and_small_numbers_of_it_are_not_told():
    found = share([*yes(30, 60), *[None] * 12], sample=RANDOM)
    assert (found.n, found.left_out, found.value) == (60, 12, 0.5)
    assert share([*yes(30, 60), *[None] * 3], sample=RANDOM).left_out is None


def test_clusters_and_level_widen():
    answers = yes(60, 120)
    plain = share(answers, sample=RANDOM)
    clustered = share(answers, sample=Sample(drawn=Drawn.RANDOM, cluster_deff=2.0))
    assert clustered.n_eff == pytest.approx(60)
    assert clustered.interval == wilson(0.5, 60)
    assert clustered.interval.low < plain.interval.low
    values = [float(i % 11) for i in range(120)]
    wide = mean(values, scale=(0, 10), sample=Sample(drawn=Drawn.RANDOM, cluster_deff=2.0))
    assert wide.se == pytest.approx(mean_se(values) * math.sqrt(2))


def test_the_interval_of_a_mean_holds_the_truth_as_often_as_it_says():
    """2,000 samples of 40 of 120 people with weights: 95 % within 1.5 points."""
    rng = np.random.default_rng(8)
    people = rng.integers(0, 11, 120).astype(float)
    drawn = Sample(drawn=Drawn.RANDOM, population=120)
    hit = 0
    for _ in range(2000):
        found = mean(rng.choice(people, 40, replace=False).tolist(), scale=(0, 10), sample=drawn)
        hit += found.interval.low <= people.mean() <= found.interval.high
    assert hit / 2000 == pytest.approx(0.95, abs=0.015)
