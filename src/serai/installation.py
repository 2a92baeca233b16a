"""One installation: its state folder, its database (own or elsewhere), and what each process is told."""

from __future__ import annotations

import getpass
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from serai.confine import Confinement, for_service
from serai.db import boot
from serai.db.address import DATABASE, KEEPER, OWNER, WEB, WORKER, of_role, parts
from serai.db.embedded import Cluster
from serai.db.prepare import PrepareError, check_prepared, prepare
from serai.demo.stages import MOMENTS
from serai.mail_server import PASSWORD, mail_server
from serai.processes import Command, LockedError, end_leftovers, lock
from serai.service_user import ServiceUser
from serai.state import State

# Passed on to every child; all else of the starting environment stays behind.
PASSED = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "COVERAGE_PROCESS_START")
PASSED_OWN = ("SERAI_MAIL_", "SERAI_SITE_NAME", "SERAI_WEB_")
BEGAN = datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where an installation lies and how it is reached. `server`: base address of a foreign PostgreSQL."""

    state: State
    user: ServiceUser | None
    server: str | None = None
    public_address: str = "http://localhost:8000"
    demo: bool = False
    stage: str = ""
    proxy: str = ""
    name: str = ""
    mail: str = ""
    mail_from: str = ""

    @property
    def cluster(self) -> Cluster:
        """The embedded server of this installation (whether used or not)."""
        return Cluster(state=self.state, user=self.user)

    @property
    def base(self) -> str:
        """The database's address without a role."""
        return self.server or self.cluster.url(OWNER, DATABASE)

    @property
    def database(self) -> str:
        """The database's name."""
        return parts(self.base).get("dbname", DATABASE)

    def address(self, role: str) -> str:
        """The database asked by one of Serai's roles."""
        return of_role(self.base, self.state, role)

    def owner_address(self, why: str) -> str:
        """The database asked by its owner, who sees everything: each use is written down with its reason."""
        with self.state.owner_log.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {getpass.getuser()} {why}\n")
        self.state.owner_log.chmod(0o600)
        return self.address(OWNER)

    def prepare(self) -> None:
        """Roles, database and grants on the embedded server; a foreign one must have been prepared.

        Raises PrepareError.
        """
        if self.server is None:
            prepare(self.cluster.admin_url(), self.state)
        elif not (self.state.secrets / WEB).exists():
            raise PrepareError("This database was not prepared from here: run serai database prepare --admin URL.")
        else:
            check_prepared(self.address(WEB))

    def refuse_unsafe(self) -> None:
        """Raises boot.Unsafe where the audience rule would not hold for one of those who are to serve."""
        for role in (WEB, WORKER, KEEPER):
            try:
                boot.check(self.address(role), demo=self.demo)
            except psycopg.OperationalError as error:
                raise PrepareError(f"The database does not let {role} in: {str(error).splitlines()[0]}") from error

    def environment(self, role: str, **more: str) -> dict[str, str]:
        """All a child of this role is told: its own database address, and no other password."""
        kept = {name: value for name, value in os.environ.items() if name in PASSED or name.startswith(PASSED_OWN)}
        return {
            **self._kept_answers(role),
            **kept,
            "PYTHONPATH": _absolute_pythonpath(),
            "HOME": str(self.state.files),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "serai.settings",
            "SERAI_STATE": str(self.state.root),
            "SERAI_SECRET_KEY": self.state.key(),
            "SERAI_PUBLIC_ADDRESS": self.public_address,
            "SERAI_ROLE": role.removeprefix("serai_"),
            "SERAI_DATABASE": self.address(role),
            **({"SERAI_DEMO": "1"} if self.demo else {}),
            **({"SERAI_CLOCK": _demo_time(self.stage)} if self.stage else {}),
            **({"SERAI_BEHIND_PROXY": "HTTP_X_FORWARDED_PROTO"} if self.proxy else {}),
            **more,
        }

    def _kept_answers(self, role: str) -> dict[str, str]:
        """What was answered once and the environment may say otherwise. Only the worker hands mail over."""
        told = {"SERAI_SITE_NAME": self.name, **(self.mail_told() if role == WORKER else {})}
        return {name: value for name, value in told.items() if value}

    def mail_told(self) -> dict[str, str]:
        """How mail goes out, as it was answered; empty where it was not."""
        told = {"SERAI_MAIL_FROM": self.mail_from} if self.mail_from else {}
        return {**told, **mail_server(self.mail).environment(self.state.secret(PASSWORD))} if self.mail else told

    def command(self, *words: str, role: str = WEB, low_port: bool = False, **more: str) -> Command:
        """A `serai` command as a child of this installation, as the service user."""
        confinement = for_service(self.user, demo=self.demo, low_port=low_port)
        return Command(words=words, environment=self.environment(role, **more), confinement=confinement)

    def migration(self, *words: str) -> Command:
        """`serai migrate` as a child: the only one that is told the owner's address."""
        owner = self.owner_address("migrate: migrations and policies")
        return self.command("bring-up-to-date", *words, role=OWNER, SERAI_OWNER_DATABASE=owner)

    def backup_command(self) -> Command:
        """`serai backup` as a child of whoever started us: it reads the secrets, and serves nobody."""
        kept = {name: value for name, value in os.environ.items() if name in PASSED}
        told = {"SERAI_STATE": str(self.state.root), "PYTHONPATH": _absolute_pythonpath()}
        return Command(words=("backup", "--nightly"), environment={**kept, **told})

    @contextmanager
    def running(self, *, alone: bool = False) -> Iterator[bool]:
        """The database answers inside: the running supervisor's, or one started for as long as this lasts.

        True if it was started here. `alone`: raises LockedError when a supervisor runs.
        """
        self.state.create(self.user)
        try:
            held = lock(self.state)
        except LockedError:
            if alone:
                raise
            yield False
            return
        with held:
            end_leftovers(self.state)
            self.state.tidy()
            if self.server is not None:
                self.prepare()
                yield True
                return
            cluster = self.cluster
            cluster.initialise()
            process = cluster.start(Confinement(death=signal.SIGINT).applied())
            try:
                cluster.wait_ready(process)
                self.prepare()
                yield True
            finally:
                cluster.stop(process)


def found(state: State, user: ServiceUser | None, *, demo: bool = False) -> Installation:
    """The installation that this state folder describes."""
    kept = state.settings()
    return Installation(
        state=state,
        user=user,
        server=kept.get("database"),
        public_address=kept.get("address", "http://localhost:8000"),
        demo=demo or kept.get("demo") == "1",
        stage=kept.get("stage", ""),
        proxy=kept.get("proxy", ""),
        name=kept.get("name", ""),
        mail=kept.get("mail", ""),
        mail_from=kept.get("mail_from", ""),
    )


def say(text: str) -> None:
    """One line to whoever started this."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _demo_time(stage: str) -> str:
    """The demo's present moment: that of its stage, ticking on since the supervisor began, also over restarts."""
    return (MOMENTS[stage] + (datetime.now(UTC) - BEGAN)).isoformat()


def _absolute_pythonpath() -> str:
    """Children start in "/", so relative entries (make sets `src`) are spelled out."""
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join(str(Path(entry).absolute()) for entry in entries if entry)
