"""Statements written once: the SQL of a queryset, kept with gaps for what is asked each time.

Django writes the SQL of a queryset anew at each evaluation, and a model for each row; for a short list that costs more
than PostgreSQL's answer. A `Ready` is for the reads of pages that are opened all the time; the policies hold as ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections
from django.db.models import Expression, Field, QuerySet
from psycopg.types.datetime import TimestamptzLoader

Row = TypeVar("Row", bound=NamedTuple)


class Gap(Expression):
    """A value given at each call, sent beside the statement."""

    def __init__(self, name: str, kind: Field[Any, Any]) -> None:
        super().__init__(output_field=kind)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A placeholder, with the gap itself where the value will stand."""
        return "%s", (self,)


@dataclass(frozen=True)
class Ids:
    """Ids given at each call, written into the statement: PostgreSQL plans by them (see sharing/readable.py)."""

    name: str
    kind: str

    @property
    def mark(self) -> str:
        """What stands for them in the kept text; no statement of Django's holds it."""
        return f"{{:{self.name}:}}"


_MARK = re.compile(r"\{:(\w+):\}")


class Ready(Generic[Row]):
    """Rows of one kind, a `NamedTuple` whose fields stand in the order of the queryset's `values_list`."""

    def __init__(self, row: type[Row], build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._row, self._build = row, build

    @cached_property
    def _kept(self) -> tuple[str, tuple[Any, ...]]:
        compiler = self._build().query.get_compiler("default")
        text, told = compiler.as_sql()
        if compiler.get_converters([column for column, _, _ in compiler.select]):
            raise TypeError(f"{self._row.__name__} holds a column that Django converts; ask for it by the ORM")
        return text, tuple(told)

    def all(self, **given: Any) -> list[Row]:
        """Every row. Raises `KeyError` for a gap that is not given."""
        text, told = self._kept
        text = _MARK.sub(lambda mark: f"{{{','.join(map(str, given[mark[1]]))}}}", text)
        with connections["default"].cursor() as cursor:
            # psycopg's own, in C: connections keep UTC, so that Django's, in Python, would say the same.
            cursor.cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
            cursor.execute(text, [given[value.name] if isinstance(value, Gap) else value for value in told])
            return list(map(self._row._make, cursor.fetchall()))

    def first(self, **given: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self.all(**given)), None)
