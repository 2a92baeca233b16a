"""The barrier matrix: which of the four things is missing where, against chance, and what stays hidden."""

from __future__ import annotations

import pytest
from rosters import first_wave, towns

from serai.core.network.barriers import Barriers, barriers
from serai.core.network.disclosure import Floor, State
from serai.core.network.errors import BadRule
from serai.core.network.ties import TieRule


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
