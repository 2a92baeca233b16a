"""Lit cities and the arcs between them: which way an arc bends, and where it runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

MET = 9.0  # cells; an arc this close to a lit city seems to touch it

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class LitCity:
    """A city that takes part: degrees north and east, its name in its own spelling; `warm` when it is about now."""

    key: str
    name: str
    latitude: float
    longitude: float
    warm: bool = False


@dataclass(frozen=True, kw_only=True)
class CityArc:
    """An exchange between two lit cities, by their keys."""

    start: str
    end: str
    warm: bool = False


def bend(a: Point, b: Point, side: float) -> Point:
    """The control point of the arc: .16 (long) to .36 (short) of its length to one side; 1 is upward."""
    length = float(np.hypot(b[0] - a[0], b[1] - a[1])) or 1.0
    share = side * (0.36 - 0.2 * min(length / 160.0, 1.0))
    first, last = (a, b) if a[0] <= b[0] else (b, a)
    dx, dy = last[0] - first[0], last[1] - first[1]
    return (first[0] + last[0]) / 2 + dy * share, (first[1] + last[1]) / 2 - dx * share


def along(a: Point, c: Point, b: Point) -> list[Point]:
    """25 points of the arc, which labels keep clear of."""
    ts = np.linspace(0, 1, 25)
    xs = (1 - ts) ** 2 * a[0] + 2 * (1 - ts) * ts * c[0] + ts**2 * b[0]
    ys = (1 - ts) ** 2 * a[1] + 2 * (1 - ts) * ts * c[1] + ts**2 * b[1]
    return [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]


def away_side(a: Point, b: Point, others: Iterable[Point]) -> float:
    """Upward (1), or downward (-1) where the arc would meet more lit cities."""
    away = [point for point in others if point not in (a, b)]

    def met(side: float) -> int:
        points = along(a, bend(a, b, side), b)
        return sum(min(np.hypot(x - px, y - py) for px, py in points) < MET for x, y in away)

    return min((1.0, -1.0), key=met)


def fan(arcs: Sequence[CityArc], at: dict[str, Point]) -> dict[CityArc, float]:
    """Sides for arcs of near cities: those that share a city open like a fan, by their direction from it."""
    sides: dict[CityArc, float] = {}
    ends = [key for arc in arcs for key in (arc.start, arc.end)]
    for hub in sorted(set(ends), key=lambda key: (-ends.count(key), key)):
        own = [arc for arc in arcs if hub in (arc.start, arc.end) and arc not in sides]
        others = {arc: at[arc.end if arc.start == hub else arc.start] for arc in own}
        x, y = at[hub]
        own.sort(key=lambda arc: float(np.arctan2(y - others[arc][1], others[arc][0] - x)), reverse=True)
        spread = np.linspace(1.0, -1.0, len(own)) if len(own) > 1 else [1.0] * len(own)
        for arc, side in zip(own, spread, strict=True):
            sides[arc] = float(side) if others[arc][0] >= x else -float(side)
    return sides


def curve(a: Point, b: Point, side: float) -> tuple[str, list[Point]]:
    """The arc as a path, and points along it."""
    c = bend(a, b, side)
    return f"M{a[0]:.1f} {a[1]:.1f}Q{c[0]:.1f} {c[1]:.1f} {b[0]:.1f} {b[1]:.1f}", along(a, c, b)
