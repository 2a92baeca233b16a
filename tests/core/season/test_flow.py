"""The flow and its prices beside a linear programme on drawn nets: equal optimum, equal dual, true bound."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from serai.core.season.flow import Arcs, Net, best_flow, ceiling, net

Drawn = tuple[Net, Arcs, "np.ndarray[tuple[int], np.dtype[np.float64]]"]


def drawn(seed: int) -> Drawn:
    """A net of 1 to 6 cities and places with gates, its arcs sorted by need, and a worth for each."""
    draw = np.random.default_rng(seed)
    cities, places = draw.integers(1, 7, 2)
    need_city = np.sort(draw.integers(0, cities, draw.integers(1, 13)))
    gates = int(draw.integers(0, 5))
    home = draw.integers(0, places, gates)
    need, place = np.nonzero(draw.random((len(need_city), places)) < 0.6)
    gate = np.full(len(need), -1)
    for one in range(gates):
        gate[(place == home[one]) & (draw.random(len(need)) < 0.5) & (gate < 0)] = one
    shape = net(
        need_city,
        draw.integers(0, 4, cities),
        draw.choice([0.0, 5.0, 200.0], cities),
        draw.integers(0, 4, places),
        draw.integers(1, 3, gates),
    )
    arcs = Arcs(np.arange(len(need)), need.astype(np.int32), place.astype(np.int32), gate.astype(np.int32))
    return shape, arcs, np.round(draw.normal(20, 40, len(need)), 1)


def by_linear_programme(shape: Net, arcs: Arcs, worth: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """The optimum of the same choice, fractions allowed (the matrix is totally unimodular)."""
    cities = len(shape.visits)
    city = shape.need_city[arcs.need]
    rows, high = [], []
    for group, slots in (
        (arcs.need, np.ones(len(shape.need_city))),
        (city, shape.visits),
        (arcs.place, shape.slots),
        (arcs.gate, shape.gate_slots),
    ):
        for one, most in enumerate(slots):
            rows.append(np.append((group == one).astype(float), np.zeros(cities)))
            high.append(float(most))
    for one in range(cities):
        first = np.zeros(cities)
        first[one] = 1.0
        rows.append(np.append(-(city == one).astype(float), first))
        high.append(0.0)
    gain = np.append(worth, shape.first)
    found = linprog(-gain, A_ub=np.array(rows), b_ub=high, bounds=(0, 1), method="highs")
    assert found.status == 0
    return float(-found.fun)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_flow_and_prices_are_optimal(seed: int) -> None:
    shape, arcs, worth = drawn(seed)
    flow = best_flow(shape, arcs, worth)
    cities = np.unique(shape.need_city[arcs.need[flow.chosen]])
    value = float(worth[flow.chosen].sum() + shape.first[cities].sum())
    price = flow.place_price[arcs.place] if len(worth) else np.empty(0)
    gate = np.where(arcs.gate >= 0, np.append(flow.gate_price, 0.0)[arcs.gate], 0.0)
    bound = ceiling(shape, arcs.need, worth - price - gate, flow.place_price, flow.gate_price)
    best = by_linear_programme(shape, arcs, worth)
    assert abs(value - best) < 1e-5
    assert abs(bound - best) < 1e-5


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_the_bound_holds_at_any_prices(seed: int, other: int) -> None:
    shape, arcs, worth = drawn(seed)
    draw = np.random.default_rng(other)
    price, gate_price = draw.exponential(20, len(shape.slots)), draw.exponential(20, len(shape.gate_slots))
    gate = np.where(arcs.gate >= 0, np.append(gate_price, 0.0)[arcs.gate], 0.0)
    bound = ceiling(shape, arcs.need, worth - price[arcs.place] - gate, price, gate_price)
    assert bound >= by_linear_programme(shape, arcs, worth) - 1e-6
