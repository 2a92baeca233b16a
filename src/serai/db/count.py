"""How many rows each table holds, counted in three ways that must agree before a backup counts as one."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from psycopg import Connection, sql

from serai.db.address import BACKUP

PASSING = "serai_cache"  # counts of tries, codes of some minutes and forms that were sent, by digests: in no backup
TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relpersistence = 'p' AND c.relname <> %(passing)s ORDER BY 1
"""
# A table under row security whose policies could hide a row from the backup role: no backup of it is whole.
HIDDEN = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity AND (
        NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive
            AND p.polcmd IN ('r', '*')
            AND p.polroles && ARRAY[0::oid, (SELECT oid FROM pg_roles WHERE rolname = %(role)s)]
            AND pg_get_expr(p.polqual, p.polrelid) = 'true')
        OR EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive
            AND p.polcmd IN ('r', '*')
            AND p.polroles && ARRAY[0::oid, (SELECT oid FROM pg_roles WHERE rolname = %(role)s)]))
    ORDER BY 1
"""


def counted(connection: Connection) -> dict[str, int]:
    """Rows by table, as this connection's role sees them; left out are `PASSING` and tables that a crash empties."""
    names = [name for (name,) in connection.execute(TABLES, {"passing": PASSING})]
    counts = {}
    for name in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counts[name] = int(row[0]) if row else 0
    return counts


def hidden_tables(connection: Connection, role: str = BACKUP) -> list[str]:
    """Tables that row security does not open wholly to `role`."""
    return [name for (name,) in connection.execute(HIDDEN, {"role": role})]


def counted_in_dump(pg_restore: Path, dump: Path) -> dict[str, int]:
    """Rows by table that a dump really holds, read through to its end. ValueError when it cannot be read."""
    command = [str(pg_restore), "--data-only", "--file=-", str(dump)]
    counts: dict[str, int] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading:  # noqa: S603
        assert reading.stdout is not None
        assert reading.stderr is not None
        table = ""
        for line in reading.stdout:
            if table:
                if line == b"\\.\n":
                    table = ""
                else:
                    counts[table] += 1
            elif line.startswith(b"COPY public.") and line.endswith(b"FROM stdin;\n"):
                table = line[len(b"COPY public.") :].split(b" ", 1)[0].decode().strip('"')
                counts[table] = 0
        said = reading.stderr.read().decode(errors="replace").strip()
    if reading.returncode != 0 or table:
        raise ValueError(said.splitlines()[-1] if said else "it ends in the middle of a table")
    return counts


def difference(expected: Mapping[str, int], found: Mapping[str, int]) -> str:
    """The first table whose counts differ, in words; empty when none does."""
    for name in sorted({*expected, *found}):
        if expected.get(name) != found.get(name):
            return f"{name} has {found.get(name, 'no')} rows, not {expected.get(name, 'no')}"
    return ""
