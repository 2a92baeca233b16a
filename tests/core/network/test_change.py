"""Change between two waves: tests and intervals against brute force and simulation, and what may be shown."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from rosters import numbered

from serai.core.network.change import network_change, partner_gains
from serai.core.network.disclosure import Coverage, Floor, State, coverage
from serai.core.network.errors import BadRule, DifferentRosters
from serai.core.network.ground import common_ground
from serai.core.network.resampling import PairChanges, Strata, vertex_bootstrap
from serai.core.network.roster import Organisation, Report, Roster, Wave, roster, wave, wave_from_arrays
from serai.core.network.stability import stability
from serai.core.network.ties import TieRule

OPEN = Floor(raters=1, rated=1, width=1)


def wave_of(on: Roster, tied: np.ndarray, *, answered: np.ndarray | None = None) -> Wave:
    """A wave in which both sides report each tie of a symmetric matrix, as far as they answered."""
    heard = np.ones(on.n, dtype=bool) if answered is None else answered
    source, target = np.nonzero(tied & heard[:, None])
    return wave_from_arrays(on, source=source, target=target, ladder=np.full(len(source), 2), answered=heard)


def symmetric(rng: np.random.Generator, n: int, share: float) -> np.ndarray:
    upper = np.triu(rng.random((n, n)) < share, k=1)
    return upper | upper.T


# --- the vertex bootstrap


def test_bootstrap_is_centred_on_the_change_seen() -> None:
    rng = np.random.default_rng(4)
    on = numbered([0] * 12 + [1] * 15)
    before, after = symmetric(rng, 27, 0.2), symmetric(rng, 27, 0.4)
    change = network_change(
        common_ground(wave_of(on, before), wave_of(on, after)), "sector", seed=1, floor=OPEN, draws=3_000
    )
    for cell in (*change.cells, change.across, change.within):
        assert cell.change is not None
        assert cell.low is not None
        assert cell.high is not None
        assert cell.low < cell.change < cell.high
        assert (cell.low + cell.high) / 2 == pytest.approx(cell.change, abs=0.15 * (cell.high - cell.low))


@pytest.mark.parametrize("kind", ["alike", "lively ones gain more"])
def test_interval_holds_the_truth_about_as_often_as_it_says(kind: str) -> None:
    """95 % intervals over 100 drawn networks: at least 90 % hold the truth, and none is much wider than it must be."""
    rng = np.random.default_rng(11)
    n = 14
    on = numbered([0] * n + [1] * n)
    held, widths, changes = [], [], []
    for seed in range(100):
        lively = np.full(2 * n, 0.4) if kind == "alike" else np.where(rng.random(2 * n) < 0.4, 0.95, 0.05)
        mean_root = 0.4**0.5 if kind == "alike" else 0.4 * 0.95**0.5 + 0.6 * 0.05**0.5
        gain = 0.7 * np.sqrt(np.outer(lively, lively))
        before, after = (np.triu(rng.random((2 * n, 2 * n)) < 0.2 + more, k=1) for more in (0, gain))
        ground = common_ground(wave_of(on, before | before.T), wave_of(on, after | after.T))
        found = network_change(ground, "sector", seed=seed, floor=OPEN, draws=150)
        rows = [(block.pairs, block.low, block.high, block.change) for block in (found.across, found.within)]
        held.append([low <= 0.7 * pairs * mean_root**2 <= high for pairs, low, high, _ in rows])
        widths.append([high - low for _, low, high, _ in rows])
        changes.append([change for *_, change in rows])
    assert (np.mean(held, axis=0) >= 0.9).all()
    needed = 2 * 1.96 * np.std(changes, axis=0)
    assert (np.mean(widths, axis=0) <= 1.35 * needed).all()
    assert (np.mean(widths, axis=0) >= 0.85 * needed).all()


def test_bootstrap_when_answers_can_be_left_out() -> None:
    """The number of pairs asked about is drawn too; where every pair was asked it makes no difference on average."""
    rng = np.random.default_rng(5)
    n = 10
    u, v = np.triu_indices(n, k=1)
    change = rng.integers(-1, 2, len(u))
    one = np.zeros(n, dtype=np.int64)
    strata = Strata(of=one, own=one)
    listed = PairChanges(u=u, v=v, cell=np.zeros(len(u), dtype=int), change=change, cells=1, asked=None, ordered=False)
    fixed = replace(listed, asked=np.array([len(u)]))
    a, b = (vertex_bootstrap(pairs, strata, seed=1, draws=2_000) for pairs in (listed, fixed))
    assert (a.asked == len(u)).all()
    np.testing.assert_array_equal(a.gained.mean(), b.gained.mean())
    seen = change.sum() / len(u)
    one, two = (draws.doubt([0], seen, sizes=[n]) for draws in (a, b))
    assert one is not None
    assert two is not None
    assert (one.low, one.high) == pytest.approx((two.low, two.high), abs=0.02)


def test_clear_changes_are_rare_where_there_is_none() -> None:
    """Ties that come and go evenly: the sign-flip alone calls 15 % of such networks changed, the p kept here 5 %."""
    rng = np.random.default_rng(5)
    on = numbered([0] * 12 + [1] * 12)
    flips, kept = 0, 0
    for seed in range(100):
        ground = common_ground(wave_of(on, symmetric(rng, 24, 0.4)), wave_of(on, symmetric(rng, 24, 0.4)))
        across = network_change(ground, "sector", seed=seed, floor=OPEN, draws=100).across
        assert across.gain is not None
        assert across.p is not None
        assert across.gain.p is not None
        flips += across.gain.p <= 0.05
        kept += across.p <= 0.05
    assert kept <= 11  # binomial(100, 0.05): 99 % lie at or below
    assert flips > kept


def test_a_real_change_is_found() -> None:
    rng = np.random.default_rng(5)
    on = numbered([0] * 12 + [1] * 12)
    before = symmetric(rng, 24, 0.2)
    change = network_change(
        common_ground(wave_of(on, before), wave_of(on, before | symmetric(rng, 24, 0.4))), "sector", seed=1, draws=500
    )
    assert all(cell.p_holm is not None and cell.p_holm < 0.01 for cell in change.cells)
    assert change.across.low is not None
    assert change.across.low > 0


def test_same_seed_same_answer_and_stop_is_said() -> None:
    rng = np.random.default_rng(6)
    on = numbered([0] * 10 + [1] * 10)
    ground = common_ground(wave_of(on, symmetric(rng, 20, 0.2)), wave_of(on, symmetric(rng, 20, 0.3)))
    one, again, other = (
        network_change(ground, "sector", seed=seed, floor=OPEN, draws=300).across for seed in (1, 1, 2)
    )
    assert one == again
    assert (one.low, one.high) != (other.low, other.high)
    calls = iter(range(100))
    stopped = network_change(ground, "sector", seed=1, floor=OPEN, stop=lambda: next(calls) >= 2)
    assert (stopped.stopped, stopped.draws) == (True, 128)
    nothing = network_change(ground, "sector", seed=1, floor=OPEN, stop=lambda: True)
    assert (nothing.stopped, nothing.across.low, nothing.across.change) == (True, None, one.change)


@pytest.mark.parametrize("count", ["either", "both", "reported"])
def test_cells_add_up_to_the_totals_and_gains_to_the_changes(count: Any) -> None:
    rng = np.random.default_rng(3)
    on = numbered([0] * 8 + [1] * 7 + [2] * 6)

    def said() -> Wave:
        source, target = np.nonzero((rng.random((21, 21)) < 0.3) & ~np.eye(21, dtype=bool))
        heard = np.arange(21) % 5 > 0
        keep = heard[source]
        return wave_from_arrays(
            on, source=source[keep], target=target[keep], ladder=rng.integers(0, 5, keep.sum()), answered=heard
        )

    ground = common_ground(said(), said())
    change = network_change(ground, "sector", seed=1, rule=TieRule(count=count), floor=OPEN, draws=60)
    assert len(change.cells) == (9 if count == "reported" else 6)
    for total, inside in ((change.within, True), (change.across, False)):
        parts = [cell for cell in change.cells if (cell.first == cell.second) == inside]
        for name in ("pairs", "before", "after", "change"):
            assert getattr(total, name) == sum(getattr(cell, name) for cell in parts)
        assert total.low is not None
        assert total.high is not None
        assert total.low < total.high
    if count == "reported":  # every directed tie is one partner of who reports it
        gains = partner_gains(ground, "sector", TieRule(count=count))
        codes = on.grouping("sector").codes
        by_cell = {(cell.first, cell.second): cell.change for cell in change.cells}
        for a, b in product(range(3), repeat=2):
            assert by_cell[f"s{a}", f"s{b}"] == gains[codes == a, b].sum()


# --- common ground


def people(*keys: str, sector: str = "s") -> Roster:
    return roster(Organisation(key=key, sector=sector, level="local", city="c") for key in keys)


def test_only_who_answered_twice_is_compared() -> None:
    """B fell silent, D joined, A left: their reports are no change."""
    first = wave(
        people("A", "B", "C", "E"),
        [
            Report(source="A", target="C", ladder=3),
            Report(source="B", target="C", ladder=3),
            Report(source="C", target="E", ladder=3),
        ],
        answered=["A", "B", "C", "E"],
    )
    second = wave(
        people("B", "C", "D", "E"),
        [Report(source="C", target="E", ladder=3), Report(source="D", target="C", ladder=3)],
        answered=["C", "D", "E"],
    )
    ground = common_ground(first, second)
    assert (ground.joined, ground.left) == (("D",), ("A",))
    assert ground.roster.keys == ("B", "C", "E")
    assert ground.panel.tolist() == [False, True, True]
    held = stability(ground, seed=1)
    assert (held.kept, held.lost, held.gained) == (1, 0, 0)
    assert ground.coverage() == Coverage(answered=2, asked=3)


def test_an_organisation_that_changed_sector_is_refused_by_name() -> None:
    first, second = (wave(people("A", sector=sector), [], answered=["A"]) for sector in ("police", "youth work"))
    with pytest.raises(DifferentRosters, match="'A'"):
        common_ground(first, second)


def test_things_are_compared_where_both_waves_were_told() -> None:
    """P says nothing about a place the second time: that is not a lost place."""
    on = people("P", "Q", "R")
    first = wave(
        on,
        [
            Report(source="P", target="Q", ladder=2, place=True),
            Report(source="Q", target="R", ladder=2, place=False),
        ],
        answered=on.keys,
    )
    second = wave(
        on,
        [Report(source="P", target="Q", ladder=2), Report(source="Q", target="R", ladder=2, place=True)],
        answered=on.keys,
    )
    change = network_change(
        common_ground(first, second), "sector", seed=1, rule=TieRule(layer="place"), floor=OPEN, draws=50
    )
    assert (change.within.pairs, change.within.before, change.within.after) == (1, 0, 1)
    with pytest.raises(BadRule):
        stability(common_ground(first, second), seed=1, rule=TieRule(layer="goal"))


def test_stability_of_an_unchanged_network_and_of_an_unrelated_one() -> None:
    rng = np.random.default_rng(8)
    on = numbered([0] * 20)
    first = wave_of(on, symmetric(rng, 20, 0.3))
    same = stability(common_ground(first, first), seed=1, shuffles=199)
    assert (same.jaccard, same.correlation) == pytest.approx((1.0, 1.0))
    assert same.p == pytest.approx(1 / 200)
    other = stability(common_ground(first, wave_of(on, symmetric(rng, 20, 0.3))), seed=1, shuffles=199)
    assert other.p is not None
    assert other.p > 0.05
    assert other.correlation is not None
    assert abs(other.correlation) < 0.2


# --- what may be shown


@pytest.mark.parametrize(
    ("answered", "asked", "state", "good"),
    [
        (0, 0, State.COUNTS, False),
        (49, 100, State.COUNTS, False),
        (1, 2, State.DESCRIPTIVE, False),
        (69, 100, State.DESCRIPTIVE, False),
        (7, 10, State.TESTS, False),
        (79, 100, State.TESTS, False),
        (4, 5, State.TESTS, True),
        (10, 10, State.TESTS, True),
    ],
)
def test_coverage_bands(answered: int, asked: int, state: State, good: bool) -> None:
    found = Coverage(answered=answered, asked=asked)
    assert (found.state, found.good) == (state, good)


@pytest.mark.parametrize(
    ("silent", "state"), [(0, State.TESTS), (3, State.TESTS), (4, State.DESCRIPTIVE), (6, State.COUNTS)]
)
def test_low_coverage_takes_tests_and_intervals_away(silent: int, state: State) -> None:
    rng = np.random.default_rng(9)
    on = numbered([0] * 10 + [1] * 10)
    heard = np.ones(20, dtype=bool)
    heard[:silent] = False
    ground = common_ground(wave_of(on, symmetric(rng, 20, 0.2)), wave_of(on, symmetric(rng, 20, 0.3), answered=heard))
    between = network_change(ground, "sector", seed=1, floor=OPEN, draws=50).cells[1]
    assert (between.first, between.second, between.state) == ("s0", "s1", state)
    assert between.change is not None
    assert (between.density_change is not None) == (state >= State.DESCRIPTIVE)
    for tested in (between.low, between.high, between.gain, between.p, between.p_holm):
        assert (tested is not None) == (state == State.TESTS)
    assert coverage(ground.before, "sector").groups[0].answered == 10 - silent


def test_cells_below_the_floor_say_nothing() -> None:
    rng = np.random.default_rng(10)
    on = numbered([0] * 12 + [1] * 12 + [2] * 2)
    ground = common_ground(wave_of(on, symmetric(rng, 26, 0.2)), wave_of(on, symmetric(rng, 26, 0.3)))
    change = network_change(ground, "sector", seed=1, draws=50)
    hidden = {(cell.first, cell.second) for cell in change.cells if cell.state == State.HIDDEN}
    assert ("s2", "s2") in hidden
    assert ("s0", "s1") not in hidden
    for cell in change.cells:
        if cell.state == State.HIDDEN:
            assert {cell.before, cell.after, cell.change, cell.low, cell.gain, cell.p, cell.p_holm} == {None}
