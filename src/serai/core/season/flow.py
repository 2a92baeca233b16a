"""The heart of the season: cities to needs to hosts as one min-cost flow, its prices, and the bound they prove."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from serai.core.season.prepare import Floats, Ints

RANGE = 1e8
"""Worths are rounded to whole numbers up to this size: far above the gaps reported, far below overflow."""

FAR = np.int64(1 << 60)
MOST_STEPS = 2000
"""Rounds of price rises at most; fewer than complete only loosens the bound, it stays true."""


@dataclass(frozen=True, kw_only=True)
class Net:
    """The parts that do not change: cities with their visits and first-visit reward, needs, places with slots.

    gate_slots: of the gates, through which at most so many options pass (a pair meets once, an offer takes so
    many guests). rank: a need's number among its city's needs; width: most needs of one city.
    """

    need_city: Ints
    rank: Ints
    width: int
    visits: Ints
    first: Floats
    slots: Ints
    gate_slots: Ints


def net(need_city: Ints, visits: Ints, first: Floats, slots: Ints, gate_slots: Ints) -> Net:
    """A net; needs are sorted by city."""
    start = np.searchsorted(need_city, np.arange(len(visits)))
    rank = np.arange(len(need_city)) - start[need_city]
    return Net(
        need_city=need_city,
        rank=rank,
        width=int(rank.max(initial=-1)) + 1,
        visits=visits,
        first=first,
        slots=slots,
        gate_slots=gate_slots,
    )


class Arcs:
    """The options a flow may use, with the order in which prices are read from them."""

    def __init__(self, which: Ints, need: NDArray[np.int32], place: NDArray[np.int32], gate: NDArray[np.int32]) -> None:
        self.which, self.need, self.place, self.gate = which, need[which], place[which], gate[which]
        self.by_place = np.argsort(self.place, kind="stable")
        ordered = self.place[self.by_place]
        self.place_start = np.flatnonzero(np.diff(ordered, prepend=-1))
        self.place_id = ordered[self.place_start]


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A best choice among some arcs. chosen: positions in the arcs; prices in points, of places and gates.

    threshold: points of surplus that an option of each need must beat to enter.
    """

    chosen: Ints
    place_price: Floats
    gate_price: Floats
    threshold: Floats


def best_flow(net: Net, arcs: Arcs, worth: Floats) -> Flow:
    """The choice of arcs with the most worth plus first-visit rewards, and prices that prove it.

    worth: points of each arc. Rounded to RANGE steps of the largest worth.
    """
    largest = max(float(np.abs(worth).max(initial=0.0)), float(net.first.max(initial=0.0)), 1e-9)
    scale = RANGE / largest
    whole = np.rint(worth * scale).astype(np.int64)
    first = np.rint(net.first * scale).astype(np.int64)
    useful = np.flatnonzero(whole > -first[net.need_city[arcs.need]])
    chosen = useful[_chosen(net, arcs, useful, whole, first)]
    place_price, gate_price, threshold = _prices(net, arcs, whole, first, chosen)
    return Flow(
        chosen=chosen,
        place_price=place_price / scale,
        gate_price=gate_price / scale,
        threshold=np.maximum(threshold, -FAR // 2) / scale,
    )


def _chosen(net: Net, arcs: Arcs, useful: Ints, whole: Ints, first: Ints) -> Ints:
    """Positions among `useful` that carry flow, by OR-Tools."""
    cities, needs, gates, places = (len(a) for a in (net.visits, net.need_city, net.gate_slots, net.slots))
    city_at, need_at = 2, 2 + cities
    gate_at, place_at = need_at + needs, need_at + needs + gates
    gate = arcs.gate[useful]
    gated = np.flatnonzero(gate >= 0)
    _, one_each = np.unique(gate[gated], return_index=True)
    through = gated[one_each]
    entry = np.where(gate >= 0, gate_at + gate, place_at + arcs.place[useful])
    one, zero = np.ones(cities, np.int64), np.zeros(cities, np.int64)
    first_visit, more = np.minimum(net.visits, 1), np.maximum(net.visits - 1, 0)
    every_city = np.arange(cities)
    total = int(net.visits.sum())
    parts = [
        (need_at + arcs.need[useful], entry, np.ones(len(useful), np.int64), -whole[useful]),
        (zero, city_at + every_city, first_visit, -first),
        (zero, city_at + every_city, more, zero),
        (city_at + net.need_city, need_at + np.arange(needs), np.ones(needs, np.int64), np.zeros(needs)),
        (
            gate_at + gate[through],
            place_at + arcs.place[useful][through],
            net.gate_slots[gate[through]],
            np.zeros(len(through)),
        ),
        (place_at + np.arange(places), np.ones(places), net.slots, np.zeros(places)),
        (zero[:1], one[:1], np.array([total]), zero[:1]),
    ]
    tails, heads, capacities, costs = (np.concatenate(column) for column in zip(*parts, strict=True))
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), capacities.astype(np.int64), costs.astype(np.int64)
    )
    solver.set_node_supply(0, total)
    solver.set_node_supply(1, -total)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"The min-cost flow ended with {status}.")
    return np.flatnonzero(np.asarray(solver.flows(np.arange(len(useful), dtype=np.int32))))


def _prices(net: Net, arcs: Arcs, whole: Ints, first: Ints, chosen: Ints) -> tuple[Ints, Ints, Ints]:
    """Least prices of places and gates at which the choice is best for each city: longest paths, in integers.

    An arc that is not chosen raises what its full gate asks, else its full place, by what it would gain.
    """
    place, gate, need = arcs.place, arcs.gate, arcs.need
    city = net.need_city
    gate_full = np.bincount(gate[chosen][gate[chosen] >= 0], minlength=len(net.gate_slots)) >= net.gate_slots
    gated = np.flatnonzero(gate >= 0)
    held = gated[gate_full[gate[gated]]] if len(gated) else gated
    free = np.ones(len(need), dtype=np.bool_)
    free[held] = False
    free[chosen] = False
    free = free[arcs.by_place]
    visits = np.bincount(city[need[chosen]], minlength=len(net.visits))
    place_price = np.zeros(len(net.slots), np.int64)
    passage = np.zeros(len(net.gate_slots), np.int64)
    asked = place_price[place]
    for _ in range(MOST_STEPS):
        gain = whole[chosen] - asked[chosen]
        least = np.full(len(net.visits), FAR)
        np.minimum.at(least, city[need[chosen]], gain)
        entry = np.where(visits == 0, -first, np.minimum(0, least))
        threshold = np.where(visits >= net.visits, least, entry)[city]
        threshold[need[chosen]] = gain
        surplus = whole - threshold[need] - asked
        rise = np.maximum.reduceat(np.where(free, surplus[arcs.by_place], 0), arcs.place_start)
        moved = bool((rise > 0).any()) or bool((surplus[held] > 0).any())
        if not moved:
            break
        place_price[arcs.place_id] += np.maximum(rise, 0)
        np.maximum.at(passage, gate[held], asked[held] + surplus[held])
        asked = place_price[place]
        asked[held] = np.maximum(asked[held], passage[gate[held]])
    gate_price = np.zeros(len(net.gate_slots), np.int64)
    gate_price[gate[held]] = asked[held] - place_price[place[held]]
    return place_price, gate_price, threshold


def ceiling(
    net: Net,
    need: NDArray[np.int32],
    surplus: Floats,
    place_price: Floats,
    gate_price: Floats,
) -> float:
    """No choice of the options (sorted by need) has more worth than this, whatever the prices (weak duality).

    surplus: worth of each option after paying its place and gate. Slots and gates are paid for, and each city
    takes its best needs.
    """
    paid = float(net.slots @ place_price) + float(net.gate_slots @ gate_price)
    if not len(need):
        return paid
    start = np.flatnonzero(np.diff(need, prepend=-1))
    best = np.maximum.reduceat(surplus, start)
    table = np.full((len(net.visits), net.width), -np.inf)
    table[net.need_city[need[start]], net.rank[need[start]]] = best
    table = -np.sort(-table, axis=1)
    table[:, 0] += net.first
    allowed = np.arange(net.width)[None, :] < net.visits[:, None]
    return paid + float(np.where(allowed, np.maximum(table, 0.0), 0.0).sum())
