"""Trust: tables, both sides of a pair, agreement, and change, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from rosters import numbered

from serai.core.network.disclosure import Floor, State
from serai.core.network.errors import ValueOutOfRange
from serai.core.network.ground import common_ground
from serai.core.network.roster import Report, Roster, Wave, wave
from serai.core.network.trust import agreement, reciprocity, trust_score, trust_table
from serai.core.network.trust_change import band_of, trust_changes


def rated(scores: dict[tuple[int, int], float], sectors: list[int]) -> Wave:
    on = numbered(sectors)
    return wave(
        on,
        [Report(source=on.keys[a], target=on.keys[b], ladder=1, trust=t) for (a, b), t in scores.items()],
        answered=on.keys,
    )


def test_trust_table_weighs_raters_alike_and_hides_small_cells() -> None:
    sectors = [0] * 5 + [1] * 3
    scores = {(a, b): 10.0 * a for a in range(5) for b in (5, 6, 7)} | {(5, 0): 90.0, (5, 1): 70.0}
    del scores[(4, 6)], scores[(4, 7)]  # one rater with fewer answers counts no less
    table = trust_table(rated(scores, sectors), "sector")
    assert table.mean[0, 1] == pytest.approx(20.0)
    assert (table.raters[0, 1], table.rated[0, 1]) == (5, 3)
    assert table.shown.tolist() == [[False, True], [False, False]]
    assert np.isnan(table.mean[1, 0])
    open_table = trust_table(rated(scores, sectors), "sector", floor=Floor(raters=1, rated=1))
    assert open_table.mean[1, 0] == pytest.approx(80.0)


def test_reciprocity_by_hand() -> None:
    found_pairs = reciprocity(rated({(0, 1): 10, (1, 0): 30, (2, 3): 50, (3, 2): 50, (0, 3): 99}, [0] * 4))
    assert (found_pairs.pairs, found_pairs.gap, found_pairs.correlation) == (2, 10.0, None)
    three = reciprocity(rated({(0, 1): 10, (1, 0): 20, (2, 3): 50, (3, 2): 60, (0, 2): 90, (2, 0): 80}, [0] * 4))
    ends = np.array([10, 20, 50, 60, 90, 80]), np.array([20, 10, 60, 50, 80, 90])
    assert three.correlation == pytest.approx(np.corrcoef(*ends)[0, 1])
    none = reciprocity(rated({}, [0, 0]))
    assert (none.pairs, none.gap, none.correlation) == (0, None, None)


@pytest.mark.parametrize("items", [[], [0, 1, 2], [1, 5, 2], [float("nan")]])
def test_bad_trust_items(items: list[float]) -> None:
    with pytest.raises(ValueOutOfRange):
        trust_score(items)


def test_bad_ratings_for_agreement() -> None:
    for ratings, options in (([0.0, 1.0], 5), ([6.0], 5), ([1.0], 1)):
        with pytest.raises(ValueOutOfRange):
            agreement(ratings, options=options)
    assert agreement([3], options=5) is None


def rating(on: Roster, scores: dict[tuple[str, str], float]) -> Wave:
    return wave(on, [Report(source=a, target=b, ladder=1, trust=t) for (a, b), t in scores.items()], answered=on.keys)


def test_trust_change_by_hand_and_a_new_contact_moves_no_mean() -> None:
    on = numbered([0] * 6 + [1] * 4)
    police, youth = on.keys[:6], on.keys[6:]
    first = {(a, b): 40.0 for a in police for b in youth}
    second = {pair: score + 12 + 2 * int(pair[0][-1]) for pair, score in first.items()}
    missing = (police[0], youth[0])
    found = trust_changes(
        common_ground(rating(on, {k: v for k, v in first.items() if k != missing}), rating(on, second)),
        "sector",
        seed=1,
        draws=500,
    )
    cell = next(one for one in found if (one.rater, one.rated) == ("s0", "s1"))
    assert cell.change == pytest.approx(12 + 2 * 2.5)
    assert cell.band == "notable"
    assert cell.test is not None
    assert cell.test.p == pytest.approx(2 / 64)
    assert cell.low is not None
    assert cell.high is not None
    assert 12 <= cell.low < 17 < cell.high <= 22
    back = next(one for one in found if (one.rater, one.rated) == ("s1", "s0"))
    assert (back.band, back.change, back.state) == ("not enough data", None, State.HIDDEN)


@pytest.mark.parametrize(
    ("change", "low", "high", "band"),
    [
        (4.9, 1, 9, "no clear change"),
        (8, -1, 17, "no clear change"),
        (5, 1, 9, "small"),
        (-10, -12, -8, "small"),
        (10.1, 2, 18, "notable"),
        (-30, -40, -20, "notable"),
        (30, 0, 60, "no clear change"),
    ],
)
def test_bands_of_trust(change: float, low: float, high: float, band: str) -> None:
    assert band_of(change, low, high) == band


def test_stopped_trust_says_so_and_is_not_called_thin() -> None:
    on = numbered([0] * 6 + [1] * 4)
    scores = {(a, b): 40.0 for a in on.keys[:6] for b in on.keys[6:]}
    ground = common_ground(rating(on, scores), rating(on, {pair: score + 9 for pair, score in scores.items()}))
    stopped = trust_changes(ground, "sector", seed=1, stop=lambda: True)
    cell = next(one for one in stopped if (one.rater, one.rated) == ("s0", "s1"))
    assert (cell.stopped, cell.change, cell.low, cell.test) == (True, None, None, None)
    whole = trust_changes(ground, "sector", seed=1)
    assert whole == trust_changes(ground, "sector", seed=1)
    done = next(one for one in whole if (one.rater, one.rated) == ("s0", "s1"))
    assert (done.stopped, done.change, done.band) == (False, pytest.approx(9.0), "small")
