"""The world drawn from its cities alone: no border, no country. Cities that take part are lit, exchanges are arcs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from serai.web.arcs import CityArc, LitCity, Point, away_side, curve, fan
from serai.web.labels import Box, Label, place_labels
from serai.web.lens import LENS, lens_place
from serai.web.places import places
from serai.web.projection import GRID, Numbers, equal_earth

NORTH, SOUTH = 70.0, -56.0
LARGE = 400_000
LARGE_NEAR = 20_000
NEAR = 7.0  # cells; closer cities cannot be told apart and go into a lens
MARGIN = 4.0
NAME = 7.0  # size of names on a phone; wider screens draw them smaller, so what fits here fits there


def dots_path(columns: Iterable[int], rows: Iterable[int]) -> str:
    """One path of zero-length lines with relative moves, row by row: round caps make them dots."""
    cells = sorted({(int(row), int(column)) for row, column in zip(rows, columns, strict=True)})
    parts: list[str] = []
    row, column = 0, 0
    for y, x in cells:
        parts.append(f"m{x - column} {y - row}h0")
        row, column = y, x
    return "".join(parts).replace(" -", "-").replace("m", "M", 1) if parts else "M0 0"


@cache
def _ground() -> tuple[str, str, int, float, float]:
    """The two paths (places, large places), how many dots, and the first and last row."""
    found = places(15000)
    inside = (found.latitude < NORTH) & (found.latitude > SOUTH)
    x, y = equal_earth(found.latitude[inside], found.longitude[inside])
    columns, rows = np.rint(x).astype(int), np.rint(y).astype(int)
    large = found.population[inside] >= LARGE
    big = set(zip(columns[large].tolist(), rows[large].tolist(), strict=True))
    small = set(zip(columns.tolist(), rows.tolist(), strict=True)) - big
    paths = [dots_path([c for c, _ in cells], [r for _, r in cells]) for cells in (small, big)]
    return paths[0], paths[1], len(small) + len(big), float(rows.min()), float(rows.max())


def world_dots() -> int:
    """How many dots the world has: cells of the grid with at least one city of 15,000."""
    return _ground()[2]


def _class(name: str, warm: bool) -> str:
    return f"{name} warm" if warm else name


def _draw(
    cities: Sequence[LitCity],
    at: dict[str, Point],
    arcs: Mapping[CityArc, float],
    frame: Box,
    size: float,
    dot: float,
) -> str:
    """Arcs, lit dots and names of some cities at their points, in a frame; `arcs`: with the side each bends to."""
    curves: list[str] = []
    busy: list[Point] = []
    for arc, side in arcs.items():
        path, points = curve(at[arc.start], at[arc.end], side)
        curves.append(f'<path class="{_class("arc", arc.warm)}" d="{path}"/>')
        busy += points
    lights = [
        f'<circle class="{_class("halo", city.warm)}" cx="{x:.1f}" cy="{y:.1f}" r="{dot * 1.9:g}"/>'
        f'<circle class="{_class("lit", city.warm)}" cx="{x:.1f}" cy="{y:.1f}" r="{dot:g}"/>'
        for city in cities
        for x, y in [at[city.key]]
    ]
    labels = place_labels(
        [(city.name, at[city.key]) for city in cities], busy=busy, frame=frame, size=size, away=dot * 1.9
    )
    return "".join([*curves, *lights, *(_name(label) for label in labels)])


def _name(label: Label) -> str:
    return (
        f'<text class="city" x="{label.x:.1f}" y="{label.y:.1f}" text-anchor="{label.anchor}">'
        f"{escape(label.text)}</text>"
    )


def _clusters(at: dict[str, Point]) -> list[list[str]]:
    """Cities too near to be told apart, as groups of two and more (single linkage)."""
    groups: list[list[str]] = []
    for key, (x, y) in at.items():
        close = [g for g in groups if any(np.hypot(at[k][0] - x, at[k][1] - y) < NEAR for k in g)]
        groups = [g for g in groups if g not in close]
        groups.append([*(k for g in close for k in g), key])
    return [group for group in groups if len(group) > 1]


@cache
def _everywhere() -> tuple[Numbers, Numbers, Numbers]:
    """Every place over 500 on the grid (not rounded), with its inhabitants."""
    found = places(500)
    x, y = equal_earth(found.latitude, found.longitude)
    return x, y, found.population


def _close_dots(centre: Point, scale: float, step: float, inside: Callable[[Numbers, Numbers], Any]) -> list[Numbers]:
    """Places around a point in the closer drawing's units from its centre: all, and those over 20,000.

    `step`: the closer grid; `inside(dx, dy)`: which of them the frame shows.
    """
    x, y, people = _everywhere()
    dx, dy = (x - centre[0]) * scale, (y - centre[1]) * scale
    shown = inside(dx, dy)
    return [
        np.unique(np.rint(np.column_stack([dx[kept], dy[kept]]) / step), axis=0) * step
        for kept in (shown, shown & (people > LARGE_NEAR))
    ]


def _loose_path(dots: Numbers, centre: Point) -> str:
    """Relative dots as one path whose first move is absolute; steps are kept to half units."""
    parts, px, py = [], 0.0, 0.0
    for x, y in sorted(map(tuple, dots.tolist()), key=lambda p: (p[1], p[0])):
        parts.append(f"m{x - px:g} {y - py:g}h0")
        px, py = x, y
    return f"M{centre[0]:.1f} {centre[1]:.1f}" + "".join(parts).replace(" -", "-")


def _tones(dots: Sequence[Numbers], centre: Point) -> str:
    small, large = (_loose_path(part, centre) for part in dots)
    return f'<path class="places" d="{small}"/><path class="places large" d="{large}"/>'


def _spread(points: Sequence[Point], room: float) -> tuple[Point, float]:
    """The centre of some points and the scale that spreads them over `room` (radius)."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    centre = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    reach = max(float(np.hypot(x - centre[0], y - centre[1])) for x, y in points) or 0.5
    return centre, room / reach


def _lens(
    group: Sequence[LitCity],
    at: dict[str, Point],
    arcs: Sequence[CityArc],
    place: Point,
    mid: Point,
    scale: float,
) -> str:
    """The ring on the map, its leader, and the closer drawing in a circle."""
    warm = any(city.warm for city in group) or any(arc.warm for arc in arcs)
    spread = {
        c.key: (place[0] + (at[c.key][0] - mid[0]) * scale, place[1] + (at[c.key][1] - mid[1]) * scale) for c in group
    }
    dots = _tones(_close_dots(mid, scale, 1.5, lambda dx, dy: np.hypot(dx, dy) < LENS - 1), place)
    away = float(np.hypot(place[0] - mid[0], place[1] - mid[1])) or 1.0
    ux, uy = (place[0] - mid[0]) / away, (place[1] - mid[1]) / away
    ring = 3.6
    lens = _class("lens", warm)
    small = "".join(
        f'<circle class="{_class("lit", warm)}" cx="{at[c.key][0]:.1f}" cy="{at[c.key][1]:.1f}" r=".7"/>' for c in group
    )
    frame = Box(place[0] - LENS, place[1] - LENS, place[0] + LENS, place[1] + LENS)
    return (
        f'{small}<circle class="{lens}" cx="{mid[0]:.1f}" cy="{mid[1]:.1f}" r="{ring}"/><g class="inset">'
        f'<path class="{lens}" d="M{mid[0] + ux * ring:.1f} {mid[1] + uy * ring:.1f}'
        f'L{place[0] - ux * LENS:.1f} {place[1] - uy * LENS:.1f}"/>'
        f'<circle class="{_class("lens glass", warm)}" cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{LENS}"/>'
        f"{dots}{_draw(group, spread, fan(arcs, spread), frame, NAME, 1.5)}</g>"
    )


def _head(key: str, title: str, description: str, box: str, classes: str) -> str:
    return (
        f'<svg class="{classes}" viewBox="{box}" role="img" aria-labelledby="{escape(key)}-t {escape(key)}-d">'
        f'<title id="{escape(key)}-t">{escape(title)}</title><desc id="{escape(key)}-d">{escape(description)}</desc>'
    )


def _points(lit: Sequence[LitCity]) -> dict[str, Point]:
    x, y = equal_earth([c.latitude for c in lit], [c.longitude for c in lit])
    return {c.key: (float(px), float(py)) for c, px, py in zip(lit, x, y, strict=True)}


@lru_cache(maxsize=32)
def world_svg(
    lit: tuple[LitCity, ...],
    arcs: tuple[CityArc, ...] = (),
    *,
    title: str,
    description: str,
    key: str = "world",
) -> Markup:
    """The world as one SVG; cities nearer than 7 cells are shown in a lens. `key` makes its ids unique on the page.

    An arc whose city is not lit raises KeyError. Size: about 6 KB compressed, 8 KB with a lens.
    """
    small, large, _, top, bottom = _ground()
    at = _points(lit)
    groups = _clusters(at)
    hidden = {member for group in groups for member in group}
    far = [city for city in lit if city.key not in hidden]
    inner = [[arc for arc in arcs if arc.start in group and arc.end in group] for group in groups]
    outer = {
        arc: away_side(at[arc.start], at[arc.end], at.values())
        for arc in arcs
        if not any(arc in within for within in inner)
    }
    frame = Box(0, top - MARGIN - 3, GRID, bottom + MARGIN)
    shown = crop_step(lit) * GRID / 20
    phone = Box(shown, frame.top, shown + GRID / 2, frame.bottom)
    busy = [point for arc, side in outer.items() for point in curve(at[arc.start], at[arc.end], side)[1]]
    busy += [at[city.key] for city in far]
    parts, taken = [_draw(far, at, outer, phone, NAME, 1.5)], list[Point]()
    for group, within in zip(groups, inner, strict=True):
        members = [city for city in lit if city.key in group]
        mid, scale = _spread([at[k] for k in group], LENS * 0.62)
        place = lens_place(mid, busy=busy, taken=taken, rows=(top, bottom))
        taken.append(place)
        parts.append(_lens(members, at, within, place, mid, scale))
    box = f"0 {frame.top:g} {GRID} {frame.bottom - frame.top:g}"
    return Markup(  # noqa: S704
        f'{_head(key, title, description, box, "far")}<path class="places" d="{small}"/>'
        f'<path class="places large" d="{large}"/>{"".join(parts)}</svg>'
    )


@lru_cache(maxsize=64)
def near_svg(
    lit: tuple[LitCity, ...],
    arcs: tuple[CityArc, ...] = (),
    *,
    title: str,
    description: str,
    key: str = "near",
) -> Markup:
    """The same drawing closer, around these cities: a frame of 320 × 240 units with places over 500."""
    at = _points(lit)
    mid, scale = _spread(list(at.values()), 72.0)
    scale = min(scale, 120.0)
    close = {k: (160 + (x - mid[0]) * scale, 120 + (y - mid[1]) * scale) for k, (x, y) in at.items()}
    shown = _close_dots(mid, scale, 4.0, lambda dx, dy: (np.abs(dx) < 158) & (np.abs(dy) < 118))
    dots = _tones(shown, (160.0, 120.0))
    drawn = _draw(lit, close, fan(arcs, close), Box(0, 0, 320, 240), 13.0, 4.0)
    return Markup(  # noqa: S704
        f"{_head(key, title, description, '0 0 320 240', 'near')}{dots}{drawn}</svg>"
    )


def crop_step(lit: Sequence[LitCity]) -> int:
    """For a phone, where the world is twice the width: tenths of the width to leave out before the lit part (0–10)."""
    if not lit:
        return 5
    xs = [point[0] for point in _points(lit).values()]
    middle = (min(xs) + max(xs)) / 2 / GRID
    return int(min(max(round((2 * middle - 0.5) * 10), 0), 10))
