"""What rests on one organisation, and which new ties would help: against networkx and brute force."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from rosters import WAVE_1, WAVE_2, as_graph, drawn, golden, networks, numbered, told_by_both

from serai.core.network.bridges import fragility, pairs_apart, pairs_parted, parts, resting
from serai.core.network.errors import BadEffort, DifferentRosters, WrongDirection
from serai.core.network.new_ties import Weights, new_ties
from serai.core.network.ties import TieRule, Ties, ties, ties_from_pairs
from serai.core.network.ways import relieved

QUICK = settings(max_examples=80, deadline=None)


def parted_by_definition(graph: nx.Graph, node: int) -> int:
    """Pairs of others that reach each other, but not without this one."""
    own = nx.node_connected_component(graph, node) - {node}
    left = graph.subgraph(own)
    return sum(not nx.has_path(left, a, b) for a, b in combinations(own, 2))


@QUICK
@given(networks(largest=10))
def test_what_falls_apart_without_each_organisation(network: Ties) -> None:
    graph = as_graph(network)
    found = fragility(network)
    assert found.pairs_parted.tolist() == [parted_by_definition(graph, node) for node in graph]
    assert set(np.flatnonzero(found.pairs_parted).tolist()) == set(nx.articulation_points(graph))
    components = list(nx.connected_components(graph))
    assert (found.parts, found.largest) == (len(components), max(len(one) for one in components))
    if found.worst is None:
        assert not found.pairs_parted.any()
        return
    graph.remove_node(found.worst.position)
    left = list(nx.connected_components(graph))
    assert (found.worst.parts_after, found.worst.largest_after) == (len(left), max(len(one) for one in left))


@pytest.mark.parametrize("seed", range(4))
def test_larger_networks_have_the_same_cut_points(seed: int) -> None:
    network = drawn(seed, n=400, m=420, groups=4)
    graph = as_graph(network)
    assert set(np.flatnonzero(fragility(network).pairs_parted).tolist()) == set(nx.articulation_points(graph))
    assert len(parts(network).top) == len(list(nx.biconnected_components(graph)))


@QUICK
@given(networks(largest=8))
def test_what_a_new_tie_frees(network: Ties) -> None:
    """For every absent pair: pairs that newly reach each other, and dependences on one organisation that end."""
    graph = as_graph(network)
    absent = [pair for pair in combinations(range(network.n), 2) if not graph.has_edge(*pair)]
    if not absent:
        return
    found = parts(network)
    u, v = np.array(absent).T
    before = sum(parted_by_definition(graph, node) for node in graph)
    apart = pairs_apart(found)
    assert apart == sum(not nx.has_path(graph, a, b) for a, b in combinations(graph, 2))
    for (one, two), freed in zip(absent, relieved(found, u, v).tolist(), strict=True):
        graph.add_edge(one, two)
        after = parts(ties_from_pairs(network.roster, *np.array(graph.edges).T))
        if found.part[one] == found.part[two]:
            assert freed == before - int(pairs_parted(after).sum())
        else:
            sizes = found.size[found.part[[one, two]]]
            assert apart - pairs_apart(after) == sizes.prod()
            assert freed == 0
        graph.remove_edge(one, two)


def test_a_bridge_between_two_teams() -> None:
    """Two rings of four joined through one organisation: the tie round it comes first, with its reasons."""
    ring = [(a, (a + 1) % 4) for a in range(4)]
    pairs = [*ring, *((a + 4, b + 4) for a, b in ring), (0, 8), (8, 4)]
    on = numbered([0] * 4 + [1] * 4 + [2])
    network = ties_from_pairs(on, *np.array(pairs).T)
    found = fragility(network)
    assert found.worst is not None
    assert (found.worst.position, found.worst.pairs_parted) in {(8, 16), (0, 15), (4, 15)}
    best = new_ties(network, count=1).pairs[0]
    assert {best.one // 4, best.two // 4} == {0, 1}
    assert best.one != 0  # goes round the bridge and both its neighbours
    assert best.two != 4
    assert (best.relieved, best.newly_reached, best.ties_between) == (16 + 15 + 15, 0, 0)
    assert best.expected_between == pytest.approx(10 * 16 / 36)


def test_new_ties_join_what_is_apart_and_burden_no_one() -> None:
    network = golden(WAVE_1)
    found = new_ties(network, count=5, per_organisation=1)
    joined = found.pairs[0]
    assert joined.newly_reached == 3 * 5
    used = [end for tie in found.pairs for end in (tie.one, tie.two)]
    assert len(used) == len(set(used))
    assert len(found.pairs) == 4  # eight organisations, each asked once
    graph = as_graph(network)
    for tie in found.pairs:
        assert not graph.has_edge(tie.one, tie.two)
        graph.add_edge(tie.one, tie.two)
    assert nx.is_connected(graph)
    assert not found.of_shortlist
    assert new_ties(network, count=5, per_organisation=1) == found


def test_each_new_tie_is_weighed_with_those_before() -> None:
    network = golden(WAVE_2)
    whole = new_ties(network, count=3).pairs
    for made in range(3):
        added = ties_from_pairs(
            network.roster,
            np.append(network.u, [tie.one for tie in whole[:made]]).astype(int),
            np.append(network.v, [tie.two for tie in whole[:made]]).astype(int),
        )
        step = new_ties(added, count=1).pairs[0]
        assert step == whole[made]


def test_ease_prefers_who_know_of_each_other() -> None:
    on = numbered([0, 0, 0, 0])
    network = ties_from_pairs(on, np.array([0, 2]), np.array([1, 3]))
    aware = ties_from_pairs(on, np.array([0, 2, 1]), np.array([1, 3, 3]))
    only_ease = Weights(reach=0, relief=0, barrier=0, first=0)
    best = new_ties(network, count=1, aware=aware, weights=only_ease).pairs[0]
    assert (best.one, best.two, best.know, best.score) == (1, 3, True, 0.5)


def test_within_one_city_only() -> None:
    on = numbered([0, 1, 0, 1], cities=[0, 0, 1, 1])
    network = ties_from_pairs(on, np.zeros(0, dtype=int), np.zeros(0, dtype=int))
    found = new_ties(network, count=9, within="city", per_organisation=9)
    assert {(tie.one, tie.two) for tie in found.pairs} == {(0, 1), (2, 3)}


def test_shortlist_is_named_and_finds_the_same_join() -> None:
    network = golden(WAVE_1)
    listed, whole = new_ties(network, count=1, all_pairs=0), new_ties(network, count=1)
    assert listed.of_shortlist
    assert not whole.of_shortlist
    assert listed.weighed < whole.weighed
    assert listed.pairs[0].newly_reached == whole.pairs[0].newly_reached == 15


def test_stop_and_nothing_left_to_tie() -> None:
    complete = ties_from_pairs(numbered([0, 1, 1]), np.array([0, 0, 1]), np.array([1, 2, 2]))
    assert new_ties(complete).pairs == ()
    stopped = new_ties(golden(WAVE_1), stop=lambda: True)
    assert (stopped.pairs, stopped.stopped) == ((), True)


def test_links_that_rest_on_one_organisation() -> None:
    """Three of four ties between the sectors are those of organisation 0."""
    on = numbered([0, 0, 1, 1, 1])
    network = ties_from_pairs(on, np.array([0, 0, 0, 1, 2]), np.array([2, 3, 4, 4, 3]))
    (found,) = resting(network, "sector")
    assert (found.ties, found.on_one, found.position, found.share) == (4, 3, 0, 0.75)
    assert resting(network, "sector", from_ties=5) == ()


def test_bad_input() -> None:
    on = numbered([0, 1])
    directed = ties_from_pairs(on, np.array([0]), np.array([1]), directed=True)
    for call in (parts, lambda given: resting(given, "sector"), new_ties):
        with pytest.raises(WrongDirection):
            call(directed)
    single = ties_from_pairs(on, np.array([0]), np.array([1]))
    with pytest.raises(BadEffort):
        new_ties(single, count=0)
    with pytest.raises(BadEffort):
        new_ties(single, per_organisation=0)
    with pytest.raises(DifferentRosters):
        new_ties(single, aware=golden(WAVE_1))
    for wrong in (
        {"reach": -1.0},
        {"ease": float("nan")},
        dict.fromkeys(("reach", "relief", "barrier", "first", "ease"), 0.0),
    ):
        with pytest.raises(BadEffort):
            Weights(**wrong)


def test_lone_organisation() -> None:
    alone = ties(told_by_both(numbered([0]), ""), TieRule())
    found = fragility(alone)
    assert (found.parts, found.largest, found.worst) == (1, 1, None)
    assert new_ties(alone).pairs == ()
