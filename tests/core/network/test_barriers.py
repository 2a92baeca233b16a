"""The barrier matrix: which of the four things is missing where, against chance, and what stays hidden."""

from __future__ import annotations

import numpy as np
import pytest
from rosters import numbered

from serai.core.network.barriers import Barriers, barriers
from serai.core.network.disclosure import Floor, State
from serai.core.network.errors import BadRule, ValueOutOfRange
from serai.core.network.roster import Organisation, Report, Roster, Wave, roster, wave
from serai.core.network.ties import TieRule
from serai.core.network.trust import agreement, reciprocity, trust_score, trust_table


def towns() -> Roster:
    """Six police units, ten youth centres, two prisons."""
    sizes = {"police": 6, "youth work": 10, "prison": 2}
    return roster(
        Organisation(key=f"{sector[0]}{at}-{sector}", sector=sector, level="local", city=f"city{at % 2}")
        for sector, size in sizes.items()
        for at in range(size)
    )


def first_wave(on: Roster, *, silent: int = 0) -> Wave:
    """14 of 60 pairs of police and youth work cooperate; all within each do; a channel is there, a place is not."""
    police = [key for key in on.keys if "police" in key]
    youth = [key for key in on.keys if "youth" in key]
    quiet = set(police[:silent])
    across = [(one, two) for one in police for two in youth]
    reports = [
        Report(
            source=one,
            target=two,
            ladder=2 if at < 14 else 1,
            channel=at % 3 > 0,
            goal=at % 2 == 0,
            place=at < 5,
            trust=30.0,
        )
        for at, (one, two) in enumerate(across)
    ]
    inside = [(a, b) for part in (police, youth) for a in part for b in part if a < b]
    reports += [Report(source=one, target=two, ladder=3) for one, two in inside]
    return wave(on, [one for one in reports if one.source not in quiet], answered=set(on.keys) - quiet)


def found(**extra: object) -> Barriers:
    return barriers(first_wave(towns()), "sector", seed=1, shuffles=500, **extra)  # type: ignore[arg-type]


def test_police_and_youth_work() -> None:
    cell = found().between("youth work", "police")
    assert (cell.first, cell.second, cell.state) == ("police", "youth work", State.TESTS)
    assert (cell.ties, cell.asked, cell.possible) == (14, 60, 60)
    assert cell.density == pytest.approx(14 / 60)
    total = 14 + 15 + 45
    assert cell.expected == pytest.approx(total * 60 / (18 * 17 / 2))
    assert cell.low is not None
    assert cell.low > 14
    assert cell.p_fewer == pytest.approx(1 / 501)
    assert cell.p_holm is not None
    assert cell.p_fewer <= cell.p_holm <= 1


def test_which_of_the_four_things_is_missing() -> None:
    cell = found().between("police", "youth work")
    things = {one.thing: (one.state, one.there, one.told) for one in cell.things}
    assert things == {
        "channel": ("there", 40, 60),
        "goal": ("there", 30, 60),  # exactly half is not missing
        "place": ("missing", 5, 60),
        "trust": ("missing", 0, 60),
    }
    assert cell.missing == ("trust", "place")
    inside = found().between("police", "police")
    assert {one.state for one in inside.things} == {"not asked"}
    assert found(missing_below=0.05).between("police", "youth work").missing == ("trust",)


def test_small_cells_say_nothing_at_all() -> None:
    cell = found().between("prison", "prison")
    assert cell.state == State.HIDDEN
    assert {cell.ties, cell.density, cell.expected, cell.low, cell.p_fewer, cell.p_holm} == {None}
    assert {one.state for one in cell.things} == {"hidden"}
    assert all(one.there is None and one.share is None for one in cell.things)


@pytest.mark.parametrize(("silent", "state"), [(1, State.TESTS), (2, State.DESCRIPTIVE), (4, State.COUNTS)])
def test_coverage_decides_what_is_said(silent: int, state: State) -> None:
    cell = barriers(
        first_wave(towns(), silent=silent), "sector", seed=1, shuffles=100, floor=Floor(raters=1, rated=1, width=1)
    ).between("police", "youth work")
    assert cell.state == state
    assert cell.ties is not None
    assert (cell.density is not None) == (state >= State.DESCRIPTIVE)
    assert (cell.p_fewer is not None) == (state == State.TESTS)


def test_directed_cells_differ_by_who_says_it() -> None:
    both_ways = found(rule=TieRule(count="reported"))
    said, returned = both_ways.between("police", "youth work"), both_ways.between("youth work", "police")
    assert (said.ties, returned.ties) == (14, 0)
    with pytest.raises(KeyError):
        both_ways.between("police", "army")


def test_by_level_and_by_city() -> None:
    for kind in ("level", "city"):
        whole = barriers(first_wave(towns()), kind, seed=1, shuffles=100)  # type: ignore[arg-type]
        shown = [cell for cell in whole.cells if cell.ties is not None]
        assert sum(cell.ties or 0 for cell in shown) == 14 + 15 + 45


def test_only_working_together_makes_the_matrix() -> None:
    with pytest.raises(BadRule):
        found(rule=TieRule(layer="place"))


def test_same_seed_same_answer_and_stop() -> None:
    assert found().cells == found().cells
    stopped = barriers(first_wave(towns()), "sector", seed=1, stop=lambda: True)
    assert stopped.stopped
    cell = stopped.between("police", "youth work")
    assert (cell.ties, cell.low, cell.p_fewer, cell.p_holm) == (14, None, None, None)


# --- trust


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
