"""Who an entry of the directory is usually offered to: from one's organisation to the whole network."""

from __future__ import annotations

from collections.abc import Collection

from serai.directory.queries import Standing
from serai.sharing.choosing import Ring, own_rings


def entry_rings(standing: Standing, *, without: Collection[str] = ("everyone",)) -> list[Ring]:
    """The rings of this person less some, narrow to wide: hubs stand before the network they lie in."""
    whole = {f"network-{network.id}" for network in standing.networks if network.parent_id is None} | {"everyone"}
    rings = [ring for ring in own_rings(standing) if ring.value not in without]
    return sorted(rings, key=lambda ring: (ring.value in whole, ring.value == "everyone"))


def usual(rings: list[Ring]) -> str:
    """The ring chosen beforehand: the widest that needs an account."""
    return next(ring.value for ring in reversed(rings) if ring.value != "everyone")
