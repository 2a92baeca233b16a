"""The supervisor: one process tree of database, web, worker and keeper, whole or not at all."""

from __future__ import annotations

import datetime
import http.client
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from serai import unchanged
from serai.archive import newest
from serai.confine import Confinement
from serai.db.address import KEEPER, WEB, WORKER
from serai.db.standing import NEWER, OLDER
from serai.installation import Installation, say
from serai.processes import Member, Start, Tree, end_leftovers

NIGHTLY = datetime.time(2, 30)  # UTC; when people of most members sleep
RETRY_BACKUP = 3600.0  # seconds from one attempt to the next
LOW_PORTS = 1024


class UpError(Exception):
    """The site cannot be started; the text is one sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Serving:
    """What to serve where. `before` runs on the prepared database, `settle` on the migrated one, `welcome` last.

    `serve=False` stops before anyone is let in.
    """

    installation: Installation
    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    nightly: bool = False
    serve: bool = True
    before: Callable[[], None] | None = None
    settle: Callable[[Tree], None] | None = None
    welcome: Callable[[Tree], None] | None = None


def supervise(serving: Serving) -> int:
    """Runs the tree until SIGTERM, SIGINT or SIGHUP; the caller holds the state folder's lock.

    Raises UpError or ClusterError where nothing could be started; nothing then runs on.
    """
    house = serving.installation
    ending = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: ending.set())
    end_leftovers(house.state)
    house.state.tidy()
    if house.state.restoring.exists():
        raise UpError(f"A restore into {house.state.root} was broken off: run serai restore again.")
    if serving.serve:
        ask_port(serving.host, serving.port)
    tree = Tree(house.state, say)
    try:
        _start_all(tree, serving, ending)
        while not ending.wait(0.25):
            tree.tend()
            if serving.nightly:
                at_night(tree, house, datetime.datetime.now(datetime.UTC))
    finally:
        tree.stop()
    return 0


def ask_port(host: str, port: int, *, seconds: float = 3) -> None:
    """Raises UpError when the port cannot be had: better now than in a web process that fails again and again.

    Asked for some seconds: workers of a killed supervisor are ended by the kernel, and may not be gone yet.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    until = time.monotonic() + seconds
    while True:
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((host, port))
                return
            except OSError as error:
                if time.monotonic() > until:
                    why = f"Port {port} of {host} cannot be used ({error.strerror}): name another by --port."
                    raise UpError(why) from error
        time.sleep(0.1)


def _start_all(tree: Tree, serving: Serving, ending: threading.Event) -> None:
    house = serving.installation
    if house.server is None:
        _start_database(tree, house)
    house.prepare()
    if serving.before is not None:
        serving.before()
    bring_up_to_date(tree, house)
    if serving.settle is not None:
        serving.settle(tree)
    if not serving.serve:
        ending.set()
        return
    house.refuse_unsafe()
    for name, start in _members(serving):
        if ending.is_set():
            return
        tree.add(Member(name=name, start=start))
        if name == "web":
            _until_answering(tree, serving, ending)
            say(f"Serai: {house.public_address}")
    if serving.welcome is not None:
        serving.welcome(tree)


def _start_database(tree: Tree, house: Installation) -> None:
    cluster = house.cluster
    cluster.initialise()
    # A signal to stop at once would make the next start recover; the fast shutdown loses nothing either.
    start = Confinement(death=signal.SIGINT).applied()
    process = tree.add(Member(name="database", start=lambda: cluster.start(start), soft=signal.SIGINT, grace=60))
    cluster.wait_ready(process)


def _members(serving: Serving) -> Iterator[tuple[str, Start]]:
    """Each serving process with how it is started; what it is told is put together anew each time."""
    house = serving.installation
    where = ["--host", serving.host, "--port", str(serving.port)]
    if serving.certificate and serving.key:
        where += ["--certificate", str(serving.certificate), "--key", str(serving.key)]
    if house.proxy:
        where += ["--behind", house.proxy]
    low = serving.port < LOW_PORTS
    yield "web", lambda: house.command("serve", *where, role=WEB, low_port=low).start()
    yield "worker", lambda: house.command("work", role=WORKER).start()
    yield "keeper", lambda: house.command("keep", role=KEEPER).start()


def bring_up_to_date(tree: Tree, house: Installation) -> None:
    """Migrates and sets the policies; an older database is backed up first, a newer one is refused (UpError).

    Left out where nothing changed since this program did it.
    """
    if unchanged.is_unchanged(house):
        return
    status = tree.run("migrate", house.migration("--careful"))
    if status == OLDER:
        say("This database is from an earlier Serai: it is backed up, then brought up to date.")
        if not house.demo and tree.run("backup", house.backup_command()) != 0:
            raise UpError("The backup before the update failed, so nothing was changed.")
        status = tree.run("migrate", house.migration())
    if status == NEWER:
        raise UpError("This database was written by a newer Serai: install that one, or restore an older backup.")
    if status != 0:
        raise UpError("The database could not be brought up to date; the reason stands above.")
    unchanged.remember(house)


def at_night(tree: Tree, house: Installation, now: datetime.datetime) -> None:
    """Starts the backup once a night; a night that was slept through is made up for."""
    last = newest(house.state)
    due = datetime.datetime.combine(now.date(), NIGHTLY, tzinfo=datetime.UTC)
    due -= datetime.timedelta(days=1) if due > now else datetime.timedelta()
    if (last is None or last < due) and not tree.waiting("backup", RETRY_BACKUP):
        tree.add(Member(name="backup", start=house.backup_command().start, once=True))


def _until_answering(tree: Tree, serving: Serving, ending: threading.Event) -> None:
    """Returns with the first answer, whatever it is; worker and keeper start after it, not beside it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(serving.host, serving.host)  # noqa: S104
    named = urlsplit(serving.installation.public_address).netloc
    until = time.monotonic() + 120
    while not ending.wait(0.1):
        tree.tend()
        if serving.certificate:
            # Our own process on our own machine: its certificate names the public address, not this one.
            unnamed = ssl._create_unverified_context()  # noqa: S323
            asking: http.client.HTTPConnection
            asking = http.client.HTTPSConnection(host, serving.port, timeout=30, context=unnamed)
        else:
            asking = http.client.HTTPConnection(host, serving.port, timeout=30)
        try:
            asking.request("HEAD", "/", headers={"Host": named, "X-Forwarded-Proto": "https"})
            asking.getresponse()
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() > until:
                raise UpError("The web process does not answer; the reason stands above.") from error
        else:
            return
        finally:
            asking.close()
