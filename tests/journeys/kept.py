"""Writes that another process commits, and the watch that must see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from django.conf import settings

from serai.db import address
from serai.db.committed import Watch
from serai.db.embedded import Cluster
from serai.web import validators

WRITE = "INSERT INTO kept_pages_test VALUES (1)"


@pytest.fixture(scope="module")
def writer(cluster: Cluster, django_db_setup: None) -> Iterator[Callable[[], psycopg.Connection]]:
    """Opens connections of the owner, who writes as any other process might."""
    url = cluster.url(address.OWNER, address.DATABASE)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE TABLE kept_pages_test (n integer)")
        yield lambda: psycopg.connect(url)
        owner.execute("DROP TABLE kept_pages_test")


@pytest.fixture
def watch(writer: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """The process's watch with a pool, as in production; with a connection of its own."""
    fresh = Watch()
    monkeypatch.setattr(settings, "POOL", True)
    monkeypatch.setattr(validators, "watch", fresh)
    monkeypatch.setattr(validators.clock, "now", lambda: datetime(2019, 11, 26, 9, 40, 10, tzinfo=UTC))
    yield fresh
    fresh.close()
