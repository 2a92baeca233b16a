"""Where two sectors, levels or cities are cut off from each other, and which of the four things is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from serai.core.network.disclosure import Floor, Keep, Shown, State, coverage, enough_told, shown_cells
from serai.core.network.effort import Progress, Stop
from serai.core.network.errors import BadRule
from serai.core.network.measures import Mixing, count_cells, mixing
from serai.core.network.permutation import BlockTest, block_test
from serai.core.network.resampling import holm
from serai.core.network.roster import THINGS, Ints, Kind, Thing, Wave
from serai.core.network.ties import TieRule, Ties, ties, told

MISSING_BELOW = 0.5  # a thing counts as missing where fewer pairs than this share have it (a convention)


@dataclass(frozen=True, kw_only=True)
class ThingBetween:
    """One of the four things between two groups: there in `there` of `told` pairs that said something about it.

    "hidden": fewer raters or rated organisations than the floor, and then no figures; "not asked": nobody said.
    """

    thing: Thing
    state: Literal["there", "missing", "not asked", "hidden"]
    there: int | None
    told: int | None
    share: float | None


@dataclass(frozen=True, kw_only=True)
class Barrier:
    """One cell of the barrier matrix.

    `ties` of `asked` pairs (of `possible` on the roster); `density` = ties / asked; chance would give `expected`,
    mostly `low` to `high` (95 %); `p_fewer`: how often chance gives as few, `p_holm` the same corrected for all
    tested cells. What `state` does not allow is None: HIDDEN everything, COUNTS all but ties and asked, DESCRIPTIVE
    the p's.
    """

    first: str
    second: str
    state: State
    ties: int | None
    asked: int
    possible: int
    density: float | None
    expected: float | None
    low: float | None
    high: float | None
    p_fewer: float | None
    p_holm: float | None
    things: tuple[ThingBetween, ...]

    @property
    def missing(self) -> tuple[Thing, ...]:
        """The things that are missing, scarcest first."""
        gone = [one for one in self.things if one.state == "missing"]
        return tuple(one.thing for one in sorted(gone, key=lambda one: one.share or 0.0))


@dataclass(frozen=True, kw_only=True, eq=False)
class Barriers:
    """All cells, each pair of groups once (directed: both ways), and how they came about.

    `total_within`, `total_across`: whether these totals may be published beside the cells, and with both of them
    figures made of all ties, such as E-I.
    """

    kind: Kind
    rule: TieRule
    cells: tuple[Barrier, ...]
    total_within: bool
    total_across: bool
    shuffles: int
    exact: bool
    stopped: bool

    def between(self, first: str, second: str) -> Barrier:
        """The cell of two groups, in either order when undirected. Raises KeyError."""
        for cell in self.cells:
            if (cell.first, cell.second) == (first, second):
                return cell
        if not self.rule.directed:
            for cell in self.cells:
                if (cell.second, cell.first) == (first, second):
                    return cell
        raise KeyError((first, second))


def barriers(
    wave: Wave,
    kind: Kind,
    *,
    seed: int,
    rule: TieRule | None = None,
    floor: Floor | None = None,
    keep: Keep = "cells",
    shuffles: int | None = None,
    missing_below: float = MISSING_BELOW,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> Barriers:
    """The barrier matrix of one wave: densities against chance, and the four things, cell by cell.

    Raises BadRule for a rule of another layer than "work": the four things stand in each cell anyway.
    """
    rule, floor = rule or TieRule(), floor or Floor()
    if rule.layer != "work":
        raise BadRule("The barrier matrix starts from working together; the four things stand in each cell.")
    network = ties(wave, rule)
    table = mixing(network, kind)
    on_floor = enough_told(wave, rule, kind, floor)
    shown = shown_cells(table.ties, table.asked, on_floor, floor, directed=rule.directed, keep=keep)
    test = block_test(network, kind, seed=seed, shuffles=shuffles, stop=stop, progress=progress)
    states = _states(wave, kind, table, shown)
    things = [_things(wave, kind, thing, rule, floor, missing_below) for thing in THINGS]
    corrected = _corrected(test, states)
    cells = [_cell(table, test, at, states[at], corrected.get(at), tuple(of[at] for of in things)) for at in states]
    return Barriers(
        kind=kind,
        rule=rule,
        cells=tuple(cells),
        total_within=shown.within,
        total_across=shown.across,
        shuffles=test.shuffles,
        exact=test.exact,
        stopped=test.stopped,
    )


def _states(wave: Wave, kind: Kind, table: Mixing, shown: Shown) -> dict[tuple[int, int], State]:
    """Each cell's state: hidden, or what the lower response rate of its two groups allows."""
    rates = coverage(wave, kind).groups
    g = len(table.names)

    def state(a: int, b: int) -> State:
        if not shown.cells[a, b]:
            return State.HIDDEN
        return min(rates[a].state, rates[b].state)

    return {(a, b): state(a, b) for a in range(g) for b in range(g) if table.directed or a <= b}


def _corrected(test: BlockTest, states: dict[tuple[int, int], State]) -> dict[tuple[int, int], float]:
    """Holm's p of each tested cell."""
    tested = [cell for cell, state in states.items() if state == State.TESTS and test.shuffles]
    return dict(zip(tested, holm([float(test.p_fewer[cell]) for cell in tested]), strict=True))


def _cell(
    table: Mixing,
    test: BlockTest,
    at: tuple[int, int],
    state: State,
    p_holm: float | None,
    things: tuple[ThingBetween, ...],
) -> Barrier:
    described = state >= State.DESCRIPTIVE
    tested = state == State.TESTS and test.shuffles > 0
    chance = described and test.shuffles > 0
    return Barrier(
        first=table.names[at[0]],
        second=table.names[at[1]],
        state=state,
        ties=int(table.ties[at]) if state >= State.COUNTS else None,
        asked=int(table.asked[at]),
        possible=int(table.possible[at]),
        density=float(table.ties[at] / table.asked[at]) if described and table.asked[at] else None,
        expected=float(table.expected[at]) if described else None,
        low=float(test.low[at]) if chance else None,
        high=float(test.high[at]) if chance else None,
        p_fewer=float(test.p_fewer[at]) if tested else None,
        p_holm=p_holm,
        things=things if state != State.HIDDEN else tuple(_unseen(one.thing) for one in things),
    )


def _unseen(thing: Thing) -> ThingBetween:
    return ThingBetween(thing=thing, state="hidden", there=None, told=None, share=None)


def _things(
    wave: Wave, kind: Kind, thing: Thing, rule: TieRule, floor: Floor, missing_below: float
) -> dict[tuple[int, int], ThingBetween]:
    """One thing in every cell, both orders of an undirected cell alike."""
    asking = TieRule(layer=thing, count=rule.count)
    codes = wave.roster.grouping(kind).codes
    g = len(wave.roster.grouping(kind).names)

    def cells(network: Ties) -> Ints:
        return count_cells(codes[network.u], codes[network.v], g, directed=network.directed)

    there, said = cells(ties(wave, asking)), cells(told(wave, asking))
    on_floor = enough_told(wave, asking, kind, floor)
    found: dict[tuple[int, int], ThingBetween] = {}
    for at in np.ndindex(g, g):
        cell = (int(at[0]), int(at[1]))
        if said[cell] == 0:
            found[cell] = ThingBetween(thing=thing, state="not asked", there=0, told=0, share=None)
        elif not on_floor[cell]:
            found[cell] = _unseen(thing)
        else:
            share = float(there[cell] / said[cell])
            found[cell] = ThingBetween(
                thing=thing,
                state="missing" if share < missing_below else "there",
                there=int(there[cell]),
                told=int(said[cell]),
                share=share,
            )
    return found
