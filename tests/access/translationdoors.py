"""The doors into translations: who writes one, in whose name, who checks it, and when its words were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from access.house import TRANSLATED
from access.rowmaking import NOW

if TYPE_CHECKING:
    from access.doors import Attempt, Doors

LATER = NOW.replace(hour=NOW.hour + 1)


def translation_doors(on: Doors) -> dict[str, tuple[Attempt, Attempt]]:
    """The doors into another's translations, of each kind, and into one's own with words that nobody signed."""
    house, adds, sets, found = on.house, on.adds, on.sets, {}
    for name, model, original in TRANSLATED:

        def words(who: str, source: str, by: str, m: type = model, of: str = original) -> Attempt:
            given = {"original_id": house[of], "written_by_id": house[by], "written_at": NOW, "language": "sq"}
            return adds(who, m, source, **given)

        told = model.__name__
        mine = {"written_by_id": house["anna"], "made": "machine"}
        found |= {
            f"{told} by who may only read": (words("berta", "town_b", "berta"), words("anna", "town_a", "anna")),
            f"{told} in another's name": (words("anna", "town_a", "alba"), words("anna", "town_a", "anna")),
            f"{told} checked in another's name": (
                sets("anna", name, checked_by_id=house["alba"]),
                sets("alba", name, checked_by_id=house["alba"]),
            ),
            f"{told} with new words of nobody": (
                sets("alba", name, made="machine", written_at=LATER),
                sets("anna", name, written_at=LATER, **mine),
            ),
            f"{told} with new words as old as a yes": (
                sets("anna", name, **mine),
                sets("anna", name, written_at=LATER, **mine),
            ),
        }
    return found
