"""Small seasons to the end: a mixed integer programme over the options that could still be in a better plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import LinearConstraint, OptimizeResult
from scipy.sparse import coo_array

from serai.core.season.draft import Draft
from serai.core.season.flow import Net
from serai.core.season.gates import Gates, Mutual
from serai.core.season.lagrange import Certificate
from serai.core.season.limits import Limits
from serai.core.season.options import Options
from serai.core.season.prepare import AnyInts, Floats, Ints
from serai.core.stoppable import Stop, never, whole_numbers

MONTHS = np.arange(13)

INFEASIBLE = 2
"""scipy.optimize.milp: no choice keeps all constraints."""


def regrets(net: Net, options: Options, best: Certificate) -> Floats:
    """Points by which the bound falls, at least, when an option must be in the plan (weak duality).

    The city of the option takes it with its best other needs, instead of its best needs.
    """
    start = np.flatnonzero(np.diff(options.need, prepend=-1))
    table = np.full((len(net.visits), net.width + 1), -np.inf)
    need = options.need[start]
    table[net.need_city[need], net.rank[need]] = np.maximum.reduceat(best.surplus, start)
    ordered = -np.sort(-table, axis=1)
    number = np.arange(net.width + 1)[None, :]
    above = np.maximum(ordered, 0.0)
    most = (above * (number < net.visits[:, None])).sum(axis=1)
    free = np.where(ordered[:, 0] > 0, most + net.first, np.maximum(0.0, ordered[:, 0] + net.first))
    city = net.need_city[options.need]
    own = table[city, net.rank[options.need]]
    others = (above * (number < (net.visits - 1)[:, None])).sum(axis=1)
    last = ordered[np.arange(len(ordered)), np.clip(net.visits - 1, 0, net.width)]
    rest = np.where(own >= last[city], (most[city] - np.maximum(own, 0.0)), others[city])
    return np.asarray(free[city] - (best.surplus + net.first[city] + rest))


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Options of a best choice, their months (0 where not asked), and a bound on every other choice."""

    chosen: Ints
    months: Ints
    bound: float


class Programme:
    """Columns in [0, 1], rows `sum of factor x column <= high`, and what each column gains."""

    def __init__(self) -> None:
        self.gain: list[Floats] = []
        self.whole: list[Floats] = []
        self.width = 0
        self.rows: list[Ints] = []
        self.columns: list[Ints] = []
        self.factors: list[Floats] = []
        self.high: list[Floats] = []
        self.height = 0

    def add_columns(self, gain: Floats, *, whole: bool) -> Ints:
        """New columns, integral or not; their numbers."""
        self.gain.append(gain)
        self.whole.append(np.full(len(gain), float(whole)))
        self.width += len(gain)
        return np.arange(self.width - len(gain), self.width)

    def add_rows(self, terms: Sequence[tuple[AnyInts, AnyInts, Floats | float]], high: Floats | AnyInts) -> None:
        """One row for each entry of `high`; terms: (columns, row of each, factor of each)."""
        for columns, rows, factor in terms:
            self.columns.append(columns)
            self.rows.append(rows.astype(np.int64) + self.height)
            self.factors.append(np.broadcast_to(np.asarray(factor, np.float64), columns.shape))
        self.high.append(high.astype(np.float64))
        self.height += len(high)

    def best(self, *, gap: float, nodes: int, stop: Stop = never) -> tuple[Floats, float] | None:
        """The best columns and the proven bound; None when none was found within `nodes` or before `stop()`."""
        found = self._solved({"mip_rel_gap": gap, "node_limit": nodes}, stop)
        if found.x is None or found.mip_dual_bound is None:
            return None
        return found.x, -float(found.mip_dual_bound)

    def possible(self, stop: Stop = never) -> bool | None:
        """Whether some columns keep all rows; None when that was not found out in 1,000 nodes or before `stop()`."""
        found = self._solved({"node_limit": 1000}, stop)
        if found.status == INFEASIBLE:
            return False
        return None if found.x is None else True

    def _solved(self, options: dict[str, float], stop: Stop) -> OptimizeResult:
        if not self.width:  # HiGHS asks for one column at least
            self.add_columns(np.zeros(1), whole=False)
        entries = (np.concatenate(self.factors), (np.concatenate(self.rows), np.concatenate(self.columns)))
        matrix = coo_array(entries, shape=(self.height, self.width)).tocsr()
        found, _ = whole_numbers(
            -np.concatenate(self.gain),
            constraints=LinearConstraint(matrix, -np.inf, np.concatenate(self.high)),
            integrality=np.concatenate(self.whole),
            options=options,
            stop=stop,
        )
        return found


def _choices(programme: Programme, net: Net, options: Options, gates: Gates, limits: Limits) -> Ints:
    """Columns and rows of the options, first visits, places, gates and side limits; the option columns."""
    every = programme.add_columns(options.value, whole=True)
    city = net.need_city[options.need]
    cities, number = np.unique(city, return_inverse=True)
    first = programme.add_columns(net.first[cities], whole=False)
    programme.add_rows([(every, options.need, 1.0)], np.ones(len(net.need_city)))
    programme.add_rows([(every, number, 1.0)], net.visits[cities])
    programme.add_rows([(every, options.place, 1.0)], net.slots)
    programme.add_rows([(first, np.arange(len(cities)), 1.0), (every, number, -1.0)], np.zeros(len(cities)))
    gate_rows(programme, every, gates)
    for row in range(len(limits)):
        taken = np.where(limits.money[row], options.cost, 1.0) * limits.need_members[row][options.need]
        taken = (taken + limits.host_members[row][options.host]) * limits.sign[row]
        uses = np.flatnonzero(taken)
        programme.add_rows([(every[uses], np.zeros(len(uses), np.int64), taken[uses])], limits.amount[row : row + 1])
    return every


def gate_rows(programme: Programme, every: Ints, gates: Gates) -> None:
    """A pair meets once; an offer takes no more guests than it has room for."""
    paired, offered = np.flatnonzero(gates.pair >= 0), np.flatnonzero(gates.offer >= 0)
    pairs = int(gates.pair.max(initial=-1)) + 1
    programme.add_rows([(every[paired], gates.pair[paired], 1.0)], np.ones(pairs))
    programme.add_rows([(every[offered], gates.offer[offered], 1.0)], gates.room)


def _returns(programme: Programme, every: Ints, mutual: Mutual) -> None:
    """Columns of the mutual pairs that have an option both ways; each needs both."""
    ways = [mutual.pair[(mutual.pair >= 0) & (mutual.forward == way)] for way in (True, False)]
    pairs = np.intersect1d(ways[0], ways[1])
    if not len(pairs):
        return
    columns = programme.add_columns(np.full(len(pairs), mutual.reward), whole=False)
    for way in (True, False):
        at = np.flatnonzero(np.isin(mutual.pair, pairs) & (mutual.forward == way))
        rows = np.searchsorted(pairs, mutual.pair[at])
        programme.add_rows([(columns, np.arange(len(pairs)), 1.0), (every[at], rows, -1.0)], np.zeros(len(pairs)))


def calendar_rows(
    programme: Programme, every: Ints, options: Options, guest: Ints, draft: Draft
) -> tuple[Ints, Ints, Ints]:
    """Columns (option, month) and (host, month) open, with their rows; the first, with option and month of each.

    draft: holds the kept visits only.
    """
    busy = np.array(draft.busy, dtype=np.int64)
    option, month = np.nonzero(((options.months & ~busy[guest])[:, None] >> MONTHS) & 1)
    zero = np.zeros(len(option))
    timed = programme.add_columns(zero, whole=True)
    programme.add_rows([(every, np.arange(len(every)), 1.0), (timed, option, -1.0)], np.zeros(len(every)))
    travel, at = np.unique(guest[option] * 13 + month, return_inverse=True)
    programme.add_rows([(timed, at, 1.0)], np.ones(len(travel)))
    slot, at = np.unique(options.host[option].astype(np.int64) * 13 + month, return_inverse=True)
    host, when = slot // 13, slot % 13
    held = np.array([len(draft.guests[h].get(m, ())) for h, m in zip(host, when, strict=True)], dtype=np.int64)
    room = np.array(draft.most_guests, dtype=np.int64)[host]
    new = np.flatnonzero(held == 0)
    opened = programme.add_columns(np.zeros(len(new)), whole=True)
    programme.add_rows(
        [(timed, at, 1.0), (opened, new, -room[new].astype(np.float64))], np.where(held > 0, room - held, 0)
    )
    every_host, which = np.unique(host[new], return_inverse=True)
    left = np.array([draft.most_exchanges[h] - len(draft.guests[h]) for h in every_host], dtype=np.int64)
    programme.add_rows([(opened, which, 1.0)], np.maximum(left, 0))
    _apart(programme, timed, at, slot, guest[option], draft)
    return timed, option, month


def _apart(programme: Programme, timed: Ints, at: Ints, slot: Ints, guest: Ints, draft: Draft) -> None:
    """Two guests of whom one asked not to be with the other share no exchange."""
    if not draft.barred:
        return
    for place in range(len(slot)):
        columns = np.flatnonzero(at == place)
        there = draft.guests[int(slot[place]) // 13].get(int(slot[place]) % 13, [])
        cities = sorted({int(city) for city in guest[columns]})
        for row, one in enumerate(cities):
            mine = timed[columns[guest[columns] == one]]
            if any((one, other) in draft.barred for other in there):
                programme.add_rows([(mine, np.zeros(len(mine), np.int64), 1.0)], np.zeros(1))
            for other in cities[row + 1 :]:
                if (one, other) in draft.barred:
                    theirs = timed[columns[guest[columns] == other]]
                    both = np.concatenate([mine, theirs])
                    programme.add_rows([(both, np.zeros(len(both), np.int64), 1.0)], np.ones(1))


def solve(
    net: Net,
    options: Options,
    gates: Gates,
    mutual: Mutual,
    limits: Limits,
    *,
    draft: Draft | None,
    gap: float,
    nodes: int,
    stop: Stop,
) -> Proof | None:
    """The best choice of options, None when it was not found within `nodes` or before `stop()`; gap: relative.

    draft: with the kept visits only, when months are to be chosen too.
    """
    programme = Programme()
    every = _choices(programme, net, options, gates, limits)
    _returns(programme, every, mutual)
    guest = net.need_city[options.need]
    calendar = None if draft is None else calendar_rows(programme, every, options, guest, draft)
    found = programme.best(gap=gap, nodes=nodes, stop=stop)
    if found is None:
        return None
    columns, bound = found
    months = np.zeros(len(options), dtype=np.int64)
    if calendar is not None:
        timed, option, month = calendar
        at = np.flatnonzero(columns[timed] > 0.5)
        months[option[at]] = month[at]
    return Proof(chosen=np.flatnonzero(columns[every] > 0.5), months=months, bound=bound)
