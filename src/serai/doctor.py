"""`serai doctor`: one line for each thing that must be well, with what to do where it is not."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from serai.answers import IDENTITY
from serai.archive import archives, is_encrypted, newest
from serai.confine import ConfineError, needed
from serai.db import boot
from serai.db.address import KEEPER, WEB, WORKER
from serai.db.count import hidden_tables
from serai.db.embedded import ClusterError
from serai.installation import Installation, found, say
from serai.mail_server import of_environment
from serai.processes import LockedError, lock
from serai.service_user import service_user
from serai.state import State, default_root

ROOM = 1024**3  # bytes that should be free beside the database


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at; `well` False comes with what to do."""

    well: bool
    text: str


def examine(_: argparse.Namespace) -> int:
    """Prints every finding; 1 if something is not well."""
    root = default_root(demo=False, user=service_user())
    user = service_user(root)
    if not root.exists():
        say(f"no    {root} does not exist: nothing was ever started here.")
        return 1
    house = found(State(root=root).create(user), user)
    findings = [*_folder(house), *_database(house), *_mail(house), *_backups(house, datetime.now(UTC))]
    for finding in findings:
        say(f"{'ok ' if finding.well else 'no '}   {finding.text}")
    return 0 if all(finding.well for finding in findings) else 1


def _folder(house: Installation) -> Iterator[Finding]:
    state = house.state
    loose = [path for path in (state.secrets, *state.secrets.iterdir()) if path.stat().st_mode & 0o077]
    yield Finding(
        well=not loose,
        text=f"{loose[0]} can be read by others: chmod go= it." if loose else "Passwords are readable by us alone.",
    )
    free = shutil.disk_usage(state.root).free
    yield Finding(well=free > ROOM, text=f"{free // 2**20} MiB are free for {state.root}.")
    try:
        needed(house.user)
    except ConfineError as error:
        yield Finding(well=False, text=str(error))
    try:
        lock(state).close()
        yield Finding(well=True, text="Nothing runs now.")
    except LockedError:
        yield Finding(well=True, text="Serai runs.")


def _database(house: Installation) -> Iterator[Finding]:
    try:
        with house.running():
            yield from roles(house)
    except (ClusterError, psycopg.Error) as error:
        yield Finding(well=False, text=f"The database does not answer: {str(error).splitlines()[0]}")


def roles(house: Installation) -> Iterator[Finding]:
    """What the database says of itself, and all that would keep a process from serving (db/boot.py)."""
    with psycopg.connect(house.address(WEB), connect_timeout=5) as web:
        version = web.info.server_version
        yield Finding(well=version >= 150000, text=f"PostgreSQL {version // 10000}.{version % 10000} answers.")
    told: dict[str, None] = {}
    for role in (WEB, WORKER, KEEPER):
        with psycopg.connect(house.address(role), autocommit=True, connect_timeout=5) as connection:
            told |= dict.fromkeys(boot.reasons(connection, demo=house.demo))
    yield from (Finding(well=False, text=reason) for reason in told)
    if not told:
        yield Finding(well=True, text="Web, worker and keeper are held by row security, and the policies are ours.")
    with psycopg.connect(house.owner_address("doctor: look at the policies")) as owner:
        hidden = hidden_tables(owner)
        text = f"Row security hides {', '.join(hidden)} from backups: run serai migrate." if hidden else ""
        yield Finding(well=not hidden, text=text or "Backups see every row.")


def _mail(house: Installation) -> Iterator[Finding]:
    """Whether the mail server would take mail: without it nobody signs in."""
    if house.demo:
        return
    told = {**house.mail_told(), **os.environ}
    server = of_environment(told)
    where = f"{server.host}:{server.port}"
    if why := server.why_not(told.get("SERAI_MAIL_PASSWORD", "")):
        text = f"No mail goes out by {where} ({why}), so nobody gets a code: name a server by serai up --mail."
        yield Finding(well=False, text=text)
    else:
        yield Finding(well=True, text=f"Mail goes out by {where}.")


def _backups(house: Installation, now: datetime) -> Iterator[Finding]:
    if house.demo:
        return
    last = newest(house.state)
    late = last is None or now - last > timedelta(hours=26)
    yield Finding(
        well=not late,
        text=f"The newest backup is of {last:%Y-%m-%d %H:%M} UTC." if last else "There is no backup: run serai backup.",
    )
    bare = [path for path in archives(house.state) if not is_encrypted(path)]
    if bare:
        yield Finding(well=False, text=f"{bare[-1].name} is not encrypted: move it away or delete it.")
    if (house.state.root / IDENTITY).exists():
        yield Finding(well=False, text=f"{house.state.root / IDENTITY} lies beside the backups: carry it elsewhere.")
