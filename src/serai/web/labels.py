"""Places the names of cities on a drawing so that they cover neither one another nor an arc."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in drawing units; y grows downward."""

    left: float
    top: float
    right: float
    bottom: float

    def covers(self, x: float, y: float) -> bool:
        """Whether the point lies in the box."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def shared(self, other: Box) -> float:
        """The area two boxes have in common."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        tall = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide * tall if wide > 0 and tall > 0 else 0.0


class Label(NamedTuple):
    """A name with the point of its baseline and SVG's text-anchor there."""

    text: str
    x: float
    y: float
    anchor: str


def text_width(text: str, size: float) -> float:
    """About how wide a name is at a font size: .58 em a letter, 1 em where letters are full width."""
    ems = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.58 for c in text)
    return ems * size


def _choices(text: str, x: float, y: float, size: float, away: float) -> list[tuple[Label, Box]]:
    wide, rise = text_width(text, size), size * 0.36
    gap = away + size * 0.25
    spots = [
        (x + gap, y + rise, "start"),
        (x - gap, y + rise, "end"),
        (x + gap * 0.8, y + rise + size * 0.75, "start"),
        (x - gap * 0.8, y + rise - size * 0.75, "end"),
        (x - gap * 0.8, y + rise + size * 0.75, "end"),
        (x + gap * 0.8, y + rise - size * 0.75, "start"),
        (x, y - gap - size * 0.15, "middle"),
        (x, y + gap + size * 0.8, "middle"),
    ]
    before = {"start": 0.0, "middle": 0.5, "end": 1.0}
    return [
        (
            Label(text, lx, ly, anchor),
            Box(
                lx - wide * before[anchor],
                ly - size * 0.8,
                lx + wide * (1 - before[anchor]),
                ly + size * 0.25,
            ),
        )
        for lx, ly, anchor in spots
    ]


def place_labels(
    names: Sequence[tuple[str, tuple[float, float]]],
    *,
    busy: Sequence[tuple[float, float]],
    frame: Box,
    size: float,
    away: float,
) -> list[Label]:
    """A label for each name at its point, greedily in the order given; `busy` are points to keep clear of.

    `size` is the font size and `away` the distance kept from the point, both in drawing units.
    """
    points = [point for _, point in names]
    taken: list[Box] = []
    labels: list[Label] = []
    for text, (x, y) in names:
        best: tuple[float, Label, Box] | None = None
        for rank, (label, box) in enumerate(_choices(text, x, y, size, away)):
            cost = rank * 0.4
            cost += sum(80 + 50 * box.shared(other) for other in taken if box.shared(other))
            cost += 6 * sum(box.covers(*point) for point in busy)
            cost += 30 * sum(box.covers(*point) for point in points)
            inside = box.left >= frame.left and box.right <= frame.right
            inside = inside and box.top >= frame.top and box.bottom <= frame.bottom
            cost += 0 if inside else 400
            if best is None or cost < best[0]:
                best = (cost, label, box)
        assert best is not None
        labels.append(best[1])
        taken.append(best[2])
    return labels
