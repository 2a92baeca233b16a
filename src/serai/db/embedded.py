"""An own PostgreSQL: the packaged server, driven without a door for anyone but this installation."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil
import psycopg

from serai.db import tuning
from serai.db.address import of_role
from serai.db.binaries import MAJOR, programs
from serai.service_user import ServiceUser, give, process_options
from serai.state import State, hand_over

ADMIN = "postgres"
PORT = "5432"
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


class ClusterError(Exception):
    """The embedded server cannot be used; the text is for people and says the way out."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One embedded PostgreSQL in a state folder, run as `user`. `durable=False` (tests) may lose data."""

    state: State
    user: ServiceUser | None
    durable: bool = True

    @property
    def _bin(self) -> Path:
        return programs(self.state, self.user)

    @property
    def _locale(self) -> list[str]:
        return LOCALE

    @property
    def _log(self) -> Path:
        return self.state.root / "postgres-start.log"

    def program(self, name: str) -> Path:
        """One of PostgreSQL's programs, such as pg_dump."""
        return self._bin / name

    def initialise(self) -> bool:
        """Makes the data folder; True if it was made now. It appears whole or not at all.

        Raises ClusterError for a data folder of another major version.
        """
        found = self.state.postgres / "PG_VERSION"
        if found.exists():
            self._refuse_foreign(found.read_text("ascii").strip())
            return False
        if self.state.postgres.exists() and any(self.state.postgres.iterdir()):
            raise ClusterError(f"{self.state.postgres} is no PostgreSQL data folder; move it away and start again.")
        aside = self.state.sockets / "initdb"
        data = self.state.root / "postgres.new"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(mode=0o700)
        give(data, self.user)
        hand_over(self.state.secret(ADMIN).encode(), aside, self.user)
        try:
            self._initdb(data, aside)
        finally:
            aside.unlink(missing_ok=True)
        if self.state.postgres.exists():
            self.state.postgres.rmdir()
        data.rename(self.state.postgres)
        return True

    def _initdb(self, data: Path, password: Path) -> None:
        command = [str(self._bin / "initdb"), "-D", str(data), f"--username={ADMIN}", f"--pwfile={password}"]
        command += [
            "--auth=scram-sha-256",
            "--data-checksums",
            *self._locale,
            *([] if self.durable else ["--no-sync"]),
        ]
        done = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=self._environment(),
            **process_options(self.user),
        )
        if done.returncode != 0:
            said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise ClusterError(f"PostgreSQL's data folder could not be made: {said}")

    def _refuse_foreign(self, major: str) -> None:
        if major != str(MAJOR):
            raise ClusterError(
                f"{self.state.postgres} was written by PostgreSQL {major}, and this Serai carries {MAJOR}. "
                "Run `serai backup` with the Serai that wrote it, move the folder away, then `serai restore`."
            )

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def start(self, before: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
        """Starts the server as a direct child, after ending what an earlier one left."""
        self._refuse_foreign((self.state.postgres / "PG_VERSION").read_text("ascii").strip())
        self.end_leftovers()
        values = tuning.settings(bytes_of_memory=tuning.memory(), cores=os.cpu_count() or 1, durable=self.durable)
        values |= {"unix_socket_directories": str(self.state.sockets), "log_directory": str(self.state.logs)}
        # On the command line: root writes nothing into a folder that the service user owns.
        settings = [word for name, value in values.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("wb") as log:
            return self._postgres(settings, log, before)

    def _postgres(
        self, settings: list[str], log: IO[bytes], before: Callable[[], None] | None
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603
            [str(self._bin / "postgres"), "-D", str(self.state.postgres), "-p", PORT, *settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=self._environment(),
            preexec_fn=before,
            start_new_session=True,
            **process_options(self.user),
        )

    def end_leftovers(self) -> None:
        """Ends what an earlier server left, and clears the marks of a dead one.

        The caller holds the state lock, so no server may run here. A killed server's backends can outlive it, and
        a dead one that nobody has collected (a zombie) looks alive to PostgreSQL itself.
        """
        end_servers(self.state.postgres)
        for mark in (self.state.postgres / "postmaster.pid", self.state.sockets / f".s.PGSQL.{PORT}.lock"):
            mark.unlink(missing_ok=True)

    def wait_ready(self, process: subprocess.Popen[bytes] | None = None, *, seconds: float = 600) -> None:
        """Returns when the server answers. A recovery after a crash may take minutes, and is waited for.

        Raises ClusterError when `process` ends instead, or after `seconds`.
        """
        until = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.admin_url(), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if process is not None and process.poll() is not None:
                    raise ClusterError(f"PostgreSQL ended while starting: {self.last_words()}") from error
                if time.monotonic() > until:
                    raise ClusterError(f"PostgreSQL does not answer: {self.last_words()}") from error
                time.sleep(0.05)
            else:
                return

    def last_words(self) -> str:
        """The last complaint of the server, from the log it begins with or the one it goes on with."""
        lines: list[str] = []
        for path in sorted([self._log, *self.state.logs.glob("postgres-*.log")], key=lambda log: log.stat().st_mtime):
            lines += path.read_text("utf-8", errors="replace").strip().splitlines()
        said = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines or ["it said nothing"]
        return said[-1].split("] ", 1)[-1]

    def stop(self, process: subprocess.Popen[bytes], *, seconds: float = 30) -> None:
        """Fast shutdown (running work is rolled back); harder only if that takes too long."""
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if process.poll() is not None:
                return
            process.send_signal(how)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue

    def url(self, role: str, database: str) -> str:
        """A postgresql:// address over the socket, with the role's password."""
        where = f"postgresql:///?host={quote(str(self.state.sockets), safe='')}&port={PORT}"
        return of_role(where, self.state, role, database=database)

    def admin_url(self, database: str = "postgres") -> str:
        """The address of the server's own administrator: for preparing and restoring only."""
        return self.url(ADMIN, database)


def end_servers(data: Path, *, patience: float = 3, seconds: float = 30) -> None:
    """Ends every server process of this data folder: asked for `patience` seconds, then killed."""
    until = time.monotonic() + seconds
    hard = time.monotonic() + patience
    while left := _servers(data):
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGQUIT if time.monotonic() < hard else signal.SIGKILL)
        if time.monotonic() > until:
            raise ClusterError(f"An earlier PostgreSQL of {data} does not end (process {left[0].pid}).")
        time.sleep(0.05)


def _servers(data: Path) -> list[psutil.Process]:
    """Living server processes of the data folder: every one of them has it as its working folder."""
    found = []
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] != "postgres" or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            if Path(process.cwd()) == data.resolve():
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
