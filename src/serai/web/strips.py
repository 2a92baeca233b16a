"""Strips: quantities drawn along one line without text, so that they stretch to any width and mirror in CSS.

The numbers always stand beside the strip, in the table or the sentence; the strip itself is hidden from speech.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup

WIDTH = 1000


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The values at the two ends of a strip; `least` < `most`."""

    least: float
    most: float

    def at(self, value: float) -> float:
        """The place of a value on the strip, 0 to 1000, held inside the strip with room for half a dot."""
        share = (value - self.least) / ((self.most - self.least) or 1.0)
        return round(12 + min(max(share, 0.0), 1.0) * (WIDTH - 24), 1)


def scale_over(values: Iterable[float | None]) -> Scale:
    """A scale that holds all values with a tenth of their range to spare on both sides."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return Scale(least=0.0, most=1.0)
    low, high = min(known), max(known)
    spare = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    return Scale(least=low - spare, most=high + spare)


def _dot(kind: str, x: float) -> str:
    return f'<path class="{kind}" d="M{x:g} 8h0"/>'


def _line(kind: str, start: float, end: float) -> str:
    return f'<path class="{kind}" d="M{start:g} 8H{end:g}"/>'


def _strip(inside: str, kind: str = "") -> Markup:
    classes = f"strip {kind}".strip()
    return Markup(  # noqa: S704
        f'<svg class="{classes}" viewBox="0 0 {WIDTH} 16" preserveAspectRatio="none" aria-hidden="true"'
        f' focusable="false">{inside}</svg>'
    )


def interval(
    *,
    scale: Scale,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    base: float | None = None,
    target: float | None = None,
) -> Markup:
    """A value with its doubt: the interval first (pale), then the point; baseline hollow; target dashed."""
    parts = [_line("axis", 0, WIDTH)]
    if low is not None and high is not None:
        parts.append(_line("sure", scale.at(low), scale.at(high)))
    if target is not None:
        parts.append(f'<path class="goal" d="M{scale.at(target):g} 0v16"/>')
    if base is not None:
        x = scale.at(base)
        parts += [_dot("base", x), _dot("hole", x)]
    if value is not None:
        parts.append(_dot("value", scale.at(value)))
    return _strip("".join(parts))


def days(*, ages: Sequence[float], stuck: Sequence[float] = (), usual: float, most: float) -> Markup:
    """One lane of the pipeline: one dot an exchange at its age in days, the usual time as a band, stuck ones warm."""
    scale = Scale(least=0.0, most=most)
    dots = [_dot("value", scale.at(age)) for age in ages if age not in stuck]
    warm = [_dot("stuck", scale.at(age)) for age in stuck]
    return _strip("".join([_line("usual", 0, scale.at(usual)), *dots, *warm]), "dots")


def beside(stuck: Sequence[float]) -> str:
    """Where what is said of stuck dots stands in a wide lane, by their shares of it: a class of `.held`.

    After the last of them where there is room, before them where all are at the end, else (as on a phone) below.
    """
    if max(stuck) <= 0.5:
        return f"x-{ceil(max(stuck) * 20) or 1}"
    return "end" if min(stuck) >= 0.85 else "below"


def shares(counts: Sequence[float]) -> Markup:
    """Parts of a whole side by side, in the order given (`k1`…`k4`); nothing to draw gives an empty strip."""
    total = sum(counts)
    parts, x = [], 0.0
    for number, count in enumerate(counts, 1):
        width = count / total * WIDTH if total else 0.0
        if width:
            parts.append(f'<rect class="k{min(number, 4)}" x="{x:.1f}" y="0" width="{width:.1f}" height="16"/>')
        x += width
    return Markup(  # noqa: S704
        f'<svg class="stack-strip strip" viewBox="0 0 {WIDTH} 16" preserveAspectRatio="none" aria-hidden="true"'
        f' focusable="false">{"".join(parts)}</svg>'
    )


def key(number: int) -> Markup:
    """The small square that names a part of `shares` or a step of the barrier table."""
    return Markup(  # noqa: S704
        '<svg class="key" viewBox="0 0 12 12" aria-hidden="true" focusable="false">'
        f'<rect class="k{int(number)}" width="12" height="12"/></svg>'
    )
