"""The small drawings that stand for a word: 17 sectors, whose turn it is, the mark, the arc between two cities."""

from __future__ import annotations

from markupsafe import Markup

# Each in a box of 16 units, one colour, always beside its word. Codes: serai.directory.vocabulary.SECTORS.
SECTORS = {
    "municipal_admin": "M2 2h12v12H2z",
    "elected_leadership": "M2 2h12v12H2zM4 4v8h8V4zM6.2 6.2h3.6v3.6H6.2z",
    "law_enforcement": "M2 2h12v7l-6 5.5L2 9z",
    "civil_society": "M8 1.6a6.4 6.4 0 1 1 0 12.8A6.4 6.4 0 0 1 8 1.6z",
    "youth_work": "M8 2l6.6 12H1.4z",
    "education": "M1.5 12a6.5 6.5 0 0 1 13 0z",
    "health": "M5.7 1.8h4.6v3.9h3.9v4.6h-3.9v3.9H5.7v-3.9H1.8V5.7h3.9z",
    "social_services": "M8 1.6a6.4 6.4 0 1 1 0 12.8A6.4 6.4 0 0 1 8 1.6zM8 4.4a3.6 3.6 0 1 0 0 7.2 3.6 3.6 0 0 0 0-7z",
    "prison_probation": "M2 2h3v12H2zM6.5 2h3v12h-3zM11 2h3v12h-3z",
    "faith": "M2.6 14V7.4a5.4 5.4 0 0 1 10.8 0V14z",
    "women_organisation": "M8 1l7 7-7 7-7-7z",
    "victims_association": "M8 1l7 7-7 7-7-7zM8 4.6L4.6 8 8 11.4 11.4 8z",
    "media": "M2 2h12v3H2zM2 6.5h12v3H2zM2 11h12v3H2z",
    "academia": "M4.5 2h7L15 8l-3.5 6h-7L1 8z",
    "private": "M5.2 3H15l-4.2 10H1z",
    "international": "M8 8V1.6A6.4 6.4 0 0 1 14.4 8zM8 8v6.4A6.4 6.4 0 0 1 1.6 8z",
    "national_coordination": "M2 14v-4h4V6h4V2h4v12z",
}

_TURNS = {
    "yours": '<circle cx="8" cy="8" r="6.6"/>',
    "theirs": '<circle class="rim" cx="8" cy="8" r="6.4"/><path d="M1.6 8a6.4 6.4 0 0 0 12.8 0z"/>',
    "later": '<circle cx="8" cy="8" r="6.6"/>',
    "done": '<path d="M2 8.6l4 4.2L14 3.6"/>',
}


def _svg(box: str, inside: str, classes: str = "shape") -> Markup:
    name = f' class="{classes}"' if classes else ""
    return Markup(f'<svg{name} viewBox="{box}" aria-hidden="true" focusable="false">{inside}</svg>')  # noqa: S704


def sector(code: str) -> Markup:
    """The shape of a sector, hidden from screen readers: its word stands beside it.

    An unknown code is drawn as an empty square, so that a new sector never breaks a page.
    """
    path = SECTORS.get(str(code), "M2 2h12v12H2zM4 4v8h8V4z")
    return _svg("0 0 16 16", f'<path fill-rule="evenodd" d="{path}"/>')


def turn(state: str) -> Markup:
    """The shape of whose turn it is: `yours` full, `theirs` half, `later` dotted, `done` a tick."""
    return _svg("0 0 16 16", _TURNS.get(str(state), _TURNS["later"]))


def mark() -> Markup:
    """A gate, and two cities joined: an arc over two dots."""
    return _svg(
        "0 0 32 20",
        '<path class="go" d="M4 15a12 12 0 0 1 24 0"/>'
        '<circle class="point" cx="4" cy="15.5" r="3.2"/><circle class="point warm" cx="28" cy="15.5" r="3.2"/>',
        "",
    )


def pair() -> Markup:
    """The small arc between the names of two cities."""
    return _svg(
        "0 0 34 12",
        '<path class="go" d="M3.5 9Q17-3.6 30.5 9"/>'
        '<circle class="point" cx="3.5" cy="9" r="2.6"/><circle class="point" cx="30.5" cy="9" r="2.6"/>',
        "",
    )


def way(share: float) -> Markup:
    """The arc from here to there with the traveller where the time stands.

    `share`: how much of the time has gone, 0 to 1. Values outside are held at the ends.
    """
    t = min(max(float(share), 0.0), 1.0)
    (x0, y0), (cx, cy), (x1, y1) = (6.0, 40.0), (160.0, -28.0), (314.0, 40.0)
    ax, ay = x0 + (cx - x0) * t, y0 + (cy - y0) * t
    bx, by = cx + (x1 - cx) * t, cy + (y1 - cy) * t
    x, y = ax + (bx - ax) * t, ay + (by - ay) * t
    gone = f"M{x0:g} {y0:g}Q{ax:.1f} {ay:.1f} {x:.1f} {y:.1f}"
    left = f"M{x:.1f} {y:.1f}Q{bx:.1f} {by:.1f} {x1:g} {y1:g}"
    return _svg(
        "0 0 320 48",
        f'<path class="go dim" d="{left}"/><path class="go" d="{gone}"/>'
        f'<circle class="point" cx="{x0:g}" cy="{y0:g}" r="5"/>'
        f'<circle class="point open" cx="{x1:g}" cy="{y1:g}" r="4.4"/>'
        f'<circle class="point warm" cx="{x:.1f}" cy="{y:.1f}" r="5.6"/>',
        "",
    )
