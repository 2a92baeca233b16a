"""What has been committed so far, as one short text: equal texts mean that nothing was written in between.

It is PostgreSQL's own snapshot: the first transaction that has not ended, the next number, and those running between.
Every transaction that writes has a number, and no number ends without the snapshot changing. So nothing has to be
counted by triggers, and no table, policy or migration can be forgotten. Writes to sessions and throttles change it too:
that costs a page drawn anew, never a page too old.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg.pq import ExecStatus

ASK = b"SELECT pg_catalog.pg_current_snapshot()::text"
NAME = b"committed"
WITHOUT = 1.0  # seconds until a lost database is asked again: until then pages are drawn as if nothing were kept


@dataclass(frozen=True, kw_only=True)
class Committed:
    """One moment of the database. `server` is the connection that was asked: after a crash numbers may come twice."""

    server: int
    snapshot: bytes


@dataclass(kw_only=True)
class Watch:
    """One connection of this process that asks for nothing else, one question at a time."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _connection: psycopg.Connection[Any] | None = None
    _server: int = 0
    _not_before: float = 0.0

    def now(self) -> Committed | None:
        """What is committed now. None where it cannot be told: inside a transaction, or without a database.

        A question asked after a commit was acknowledged, by whichever process, sees that commit.
        """
        # What a transaction has written so far is in no snapshot, and its own pages show it.
        if not settings.POOL or connections["default"].in_atomic_block:
            return None
        with self._lock:
            try:
                return self._asked()
            except psycopg.Error:
                self._lost()
                return None

    def _asked(self) -> Committed | None:
        if self._connection is None:
            if time.monotonic() < self._not_before:
                return None
            self._connection = _connected()
            self._server += 1
        answer = self._connection.pgconn.exec_prepared(NAME, None)
        snapshot = answer.get_value(0, 0) if answer.status == ExecStatus.TUPLES_OK else None
        if snapshot is None:
            self._lost()
            return None
        return Committed(server=self._server, snapshot=snapshot)

    def _lost(self) -> None:
        self._not_before = time.monotonic() + WITHOUT
        self.close()

    def close(self) -> None:
        """Lets the connection go; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _connected() -> psycopg.Connection[Any]:
    told = connections["default"].get_connection_params()
    own = {"connect_timeout": 3, "keepalives_idle": 10, "tcp_user_timeout": 5000, "application_name": "seen"}
    connection = psycopg.connect(**{**own, **told, "autocommit": True})
    answer = connection.pgconn.prepare(NAME, ASK)
    if answer.status != ExecStatus.COMMAND_OK:
        connection.close()
        raise psycopg.OperationalError("the snapshot cannot be asked for")
    return connection


watch = Watch()
