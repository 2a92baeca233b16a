"""A real network: Lazega's law firm (2001), 71 people, where its files lie beside the repository; skipped elsewhere."""

from __future__ import annotations

import csv
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from rosters import as_graph

from serai.core.network.bridges import fragility
from serai.core.network.brokerage import constraint, effective_size
from serai.core.network.measures import density, mixing, modularity
from serai.core.network.permutation import ei_test
from serai.core.network.roster import Organisation, Roster, Wave, roster, wave_from_arrays
from serai.core.network.ties import TieRule, confirmation, ties

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
FILES = {name: DATA / f"law_{name}.csv" for name in ("nodes", "advice_edges", "cowork_edges", "friends_edges")}
pytestmark = pytest.mark.skipif(
    not all(path.is_file() for path in FILES.values()), reason="the law firm's files are not beside the repository"
)


def rows(name: str) -> list[dict[str, str]]:
    with FILES[name].open(newline="") as file:
        return list(csv.DictReader(file))


def firm(*, partners_only: bool = False) -> Roster:
    """The lawyers by office; status (partner or associate) stands in for the level."""
    return roster(
        Organisation(key=f"{int(row['node']):02d}", sector=row["office"], level=row["status"], city=row["practice"])
        for row in rows("nodes")
        if not partners_only or float(row["status"]) == 1
    )


def asked(on: Roster, network: str) -> Wave:
    """Everyone answered; each arc is a report."""
    pairs = [(f"{int(row['source']):02d}", f"{int(row['target']):02d}") for row in rows(f"{network}_edges")]
    kept = [(on.index[a], on.index[b]) for a, b in pairs if a in on.index and b in on.index]
    return wave_from_arrays(
        on,
        source=[a for a, _ in kept],
        target=[b for _, b in kept],
        ladder=[2] * len(kept),
        answered=np.ones(on.n, dtype=bool),
    )


def test_the_published_collaboration_of_36_partners() -> None:
    """The 36 partners and their 115 mutual co-work ties, as used throughout the literature (R package sand)."""
    on = firm(partners_only=True)
    both = ties(asked(on, "cowork"), TieRule(count="both"))
    assert (on.n, both.m) == (36, 115)


@pytest.mark.parametrize(("network", "arcs"), [("advice", 892), ("cowork", 1104), ("friends", 575)])
def test_published_numbers_of_choices(network: str, arcs: int) -> None:
    """892 advice, 1,104 co-work and 575 friendship choices: the 2,571 that listings of this data set count."""
    said = ties(asked(firm(), network), TieRule(count="reported"))
    assert said.m == arcs
    assert density(said) == pytest.approx(arcs / (71 * 70))


@pytest.mark.parametrize("network", ["advice", "cowork", "friends"])
def test_measures_equal_networkx_on_real_ties(network: str) -> None:
    given = asked(firm(), network)
    either = ties(given, TieRule())
    graph = as_graph(either)
    expected = nx.constraint(graph)
    np.testing.assert_allclose(constraint(either), [expected[node] for node in graph], atol=1e-12)
    sizes = nx.effective_size(graph)
    np.testing.assert_allclose(effective_size(either), [sizes[node] for node in graph], atol=1e-9)
    groups = [{node for node, code in graph.nodes("sector") if code == office} for office in range(3)]
    assert modularity(mixing(either, "sector")) == pytest.approx(nx.community.modularity(graph, groups))
    assert fragility(either).parts == nx.number_connected_components(graph)
    found = confirmation(given, TieRule())
    said = nx.DiGraph(list(zip(given.source.tolist(), given.target.tolist(), strict=True)))
    mutual = sum(said.has_edge(b, a) for a, b in said.edges) // 2
    assert (found.union, found.confirmed) == (graph.number_of_edges(), mutual)


def test_offices_are_more_closed_than_chance() -> None:
    test = ei_test(ties(asked(firm(), "friends"), TieRule()), "sector", seed=1, shuffles=999)
    assert test.p_low == pytest.approx(1 / 1000)
