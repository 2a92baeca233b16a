"""Writes of organisations: what they are, how they may be named, and whose they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from serai.audit.actions import Actor, add, change
from serai.db.acting import forget_keys
from serai.directory.models import City, Organisation


def add_organisation(
    actor: Actor,
    *,
    name: str,
    sector: str,
    now: datetime,
    readers: Iterable[str],
    level: str = "local",
    city: City | None = None,
    country: str = "",
    in_kind: str = "",
    illustrative: bool = False,
    named_to_participants: str = "name",
    named_to_network: str = "name",
    named_to_public: str = "kind",
) -> Organisation:
    """Writes down an organisation; until a member of its own claims it, whoever wrote it down looks after it."""
    organisation = Organisation(
        name=name,
        sector=sector,
        level=level,
        city=city,
        country=country,
        in_kind=in_kind,
        illustrative=illustrative,
        named_to_participants=named_to_participants,
        named_to_network=named_to_network,
        named_to_public=named_to_public,
    )
    return add(actor, organisation, verb="add_organisation", groups=readers, now=now)


def claim(actor: Actor, organisation_id: uuid.UUID) -> bool:
    """The first own member takes their organisation over from whoever wrote it down; False if it was taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_claim(%s)", [organisation_id])
        forget_keys()
        return bool(cursor.fetchone()[0])


def change_organisation(
    actor: Actor, organisation: Organisation, *, now: datetime, expected: int | None = None, **fields: Any
) -> Organisation:
    """Changes what an organisation is and how it may be named. Raises `ChangedMeanwhile`, or `NotYours`."""
    return change(actor, organisation, verb="change_organisation", now=now, expected=expected, **fields)
