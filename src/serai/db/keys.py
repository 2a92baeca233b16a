"""What the present asker may read by: asked once, kept on the connection while the asker stays."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import connections
from django.db.models import BooleanField, Func


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The ids of audiences, sources and rows that the policies compare with; see db/sql/10_rule.sql."""

    audiences: tuple[int, ...]
    sources: tuple[uuid.UUID, ...]
    named: tuple[uuid.UUID, ...]

    @classmethod
    def of(cls, row: tuple[list[int], list[uuid.UUID], list[uuid.UUID]]) -> Keys:
        """What `ASK` answers."""
        audiences, sources, named = row
        return cls(audiences=tuple(sorted(audiences)), sources=tuple(sources), named=tuple(named))


ASK = "SELECT serai_audiences(), serai_sources(), serai_named()"


def keys(using: str = "default") -> Keys:
    """The present asker's keys: one query for each asker, and one more after each write of theirs."""
    connection = connections[using]
    kept: Keys | None = getattr(connection, "serai_keys", None)
    if kept is None:
        with connection.cursor() as cursor:
            cursor.execute(ASK)
            kept = Keys.of(cursor.fetchone())
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


class SpokenFor(Func):
    """Whether the present asker speaks for the person or organisation in this column."""

    template = "(%(expressions)s = ANY (serai_sources()))"
    output_field = BooleanField()
