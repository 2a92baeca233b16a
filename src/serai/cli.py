"""The `serai` command: one line and status 2 for bad input, one line and status 1 for what cannot be done."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeAlias

from serai import children, operate
from serai.answers import AnswerError
from serai.archive import ArchiveError
from serai.backup import BackupError
from serai.confine import ConfineError
from serai.db.boot import Unsafe
from serai.db.embedded import ClusterError
from serai.db.prepare import PrepareError
from serai.demo.stages import STAGES
from serai.doctor import examine
from serai.erased import ReplayError
from serai.installation import say
from serai.processes import LockedError
from serai.restore import RestoreError
from serai.state import StateError
from serai.up import UpError

REFUSALS = (
    ArchiveError, BackupError, ClusterError, ConfineError, LockedError, PrepareError, ReplayError, RestoreError,
    StateError, Unsafe, UpError,
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage text."""

    def error(self, message: str) -> NoReturn:
        """Ends with status 2."""
        say(f"{self.prog}: {message}. See {self.prog} --help.")
        raise SystemExit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the status to end with."""
    given = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = given.run
    try:
        return run(given)
    except AnswerError as error:
        say(f"serai: {error}")
        return 2
    except REFUSALS as error:
        say(f"serai: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> Parser:
    """Every command with its options."""
    top = Parser(prog="serai", description="A network of cities that learn from one another.")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    _serving(commands)
    _database(commands)
    _archives(commands)
    _inside(commands)
    return top


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def _serving(commands: Commands) -> None:
    up = commands.add_parser("up", help="serve this site: database, web, worker and keeper in one tree")
    up.add_argument("--address", metavar="URL", help="the public address, such as https://serai.example.org")
    up.add_argument("--certificate", type=Path, metavar="FILE", help="TLS certificate with its chain (PEM)")
    up.add_argument("--key", type=Path, metavar="FILE", help="the certificate's key (PEM)")
    up.add_argument("--behind", metavar="PROXY", help="address or network of the proxy that does TLS instead")
    up.add_argument("--name", metavar="TEXT", help="what the site calls itself, such as the network's name")
    up.add_argument(
        "--mail", metavar="URL", help="mail server: smtps://user@host, smtp+starttls://… or smtp://localhost"
    )
    up.add_argument("--mail-from", metavar="ADDRESS", help="in whose name mail goes out")
    up.add_argument("--host", metavar="ADDRESS", help="address to listen on")
    up.add_argument("--port", type=_port, help="port to listen on")
    up.add_argument("--database", metavar="URL", help="an own PostgreSQL (15 or newer) that was prepared")
    up.add_argument("--backup-to", action="append", metavar="AGE_KEY", help="age key that may open the backups")
    up.set_defaults(run=operate.up)
    demo = commands.add_parser("demo", help="the fictive cities' world on this machine only")
    demo.add_argument("--stage", choices=STAGES, default=STAGES[-1], help="how far the story has come")
    demo.add_argument("--anew", action="store_true", help="throw the demo world away and build it again")
    demo.add_argument("--serve", action="store_true", help="serve it on http://localhost:8000")
    demo.add_argument("--port", type=_port, default=8000)
    demo.set_defaults(run=operate.demo)
    doctor = commands.add_parser("doctor", help="what is well and what is not, line by line")
    doctor.set_defaults(run=examine)
    user = commands.add_parser("user", help="one-time sign-in link for an administrator")
    user.add_argument("email", nargs="?", help="whose link; without it, the first administrator's")
    user.set_defaults(run=operate.user)


def _database(commands: Commands) -> None:
    migrate = commands.add_parser("migrate", help="bring the database up to date and set its policies")
    migrate.set_defaults(run=operate.migrate)
    database = commands.add_parser("database", help="prepare a PostgreSQL of your own")
    inner = database.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    prepare = inner.add_parser("prepare", help="make Serai's roles and database")
    prepare.add_argument("--admin", required=True, metavar="URL", help="an account with CREATEROLE and CREATEDB")
    prepare.add_argument("--name", default="serai", help="the database's name")
    prepare.add_argument("--new-passwords", action="store_true", help="take over roles another installation made")
    prepare.set_defaults(run=operate.prepare_database)


def _archives(commands: Commands) -> None:
    backup = commands.add_parser("backup", help="database, files and keys as one encrypted file")
    backup.add_argument("--to", type=Path, metavar="FOLDER", help="where to write it")
    backup.add_argument("--for", dest="keys", action="append", metavar="AGE_KEY", help="age key that may open it")
    backup.add_argument("--not-encrypted", action="store_true", help="write it readable by everyone who gets it")
    backup.add_argument("--nightly", action="store_true", help=argparse.SUPPRESS)
    backup.set_defaults(run=operate.backup)
    restore = commands.add_parser("restore", help="bring a backup back into an empty installation, and prove it")
    restore.add_argument("archive", type=Path)
    restore.add_argument("--identity", type=Path, metavar="FILE", help="the age key file that opens it")
    restore.add_argument("--erased", type=Path, metavar="FILE", help="another list of what was erased since")
    restore.add_argument("--not-encrypted", action="store_true", help="accept an archive that is not encrypted")
    restore.set_defaults(run=operate.restore)


def _inside(commands: Commands) -> None:
    """What the supervisor starts; nobody types these."""
    serve = commands.add_parser("serve")
    serve.add_argument("--host", required=True)
    serve.add_argument("--port", type=_port, required=True)
    serve.add_argument("--certificate", type=Path)
    serve.add_argument("--key", type=Path)
    serve.add_argument("--behind", default="")
    serve.set_defaults(run=children.serve)
    commands.add_parser("work").set_defaults(run=children.work)
    commands.add_parser("keep").set_defaults(run=children.keep)
    migrate = commands.add_parser("bring-up-to-date")
    migrate.add_argument("--careful", action="store_true", help="leave an older database as it is, and say so")
    migrate.set_defaults(run=children.bring_up_to_date)
    build = commands.add_parser("build")
    build.add_argument("stage", choices=STAGES)
    build.set_defaults(run=children.build)
    link = commands.add_parser("link")
    link.add_argument("email", nargs="?")
    link.add_argument("--quiet", action="store_true", help="say nothing where no link is due")
    link.set_defaults(run=children.link)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
