"""Long lists, a page at a time from a row on: as quick on the last page as on the first.

Rows stand in the order of their names as people look for them (db/names.py), then of their ids; or the newest first.

An address names the row where a page ends, by id alone: its name is asked for again, as far as the asker may read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from serai.db.names import InOrder

Row = TypeVar("Row", bound=Model)
A_PAGE = 60
A_LOOK = 500  # rows read at once while looking for those that are kept
MOST_COUNTED = 1000


@dataclass(frozen=True, kw_only=True)
class Span(Generic[Row]):
    """The rows of one page. `before` and `after` are the ids to go on from; empty at either end of the list."""

    rows: tuple[Row, ...]
    before: str
    after: str

    @property
    def whole(self) -> bool:
        """Whether this is all there is."""
        return not self.before and not self.after


def span(
    rows: QuerySet[Row], asked: Mapping[str, Any], *, keep: Callable[[Row], bool] | None = None, size: int = A_PAGE
) -> Span[Row]:
    """The page that `asked` ("after" or "before", an id) names, ordered by name and id; the first one otherwise.

    `rows` have a `name`; `keep` leaves some out that SQL cannot tell. Of a row that is not there any more: the first.
    """
    back = "before" in asked and "after" not in asked
    edge = _edge(rows, asked.get("before" if back else "after", ""))
    if edge is None:
        back = False
    found = _kept(rows, edge, keep, size + 1, back=back)
    return _shown(found, size, back=back, begins=edge is None)


def newest(rows: QuerySet[Row], asked: Mapping[str, Any], *, size: int = A_PAGE) -> Span[Row]:
    """The same of rows that stand the newest first, by ids in order of time; also from a row that is gone by now."""
    back = "before" in asked and "after" not in asked
    try:
        edge = UUID(asked.get("before" if back else "after", ""))
    except ValueError:
        edge, back = None, False
    if edge is not None:
        rows = rows.filter(**{"pk__gt" if back else "pk__lt": edge})
    return _shown(list(rows.order_by("pk" if back else "-pk")[: size + 1]), size, back=back, begins=edge is None)


def _shown(found: list[Row], size: int, *, back: bool, begins: bool) -> Span[Row]:
    """The page of what was found, of which one more than a page was asked for."""
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    first, last = (str(found[0].pk), str(found[-1].pk)) if found else ("", "")
    return Span(
        rows=tuple(found),
        before=first if (more if back else not begins) else "",
        after=last if (not begins if back else more) else "",
    )


def ordered(rows: QuerySet[Row]) -> QuerySet[Row]:
    """The same rows in that order."""
    found: QuerySet[Row] = rows.annotate(in_order=InOrder("name"))  # type: ignore[assignment]
    return found.order_by("in_order", "pk")


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are; beyond `MOST_COUNTED` one more than that, and no further."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def _edge(rows: QuerySet[Row], id: Any) -> tuple[str, Any] | None:
    if not id:
        return None
    try:
        return ordered(rows).filter(pk=id).values_list("in_order", "pk").first()
    except (ValueError, ValidationError):
        return None


def _kept(
    rows: QuerySet[Row], edge: tuple[str, Any] | None, keep: Callable[[Row], bool] | None, wanted: int, *, back: bool
) -> list[Row]:
    towards = ordered(rows).reverse() if back else ordered(rows)
    found: list[Row] = []
    look = A_LOOK if keep else wanted
    while True:
        batch = list(towards.filter(_beyond(edge, back=back))[:look])
        found += [row for row in batch if keep is None or keep(row)]
        if len(found) >= wanted or len(batch) < look:
            return found[:wanted]
        edge = (batch[-1].in_order, batch[-1].pk)  # type: ignore[attr-defined]


def _beyond(edge: tuple[str, Any] | None, *, back: bool) -> Q:
    if edge is None:
        return Q()
    name, id = edge
    way = "lt" if back else "gt"
    return Q(**{f"in_order__{way}e": name}) & (Q(**{f"in_order__{way}": name}) | Q(**{f"pk__{way}": id}))
