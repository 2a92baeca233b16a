"""Throw-away PostgreSQL clusters for tests: fast, unsafe on purpose, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from machine import DEBIAN
from serai.db.address import for_role
from serai.db.embedded import Cluster
from serai.service_user import ServiceUser, give, named, process_options
from serai.state import State


def serving_user() -> ServiceUser | None:
    """Whom tests drop to: nobody as root (nothing is added to the machine), else ourselves."""
    return named("nobody") if os.geteuid() == 0 else None


@contextmanager
def throwaway_state() -> Iterator[State]:
    """A state folder with a short path that the test user can reach."""
    root = Path(tempfile.mkdtemp(prefix="serai-", dir="/tmp"))
    try:
        yield State(root=root).create(serving_user())
    finally:
        shutil.rmtree(root, ignore_errors=True)


class Fifteen(Cluster):
    """Debian's PostgreSQL 15, driven like the embedded server: the oldest that Serai serves."""

    @property
    def _bin(self) -> Path:
        return DEBIAN

    @property
    def _locale(self) -> list[str]:
        return ["--encoding=UTF8", "--locale=C"]

    def _refuse_foreign(self, major: str) -> None:
        assert major == "15"


def suite_cluster(state: State) -> Cluster:
    """The suite's server: the embedded one, or by SERAI_TEST_POSTGRES=15 Debian's."""
    wanted = os.environ.get("SERAI_TEST_POSTGRES", "")
    assert wanted in ("", "15"), "SERAI_TEST_POSTGRES is 15 or nothing"
    kind = Fifteen if wanted else Cluster
    return kind(state=state, user=serving_user(), durable=False)


def landlord_of(cluster: Cluster) -> str:
    """The address of an administrator without superuser on this server, made now if it is not there."""
    with psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'landlord'").fetchone():
            admin.execute("CREATE ROLE landlord LOGIN CREATEROLE CREATEDB PASSWORD 'secret'")
    return for_role(cluster.admin_url(), role="landlord", password="secret")


@contextmanager
def throwaway_cluster() -> Iterator[Cluster]:
    """A running cluster that keeps nothing: about a second to make."""
    with throwaway_state() as state:
        cluster = suite_cluster(state)
        cluster.initialise()
        process = cluster.start()
        try:
            cluster.wait_ready(process)
            yield cluster
        finally:
            cluster.stop(process)


@contextmanager
def throwaway_external() -> Iterator[str]:
    """Debian's PostgreSQL 15 as someone else's server: the address of an administrator without superuser."""
    with throwaway_state() as state:
        user = process_options(serving_user())
        data, password = state.root / "postgres", state.sockets / "password"
        data.mkdir(mode=0o700)
        password.write_text("secret")
        for path in (data, password):
            give(path, serving_user())
        subprocess.run(
            [
                DEBIAN / "initdb",
                "-D",
                data,
                "-U",
                "boss",
                "-A",
                "scram-sha-256",
                f"--pwfile={password}",
                "-N",
            ],
            check=True,
            capture_output=True,
            cwd="/",
            **user,
        )
        server = subprocess.Popen(
            [DEBIAN / "postgres", "-D", data, "-k", state.sockets, "-F", "-c", "listen_addresses="],
            cwd="/",
            stderr=subprocess.DEVNULL,
            **user,
        )
        try:
            boss = f"postgresql://boss:secret@/postgres?host={state.sockets}"
            with _connected(boss) as connection:
                connection.execute("CREATE ROLE landlord LOGIN CREATEROLE CREATEDB PASSWORD 'secret'")
            yield f"postgresql://landlord:secret@/postgres?host={state.sockets}"
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()


def _connected(url: str) -> psycopg.Connection:
    for _ in range(100):
        try:
            return psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.05)
    return psycopg.connect(url, autocommit=True)


def own_environment(**more: str) -> dict[str, str]:
    """An environment for a child process that sees our sources and nothing of the suite's settings."""
    sources = os.pathsep.join(str(Path(__file__).parents[1] / name) for name in ("src", "tests"))
    return {"PATH": os.environ["PATH"], "PYTHONPATH": sources, "SERAI_SERVICE_USER": "nobody", **more}


def ended(process: psutil.Process, *, seconds: float = 20) -> bool:
    """Whether a process ends within `seconds`; one that nobody has collected yet has ended too."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False
