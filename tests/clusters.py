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

from serai.db.embedded import Cluster
from serai.service_user import ServiceUser, give, named, process_options
from serai.state import State

DEBIAN = Path("/usr/lib/postgresql/15/bin")


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


@contextmanager
def throwaway_cluster() -> Iterator[Cluster]:
    """A running cluster that keeps nothing: about a second to make."""
    with throwaway_state() as state:
        cluster = Cluster(state=state, user=serving_user(), durable=False)
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
