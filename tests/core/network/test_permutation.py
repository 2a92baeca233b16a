"""Shuffles: exact where few, honest where drawn, the same for the same seed, and stopped when told."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rosters import WAVE_1, drawn, golden, networks, numbered

from serai.core.network.errors import BadEffort
from serai.core.network.measures import mixing
from serai.core.network.permutation import (
    block_test,
    default_shuffles,
    ei_test,
    every_labeling,
    external_counts,
    labelings,
)
from serai.core.network.ties import Ties, ties_from_pairs


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 64), st.integers(0, 700), st.sampled_from([1, 2, 5, 16, 17, 300]))
def test_counting_side_by_side_equals_counting_one_by_one(seed: int, lanes: int, m: int, g: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, g, (lanes, 50)).astype(np.uint8 if g <= 256 else np.uint16)
    u, v = rng.integers(0, 50, (2, m))
    expected = [(row[u] != row[v]).sum() for row in labels]
    assert external_counts(labels, u, v, g).tolist() == expected


def test_counting_over_several_chunks() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 7, (64, 500)).astype(np.uint8)
    u, v = rng.integers(0, 500, (2, 40_001))
    assert external_counts(labels, u, v, 7).tolist() == [(row[u] != row[v]).sum() for row in labels]


@settings(max_examples=40, deadline=None)
@given(networks(largest=6))
def test_every_labeling_once(network: Ties) -> None:
    listed = [tuple(labels.tolist()) for labels in every_labeling(network, "sector")]
    assert len(listed) == len(set(listed)) == labelings(network, "sector")
    codes = network.roster.grouping("sector").codes
    for part in (network.answered, ~network.answered):
        kept = sorted(codes[part].tolist())
        assert all(sorted(np.array(labels)[part].tolist()) == kept for labels in listed)


def test_drawn_p_comes_close_to_the_exact_one() -> None:
    network = golden(WAVE_1)
    exact = ei_test(network, "sector", seed=1)
    sampled = ei_test(network, "sector", seed=1, shuffles=20_000, exact_up_to=0)
    assert exact.exact
    assert not sampled.exact
    assert exact.p_low == pytest.approx(4 / 1680)
    assert sampled.p_low == pytest.approx(exact.p_low, abs=0.002)
    assert sampled.p_high == pytest.approx(exact.p_high, abs=0.002)
    assert sampled.chance == pytest.approx(exact.chance, abs=0.01)


def test_block_test_agrees_with_the_index_and_with_what_chance_gives() -> None:
    network = golden(WAVE_1)
    test = block_test(network, "sector", seed=1)
    table = mixing(network, "sector")
    assert test.exact
    assert ((test.low <= table.expected + 1) & (table.expected - 1 <= test.high)).all()
    assert ((test.p_fewer > 0) & (test.p_fewer <= 1) & (test.p_more > 0) & (test.p_more <= 1)).all()
    drawn_test = block_test(network, "sector", seed=3, shuffles=10_000, exact_up_to=0)
    np.testing.assert_allclose(drawn_test.p_fewer, test.p_fewer, atol=0.02)


def test_p_is_fair_when_nothing_is_there() -> None:
    """Labels that have nothing to do with the ties: p below 0.1 in about a tenth of the networks, not more."""
    small = sum(
        (ei_test(drawn(seed, n=24, m=60, groups=3), "sector", seed=seed, shuffles=99).p_low or 1) <= 0.1
        for seed in range(200)
    )
    assert 8 <= small <= 34  # binomial(200, 0.1): 99.9 % lie between


def test_siloed_network_is_found_and_open_one_too() -> None:
    on = numbered([0] * 10 + [1] * 10)
    inside = [(a, b) for base in (0, 10) for a in range(base, base + 10) for b in range(a + 1, base + 10)]
    across = [(a, b) for a in range(10) for b in range(10, 20)]
    for pairs, low in ((inside, True), (across, False)):
        u, v = np.array(pairs).T
        test = ei_test(ties_from_pairs(on, u, v), "sector", seed=1)
        assert (test.p_low, test.p_high)[not low] == pytest.approx(1 / 5001)
        assert test.value == (-1 if low else 1)


def test_same_seed_same_answer_and_other_seed_another() -> None:
    network = drawn(3, n=60, m=200, groups=4)
    one, again, other = (ei_test(network, "sector", seed=seed, shuffles=500) for seed in (1, 1, 2))
    assert one == again
    assert one.chance != other.chance


def test_stop_is_said_and_keeps_what_was_done() -> None:
    network = drawn(3, n=60, m=200, groups=4)
    calls = iter(range(100))
    test = ei_test(network, "sector", seed=1, shuffles=1000, stop=lambda: next(calls) >= 2)
    assert (test.stopped, test.shuffles) == (True, 128)
    assert test.p_low == ei_test(network, "sector", seed=1, shuffles=128).p_low
    nothing = ei_test(network, "sector", seed=1, shuffles=1000, stop=lambda: True)
    assert (nothing.stopped, nothing.shuffles, nothing.p_low, nothing.chance) == (True, 0, None, None)
    blank = block_test(network, "sector", seed=1, shuffles=10, stop=lambda: True)
    assert blank.stopped
    assert np.isnan(blank.p_fewer).all()
    half_listed = ei_test(golden(WAVE_1), "sector", seed=1, stop=iter([False, True]).__next__)
    assert half_listed.stopped
    assert not half_listed.exact


def test_progress_reaches_the_end() -> None:
    seen: list[float] = []
    ei_test(drawn(3, n=60, m=200, groups=4), "sector", seed=1, shuffles=200, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_effort_by_default_and_refused() -> None:
    assert (default_shuffles(9_999), default_shuffles(10_000)) == (5_000, 1_000)
    network = drawn(3, n=60, m=200, groups=4)
    with pytest.raises(BadEffort):
        ei_test(network, "sector", seed=1, shuffles=0)
    with pytest.raises(BadEffort):
        block_test(network, "sector", seed=1, shuffles=100_000_000)


def test_no_ties_have_no_p() -> None:
    empty = ties_from_pairs(numbered([0, 1, 1]), np.zeros(0, dtype=int), np.zeros(0, dtype=int))
    test = ei_test(empty, "sector", seed=1)
    assert (test.value, test.p_low, test.p_high, test.chance) == (None, None, None, None)


def test_count_of_labelings_with_silent_organisations() -> None:
    network = drawn(7, n=9, m=5, groups=1, answered=0.5)
    assert labelings(network, "sector") == 1
    each_alone = ties_from_pairs(numbered(list(range(6))), np.array([0]), np.array([1]))
    assert labelings(each_alone, "sector") == factorial(6)
