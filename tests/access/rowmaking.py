"""Rows of any model without saving them: every column filled, so that a test names only what it is about."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from psycopg import sql
from psycopg.types.json import Jsonb

from access.ground import OWNER, Ground
from serai.db.rows import new_id

NOW = datetime(2019, 11, 26, 9, 40, tzinfo=UTC)
TODAY = date(2019, 11, 26)


@dataclass(kw_only=True)
class Row:
    """One row: its model, its columns by name, and the groups of its audience (until it has an id for them)."""

    model: type[models.Model]
    values: dict[str, Any]
    groups: frozenset[str] = frozenset()

    @property
    def table(self) -> str:
        """The table it goes to."""
        return self.model._meta.db_table

    @property
    def id(self) -> uuid.UUID:
        """Its primary key."""
        return self.values[self.model._meta.pk.column]

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)


def ids(*found: Any) -> frozenset[str]:
    """Ids as the rule names them, without those that are none."""
    return frozenset(str(id) for id in found if id is not None)


def filled(model: type[models.Model], rng: random.Random, **given: Any) -> dict[str, Any]:
    """Every column of a row of this model: what is given, else its default, else something small."""
    columns = {field.column: _value(field, rng) for field in model._meta.concrete_fields}
    unknown = given.keys() - columns.keys()
    assert not unknown, f"{model.__name__} has no {unknown}"
    return columns | given


def _value(field: Any, rng: random.Random) -> Any:
    if isinstance(field, ArrayField):
        return []
    if field.primary_key and isinstance(field, models.UUIDField):
        return new_id()
    if field.null:
        return None
    if field.has_default():
        found = field.get_default()
        return Jsonb(found) if isinstance(field, models.JSONField) else found
    if field.choices:
        return rng.choice(field.choices)[0]
    return _small(field)


def _small(field: Any) -> Any:
    kind = field.get_internal_type()
    if kind == "UUIDField":
        return uuid.uuid4()
    if kind == "CharField" and field.unique:
        return uuid.uuid4().hex
    small: dict[str, Any] = {
        "CharField": "x",
        "TextField": "x",
        "DateField": TODAY,
        "DateTimeField": NOW,
        "BinaryField": b"x",
        "JSONField": Jsonb({}),
        "DecimalField": 1,
        "FloatField": 1.0,
    }
    return small.get(kind, 1)


def columns_of(model: type[models.Model]) -> list[str]:
    """The model's columns, in order."""
    return [field.column for field in model._meta.concrete_fields]


def insert(row: Row) -> tuple[str, list[Any]]:
    """The statement that writes this row, as the web role would."""
    names = columns_of(row.model)
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(row.table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(sql.Placeholder() * len(names)),
    )
    return statement.as_string(None), [row.values[name] for name in names]


def lay(ground: Ground, rows: Iterable[Row]) -> None:
    """Writes rows by COPY, each model's together, with an id for each audience. The owner is back afterwards.

    COPY into a table under row security is the administrator's alone: the owner is under it too.
    """
    by_model: dict[type[models.Model], list[Row]] = {}
    for row in rows:
        by_model.setdefault(row.model, []).append(row)
    give_audiences(ground, [row for each in by_model.values() for row in each])
    ground.connection.execute("RESET ROLE")
    for model, each in by_model.items():
        names = columns_of(model)
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, names))
        )
        with ground.connection.cursor().copy(into) as copy:
            for row in each:
                copy.write_row([row.values[name] for name in names])
    ground.role(OWNER)


def give_audiences(ground: Ground, rows: Iterable[Row]) -> None:
    """Sets `audience_id` from each row's groups, making the audiences that are not there yet."""
    wanting = [row for row in rows if "audience_id" in row.values]
    sets = {tuple(sorted(row.groups)) for row in wanting}
    ids = {names: audience(ground, names) for names in sets}
    for row in wanting:
        row.values["audience_id"] = ids[tuple(sorted(row.groups))]


def audience(ground: Ground, names: Iterable[str]) -> int:
    """The id of an audience; the ground must be the owner's."""
    groups = sorted(set(names))
    ground.done(
        "INSERT INTO serai_audience (groups, label) VALUES (%s, serai_label(%s)) ON CONFLICT DO NOTHING",
        [groups, groups],
    )
    return int(ground.one("SELECT id FROM serai_audience WHERE groups = %s", [groups])[0])
