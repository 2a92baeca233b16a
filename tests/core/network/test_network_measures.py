"""Measures against networkx and against the definitions written out, on random and on strange networks."""

from __future__ import annotations

from itertools import permutations
from math import comb

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rosters import as_graph, drawn, networks, numbered

from serai.core.network.brokerage import ROLES, brokerage, constraint, effective_size
from serai.core.network.errors import WrongDirection
from serai.core.network.measures import (
    assortativity,
    block_densities,
    centralisation,
    centralisation_in,
    density,
    ei,
    ei_by_group,
    ei_by_node,
    linked_pairs,
    mixing,
    modularity,
    overview,
)
from serai.core.network.permutation import every_labeling
from serai.core.network.ties import Ties, ties_from_pairs
from serai.core.network.triangles import skeleton, triangles

QUICK = settings(max_examples=60, deadline=None)
RANDOM = [
    (seed, n, m, groups, directed)
    for directed in (False, True)
    for seed, n, m, groups in [(1, 30, 60, 4), (2, 60, 400, 3), (3, 25, 300, 5), (4, 80, 90, 8)]
]


@pytest.mark.parametrize(("seed", "n", "m", "groups", "directed"), RANDOM)
def test_whole_network_measures_equal_networkx(seed: int, n: int, m: int, groups: int, directed: bool) -> None:
    network = drawn(seed, n=n, m=m, groups=groups, directed=directed)
    graph = as_graph(network)
    sets = [{node for node, code in graph.nodes("sector") if code == group} for group in range(groups)]
    table = mixing(network, "sector")
    assert modularity(table) == pytest.approx(nx.community.modularity(graph, [one for one in sets if one]))
    assert assortativity(table) == pytest.approx(nx.attribute_assortativity_coefficient(graph, "sector"))
    assert density(network) == pytest.approx(nx.density(graph))
    external = sum(graph.nodes[u]["sector"] != graph.nodes[v]["sector"] for u, v in graph.edges)
    found = ei(table)
    assert (found.external, found.internal) == (external, network.m - external)
    assert found.chance == pytest.approx(found.size_expected)


@pytest.mark.parametrize(("seed", "n", "m", "groups", "directed"), RANDOM)
def test_constraint_and_effective_size_equal_networkx(seed: int, n: int, m: int, groups: int, directed: bool) -> None:
    network = drawn(seed, n=n, m=m, groups=groups, directed=directed)
    graph = as_graph(network)
    ours, whole = constraint(network), nx.constraint(graph)
    np.testing.assert_allclose(ours, [whole[node] for node in graph], atol=1e-12)
    if not directed:
        one_by_one = nx.constraint(graph, nodes=range(8))  # networkx's other way, written out node by node
        np.testing.assert_allclose(ours[:8], [one_by_one[node] for node in range(8)], atol=1e-12)
        sizes = nx.effective_size(graph, nodes=list(graph))
        np.testing.assert_allclose(effective_size(network), [sizes[node] for node in graph], atol=1e-12)
    else:
        with pytest.raises(WrongDirection):
            effective_size(network)


@QUICK
@given(networks())
def test_triangles_are_each_found_once(network: Ties) -> None:
    contacts = skeleton(network)
    found = [
        tuple(sorted(corners))
        for three in triangles(contacts)
        for corners in zip(three.a.tolist(), three.b.tolist(), three.c.tolist(), strict=True)
    ]
    assert len(found) == len(set(found)) == sum(nx.triangles(as_graph(network)).values()) // 3
    for three in triangles(contacts):
        for tie, one, two in ((three.ab, three.a, three.b), (three.ac, three.a, three.c), (three.bc, three.b, three.c)):
            np.testing.assert_array_equal(contacts.u[tie], np.minimum(one, two))
            np.testing.assert_array_equal(contacts.v[tie], np.maximum(one, two))


def roles_by_definition(network: Ties) -> np.ndarray:
    """Gould and Fernandez written out: every ordered a, v, b."""
    graph = as_graph(network).to_directed()
    sector = dict(graph.nodes("sector"))
    counts = np.zeros((network.n, 5), dtype=int)
    for v in graph:
        for a in graph.predecessors(v):
            for b in graph.successors(v):
                if a == b or graph.has_edge(a, b):
                    continue
                same = (sector[a] == sector[v], sector[v] == sector[b], sector[a] == sector[b])
                role = {
                    (True, True, True): "coordinator",
                    (False, False, True): "itinerant",
                    (False, True, False): "gatekeeper",
                    (True, False, False): "representative",
                    (False, False, False): "liaison",
                }[same]
                counts[v, ROLES.index(role)] += 1
    return counts


@QUICK
@given(networks())
def test_roles_equal_their_definition(network: Ties) -> None:
    np.testing.assert_array_equal(brokerage(network, "sector").counts, roles_by_definition(network))


@QUICK
@given(networks(directed=True, largest=8))
def test_directed_roles_equal_their_definition(network: Ties) -> None:
    np.testing.assert_array_equal(brokerage(network, "sector").counts, roles_by_definition(network))


def test_expected_roles_are_the_mean_over_all_labelings_of_the_others() -> None:
    network = drawn(5, n=6, m=8, groups=3)
    found = brokerage(network, "sector")
    codes = network.roster.grouping("sector").codes
    for v in range(6):
        others = [node for node in range(6) if node != v]
        total, ways = np.zeros(5), 0
        for labels in set(permutations([int(codes[node]) for node in others])):
            sectors = codes.tolist()
            for node, label in zip(others, labels, strict=True):
                sectors[node] = label
            moved = ties_from_pairs(numbered(sectors), network.u, network.v)
            total += brokerage(moved, "sector").counts[v]
            ways += 1
        np.testing.assert_allclose(found.expected[v], total / ways)


@QUICK
@given(st.booleans().flatmap(lambda directed: networks(directed=directed, largest=6)))
def test_expected_ties_are_the_mean_over_all_labelings(network: Ties) -> None:
    """Also with silent organisations: labels move among those that answered, and apart among those that did not."""
    groups = network.roster.grouping("sector")
    tables = [
        mixing(
            ties_from_pairs(
                numbered([int(groups.names[code][1:]) for code in labels]),
                network.u,
                network.v,
                directed=network.directed,
                answered=network.answered,
            ),
            "sector",
        ).ties
        for labels in every_labeling(network, "sector")
    ]
    np.testing.assert_allclose(mixing(network, "sector").expected, np.mean(tables, axis=0), atol=1e-12)


@QUICK
@given(networks(all_answered=True), st.randoms(use_true_random=False))
def test_names_do_not_matter(network: Ties, chance: object) -> None:
    """Renaming the organisations changes no measure of the network and moves those of each organisation with it."""
    order = list(range(network.n))
    chance.shuffle(order)  # type: ignore[attr-defined]
    place = np.argsort(order)
    sectors = [int(network.roster.grouping("sector").codes[old]) for old in order]
    renamed = ties_from_pairs(numbered(sectors), place[network.u], place[network.v])
    before, after = overview(network, "sector"), overview(renamed, "sector")
    for name in ("density", "modularity", "assortativity", "centralisation"):
        assert getattr(before, name) == pytest.approx(getattr(after, name))
    assert (before.ei.external, before.linked) == (after.ei.external, after.linked)
    np.testing.assert_allclose(constraint(network)[order], constraint(renamed), atol=1e-12)
    np.testing.assert_array_equal(brokerage(network, "sector").counts[order], brokerage(renamed, "sector").counts)


@QUICK
@given(st.booleans().flatmap(lambda directed: networks(directed=directed)))
def test_the_table_adds_up(network: Ties) -> None:
    table = mixing(network, "sector")

    def once(cells: np.ndarray) -> float:
        return float(cells.sum() if network.directed else np.triu(cells).sum())

    assert once(table.ties) == network.m
    assert once(table.expected) == pytest.approx(network.m)
    assert (table.ties <= table.asked).all()
    assert (table.asked <= table.possible).all()
    assert once(table.possible) == comb(network.n, 2) * (2 if network.directed else 1)
    dense = block_densities(table)
    assert ((dense >= 0) & (dense <= 1) | np.isnan(dense)).all()
    for values in (ei_by_group(table), ei_by_node(network, "sector")):
        assert ((np.abs(values) <= 1) | np.isnan(values)).all()
    codes = network.roster.grouping("sector").codes
    for node, value in enumerate(ei_by_node(network, "sector")):
        out = np.concatenate([network.v[network.u == node], [] if network.directed else network.u[network.v == node]])
        across = (codes[out.astype(int)] != codes[node]).sum()
        assert np.isnan(value) if not len(out) else value == pytest.approx((2 * across - len(out)) / len(out))


def test_hand_table_of_blocks() -> None:
    """Two police, three civil society, one tie within each and two across; one organisation of a third kind alone."""
    on = numbered([0, 0, 1, 1, 1, 2])
    network = ties_from_pairs(on, np.array([0, 2, 0, 1]), np.array([1, 3, 2, 4]))
    table = mixing(network, "sector")
    np.testing.assert_allclose(
        block_densities(table), [[1, 2 / 6, 0], [2 / 6, 1 / 3, 0], [0, 0, np.nan]], equal_nan=True
    )
    np.testing.assert_allclose(ei_by_group(table), [1 / 3, 1 / 3, np.nan], equal_nan=True)
    assert linked_pairs(table) == linked_pairs(table, at_least=2)
    assert (linked_pairs(table).linked, linked_pairs(table).pairs) == (1, 3)
    assert linked_pairs(table, at_least=3).linked == 0


@pytest.mark.parametrize(
    ("sectors", "pairs", "expected"),
    [
        ([0], [], (0, None, None, None, 1)),  # one organisation: nothing is defined but the count
        ([0, 1], [], (0, None, None, None, 2)),  # no ties
        ([0, 0, 0], [(0, 1)], (1, -1.0, 0.0, None, 3)),  # one group: r is not defined
        ([0, 1, 1], [(0, 1), (0, 2)], (2, 1.0, -0.5, -1.0, 3)),  # a star between the groups
    ],
)
def test_small_and_strange_networks(
    sectors: list[int], pairs: list[tuple[int, int]], expected: tuple[object, ...]
) -> None:
    u, v = (np.array([pair[side] for pair in pairs], dtype=int) for side in (0, 1))
    found = overview(ties_from_pairs(numbered(sectors), u, v), "sector")
    values = (found.ties, found.ei.value, found.modularity, found.assortativity, found.organisations)
    assert values == pytest.approx(expected)


def test_centralisation_by_hand() -> None:
    on = numbered([0] * 5)
    star = ties_from_pairs(on, np.zeros(4, dtype=int), np.arange(1, 5))
    ring = ties_from_pairs(on, np.arange(5), (np.arange(5) + 1) % 5)
    heard = ties_from_pairs(on, np.arange(1, 5), np.zeros(4, dtype=int), directed=True)
    assert (centralisation(star), centralisation(ring), centralisation_in(heard)) == (1.0, 0.0, 1.0)
    assert centralisation(ties_from_pairs(numbered([0, 1]), np.array([0]), np.array([1]))) is None
