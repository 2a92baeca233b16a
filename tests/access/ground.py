"""A connection of one's own to the suite's server, in one transaction that is never committed.

Its login is the administrator's, but every statement runs as the role named: as the owner the world is laid out, as
the web role (or another) it is asked. Row security holds for the role, not for the login.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from serai.db.acting import TELL, Asker
from serai.db.address import DATABASE, OWNER, WEB
from serai.db.embedded import Cluster


class Ground:
    """One open transaction; `role` says as whom the next statement runs."""

    def __init__(self, connection: psycopg.Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now

    def role(self, name: str) -> None:
        """From here on as this role, asked by nobody."""
        self.connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(name)))
        self.ask(None)

    def ask(self, asker: Asker | None) -> None:
        """From here on asked by this asker, as `acting_as` tells PostgreSQL."""
        self.connection.execute(
            TELL,
            [
                asker.kind if asker else "",
                str(asker.id) if asker and asker.id else "",
                str(asker.also) if asker and asker.also else "",
                self.now.isoformat(),
            ],
        )

    @contextmanager
    def tried(self) -> Iterator[None]:
        """What happens inside is taken back, whether it worked or not; also role and asker."""
        self.connection.execute("SAVEPOINT tried")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK TO SAVEPOINT tried; RELEASE SAVEPOINT tried")

    @contextmanager
    def asked(self, asker: Asker | None, role: str = WEB) -> Iterator[None]:
        """Inside, this role asks for this asker; afterwards the owner is back and nothing was written."""
        with self.tried():
            self.role(role)
            self.ask(asker)
            yield

    def rows(self, query: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query answers."""
        return self.connection.execute(query.encode(), list(parameters)).fetchall()

    def one(self, query: str, parameters: Iterable[Any] = ()) -> tuple[Any, ...]:
        """The one row a query answers."""
        (row,) = self.rows(query, parameters)
        return row

    def done(self, query: str, parameters: Iterable[Any] = ()) -> int:
        """How many rows a statement wrote; raises psycopg's error where it was refused."""
        return self.connection.execute(query.encode(), list(parameters)).rowcount

    def refused(self, query: str, parameters: Iterable[Any] = ()) -> str | None:
        """Tries a statement and takes it back: what PostgreSQL said against it, or None if it wrote a row.

        An update that finds no row it may write is refused without a word: that is "no row".
        """
        with self.tried():
            try:
                return None if self.done(query, parameters) else "no row"
            except psycopg.errors.UniqueViolation:
                return None
            except psycopg.errors.InsufficientPrivilege as error:
                return str(error.diag.message_primary)
        raise AssertionError("not reached")


@contextmanager
def opened(cluster: Cluster, now: datetime) -> Iterator[Ground]:
    """The ground, as the owner."""
    with psycopg.connect(cluster.admin_url(DATABASE)) as connection:
        ground = Ground(connection, now)
        ground.role(OWNER)
        try:
            yield ground
        finally:
            connection.rollback()
