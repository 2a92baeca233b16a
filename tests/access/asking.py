"""What PostgreSQL gives and takes, for one asker at a time, over every protected table at once."""

from __future__ import annotations

from collections.abc import Iterable

from access.ground import WEB, Ground
from access.randomworld import FIXED
from serai.db.acting import Asker
from serai.db.rows import protected_models

TABLES = [model._meta.db_table for model in protected_models()]
CHANGEABLE = [model._meta.db_table for model in protected_models() if model not in FIXED]


def seen(ground: Ground, asker: Asker | None, tables: Iterable[str] = TABLES, role: str = WEB) -> frozenset[str]:
    """The ids of all rows of these tables that the asker reads."""
    query = " UNION ALL ".join(f"SELECT id::text FROM {table}" for table in tables)
    with ground.asked(asker, role):
        return frozenset(row[0] for row in ground.rows(query))


def changed(ground: Ground, asker: Asker | None, tables: Iterable[str] = CHANGEABLE, role: str = WEB) -> frozenset[str]:
    """The ids of all rows of these tables that the asker can change; nothing stays changed."""
    names = list(tables)
    parts = ", ".join(
        f"u{at} AS (UPDATE {t} SET version = version + 1 RETURNING id::text)" for at, t in enumerate(names)
    )
    query = f"WITH {parts} " + " UNION ALL ".join(f"SELECT id FROM u{at}" for at in range(len(names)))
    with ground.asked(asker, role):
        return frozenset(row[0] for row in ground.rows(query))
