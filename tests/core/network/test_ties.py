"""Rosters, waves and tie rules: what counts as a tie, what was asked, and every bad input by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rosters import EIGHT, WAVE_1, eight, numbered, told_by_both

from serai.core.network import errors
from serai.core.network.barriers import barriers
from serai.core.network.disclosure import State
from serai.core.network.ground import common_ground
from serai.core.network.measures import centralisation, centralisation_in, density, mixing
from serai.core.network.permutation import ei_test
from serai.core.network.roster import Organisation, Report, Wave, roster, wave, wave_from_arrays
from serai.core.network.ties import TieRule, confirmation, ties, ties_from_pairs, told


def pairs_of(given: Wave, **rule: Any) -> set[str]:
    """The ties as names, e.g. P1C1."""
    found = ties(given, TieRule(**rule))
    keys = given.roster.keys
    return {keys[u] + keys[v] for u, v in zip(found.u.tolist(), found.v.tolist(), strict=True)}


def one_sided() -> Wave:
    """P1 and C1 say different things of each other; Y1 did not answer."""
    return wave(
        eight(),
        [
            Report(source="P1", target="C1", ladder=2, channel=True, goal=False, trust=40),
            Report(source="C1", target="P1", ladder=1, channel=True, place=False, trust=60),
            Report(source="P1", target="P2", ladder=4, trust=100),
            Report(source="P2", target="P1", ladder=3, channel=False, trust=90),
            Report(source="C1", target="Y1", ladder=2),
        ],
        answered=["P1", "P2", "C1", "N1"],
    )


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, {"C1P1", "P1P2", "C1Y1"}),
        ({"count": "both"}, {"P1P2"}),
        ({"count": "reported"}, {"P1C1", "P1P2", "P2P1", "C1Y1"}),
        ({"at_least": 1}, {"C1P1", "P1P2", "C1Y1"}),
        ({"at_least": 1, "count": "both"}, {"C1P1", "P1P2"}),
        ({"at_least": 4}, {"P1P2"}),
        ({"at_least": 4, "count": "both"}, set()),
        ({"layer": "channel"}, {"C1P1"}),
        ({"layer": "channel", "count": "both"}, {"C1P1"}),
        ({"layer": "goal"}, set()),
        ({"layer": "trust"}, {"C1P1", "P1P2"}),
        ({"layer": "trust", "count": "reported"}, {"C1P1", "P1P2", "P2P1"}),
        ({"layer": "trust", "at_least": 95, "count": "reported"}, {"P1P2"}),
    ],
)
def test_what_counts_as_a_tie(rule: dict[str, Any], expected: set[str]) -> None:
    assert pairs_of(one_sided(), **rule) == expected


def test_told_is_what_was_answered_at_all() -> None:
    given = one_sided()
    assert told(given, TieRule(layer="goal")).m == 1
    assert told(given, TieRule(layer="channel")).m == 2
    assert told(given, TieRule(layer="channel", count="both")).m == 1
    assert told(given, TieRule(layer="trust", count="reported")).m == 4


def test_confirmation_tells_what_could_not_be_confirmed() -> None:
    found = confirmation(one_sided(), TieRule())
    assert (found.union, found.confirmed, found.heard) == (3, 1, 2)  # Y1 was not there to confirm
    assert found.share == pytest.approx(1 / 3)
    assert found.share_heard == pytest.approx(1 / 2)
    nothing = confirmation(wave(eight(), [], answered=["P1"]), TieRule())
    assert (nothing.share, nothing.share_heard) == (None, None)


@pytest.mark.parametrize(
    ("count", "asked"),
    [
        # four answered (P1, P2, C1, N1), four did not (C2, C3, Y1, Y2)
        ("either", 28 - 6),
        ("both", 6),
        ("reported", 4 * 7),
    ],
)
def test_pairs_nobody_could_report_are_not_asked_about(count: Any, asked: int) -> None:
    table = mixing(ties(one_sided(), TieRule(count=count)), "sector")
    total = table.asked.sum() if table.directed else np.triu(table.asked).sum()
    assert total == asked
    possible = table.possible.sum() if table.directed else np.triu(table.possible).sum()
    assert possible == (56 if table.directed else 28)


def test_order_of_input_changes_nothing() -> None:
    shuffled = roster(Organisation(key=key, sector="x", level="local", city="y") for key in reversed(EIGHT))
    assert shuffled.keys == tuple(sorted(EIGHT))


def test_one_respondent_is_a_wave() -> None:
    given = wave(eight(), [Report(source="P1", target="C1", ladder=2)])
    assert given.answered.sum() == 1
    assert pairs_of(given) == {"C1P1"}


def test_values_are_frozen() -> None:
    given = told_by_both(eight(), WAVE_1)
    for array in (given.source, given.ladder, given.trust, given.answered, ties(given, TieRule()).u):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def report(**values: Any) -> Callable[[], object]:
    return lambda: wave(eight(), [Report(**({"source": "P1", "target": "C1", "ladder": 2} | values))])


def arrays(**values: Any) -> Callable[[], object]:
    return lambda: wave_from_arrays(eight(), **({"source": [0], "target": [1], "ladder": [2]} | values))


BAD: list[tuple[type[errors.NetworkError], Callable[[], object]]] = [
    (errors.BadRoster, lambda: roster([])),
    (errors.BadRoster, lambda: Organisation(key="", sector="police", level="local", city="Arbreva")),
    (errors.BadRoster, lambda: Organisation(key="a", sector=" ", level="local", city="Arbreva")),
    (errors.BadRoster, lambda: roster([Organisation(key="a", sector="s", level="l", city="c")] * 2)),
    (errors.EmptyWave, lambda: wave(eight(), [])),
    (errors.EmptyWave, lambda: wave(eight(), [], answered=[])),
    (errors.SelfReport, report(target="P1")),
    (errors.UnknownOrganisation, report(target="Z9")),
    (errors.UnknownOrganisation, report(source="Z9")),
    (errors.UnknownOrganisation, lambda: wave(eight(), [], answered=["Z9"])),
    (errors.ValueOutOfRange, report(ladder=5)),
    (errors.ValueOutOfRange, report(ladder=-1)),
    (errors.ValueOutOfRange, report(ladder=2.5)),
    (errors.ValueOutOfRange, report(ladder=None)),
    (errors.ValueOutOfRange, report(ladder=True)),
    (errors.ValueOutOfRange, report(channel=2)),
    (errors.ValueOutOfRange, report(trust=-0.1)),
    (errors.ValueOutOfRange, report(trust=100.5)),
    (errors.ValueOutOfRange, report(trust=float("nan"))),
    (errors.ValueOutOfRange, report(trust=float("inf"))),
    (errors.ValueOutOfRange, report(ladder=0, trust=50)),
    (errors.DuplicateReport, lambda: wave(eight(), [Report(source="P1", target="C1", ladder=step) for step in (1, 2)])),
    (errors.NotARespondent, lambda: wave(eight(), [Report(source="P1", target="C1", ladder=2)], answered=["C1"])),
    (errors.BadReport, arrays(ladder=[2, 2])),
    (errors.BadReport, arrays(trust=[1.0, 2.0])),
    (errors.BadReport, arrays(answered=np.ones(3, dtype=bool))),
    (errors.ValueOutOfRange, arrays(ladder=[2.5])),
    (errors.ValueOutOfRange, arrays(place=[7])),
    (errors.UnknownOrganisation, arrays(target=[8])),
    (errors.UnknownOrganisation, arrays(source=[-1])),
    (errors.BadRule, lambda: TieRule(layer="mood")),  # type: ignore[arg-type]
    (errors.BadRule, lambda: TieRule(count="maybe")),  # type: ignore[arg-type]
    (errors.BadRule, lambda: TieRule(at_least=0)),
    (errors.BadRule, lambda: TieRule(at_least=2.5)),
    (errors.BadRule, lambda: TieRule(at_least=5)),
    (errors.BadRule, lambda: TieRule(layer="trust", at_least=0)),
    (errors.BadRule, lambda: TieRule(layer="trust", at_least=101)),
    (errors.BadRule, lambda: TieRule(layer="place", at_least=2)),
    (errors.BadRule, lambda: eight().grouping("mood")),  # type: ignore[arg-type]
    (errors.BadRule, lambda: mixing(ties(one_sided(), TieRule()), "sector").position("army")),
    (errors.SelfReport, lambda: ties_from_pairs(eight(), np.array([1]), np.array([1]))),
    (errors.DuplicateReport, lambda: ties_from_pairs(eight(), np.array([1, 2]), np.array([2, 1]))),
    (errors.UnknownOrganisation, lambda: ties_from_pairs(eight(), np.array([1]), np.array([8]))),
    (errors.WrongDirection, lambda: centralisation(ties(one_sided(), TieRule(count="reported")))),
    (errors.WrongDirection, lambda: centralisation_in(ties(one_sided(), TieRule()))),
    (errors.DifferentRosters, lambda: common_ground(one_sided(), wave(numbered([0]), [], answered=["o000"]))),
    (errors.EmptyWave, lambda: common_ground(one_sided(), wave(eight(), [], answered=["Y1"]))),
]


@pytest.mark.parametrize(("error", "call"), BAD)
def test_bad_input_has_a_name_and_a_sentence(error: type[errors.NetworkError], call: Callable[[], object]) -> None:
    with pytest.raises(error) as raised:
        call()
    assert raised.type is error
    assert str(raised.value).endswith(".")
    assert len(str(raised.value).split()) < 20


def test_one_respondent_has_the_right_numbers_and_no_cell_is_shown() -> None:
    one = wave(eight(), [Report(source="P1", target="C1", ladder=2)], answered=["P1"])
    network = ties(one, TieRule())
    assert (network.m, density(network)) == (1, pytest.approx(1 / 7))
    both = ties(one, TieRule(count="both"))
    assert (both.m, density(both)) == (0, None)
    said = confirmation(one, TieRule())
    assert (said.union, said.confirmed, said.share_heard) == (1, 0, None)
    test = ei_test(network, "sector", seed=1)
    assert (test.value, test.p_low, test.p_high) == (1.0, 1.0, pytest.approx(6 / 7))  # one of seven others is police
    assert {(cell.state, cell.ties, cell.p_fewer) for cell in barriers(one, "sector", seed=1, shuffles=50).cells} == {
        (State.HIDDEN, None, None)
    }
