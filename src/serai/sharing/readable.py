"""Lists that are ordered or counted: the rule once more as literals, so that PostgreSQL knows how many rows it leaves.

The policies alone decide who reads; they hold calls whose result the planner cannot see, so it would walk through
everything (research: up to 1,780 times slower). What is added here takes away no row that the policies leave.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from serai.db.keys import keys
from serai.db.rows import Protected

Row = TypeVar("Row", bound=Protected)


def readable(queryset: QuerySet[Row], *parents: str) -> QuerySet[Row]:
    """The same rows, found by the indexes of audience and source. For lists of protected records with many rows.

    `parents` are references, never empty, without whose row there is no line: those rows are found likewise.
    Build it where it is evaluated: it holds the keys of whoever asks now.
    """
    wanted = hint(queryset.model, queryset.db)
    for name in parents:
        parent = queryset.model._meta.get_field(name).related_model
        assert parent is not None
        wanted &= hint(parent, queryset.db, within=f"{name}__")
    return queryset.filter(wanted)


def hint(model: type[Model], using: str = "default", *, within: str = "") -> Q:
    """The condition by itself, on the rows of this model or on those that `within` leads to."""
    found = keys(using)
    wanted = {f"{within}audience_id__in": found.audiences, f"{within}source_id__in": found.sources}
    wanted |= {f"{within}{column}__in": found.sources for column in getattr(model, "answered_by", ())}
    return Q(*wanted.items(), (f"{within}pk__in", found.named), _connector=Q.OR)
