"""Rosters and waves for the tests: the eight organisations of the golden numbers, and random ones."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from serai.core.network.roster import Organisation, Report, Roster, Wave, roster, wave
from serai.core.network.ties import TieRule, Ties, ties, ties_from_pairs

SECTORS = {"P": "police", "C": "civil society", "Y": "youth work", "N": "national"}
WAVE_1 = "P1P2 C1C2 C1C3 C2C3 Y1Y2 C1Y1 N1P1"
WAVE_2 = WAVE_1 + " P1C1 Y1P2 N1C1 Y2C2"
EIGHT = ("P1", "P2", "C1", "C2", "C3", "Y1", "Y2", "N1")


def eight() -> Roster:
    """P1 P2 police, C1 C2 C3 civil society, Y1 Y2 youth work, N1 national (domain research, e4)."""
    return roster(Organisation(key=key, sector=SECTORS[key[0]], level="local", city="Arbreva") for key in EIGHT)


def told_by_both(on: Roster, listed: str, *, ladder: int = 2) -> Wave:
    """A wave in which all answered and both sides report each listed pair."""
    pairs = [(pair[:2], pair[2:]) for pair in listed.split()]
    reports = [Report(source=a, target=b, ladder=ladder) for one, two in pairs for a, b in ((one, two), (two, one))]
    return wave(on, reports, answered=on.keys)


def golden(listed: str) -> Ties:
    """The ties of a golden wave."""
    return ties(told_by_both(eight(), listed), TieRule())


def numbered(sectors: list[int], *, cities: list[int] | None = None) -> Roster:
    """Organisations o000, o001, … with these sectors and cities."""
    cities = cities or [0] * len(sectors)
    return roster(
        Organisation(key=f"o{at:03d}", sector=f"s{sector}", level="local", city=f"c{city}")
        for at, (sector, city) in enumerate(zip(sectors, cities, strict=True))
    )


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


def drawn(seed: int, *, n: int, m: int, groups: int, directed: bool = False, answered: float = 1.0) -> Ties:
    """Random ties on n organisations; pairs that nobody could have reported are left out."""
    rng = np.random.default_rng(seed)
    on = numbered(rng.integers(0, groups, n).tolist())
    heard = rng.random(n) < answered
    heard[0] = True
    u, v = np.divmod(rng.permutation(n * n), n)
    keep = (u != v) if directed else (u < v)
    keep &= heard[u] if directed else (heard[u] | heard[v])
    return ties_from_pairs(on, u[keep][:m], v[keep][:m], directed=directed, answered=heard)


def as_graph(network: Ties) -> nx.Graph:
    """The same as a networkx graph on 0 … n-1 (a DiGraph when directed), with each node's sector."""
    graph = nx.DiGraph() if network.directed else nx.Graph()
    codes = network.roster.grouping("sector").codes.tolist()
    graph.add_nodes_from((node, {"sector": code}) for node, code in enumerate(codes))
    graph.add_edges_from(zip(network.u.tolist(), network.v.tolist(), strict=True))
    return graph


@st.composite
def networks(draw: st.DrawFn, *, directed: bool = False, largest: int = 12, all_answered: bool = False) -> Ties:
    """Small networks of any shape: empty, complete, one group, silent organisations."""
    n = draw(st.integers(1, largest))
    sectors = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    heard = [True] * n if all_answered else draw(st.lists(st.booleans(), min_size=n, max_size=n))
    pairs = [
        (u, v)
        for u in range(n)
        for v in range(n)
        if (u != v if directed else u < v) and (heard[u] or (not directed and heard[v]))
    ]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    u, v = ([pair[side] for pair in chosen] for side in (0, 1))
    return ties_from_pairs(
        numbered(sectors), np.array(u, dtype=int), np.array(v, dtype=int), directed=directed, answered=np.array(heard)
    )
