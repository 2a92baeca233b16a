"""What `serai up` is told once and keeps: public address, TLS, mail, backup keys; each answer is checked."""

from __future__ import annotations

import argparse
import ipaddress
import os
import sys
from getpass import getpass
from pathlib import Path
from urllib.parse import urlsplit

import pyrage

from serai.archive import ArchiveError, recipients
from serai.db.address import base
from serai.mail_server import PASSWORD, mail_server
from serai.state import State, write_private

IDENTITY = "backup-identity.txt"


class AnswerError(Exception):
    """An answer is missing or wrong; the text is one sentence for people."""


def settle(state: State, given: argparse.Namespace) -> dict[str, str]:
    """The kept answers with the new ones, checked together; kept again. Raises AnswerError."""
    kept = state.settings()
    if kept.get("demo"):
        raise AnswerError(f"{state.root} is a demo, with everyone's mail on a page: name another SERAI_STATE.")
    if os.environ.get("SERAI_DEMO"):
        raise AnswerError("SERAI_DEMO is set: `serai up` never runs with the demo's open pages.")
    answers = dict(kept)
    answers["address"] = public_address(given.address or kept.get("address") or _asked())
    _tls(answers, given)
    _mail(state, answers, given)
    if given.name:
        answers["name"] = " ".join(given.name.split())
    if given.database:
        answers["database"] = _database(given.database)
    if given.port:
        answers["port"] = str(given.port)
    if given.host:
        answers["host"] = given.host
    if given.backup_to:
        answers["backup_keys"] = " ".join(given.backup_to)
    if "backup_keys" not in answers:
        answers["backup_keys"] = _made_key(state)
    try:
        recipients(answers["backup_keys"].split())
    except ArchiveError as error:
        raise AnswerError(str(error)) from error
    state.keep(answers, without=kept.keys() - answers.keys())
    return answers


def public_address(text: str) -> str:
    """An https address of a site's root, without the slash. Raises AnswerError."""
    parts = urlsplit(text.strip())
    if parts.scheme != "https" or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.username:
        raise AnswerError(f"{text!r} is no public address: it looks like https://serai.example.org")
    return f"https://{parts.netloc}"


def _asked() -> str:
    if not sys.stdin.isatty():
        raise AnswerError("The public address is not known yet: say --address https://…")
    return input("Under which address will people reach this site (https://…)? ")


def _tls(answers: dict[str, str], given: argparse.Namespace) -> None:
    if bool(given.certificate) != bool(given.key):
        raise AnswerError("A certificate needs its key: say both --certificate and --key.")
    if given.certificate and given.behind:
        raise AnswerError("Either a certificate or a proxy does TLS: say --certificate and --key, or --behind.")
    if given.certificate:
        answers.pop("proxy", None)
        answers |= {"certificate": str(given.certificate.absolute()), "key": str(given.key.absolute())}
    if given.behind:
        answers.pop("certificate", None)
        answers.pop("key", None)
        answers["proxy"] = _proxy(given.behind)
    if "proxy" not in answers and "certificate" not in answers:
        raise AnswerError("TLS is missing: say --certificate and --key, or --behind with the proxy's address.")
    for path in (Path(answers[name]) for name in ("certificate", "key") if name in answers):
        if not os.access(path, os.R_OK):
            raise AnswerError(f"The file {path} cannot be read.")


def _mail(state: State, answers: dict[str, str], given: argparse.Namespace) -> None:
    """The mail server's address among the answers, its password among the secrets: no list of processes shows it."""
    if given.mail_from:
        if "@" not in given.mail_from or len(given.mail_from.split()) != 1:
            raise AnswerError(f"{given.mail_from!r} is no sender: it looks like serai@example.org.")
        answers["mail_from"] = given.mail_from
    if not given.mail:
        return
    try:
        server = mail_server(given.mail)
    except ValueError as error:
        raise AnswerError(str(error)) from error
    answers["mail"] = given.mail.strip()
    password = os.environ.get("SERAI_MAIL_PASSWORD", "")
    if server.user and not password:
        if not sys.stdin.isatty():
            raise AnswerError(f"The mail password of {server.user} is not known: set SERAI_MAIL_PASSWORD this once.")
        password = getpass(f"Mail password of {server.user}: ")
    write_private(state.secrets / PASSWORD, password)


def _proxy(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError as error:
        raise AnswerError(f"{text!r} is no proxy's address: it looks like 127.0.0.1 or 10.0.0.0/24.") from error


def _database(url: str) -> str:
    try:
        return base(url)
    except ValueError as error:
        raise AnswerError(str(error)) from error


def _made_key(state: State) -> str:
    """A key of our own when none is named: the half that opens backups lies in a file to be carried away."""
    identity = pyrage.x25519.Identity.generate()
    write_private(
        state.root / IDENTITY,
        "# Opens every backup of this site. Carry this file to another place, then delete it here:\n"
        "# a key that burns with the house opens nothing. Show it at `serai restore --identity`.\n"
        f"{identity}\n",
    )
    return str(identity.to_public())
