"""What has been committed: every write is seen, none is taken for another, and who cannot ask is told nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from kept import WRITE

from serai.db import committed
from serai.db.committed import Watch


def test_every_end_of_a_writing_transaction_is_seen_and_none_comes_twice(
    watch: Watch, writer: Callable[[], psycopg.Connection]
) -> None:
    before, seen = watch.now(), set()
    assert before is not None
    assert watch.now() == before
    with writer() as one, writer() as two, writer() as three:
        for first, second in ((one, two), (two, one), (three, one), (two, three)) * 5:
            first.execute(WRITE)
            second.execute(WRITE)
            # Who began first ends first, and the other way round: the one moves the lower bound, the other the upper.
            endings = (first.commit, second.rollback) if first is not two else (second.commit, first.commit)
            for ending in (*endings, lambda: None):
                ending()
                seen.add(watch.now())
            first.execute("SELECT count(*) FROM kept_pages_test")
            first.commit()
            assert watch.now() in seen, "who only reads changes nothing"
    assert len(seen) == 40
    assert before not in seen


def test_inside_a_transaction_nothing_can_be_told(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committed, "connections", {"default": SimpleNamespace(in_atomic_block=True)})
    assert watch.now() is None


def test_after_a_lost_connection_nothing_kept_before_is_good(
    watch: Watch, writer: Callable[[], psycopg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committed, "WITHOUT", 0.0)
    before = watch.now()
    assert before is not None
    assert watch._connection is not None
    gone = watch._connection.info.backend_pid
    with psycopg.connect(os.environ["SERAI_DATABASE"], autocommit=True) as web:
        web.execute("SELECT pg_terminate_backend(%s, 2000)", [gone])
    assert watch.now() is None
    after = watch.now()
    assert after is not None
    assert after.server != before.server
    assert after != before


def test_without_a_pool_or_a_database_nothing_can_be_told(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as here:
        here.setattr(settings, "POOL", False)
        assert watch.now() is None
    asked: list[int] = []

    def nowhere() -> psycopg.Connection:
        asked.append(1)
        raise psycopg.OperationalError("nobody answers there")

    with monkeypatch.context() as here:
        here.setattr(committed, "_connected", nowhere)
        assert watch.now() is None
        assert watch.now() is None
        assert len(asked) == 1, "a lost database is left alone for a moment"
    monkeypatch.setattr(committed, "WITHOUT", 0.0)
    watch._lost()
    assert watch.now() is not None


def test_many_threads_ask_one_after_the_other(watch: Watch, writer: Callable[[], psycopg.Connection]) -> None:
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: watch.now(), range(2000)))
    assert None not in told
    assert len({one.server for one in told if one}) == 1
