"""What the supervisor's children do: each knows one role's password, and only here is Django loaded."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import logging
import os
import signal
import socket
import threading
from datetime import UTC, datetime

from serai.confine import keep_environment_private
from serai.db.standing import EMPTY, NEWER, OLDER, standing
from serai.installation import say

KEEPER_PAUSE = 60.0  # seconds between two looks at the clocks
log = logging.getLogger("serai")


def _django() -> None:
    import django  # the supervisor imports this module and must not load Django

    keep_environment_private()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.settings")
    django.setup()


def serve(given: argparse.Namespace) -> int:
    """The web process."""
    from serai.serve import serve as run  # granian belongs to this child alone

    run(
        host=given.host, port=given.port, certificate=given.certificate, key=given.key, proxy=given.behind
    )  # fmt: skip
    return 0


def work(_: argparse.Namespace) -> int:
    """The worker: jobs, one after another, under a name no other worker has."""
    _django()
    from django.core.management import call_command

    call_command("procrastinate", "worker", name=f"{socket.gethostname()}-{os.getpid()}")
    return 0


def keep(_: argparse.Namespace) -> int:
    """The keeper: runs every domain's clocks until told to end."""
    _django()
    ending = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ending.set())
    while True:
        run_clocks(datetime.now(UTC))
        if ending.wait(KEEPER_PAUSE):
            return 0


def run_clocks(now: datetime) -> int:
    """Calls `keep(now)` of each domain's tasks.py that has one, as the keeper; how many rows they changed.

    A domain that fails is logged and does not hold up the others.
    """
    from django.db import close_old_connections

    from serai.db.acting import KEEPER, acting_as
    from serai.db.migrate import DOMAINS

    changed = 0
    for domain in DOMAINS:
        if importlib.util.find_spec(f"serai.{domain}.tasks") is None:
            continue
        clocks = getattr(importlib.import_module(f"serai.{domain}.tasks"), "keep", None)
        if clocks is None:
            continue
        try:
            with acting_as(KEEPER):
                changed += clocks(now) or 0
        except Exception:
            log.exception("The clocks of %s failed", domain)
            close_old_connections()
    return changed


def bring_up_to_date(given: argparse.Namespace) -> int:
    """Migrations, policies and static files; the status says how the database stood (see db/standing.py)."""
    _django()
    from django.core.management import call_command

    from serai.db.migrate import migrate

    status = standing()
    if status == NEWER or (given.careful and status == OLDER):
        return status
    migrate(os.environ["SERAI_OWNER_DATABASE"])
    call_command("collectstatic", interactive=False, verbosity=0)
    if status == EMPTY:
        say("The database is ready.")
    return 0


def build(given: argparse.Namespace) -> int:
    """The demo world, by actions as the web role."""
    _django()
    from serai.demo import build as run  # written by actions, which are Django's

    run(given.stage)
    return 0


def link(given: argparse.Namespace) -> int:
    """Prints a one-time link for an administrator; for the first one only while there is none."""
    _django()
    from serai.accounts.first import one_time_link

    found = one_time_link(given.email, now=datetime.now(UTC))
    if found:
        say(found)
    return 0
