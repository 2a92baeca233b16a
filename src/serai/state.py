"""The state folder: everything of one installation that is not program; readable by nobody else."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from serai.service_user import ServiceUser, give, reaches

# A socket's address holds 107 bytes on Linux and 103 on macOS; PostgreSQL adds "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 80


class StateError(Exception):
    """The state folder cannot be used; the text is one sentence with the way out."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Where the parts of one installation lie. Paths only: reading one touches nothing."""

    root: Path

    @property
    def postgres(self) -> Path:
        """Data folder of the embedded PostgreSQL, 0700, the service user's."""
        return self.root / "postgres"

    @property
    def program(self) -> Path:
        """Copy of PostgreSQL's programs, where the service user cannot read the installed ones."""
        return self.root / "program"

    @property
    def secrets(self) -> Path:
        """One file a role password, 0600; the folder belongs to whoever started the supervisor."""
        return self.root / "secrets"

    @property
    def secret_key(self) -> Path:
        """Django's secret key, 0600."""
        return self.root / "secret_key"

    @property
    def config(self) -> Path:
        """What was asked once: public address, certificate files, proxy."""
        return self.root / "config.json"

    @property
    def lock(self) -> Path:
        """Held exclusively by the one supervisor."""
        return self.root / "lock"

    @property
    def children(self) -> Path:
        """The supervisor's record of the processes it started."""
        return self.root / "children.json"

    @property
    def files(self) -> Path:
        """Documents, the service user's."""
        return self.root / "files"

    @property
    def backups(self) -> Path:
        """Finished archives; out of the service user's reach."""
        return self.root / "backups"

    @property
    def static(self) -> Path:
        """Style sheets, scripts and pictures under names that change with them; made at each start."""
        return self.root / "static"

    @property
    def derived(self) -> Path:
        """What is worked out again where it is missing: the index of places."""
        return self.root / "derived"

    @property
    def logs(self) -> Path:
        """What PostgreSQL says, one file a weekday."""
        return self.root / "logs"

    @property
    def restoring(self) -> Path:
        """Stands while a restore is not yet proved; nothing serves while it does."""
        return self.root / "restoring"

    @property
    def owner_log(self) -> Path:
        """Each use of the database owner's role: when, by which user of the machine, what for."""
        return self.root / "owner.log"

    @property
    def erased(self) -> Path:
        """What was erased or purged since ever, ids only; `serai restore` replays it."""
        return self.root / "erased.jsonl"

    @property
    def sockets(self) -> Path:
        """Folder of PostgreSQL's socket: in the state folder if that path is short enough, else in /tmp."""
        inside = self.root / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        mark = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"serai-{mark}"

    def create(self, user: ServiceUser | None = None) -> State:
        """Makes what is missing, 0700 (as root: 0750 with the service user's group, to pass through).

        Raises StateError where the folder belongs to someone else, cannot be written, or cannot be reached
        by the service user. Running it again changes nothing.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            _own(self.root)
            if user is not None:
                os.chown(self.root, 0, user.gid)
                self.root.chmod(0o750)
            for folder in (self.secrets, self.backups):
                _folder(folder)
            for folder in (self.files, self.static, self.derived, self.sockets, self.logs):
                _folder(folder, user)
            self.erased.touch(mode=0o600)
            give(self.erased, user)
        except PermissionError as error:
            raise StateError(f"The state folder {self.root} cannot be used: {error.strerror}.") from error
        if not reaches(user, self.files):
            raise StateError(
                f"The user {user.name if user else ''} cannot reach {self.root}; name a folder it can reach "
                "in SERAI_STATE, such as /var/lib/serai."
            )
        return self

    def tidy(self) -> None:
        """Removes what a killed backup or restore left lying; the caller holds the lock."""
        for path in self.backups.iterdir():
            if path.name.startswith(("making-", "restoring-")):
                shutil.rmtree(path)
            elif path.suffix in {".part", ".sealed"}:
                path.unlink()

    def secret(self, name: str) -> str:
        """The password kept under `name`; made on first use, never shown."""
        return _kept(self.secrets / name)

    def key(self) -> str:
        """Django's secret key; made on first use."""
        return _kept(self.secret_key)

    def settings(self) -> dict[str, str]:
        """What was asked once, by name; empty before the first `serai up`."""
        try:
            return {str(k): str(v) for k, v in json.loads(self.config.read_text("utf-8")).items()}
        except FileNotFoundError:
            return {}

    def keep(self, values: Mapping[str, str], *, without: Collection[str] = ()) -> None:
        """Adds answers to the config and takes out those `without`, in one step that a crash cannot halve."""
        kept = {name: value for name, value in self.settings().items() if name not in without}
        write_private(self.config, json.dumps({**kept, **values}, indent=1) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replaces a 0600 file whole: written aside, synced, renamed."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def hand_over(data: bytes, target: Path, user: ServiceUser | None) -> Path:
    """Writes a 0600 file of `user`'s into a folder of theirs; nothing that lies there is followed or kept."""
    target.unlink(missing_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        if user is not None:
            os.fchown(file.fileno(), user.uid, user.gid)
    return target


def default_root(*, demo: bool, user: ServiceUser | None) -> Path:
    """Where the state lies when nobody says: SERAI_STATE, else by who starts what.

    The demo keeps to `.serai` in the working folder; as root, where the service user cannot reach that, to a
    folder under /var/lib named after it. `serai up` uses /var/lib/serai as root, XDG data for others.
    """
    named = os.environ.get("SERAI_STATE")
    if named:
        return Path(named).absolute()
    if demo:
        here = Path.cwd()
        if user is None or reaches(user, here):
            return here / ".serai"
        return Path("/var/lib") / f"serai-demo-{hashlib.sha256(os.fsencode(here)).hexdigest()[:8]}"
    if user is not None:
        return Path("/var/lib/serai")
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "serai"


def _folder(path: Path, user: ServiceUser | None = None) -> None:
    """A folder of `user`'s, 0700. Changed by its handle: no link can stand in for it."""
    path.mkdir(exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except (NotADirectoryError, OSError) as error:
        raise StateError(f"{path} should be a folder of Serai's own, and is something else.") from error
    try:
        if os.fstat(handle).st_uid not in {os.geteuid(), user.uid if user else os.geteuid()}:
            raise StateError(f"{path} belongs to another user; move it away and start again.")
        os.fchmod(handle, 0o700)
        if user is not None:
            os.fchown(handle, user.uid, user.gid)
    finally:
        os.close(handle)


def _own(path: Path) -> None:
    if path.stat().st_uid != os.geteuid():
        raise StateError(f"{path} belongs to another user; start as that user, or name another SERAI_STATE.")
    path.chmod(0o700)


def _kept(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        write_private(path, secrets.token_urlsafe(36) + "\n")
        return path.read_text("utf-8").strip()
