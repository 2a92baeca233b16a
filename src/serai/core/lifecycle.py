"""States and allowed moves, one table a noun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


class NotAllowedNow(ValueError):
    """The move is not possible from the present state; the message names both."""


MOVES: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "need": {
        "open": frozenset({"matched", "closed"}),
        "matched": frozenset({"open", "met", "closed"}),
        "met": frozenset(),
        "closed": frozenset({"open"}),
    },
    "match": {
        "proposed": frozenset({"planned", "withdrawn"}),
        "planned": frozenset(),
        "withdrawn": frozenset(),
    },
    "exchange": {
        "planned": frozenset({"released", "cancelled"}),
        "released": frozenset({"live", "cancelled", "planned"}),
        "live": frozenset({"closed"}),
        "closed": frozenset(),
        "cancelled": frozenset(),
    },
    "takeaway": {
        "captured": frozenset({"adopted", "adapted", "parked", "left"}),
        "parked": frozenset({"adopted", "adapted", "left"}),
        "adopted": frozenset({"adapted", "left"}),
        "adapted": frozenset({"left"}),
        "left": frozenset({"adopted", "adapted"}),
    },
    "activity": {
        "planned": frozenset({"running", "stopped"}),
        "running": frozenset({"delivered", "stopped"}),
        "delivered": frozenset(),
        "stopped": frozenset({"planned"}),
    },
    "story": {
        "draft": frozenset({"asking", "withdrawn"}),
        "asking": frozenset({"released", "draft", "withdrawn"}),
        "released": frozenset({"withdrawn", "asking"}),
        "withdrawn": frozenset({"draft"}),
    },
}


def moved(noun: str, now: str, to: str) -> str:
    """The state after the move; raises `NotAllowedNow` where the table does not hold it."""
    if to not in MOVES[noun][now]:
        raise NotAllowedNow(f"{noun}: what is {now} cannot become {to}")
    return to
