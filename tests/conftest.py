"""The suite's own PostgreSQL: prepared without superuser, asked only as the web role, as the pages ask it.

Tests outside the folders of `PURE` get the database; the cluster starts with the first. SERAI_TEST_POSTGRES=15 takes
Debian's PostgreSQL 15 instead of the embedded server.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import prepared
from clusters import suite_cluster, throwaway_state
from serai.db.embedded import Cluster

PURE = ("core", "documents", "look", "house", "processes")
# A worker takes a file at a time: these first, so that none is left with one when the others have ended. The first two
# need nothing that is prepared: it is made meanwhile.
LONGEST = (
    "processes/test_up.py",
    "look/test_in_a_browser.py",
    "journeys/test_every_page.py",
    "journeys/test_thread.py",
    "access/test_matrix.py",
    "sharing/test_two_worlds.py",
    "journeys/test_walks.py",
    "access/test_mutation.py",
    "processes/test_backup.py",
    "accounts/test_worker.py",
    "access/test_differential.py",
)
_stack = contextlib.ExitStack()
atexit.register(_stack.close)
_state = _stack.enter_context(throwaway_state())
_cluster = suite_cluster(_state)

prepared.known_to(_state)
os.environ |= prepared.environment(_state, _cluster)

from django.conf import settings  # noqa: E402, read now, so that pytest-django finds Django configured

assert settings.DATABASES

NOW = datetime(2019, 11, 26, 9, 40, tzinfo=UTC)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each worker finds its own cluster's settings, not those that it would inherit; what all need is made once."""
    del os.environ["DJANGO_SETTINGS_MODULE"]
    _stack.enter_context(prepared.made_beside(_state))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; and the database to every test that is not pure."""
    assert all((Path(__file__).parent / name).is_file() for name in LONGEST)
    items.sort(key=lambda item: next((n for n, name in enumerate(LONGEST) if item.path.match(name)), len(LONGEST)))
    for item in items:
        folder = item.path.relative_to(item.config.rootpath / "tests").parts[0]
        if "demo_world" in getattr(item, "fixturenames", ()) or folder == "journeys":
            continue
        if folder not in PURE and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db(databases=["default", "apart"]))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector of garbage need not walk through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The suite's server, running: a copy of the one prepared, or empty."""
    if not prepared.copied_to(_state):
        _cluster.initialise()
    process = _cluster.start()
    try:
        _cluster.wait_ready(process)
        yield _cluster
    finally:
        from django.db import connections

        connections.close_all()
        _cluster.stop(process)


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, static_files: None, django_db_blocker: Any) -> None:
    """The database is the suite's own, migrated as `serai up` does it; Django makes no second one."""
    from django.db import connections

    with django_db_blocker.unblock():
        prepared.migrate_once(_state, cluster)
        connections["owner"].ensure_connection()  # as migrating leaves it


@pytest.fixture(scope="session")
def static_files(cluster: Cluster) -> None:
    """Style sheets and scripts as they are served, under names that change with their content."""
    prepared.static_files(_state)


@pytest.fixture(scope="session")
def demo_database(cluster: Cluster, django_db_setup: None) -> str:
    """The demo world a year later, committed in a database of its own; tests only read it, or copy it."""
    return prepared.demo(cluster, "a-year-later")


@pytest.fixture(scope="module")
def demo_world(demo_database: str, django_db_blocker: Any) -> Iterator[str]:
    """This module's tests ask the demo world's database, as the web role. They must not be marked django_db."""
    from django.conf import settings
    from django.db import connections

    from serai.demo.stages import MOMENTS

    before = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "apart")}
    clock, settings.CLOCK = settings.CLOCK, MOMENTS["a-year-later"]
    with django_db_blocker.unblock():
        for alias in before:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = demo_database
        yield demo_database
        for alias, name in before.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
    settings.CLOCK = clock


@pytest.fixture(scope="module")
def ground(demo_world: str, cluster: Cluster) -> Iterator[Cluster]:
    """A copy of the demo world, to be written in; with `demo_world` for the clock and the way back."""
    import psycopg
    from django.db import connections

    from at_once import NAME
    from served import copy_database

    for alias in ("default", "apart"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = NAME
    copy_database(cluster, demo_world, NAME)
    yield cluster
    connections.close_all()
    with psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())


@pytest.fixture
def now() -> datetime:
    """The second day of the first story's exchange, 10:40 in Skopje."""
    return NOW
