"""Who is asking: the one place where the asker is ambient, because PostgreSQL has to know them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from serai.db import clock
from serai.db.keys import ASK, Keys


@dataclass(frozen=True, kw_only=True)
class Asker:
    """A person, a link (the rows its one invitation names), a named keeper, or the visitor.

    `also` is the second person of *see as*: then only what both may read is shown, and nothing is written.
    """

    kind: str
    id: uuid.UUID | None = None
    also: uuid.UUID | None = None

    @property
    def person(self) -> uuid.UUID | None:
        """The person asking, if it is one."""
        return self.id if self.kind == "person" else None


VISITOR = Asker(kind="visitor")
KEEPER = Asker(kind="keeper")


def person(id: uuid.UUID, *, also: uuid.UUID | None = None) -> Asker:
    """The asker that is this person, perhaps seeing as another."""
    return Asker(kind="person", id=id, also=also)


def link(id: uuid.UUID) -> Asker:
    """The asker that is this signed link."""
    return Asker(kind="link", id=id)


class NobodyAsks(RuntimeError):
    """A protected table was touched with no asker set; row security would silently answer with no row."""


# Four things told, and what was kept for the asker before forgotten: see db/sql/10_rule.sql.
TELL = (
    "SELECT set_config('serai.asker', %s, true), set_config('serai.asker_id', %s, true),"
    " set_config('serai.also', %s, true), set_config('serai.now', %s, true),"
    " set_config('serai.audiences', '', true), set_config('serai.sources', '', true),"
    " set_config('serai.named', '', true), set_config('serai.shown', '', true)"
)
# The same, and at once what nearly every page then needs; see db/keys.py.
_TELL_AND_ASK = f"WITH told AS MATERIALIZED ({TELL}) {ASK} FROM told"


def _remember(using: str, asker: Asker | None) -> None:
    connections[using].serai_asker = asker  # type: ignore[attr-defined]
    forget_keys(using)


def forget_keys(using: str = "default") -> None:
    """What the asker may read is asked anew: after every write, because a write may change it."""
    connections[using].serai_keys = None  # type: ignore[attr-defined]


def _tell(using: str, asker: Asker | None, *, ask: bool = False) -> None:
    values = [
        asker.kind if asker else "",
        str(asker.id) if asker and asker.id else "",
        str(asker.also) if asker and asker.also else "",
        clock.told(),
    ]
    connection = connections[using]
    _remember(using, asker)
    with connection.cursor() as cursor:
        cursor.execute(_TELL_AND_ASK if ask else TELL, values)
        if ask:
            connection.serai_keys = Keys.of(cursor.fetchone())  # type: ignore[attr-defined]


def current(using: str = "default") -> Asker | None:
    """The asker PostgreSQL has been told of on this connection, if any."""
    return getattr(connections[using], "serai_asker", None)


@contextmanager
def acting_as(asker: Asker, *, using: str = "default") -> Iterator[Asker]:
    """Everything read or written inside is read or written by this asker; the previous one is restored.

    Opens a transaction (or savepoint), because the setting lasts only as long as one.
    """
    before, outermost = current(using), not connections[using].in_atomic_block
    with transaction.atomic(using=using):
        _tell(using, asker, ask=outermost and asker.kind in ("person", "visitor"))
        try:
            yield asker
        except BaseException:
            _remember(using, before)
            raise
        # A released savepoint keeps the inner value, so it is set back by hand; what is taken back forgets it, and so
        # does the end of a transaction.
        if outermost or connections[using].needs_rollback:
            _remember(using, before)
        else:
            _tell(using, before)


_TABLE = re.compile(r'\b(?:from|join|into|update|delete\s+from)\s+(?:only\s+)?"?(serai_[a-z_]+)"?(?!\w|\()', re.I)


def refuse_without_asker(protected: frozenset[str]) -> Callable[..., Any]:
    """A database wrapper that raises `NobodyAsks` when SQL touches one of these tables with no asker."""

    def wrapper(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if getattr(context["connection"], "serai_asker", None) is None and isinstance(sql, str):
            touched = protected.intersection(name.lower() for name in _TABLE.findall(sql))
            if touched:
                raise NobodyAsks(f"{', '.join(sorted(touched))} touched with no asker; use acting_as(...)")
        return execute(sql, params, many, context)

    return wrapper
