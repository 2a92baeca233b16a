"""A backup that is whole or is none: dumped by a role that may only read, counted against the owner's eyes."""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg
from psycopg import IsolationLevel
from psycopg.pq import Conninfo

from serai import archive
from serai.db.address import BACKUP, OWNER, parts
from serai.db.count import PASSING, counted, counted_in_dump, difference, hidden_tables
from serai.installation import Installation

DUMP, FILES, KEY, CONFIG, ERASED = "database.dump", "files.tar", "secret_key", "config.json", "erased.jsonl"


class BackupError(Exception):
    """No backup was made; the text is one sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """A finished backup: where it lies, its rows by table, whether it is encrypted."""

    path: Path
    counts: dict[str, int]
    encrypted: bool


def back_up(house: Installation, *, now: datetime, keys: Sequence[str], folder: Path | None = None) -> Done:
    """Makes one archive of database, files and keys in the state folder's `backups` (or `folder`).

    The database must be running. `keys` are age recipients; with none the archive is not encrypted, and the caller
    must have meant that. Raises BackupError or ArchiveError; then there is no archive.
    """
    target = (folder or house.state.backups) / archive.name(now, encrypted=bool(keys))
    with tempfile.TemporaryDirectory(prefix="making-", dir=house.state.backups) as making:
        dump = Path(making) / DUMP
        counts = _dumped(house, dump)
        files = Path(making) / FILES
        with tarfile.open(files, "w") as tar:
            tar.add(house.state.files, arcname=".")
        members = {DUMP: dump, FILES: files, KEY: house.state.secret_key, ERASED: house.state.erased}
        if house.state.config.exists():
            members[CONFIG] = house.state.config
        archive.write(target, members, made_at=now, serai=program_version(), counts=counts, keys=keys)
    return Done(path=target, counts=counts, encrypted=bool(keys))


def program_version() -> str:
    """This program's version; run from its source it has none."""
    try:
        return version("serai")
    except PackageNotFoundError:
        return "source"


def prune(house: Installation, *, kept: int = archive.KEPT) -> int:
    """Removes all but the newest archives; how many went. What was purged leaves the last archive with it."""
    old = archive.archives(house.state)[:-kept]
    for path in old:
        path.unlink()
    return len(old)


def _dumped(house: Installation, dump: Path) -> dict[str, int]:
    """Dumps as the backup role and returns the rows by table: three counts of one moment, which must agree."""
    owner_url = house.owner_address("backup: count what the backup role must see")
    with psycopg.connect(owner_url) as owner, psycopg.connect(house.address(BACKUP)) as reader:
        for connection in (owner, reader):
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
        row = owner.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        snapshot = str(row[0])
        _refuse_hidden(owner)
        expected = counted(owner)
        reader.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'".encode())
        _refuse(difference(expected, counted(reader)), "The backup role does not see everything")
        _pg_dump(house, dump, snapshot)
    try:
        found = counted_in_dump(house.cluster.program("pg_restore"), dump)
    except ValueError as error:
        raise BackupError(f"The dump cannot be read back: {error}") from error
    _refuse(difference(expected, found), "The dump is incomplete")
    return expected


def _refuse_hidden(owner: psycopg.Connection) -> None:
    for role in (BACKUP, OWNER):
        hidden = hidden_tables(owner, role)
        _refuse(", ".join(hidden), f"Row security hides rows from {role}, so a backup would lose them")


def _refuse(what: str, why: str) -> None:
    if what:
        raise BackupError(f"{why}: {what}.")


def _pg_dump(house: Installation, dump: Path, snapshot: str) -> None:
    command = [
        str(house.cluster.program("pg_dump")), "--format=custom", "--compress=6", "--enable-row-security",
        "--no-unlogged-table-data", f"--exclude-table-data=public.{PASSING}",
        f"--snapshot={snapshot}", f"--file={dump}",
    ]  # fmt: skip
    done = subprocess.run(  # noqa: S603
        command, env=client_environment(house.address(BACKUP)), capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise BackupError(f"The database could not be dumped: {said}")


# What libpq's programs read from the environment, by the names of an address's parts; libpq itself knows them all.
CLIENT = {known.keyword.decode(): known.envvar.decode() for known in Conninfo.get_defaults() if known.envvar}


def client_environment(url: str) -> dict[str, str]:
    """An address as PostgreSQL's programs take it: not on the command line, which everyone may read."""
    told = {CLIENT[name]: value for name, value in parts(url).items() if name in CLIENT}
    return {"PATH": os.defpath, "LC_ALL": "C", **told}
