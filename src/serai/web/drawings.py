"""What templates may draw: `draw.sector(…)`, `draw.way(…)`, `draw.interval(…)` and the rest, by one name each."""

from __future__ import annotations

from serai.web.loom import weave
from serai.web.shapes import mark, pair, sector, turn, way
from serai.web.strips import days, interval, key, scale_over, shares
from serai.web.world import crop_step, near_svg, world_svg

__all__ = [
    "crop_step",
    "days",
    "interval",
    "key",
    "mark",
    "near_svg",
    "pair",
    "scale_over",
    "sector",
    "shares",
    "turn",
    "way",
    "weave",
    "world_svg",
]
