"""What was erased or purged since ever, kept as ids beside the database: a restore does it again before it serves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection, sql


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """One erasure: rows that went (`gone`: ids by table), rows that were emptied (`blank`: columns by id by table).

    `blank` holds what the columns were set to: nothing, or "former member"; never what they held. A table whose key
    is not `id` is written with it, "serai_noteauthor.note_id". A column emptied of one entry says which:
    {"programme": {"without": id}}.
    """

    at: str
    what: str
    gone: Mapping[str, Sequence[str]] = field(default_factory=dict)
    blank: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)


class ReplayError(Exception):
    """An erasure could not be done again; the restored database must not serve."""


def record(
    state: Path, *, at: datetime, what: str, gone: Mapping[str, Iterable[UUID]],
    blank: Mapping[str, Mapping[UUID, Mapping[str, Any]]] | None = None,
) -> None:  # fmt: skip
    """Appends an erasure to the state folder's list and syncs it, as the last step inside its transaction.

    Should the commit then fail, the list names rows that still stand; a restore would take them all the same: they
    were asked to go. The other order could lose an erasure, which is worse.
    """
    entry = Erasure(
        at=at.isoformat(),
        what=what,
        gone={table: [str(id) for id in ids] for table, ids in gone.items()},
        blank={table: {str(id): dict(row) for id, row in rows.items()} for table, rows in (blank or {}).items()},
    )
    handle = os.open(state / "erased.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, written([entry]).encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path) -> list[Erasure]:
    """The list; an unfinished last line (a crash while appending) is no entry. Missing file: an empty list."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return []
    lines = text.splitlines() if text.endswith("\n") else text.splitlines()[:-1]
    return [Erasure(**json.loads(line)) for line in lines if line.strip()]


def written(erasures: Iterable[Erasure]) -> str:
    """The list as its file holds it."""
    return "".join(json.dumps(asdict(entry), sort_keys=True) + "\n" for entry in erasures)


def joined(*lists: Iterable[Erasure]) -> list[Erasure]:
    """Several lists as one, in order of time, each erasure once."""
    every = {written([entry]): entry for entries in lists for entry in entries}
    return sorted(every.values(), key=lambda entry: entry.at)


def replay(owner: Connection, erasures: Iterable[Erasure]) -> dict[str, int]:
    """Does every erasure again, as the owner, in the caller's transaction; rows that went now, by table.

    Doing it twice changes nothing. Raises ReplayError when a row that must go or be emptied still stands.
    """
    went: dict[str, int] = {}
    owner.execute("SET CONSTRAINTS ALL DEFERRED")
    for erasure in erasures:
        for place, ids in erasure.gone.items():
            query = sql.SQL("DELETE FROM {} WHERE {}::text = ANY(%s)").format(*_place(place))
            done = owner.execute(query, [_texts(ids)])
            name = place.partition(".")[0]
            went[name] = went.get(name, 0) + done.rowcount
        for table, rows in erasure.blank.items():
            for id, columns in rows.items():
                _blank(owner, table, id, columns)
    return {table: number for table, number in went.items() if number}


_WITHOUT = sql.SQL(
    """{0} = (SELECT coalesce(jsonb_agg(CASE WHEN line ->> 'id' = %s
       THEN line || '{{"title": "–", "where": ""}}' ELSE line END), '[]') FROM jsonb_array_elements({0}) AS line)"""
)


def _place(name: str) -> tuple[sql.Identifier, sql.Identifier]:
    table, _, key = name.partition(".")
    return sql.Identifier(table), sql.Identifier(key or "id")


def _texts(ids: Sequence[Any]) -> list[str]:
    return [str(id) for id in ids]


def _blank(owner: Connection, table: str, id: str, columns: Mapping[str, Any]) -> None:
    sets, values = [], []
    for name, value in columns.items():
        entry = value["without"] if isinstance(value, dict) else None
        sets.append((_WITHOUT if entry else sql.SQL("{} = %s")).format(sql.Identifier(name)))
        values.append(entry or value)
    query = sql.SQL("UPDATE {} SET {} WHERE id = %s::uuid").format(sql.Identifier(table), sql.SQL(", ").join(sets))
    owner.execute(query, [*values, id])


def standing(owner: Connection, erasures: Iterable[Erasure]) -> list[str]:
    """Ids that were erased and are there nonetheless; empty after a replay."""
    found = []
    for erasure in erasures:
        for place, ids in erasure.gone.items():
            query = sql.SQL("SELECT {1}::text FROM {0} WHERE {1}::text = ANY(%s)").format(*_place(place))
            found += [str(id) for (id,) in owner.execute(query, [_texts(ids)])]
    return found
