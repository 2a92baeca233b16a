"""What the present asker may read by: asked once, kept on the connection while the asker stays."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import connections


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The ids of audiences, sources and rows that the policies compare with; see db/sql/10_rule.sql."""

    audiences: tuple[int, ...]
    sources: tuple[uuid.UUID, ...]
    named: tuple[uuid.UUID, ...]


def keys(using: str = "default") -> Keys:
    """The present asker's keys: one query for each asker, and one more after each write of theirs."""
    connection = connections[using]
    kept: Keys | None = getattr(connection, "serai_keys", None)
    if kept is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT serai_audiences(), serai_sources(), serai_named()")
            audiences, sources, named = cursor.fetchone()
        kept = Keys(audiences=tuple(sorted(audiences)), sources=tuple(sources), named=tuple(named))
        connection.serai_keys = kept  # type: ignore[attr-defined]
    return kept


def sources(using: str = "default") -> frozenset[uuid.UUID]:
    """What the present asker speaks for: the person and their organisations. One query, a light one."""
    kept: Keys | None = getattr(connections[using], "serai_keys", None)
    if kept is not None:
        return frozenset(kept.sources)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT serai_sources()")
        return frozenset(cursor.fetchone()[0])
