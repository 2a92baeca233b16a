"""Lists that are ordered or counted: the rule once more as literals, so that PostgreSQL knows how many rows it leaves.

The policies alone decide who reads; they hold calls whose result the planner cannot see, so it would walk through
everything (research: up to 1,780 times slower). What is added here takes away no row that the policies leave.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Field, ForeignKey, Lookup, Model, Q, QuerySet

from serai.db.keys import Keys, keys
from serai.db.ready import Ids
from serai.db.rows import Protected

Row = TypeVar("Row", bound=Protected)


@ForeignKey.register_lookup
@Field.register_lookup
class Among(Lookup):
    """One of these ids of ours, written into the statement: what is prepared without them is planned without them."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """The comparison; `rhs` holds integers or UUIDs and nothing else, or the gap for them."""
        column, told = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, Ids):
            return f"{column} = ANY ('{self.rhs.mark}'::{self.rhs.kind}[])", tuple(told)
        kind = "integer" if all(isinstance(id, int) for id in self.rhs) and self.rhs else "uuid"
        ids = ",".join(str(int(id)) if kind == "integer" else str(UUID(str(id))) for id in self.rhs)
        return f"{column} = ANY ('{{{ids}}}'::{kind}[])", tuple(told)


class Gaps(NamedTuple):
    """In the place of keys in a statement that is written once (db/ready.py): `given()` fills them when it is asked."""

    audiences: Ids | None
    sources: Ids | None
    named: Ids | None


def gaps() -> Gaps:
    """A gap for each kind of key that whoever asks now has: a kind they have none of is left out, as in `hint`."""
    found = keys()
    return Gaps(
        audiences=Ids("audiences", "integer") if found.audiences else None,
        sources=Ids("sources", "uuid") if found.sources else None,
        named=Ids("named", "uuid") if found.named else None,
    )


def given() -> dict[str, Any]:
    """What fills the gaps: the keys of whoever asks now."""
    return vars(keys())


def readable(queryset: QuerySet[Row], *parents: str, found: Keys | Gaps | None = None) -> QuerySet[Row]:
    """The same rows, found by the indexes of audience and source. For lists of protected records with many rows.

    `parents` are references, never empty, without whose row there is no line: those rows are found likewise.
    Build it where it is evaluated: it holds the keys of whoever asks now, or of `found`.
    """
    found = found or keys(queryset.db)
    wanted = hint(queryset.model, queryset.db, found=found)
    for name in parents:
        parent = queryset.model._meta.get_field(name).related_model
        assert parent is not None
        wanted &= hint(parent, queryset.db, within=f"{name}__", found=found)
    return queryset.filter(wanted)


def hint(
    model: type[Model], using: str = "default", *, within: str = "", found: Keys | Gaps | None = None
) -> Q:  # fmt: skip
    """The condition by itself, on the rows of this model or on those that `within` leads to."""
    found = found or keys(using)
    wanted: dict[str, Any] = {
        f"{within}audience_id": found.audiences,
        f"{within}source_id": found.sources,
        f"{within}pk": found.named,
    }
    wanted |= {f"{within}{column}": found.sources for column in getattr(model, "answered_by", ())}
    # Nobody has no audience; who speaks for nothing has no sources. An empty list is left out: it has no kind.
    parts = [(f"{column}__among", ids) for column, ids in wanted.items() if ids]
    return Q(*parts, _connector=Q.OR) if parts else Q(pk=None)
