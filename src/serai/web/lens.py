"""Where on the world the lens lies that shows near cities larger: over the sea, off the arcs, not too far."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from serai.web.arcs import Point
from serai.web.places import places
from serai.web.projection import GRID, Numbers, equal_earth

LENS = 37.0  # radius in cells
STEP = 8.0  # places for the lens are tried on a grid of 8 cells


@cache
def _spots(top: float, bottom: float) -> tuple[Numbers, Numbers]:
    """Centres the lens may have (n × 2), and how many cities each would hide, counted on squares of 4 cells."""
    found = places(15000)
    x, y = equal_earth(found.latitude, found.longitude)
    squares, counts = np.unique(np.floor(np.column_stack([x, y]) / 4), axis=0, return_counts=True)
    across = np.arange(LENS + 2, GRID - LENS, STEP)
    down = np.arange(top + LENS + 2, bottom - LENS, STEP)
    spots = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    covered = _apart(spots, squares * 4 + 2) < LENS
    return np.asarray(spots, dtype=float), np.asarray(covered @ counts, dtype=float)


def _apart(ones: Numbers, others: Numbers) -> Numbers:
    """Distances between two lists of points, as a table."""
    return np.asarray(np.hypot(ones[:, None, 0] - others[None, :, 0], ones[:, None, 1] - others[None, :, 1]))


def _crossed(centre: Point, spots: Numbers, points: Numbers) -> Numbers:
    """For each spot, how many points lie within 4 cells of the leader from the centre to it."""
    way = spots - np.asarray(centre)
    length = np.hypot(way[:, 0], way[:, 1]) + 1e-9
    x, y = points[:, 0] - centre[0], points[:, 1] - centre[1]
    ahead = (way[:, :1] * x + way[:, 1:] * y) / length[:, None]
    aside = np.abs(way[:, 1:] * x - way[:, :1] * y) / length[:, None]
    return np.asarray(((ahead > 0) & (ahead < length[:, None]) & (aside < 4)).sum(axis=1))


def lens_place(centre: Point, *, busy: Sequence[Point], taken: Sequence[Point], rows: tuple[float, float]) -> Point:
    """The centre of the lens for what lies at `centre`, in cells.

    `busy`: points of arcs and lit cities to keep free; `taken`: lenses already there; `rows`: first and last row.
    """
    spots, hidden = _spots(*rows)
    points = np.array([*busy, centre], dtype=float)
    cost = hidden + 400.0 * (_apart(spots, points) < LENS + 10).sum(axis=1)
    cost += 60.0 * _crossed(centre, spots, points[:-1]) if len(busy) else 0.0
    cost += 1.2 * np.hypot(spots[:, 0] - centre[0], spots[:, 1] - centre[1])
    if taken:
        cost += 4000.0 * (_apart(spots, np.array(taken, dtype=float)) < 2 * LENS + 4).sum(axis=1)
    best = spots[int(np.argmin(cost))]
    return float(best[0]), float(best[1])
