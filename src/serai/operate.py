"""What each `serai` command does."""

from __future__ import annotations

import argparse
import ipaddress
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path

import pyrage

from serai import archive, erased
from serai.answers import AnswerError, settle
from serai.backup import back_up, prune
from serai.confine import for_service
from serai.db.address import DATABASE
from serai.db.prepare import drop_database, prepare
from serai.installation import Installation, found, say
from serai.processes import Tree, lock
from serai.restore import restore as bring_back
from serai.service_user import service_user
from serai.state import State, default_root, hand_over
from serai.up import Serving, UpError, supervise


def _house(*, demo: bool = False) -> Installation:
    """The installation this command is about, its folder made if missing."""
    root = default_root(demo=demo, user=service_user())
    user = service_user(root)
    return found(State(root=root).create(user), user, demo=demo)


def up(given: argparse.Namespace) -> int:
    """Serves the site until told to end."""
    house = _house()
    with lock(house.state):
        answers = settle(house.state, given)
        house = found(house.state, house.user)
        behind = answers.get("proxy", "")
        local = behind and ipaddress.ip_network(behind).is_loopback
        tls = {name: _readable(house, name, Path(answers[name])) for name in ("certificate", "key") if name in answers}
        usual = "8000" if behind else "443" if os.geteuid() == 0 else "8443"
        serving = Serving(
            installation=house,
            host=answers.get("host") or ("127.0.0.1" if local else "0.0.0.0"),  # noqa: S104
            port=int(answers.get("port", usual)),
            certificate=tls.get("certificate"),
            key=tls.get("key"),
            nightly=True,
            welcome=lambda tree: _first_link(tree, house),
        )
        if (house.state.root / "backup-identity.txt").exists():
            say(f"Backups are opened by {house.state.root / 'backup-identity.txt'}: carry that file elsewhere.")
        return supervise(serving)


def _readable(house: Installation, name: str, path: Path) -> Path:
    """A TLS file as the service user can read it: as root a copy, made again at each start."""
    if house.user is None:
        return path
    return hand_over(path.read_bytes(), house.state.sockets / f"{name}.pem", house.user)


def _first_link(tree: Tree, house: Installation) -> None:
    tree.run("first administrator", house.command("link", "--quiet"))


def demo(given: argparse.Namespace) -> int:
    """Builds the demo world if there is none (or anew), and serves it if asked."""
    house = _house(demo=True)
    if house.state.settings() and not house.state.settings().get("demo"):
        raise AnswerError(f"{house.state.root} holds a real site: name another SERAI_STATE for the demo.")
    if house.user is not None and for_service(house.user, demo=True).user is None:
        say("This machine lets nobody but root read Python here, so the demo runs as root.")
    with lock(house.state):
        built = "" if given.anew else house.state.settings().get("stage", "")
        house.state.keep({"demo": "1", "address": f"http://localhost:{given.port}", "stage": built})
        house = replace(found(house.state, house.user), stage=built or given.stage)
        if built not in ("", given.stage):
            say(f"The demo stands at stage {built}, with what was added since; --anew builds {given.stage}.")
        serving = Serving(
            installation=house,
            host="127.0.0.1",
            port=given.port,
            before=None if built else lambda: _cleared(house),
            settle=None if built else lambda tree: _built(tree, house),
            serve=given.serve,
        )
        return supervise(serving)


def _cleared(house: Installation) -> None:
    """Throws the demo world away, also one whose building was broken off."""
    drop_database(house.cluster.admin_url(), DATABASE)
    house.prepare()
    house.state.erased.write_bytes(b"")
    shutil.rmtree(house.state.files)
    house.state.create(house.user)


def _built(tree: Tree, house: Installation) -> None:
    say(f"The demo world is built to stage {house.stage} …")
    owner = house.owner_address("demo: the account of its administrator")
    if tree.run("demo", house.command("build", house.stage, SERAI_OWNER_DATABASE=owner)) != 0:
        raise UpError("The demo world could not be built; the reason stands above.")
    house.state.keep({"stage": house.stage})


def migrate(_: argparse.Namespace) -> int:
    """Migrations and policies, by a child that knows the owner's address."""
    house = _house()
    with house.running():
        return Tree(house.state, say).run("migrate", house.migration())


def user(given: argparse.Namespace) -> int:
    """A one-time link for an administrator, printed by a child that may write accounts."""
    house = _house()
    with house.running():
        if not given.email:
            return Tree(house.state, say).run("user", house.command("link"))
        owner = house.owner_address(f"user: {given.email} becomes an administrator")
        return Tree(house.state, say).run("user", house.command("link", given.email, SERAI_OWNER_DATABASE=owner))


def prepare_database(given: argparse.Namespace) -> int:
    """Makes roles and database on a foreign server and remembers its address."""
    house = _house()
    if house.server is None and (house.state.postgres / "PG_VERSION").exists():
        where = f"{house.state.root} holds a site with its embedded database"
        raise AnswerError(f"{where}: back it up, then prepare and restore in another SERAI_STATE.")
    try:
        base = prepare(given.admin, house.state, given.name, new_passwords=given.new_passwords)
    except ValueError as error:
        raise AnswerError(str(error)) from error
    house.state.keep({"database": base})
    say(f"Prepared. The passwords lie in {house.state.secrets}; `serai up` uses this database from now on.")
    return 0


def backup(given: argparse.Namespace) -> int:
    """One archive, now; as the nightly one it also removes the oldest."""
    house = _house()
    keys = given.keys or house.state.settings().get("backup_keys", "").split()
    if given.not_encrypted:
        keys = []
    elif not keys:
        raise AnswerError("Say for whom it is encrypted (--for age1…), or --not-encrypted.")
    if given.to is not None and not given.to.is_dir():
        raise AnswerError(f"There is no folder {given.to}.")
    with house.running():
        done = back_up(house, now=datetime.now(UTC), keys=keys, folder=given.to)
    rows = sum(done.counts.values())
    say(f"{done.path}: {rows} rows in {len(done.counts)} tables{'' if done.encrypted else ', NOT ENCRYPTED'}.")
    if given.nightly:
        prune(house)
    return 0


def restore(given: argparse.Namespace) -> int:
    """Brings an archive back and proves it."""
    house = _house()
    key = _identity(given.identity) if given.identity else None
    also = erased.read(given.erased) if given.erased else []
    with house.running(alone=True):
        done = bring_back(house, given.archive, key=key, plain=given.not_encrypted, also_erased=also)
    rows, went = sum(done.counts.values()), sum(done.went.values())
    say(f"Restored the backup of {done.manifest.made_at}: {rows} rows, every table counted.")
    if done.later:
        say(f"{done.later} erasures made since were done again; {went} rows went with them.")
    else:
        say("No erasure made since the backup is known here: if one was, name its list by --erased.")
    return 0


def _identity(path: Path) -> pyrage.x25519.Identity:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AnswerError(f"The key file {path} cannot be read ({error.strerror}).") from error
    if data.startswith(archive.MAGIC):
        passphrase = os.environ.get("SERAI_BACKUP_PASSPHRASE") or getpass("Passphrase of the key file: ")
        return archive.identity(archive.unlocked(data, passphrase))
    return archive.identity(data.decode(errors="replace"))
