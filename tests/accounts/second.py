"""A second database in the suite's cluster, where things are committed and real processes run beside the tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from serai.db import address
from serai.db.embedded import Cluster
from serai.db.prepare import prepare
from serai.installation import Installation

NAME = "serai_second"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class House:
    """An installation on the second database, a real one: no demo, no told time unless asked for."""

    installation: Installation

    @property
    def said(self) -> Path:
        """What the last process said."""
        return self.installation.state.root / "said"

    def asks(self, role: str = address.OWNER) -> psycopg.Connection:
        """A connection of one of Serai's roles."""
        return psycopg.connect(self.installation.address(role), autocommit=True)

    def environment(self, role: str, **more: str) -> dict[str, str]:
        """What a process of this role is told."""
        told = self.installation.environment(role, **more)
        return {**told, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])}

    def run(self, *words: str, role: str, **more: str) -> str:
        """A Python of this role, run to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, *words],
            env=self.environment(role, **more),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def running(self, *words: str, role: str, **more: str) -> Iterator[subprocess.Popen[str]]:
        """A `serai` child of this role, ended afterwards; what it says lies in `said`."""
        with self.said.open("w") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "serai", *words],
                env=self.environment(role, **more),
                cwd=ROOT,
                stderr=said,
                text=True,
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def made(cluster: Cluster) -> House:
    """The second database, empty and migrated."""
    prepare(cluster.admin_url(), cluster.state, NAME)
    base = cluster.url(address.WEB, NAME)
    house = House(installation=Installation(state=cluster.state, user=None, server=address_of(base)))
    owner = house.installation.address(address.OWNER)
    code = f"from serai.db.migrate import migrate; migrate({owner!r})"
    house.run("-c", code, role=address.OWNER, SERAI_OWNER_DATABASE=owner)
    return house


def address_of(url: str) -> str:
    """The database's address without a role."""
    return address.base(url)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(holds: Callable[[], object], *, seconds: float = 20, what: str = "") -> None:
    """Waits until it holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, what or "it never came to hold"
        time.sleep(0.05)
