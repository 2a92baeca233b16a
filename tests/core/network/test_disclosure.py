"""Small cells stay hidden: an attacker who knows everything published tries to work them out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from serai.core.network.disclosure import Floor, Keep, Shown, shown_cells
from serai.core.network.errors import BadEffort


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool]:
    """Ties, pairs asked about, and cells on the floor (g, g); directed or not."""
    g = draw(st.integers(1, 5))
    directed = draw(st.booleans())
    asked = np.array(draw(st.lists(st.integers(0, 12), min_size=g * g, max_size=g * g))).reshape(g, g)
    share = np.array(draw(st.lists(st.floats(0, 1), min_size=g * g, max_size=g * g))).reshape(g, g)
    fine = np.array(draw(st.lists(st.booleans(), min_size=g * g, max_size=g * g))).reshape(g, g)
    if not directed:
        asked, share, fine = (np.triu(part) + np.triu(part, 1).T for part in (asked, share, fine))
    return np.floor(asked * share).astype(int), asked, fine.astype(bool), directed


def bounds_of_hidden(ties: np.ndarray, asked: np.ndarray, shown: Shown, directed: bool) -> list[tuple[int, int, float]]:
    """Each hidden cell: (row, column, width of what the attacker's linear programme leaves open)."""
    g = len(ties)
    cells = [(a, b) for a in range(g) for b in range(g) if (directed or a <= b) and asked[a, b]]
    equal, right = [], []
    for inside in [part for part, fine in ((True, shown.within), (False, shown.across)) if fine]:
        equal.append([1.0 if (a == b) == inside else 0.0 for a, b in cells])
        right.append(sum(int(ties[cell]) for cell in cells if (cell[0] == cell[1]) == inside))
    limits = [(int(ties[c]), int(ties[c])) if shown.cells[c] else (0, int(asked[c])) for c in cells]
    widths = []
    for at, cell in enumerate(cells):
        if shown.cells[cell]:
            continue
        aim = np.zeros(len(cells))
        aim[at] = 1
        low, high = (linprog(sign * aim, A_eq=equal or None, b_eq=right or None, bounds=limits) for sign in (1, -1))
        widths.append((*cell, -high.fun - low.fun))
    return widths


@settings(max_examples=40, deadline=None)
@given(tables(), st.integers(1, 4), st.sampled_from(["cells", "totals"]))
def test_no_hidden_count_can_be_worked_out(
    given_table: tuple[np.ndarray, np.ndarray, np.ndarray, bool], width: int, keep: Keep
) -> None:
    ties, asked, on_floor, directed = given_table
    shown = shown_cells(ties, asked, on_floor, Floor(width=width), directed=directed, keep=keep)
    for a, b, found in bounds_of_hidden(ties, asked, shown, directed):
        assert found >= min(width, asked[a, b]) - 1e-6
    wanted = on_floor & (asked > 0)
    assert not (shown.cells & ~wanted).any()
    if keep == "cells" or (on_floor | (asked == 0)).all():
        assert (shown.cells == wanted).all()


ON_FLOOR = np.array([[True, False, True], [False, True, True], [True, True, True]])


@pytest.mark.parametrize(("keep", "hidden", "across"), [("cells", [[0, 1]], False), ("totals", [[0, 1], [1, 2]], True)])
def test_a_single_hidden_cell_costs_the_total_or_the_smallest_other_cell(
    keep: Keep, hidden: list[list[int]], across: bool
) -> None:
    ties = np.array([[5, 4, 3], [4, 6, 2], [3, 2, 9]])
    asked = np.array([[20, 30, 15], [30, 20, 12], [15, 12, 20]])
    shown = shown_cells(ties, asked, ON_FLOOR, Floor(), directed=False, keep=keep)
    assert np.argwhere(np.triu(~shown.cells)).tolist() == hidden
    assert (shown.within, shown.across) == (True, across)


def test_where_hiding_all_is_not_enough_the_total_goes_too() -> None:
    only = shown_cells(np.array([[2]]), np.array([[10]]), np.array([[False]]), Floor(), directed=False, keep="totals")
    assert not only.cells.any()
    assert not only.within
    assert only.across  # there is nothing across


@pytest.mark.parametrize("floor", [{"raters": 0}, {"rated": 0}, {"width": 0}])
def test_a_floor_of_nothing_is_refused(floor: dict[str, int]) -> None:
    with pytest.raises(BadEffort):
        Floor(**floor)
