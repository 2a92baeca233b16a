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

from clusters import landlord_of, suite_cluster, throwaway_state
from serai.db import address
from serai.db.embedded import Cluster

PURE = ("core", "documents", "look", "house", "processes")
# A worker takes a file at a time: these first, longest first, so that none is left with one when the other has ended.
LONGEST = (
    "journeys/test_every_page.py",
    "journeys/test_thread.py",
    "access/test_matrix.py",
    "sharing/test_two_worlds.py",
    "processes/test_up.py",
    "journeys/test_walks.py",
    "look/test_in_a_browser.py",
    "access/test_mutation.py",
    "processes/test_backup.py",
    "accounts/test_worker.py",
    "access/test_differential.py",
)
_stack = contextlib.ExitStack()
atexit.register(_stack.close)
_state = _stack.enter_context(throwaway_state())
_cluster = suite_cluster(_state)

os.environ |= {
    "SERAI_DATABASE": _cluster.url(address.WEB, address.DATABASE),
    "SERAI_OWNER_DATABASE": _cluster.url(address.OWNER, address.DATABASE),
    "SERAI_STATE": str(_state.root),
    "SERAI_SECRET_KEY": "only for tests",
    "SERAI_LOUD": "1",
    "SERAI_POOL": "0",
    "SERAI_DEMO": "1",
    "SERAI_CLOCK": "2019-11-26T09:40:00+00:00",
    "DJANGO_SETTINGS_MODULE": "serai.settings",
}

from django.conf import settings  # noqa: E402, read now, so that pytest-django finds Django configured

assert settings.DATABASES

NOW = datetime(2019, 11, 26, 9, 40, tzinfo=UTC)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each worker finds its own cluster's settings, not those that it would inherit."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


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
    """The suite's server, running, with Serai's roles and an empty database."""
    from serai.db.prepare import prepare

    _cluster.initialise()
    process = _cluster.start()
    try:
        _cluster.wait_ready(process)
        prepare(landlord_of(_cluster), _state)
        yield _cluster
    finally:
        from django.db import connections

        connections.close_all()
        _cluster.stop(process)


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, static_files: None, django_db_blocker: Any) -> None:
    """The database is the suite's own, migrated as `serai up` does it; Django makes no second one.

    A copy is kept as it was before any test: to migrate takes eight seconds of a core, to copy a third of one.
    """
    from django.db import connections

    from serai.db.migrate import migrate
    from served import MIGRATED, copy_database

    with django_db_blocker.unblock():
        migrate(cluster.url(address.OWNER, address.DATABASE))
        connections.close_all()
        copy_database(cluster, address.DATABASE, MIGRATED)
        connections["owner"].ensure_connection()  # as migrating leaves it


@pytest.fixture(scope="session")
def static_files() -> None:
    """Style sheets and scripts as they are served, under names that change with their content."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def demo_database(cluster: Cluster, django_db_setup: None) -> str:
    """The demo world a year later, committed in a database of its own; tests only read it, or copy it."""
    from served import build_demo

    build_demo(cluster, "serai_demo", "a-year-later")
    return "serai_demo"


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


@pytest.fixture
def now() -> datetime:
    """The second day of the first story's exchange, 10:40 in Skopje."""
    return NOW
