"""The supervisor: one process tree of database, web, worker and keeper, whole or not at all."""

from __future__ import annotations

import datetime
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from serai.confine import Confinement, needed
from serai.db.address import KEEPER, WEB, WORKER
from serai.installation import Installation, say
from serai.processes import Command, Member, Tree, end_leftovers, lock

NIGHTLY = datetime.time(2, 30)  # UTC; when people of most members sleep
LOW_PORTS = 1024


class UpError(Exception):
    """The site cannot be started; the text is one sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Serving:
    """What to serve where. `ready` runs once the database is up to date, before anyone is let in."""

    installation: Installation
    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    nightly: bool = True
    stage: str = ""
    anew: bool = False


def up(serving: Serving) -> int:
    """Runs the tree until SIGTERM, SIGINT or SIGHUP. The status to end with.

    Raises LockedError for a second supervisor, UpError and ClusterError where nothing could be started.
    """
    house = serving.installation
    ending = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: ending.set())
    house.state.create(house.user)
    with lock(house.state):
        end_leftovers(house.state)
        ask_port(serving.host, serving.port)
        tree = Tree(house.state, say)
        try:
            _start_all(tree, serving, ending)
            while not ending.wait(0.25):
                tree.tend()
                _at_night(tree, serving)
        finally:
            tree.stop()
    return 0


def ask_port(host: str, port: int) -> None:
    """Raises UpError when the port cannot be had: better now than in a web process that fails again and again."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise UpError(
                f"Port {port} of {host} cannot be used ({error.strerror}): name another by --port."
            ) from error


def _start_all(tree: Tree, serving: Serving, ending: threading.Event) -> None:
    house = serving.installation
    if house.server is None:
        _start_database(tree, house)
    house.prepare()
    _bring_up_to_date(tree, serving)
    for name, member in _members(serving):
        if ending.is_set():
            return
        tree.add(Member(name=name, start=member.start))
    _say_where(tree, serving, ending)


def _start_database(tree: Tree, house: Installation) -> None:
    cluster = house.cluster
    cluster.initialise()
    # A signal to stop at once would make the next start recover; the fast shutdown loses nothing either.
    start = Confinement(death=signal.SIGINT).applied()
    process = tree.add(
        Member(name="database", start=lambda: cluster.start(start), soft=signal.SIGINT, grace=60)
    )
    cluster.wait_ready(process)


def _members(serving: Serving) -> Iterator[tuple[str, Command]]:
    house = serving.installation
    where = ["--host", serving.host, "--port", str(serving.port)]
    if serving.certificate and serving.key:
        where += ["--certificate", str(serving.certificate), "--key", str(serving.key)]
    if house.proxy:
        where += ["--behind", house.proxy]
    yield "web", house.command("serve", *where, role=WEB, low_port=serving.port < LOW_PORTS)
    yield "worker", house.command("work", role=WORKER)
    yield "keeper", house.command("keep", role=KEEPER)
