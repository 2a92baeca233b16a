"""What the suite begins with: a server with Serai's roles, the migrated database, and the demo world at two stages.

One process makes each part when a test first needs it. For many workers all of it is made once, beside the first
tests, and each worker begins with a copy: to make it takes twenty seconds of a core, to copy it a third of one. Run as
a program it makes all in the state folder named.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from clusters import landlord_of, suite_cluster
from serai.db import address
from serai.db.embedded import ADMIN, Cluster, end_servers
from serai.db.prepare import WITH_LOGIN, prepare
from serai.state import State, write_private
from served import MIGRATED, build_demo, copy_database

NAMED = "SERAI_TEST_PREPARED"  # tells the workers in which state folder all is made
DEMO = {"a-year-later": "serai_demo", "need": "serai_at_need"}  # the databases of the demo world, by stage
PATIENCE = 300  # seconds
WHOLE = "whole"


def environment(state: State, cluster: Cluster) -> dict[str, str]:
    """What Serai is told in tests."""
    return {
        "SERAI_DATABASE": cluster.url(address.WEB, address.DATABASE),
        "SERAI_OWNER_DATABASE": cluster.url(address.OWNER, address.DATABASE),
        "SERAI_STATE": str(state.root),
        "SERAI_SECRET_KEY": "only for tests",
        "SERAI_LOUD": "1",
        "SERAI_POOL": "0",
        "SERAI_DEMO": "1",
        "SERAI_CLOCK": "2019-11-26T09:40:00+00:00",
        "DJANGO_SETTINGS_MODULE": "serai.settings",
    }


def migrate_once(state: State, cluster: Cluster) -> None:
    """The roles and the migrated database of a running server, and a copy of it as it was before any test."""
    if _there(cluster, MIGRATED):
        return
    from django.db import connections

    from serai.db.migrate import migrate

    prepare(landlord_of(cluster), state)
    migrate(cluster.url(address.OWNER, address.DATABASE))
    connections.close_all()
    copy_database(cluster, address.DATABASE, MIGRATED)


def demo(cluster: Cluster, stage: str) -> str:
    """The database that holds the demo world at this stage; the suite's database must be migrated."""
    if not _there(cluster, DEMO[stage]):
        build_demo(cluster, DEMO[stage], stage)
    return DEMO[stage]


def static_files(state: State) -> None:
    """Style sheets and scripts as they are served."""
    from django.core.management import call_command

    if not any(state.static.iterdir()):
        call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def made_beside(state: State) -> Iterator[None]:
    """All of it is made in this state folder while the workers begin, and they are told where."""
    for role in (ADMIN, *WITH_LOGIN):
        state.secret(role)
    os.environ[NAMED] = str(state.root)
    told = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with _said(state).open("wb") as log:
        process = subprocess.Popen([sys.executable, __file__, str(state.root)], env=told, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.kill()
        process.wait()
        end_servers(state.postgres)


def known_to(state: State) -> None:
    """In a worker: its addresses carry the passwords of what it will copy."""
    if NAMED in os.environ:
        shutil.copytree(_source().secrets, state.secrets, dirs_exist_ok=True)


def copied_to(state: State) -> bool:
    """In a worker: waits for what is made, and copies it. False in a suite of one process."""
    if NAMED not in os.environ:
        return False
    source, until = _source(), time.monotonic() + PATIENCE
    while not _ended(source).exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert _ended(source).exists(), f"not ready after {PATIENCE} seconds: {_said(source).read_text('utf-8')}"
    assert _ended(source).read_text("ascii") == WHOLE, _said(source).read_text("utf-8")
    for part in (source.postgres, source.derived, source.static):
        subprocess.run(["cp", "-a", "--no-target-directory", part, state.root / part.name], check=True)
    return True


def _make(state: State) -> None:
    from serai.directory import gazetteer

    cluster = suite_cluster(state)
    os.environ |= environment(state, cluster)
    cluster.initialise()
    process = cluster.start()
    try:
        cluster.wait_ready(process)
        migrate_once(state, cluster)
        static_files(state)
        gazetteer.prepare(state.derived)
        for stage in DEMO:
            demo(cluster, stage)
    finally:
        cluster.stop(process)


def _there(cluster: Cluster, database: str) -> bool:
    with psycopg.connect(cluster.admin_url()) as admin:
        return bool(admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone())


def _source() -> State:
    return State(root=Path(os.environ[NAMED]))


def _ended(state: State) -> Path:
    return state.root / "ended"


def _said(state: State) -> Path:
    return state.root / "made.log"


if __name__ == "__main__":
    here, said = State(root=Path(sys.argv[1])), "failed"
    try:
        _make(here)
        said = WHOLE
    finally:
        write_private(_ended(here), said)
