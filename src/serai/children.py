"""What the supervisor's children do: each knows one role's password, and only here is Django loaded."""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from datetime import UTC, datetime
from operator import itemgetter

import psycopg

from serai.confine import keep_environment_private
from serai.db import boot
from serai.db.standing import EMPTY, NEWER, OLDER, standing
from serai.installation import say


def _django() -> None:
    import django  # the supervisor imports this module and must not load Django

    keep_environment_private()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.settings")
    django.setup()


def _may_serve(*, seconds: float = 60) -> bool:
    """Whether the rule holds in our database (see db/boot.py); if not, why is said. One that recovers is waited for."""
    until = time.monotonic() + seconds
    while True:
        try:
            boot.check_own()
        except boot.Unsafe as refusal:
            say(f"serai: {refusal}")
            return False
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                say(f"serai: The database does not answer: {str(error).splitlines()[0]}")
                return False
            time.sleep(0.5)
        else:
            return True


def serve(given: argparse.Namespace) -> int:
    """The web process. Each of its workers asks for itself (wsgi.py), and goes on asking; this one says a refusal."""
    try:
        boot.check_own()
    except boot.Unsafe as refusal:
        say(f"serai: {refusal}")
        return 1
    except psycopg.OperationalError:
        say("The database does not answer; until it does, pages say so.")
    from serai.serve import serve as run  # granian belongs to this child alone

    run(
        host=given.host, port=given.port, certificate=given.certificate, key=given.key, proxy=given.behind
    )  # fmt: skip
    return 0


def work(_: argparse.Namespace) -> int:
    """The worker: jobs, until told to end."""
    if not _may_serve():
        return 1
    _django()
    from serai.jobs import work as run  # jobs are Django's

    run()
    return 0


def keep(_: argparse.Namespace) -> int:
    """The keeper: every domain's clocks, until told to end."""
    if not _may_serve():
        return 1
    _django()
    from serai.jobs import keep as run  # jobs are Django's

    run()
    return 0


def bring_up_to_date(given: argparse.Namespace) -> int:
    """Migrations, policies and static files; the status says how the database stood (see db/standing.py)."""
    _django()
    from serai.db.migrate import migrate
    from serai.directory.places import prepare_places

    status = standing()
    if status == NEWER or (given.careful and status == OLDER):
        return status
    migrate(os.environ["SERAI_OWNER_DATABASE"])
    _static_files()
    prepare_places()
    if status == EMPTY:
        say("The database is ready.")
    return 0


def _static_files() -> None:
    """Collects static files where one of them changed since; reading them all takes a tenth of collecting them."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for name, storage in sorted((found for finder in get_finders() for found in finder.list([])), key=itemgetter(0)):
        with storage.open(name) as file:
            digest.update(f"{name} {hashlib.sha256(file.read()).hexdigest()}\n".encode())
    now = digest.hexdigest()
    stamp = settings.STATIC_ROOT / ".collected"
    if not stamp.exists() or stamp.read_text("ascii") != now:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(now, "ascii")


def build(given: argparse.Namespace) -> int:
    """The demo world, by actions as the web role; only its administrator's account is made by the owner."""
    _django()
    from serai.accounts.first import one_time_link
    from serai.accounts.models import Account
    from serai.db.rows import new_id
    from serai.demo import build as run
    from serai.demo.stages import ADMINISTRATOR, MOMENTS

    one_time_link(ADMINISTRATOR, now=MOMENTS[given.stage])
    Account.objects.using("owner").filter(email=ADMINISTRATOR, person_id=None).update(person_id=new_id())
    run(given.stage)
    return 0


def link(given: argparse.Namespace) -> int:
    """Prints a one-time link: an administrator's, or the first one's while there is none."""
    _django()
    from django.db import OperationalError, ProgrammingError

    from serai.accounts.first import one_time_link

    try:
        found = one_time_link(given.email, now=datetime.now(UTC))
    except (OperationalError, ProgrammingError):
        say("serai: this site was never started, or is just starting: run serai up, and ask again once it serves.")
        return 1
    if found:
        whose = given.email or "the first administrator"
        say(f"For {whose}, within three days, once:\n{found}")
        return 0
    if given.email:
        say(f"serai: {given.email} is no administrator.")
        return 1
    if not given.quiet:
        say("There is an administrator already. For a link of theirs, or another's: serai user E-MAIL.")
    return 0
