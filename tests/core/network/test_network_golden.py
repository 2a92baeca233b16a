"""The golden numbers (computed apart with networkx) and published values."""

from __future__ import annotations

import numpy as np
import pytest
from rosters import EIGHT, WAVE_1, WAVE_2, eight, golden, told_by_both

from serai.core.network.bridges import fragility
from serai.core.network.brokerage import brokerage, constraint, effective_size
from serai.core.network.change import network_change, partner_gains
from serai.core.network.disclosure import Floor
from serai.core.network.ground import common_ground
from serai.core.network.measures import assortativity_of, linked_pairs, mixing, overview
from serai.core.network.permutation import ei_test, labelings
from serai.core.network.resampling import holm, sign_flip
from serai.core.network.stability import stability
from serai.core.network.ties import TieRule
from serai.core.network.trust import agreement, trust_score

FIRST = {
    "density": 0.25,
    "external": 2,
    "internal": 5,
    "ei": -0.4286,
    "p": 0.0024,
    "q": 0.3673,
    "r": 0.5625,
    "central": 0.2381,
    "linked": 2,
    "parts": 2,
    "constraint_C1": 0.6111,
    "size_C1": 2.3333,
    "roles": (0, 0, 4, 4, 0),
}
SECOND = {
    "density": 0.3929,
    "external": 6,
    "internal": 5,
    "ei": 0.0909,
    "p": 0.0071,
    "q": 0.1364,
    "r": 0.2,
    "central": 0.4286,
    "linked": 5,
    "parts": 1,
    "constraint_C1": 0.3622,
    "size_C1": 4.2,
    "roles": (0, 0, 14, 14, 6),
}


@pytest.mark.parametrize(("listed", "said"), [(WAVE_1, FIRST), (WAVE_2, SECOND)])
def test_golden_numbers_of_both_waves(listed: str, said: dict[str, float]) -> None:
    network = golden(listed)
    c1 = network.roster.index["C1"]
    whole = overview(network, "sector")
    test = ei_test(network, "sector", seed=1)
    found = {
        "density": whole.density,
        "external": whole.ei.external,
        "internal": whole.ei.internal,
        "ei": whole.ei.value,
        "p": test.p_low,
        "q": whole.modularity,
        "r": whole.assortativity,
        "central": whole.centralisation,
        "linked": whole.linked.linked,
        "parts": fragility(network).parts,
        "constraint_C1": constraint(network)[c1],
        "size_C1": effective_size(network)[c1],
        "roles": tuple(brokerage(network, "sector").totals().values()),
    }
    assert found.pop("roles") == said["roles"]
    assert {key: round(float(value), 4) for key, value in found.items()} == {
        key: value for key, value in said.items() if key != "roles"
    }
    assert test.exact
    assert test.shuffles == labelings(network, "sector") == 1680
    assert round(whole.ei.size_expected or 0, 4) == 0.6429
    assert test.chance == pytest.approx(whole.ei.size_expected)
    assert whole.linked.pairs == 6


def test_golden_constraint_and_roles_of_single_organisations() -> None:
    first, second = golden(WAVE_1), golden(WAVE_2)
    held = dict(zip(first.roster.keys, constraint(first).round(4).tolist(), strict=True))
    assert (held["P1"], held["N1"]) == (0.5, 1.0)
    c1 = brokerage(second, "sector").counts[second.roster.index["C1"]]
    assert c1.tolist() == [0, 0, 6, 6, 4]
    assert linked_pairs(mixing(second, "sector"), at_least=2).linked == 1  # P-C, P-Y and so on have one each; C-Y two


def test_golden_change() -> None:
    on = eight()
    ground = common_ground(told_by_both(on, WAVE_1), told_by_both(on, WAVE_2))
    gains = partner_gains(ground, "sector", TieRule())
    across = gains.sum(axis=1) - gains[np.arange(8), on.grouping("sector").codes]
    assert [int(across[on.index[key]]) for key in EIGHT] == [1, 1, 2, 1, 0, 1, 1, 1]
    test = sign_flip(across, seed=1)
    assert (test.changed, test.n, test.exact) == (7, 8, True)
    assert test.p == pytest.approx(2 / 128)
    held = stability(ground, seed=1)
    assert held.jaccard == pytest.approx(7 / 11)
    assert (held.kept, held.lost, held.gained) == (7, 0, 4)
    change = network_change(ground, "sector", seed=1, draws=200, floor=Floor(raters=1, rated=1, width=1))
    assert change.opportunity is not None
    assert change.opportunity.free == change.opportunity.free_across == 21
    assert change.opportunity.new_tie_share == change.opportunity.opportunity_share == 1.0
    assert change.across.gain is not None
    assert change.across.gain.p == pytest.approx(2 / 128)
    assert (change.across.before, change.across.after, change.across.change) == (2, 6, 4)


def test_assortativity_of_newmans_couples() -> None:
    """Newman 2003, Mixing patterns in networks, table I: partners in San Francisco by ethnicity, r = 0.621.

    The printed cells have three decimals; rounding alone moves r by up to 0.003.
    """
    table = np.array(
        [
            [0.258, 0.016, 0.035, 0.013],
            [0.012, 0.157, 0.058, 0.019],
            [0.013, 0.023, 0.306, 0.035],
            [0.005, 0.007, 0.024, 0.016],
        ]
    )
    assert assortativity_of(table / table.sum()) == pytest.approx(0.621, abs=0.003)


def test_holm_as_published() -> None:
    """The usual textbook p's, quoted from memory; each factor is Holm's own (4, 3, 2, 1) by hand."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_trust_scores_and_agreement_by_hand() -> None:
    assert trust_score([1, 1, 1]) == 0
    assert trust_score([4, 4, 4]) == 100
    assert trust_score([2, 3, 4]) == pytest.approx(200 / 3)
    assert agreement([3, 3, 3], options=5) == 1
    assert agreement([2, 4], options=5) == 0  # s^2 = 2 is what chance gives on five options
    assert agreement([3, 4, 3, 4], options=5) == pytest.approx(1 - (1 / 3) / 2)
