"""Brings a database up to date: migrations, then every policy file, in one order under one lock, and sealed."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction

from serai.db import boot, carried
from serai.db.doors import refuse_doors

LOCK = 7_357_241  # an advisory lock of our own: two `serai migrate` at once take turns


def apply_policies(alias: str = "owner") -> None:
    """Takes every grant away, then runs every policy file: what no file protects, nobody reads. Then the seal."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM serai_web, serai_worker, serai_keeper, serai_backup,"
            " serai_definer; GRANT USAGE ON SCHEMA public TO serai_web, serai_worker, serai_keeper, serai_backup,"
            " serai_definer"
        )
        for path in carried.policy_files(demo=settings.DEMO):
            cursor.execute(path.read_text(encoding="utf-8"))
        boot.seal(cursor, demo=settings.DEMO)


def migrate(owner_url: str) -> None:
    """Migrations and policies on the database of this URL, as its owner."""
    os.environ["SERAI_OWNER_DATABASE"] = owner_url
    os.environ.setdefault("SERAI_DATABASE", owner_url)
    os.environ.setdefault("SERAI_SECRET_KEY", "migrating")
    os.environ["DJANGO_SETTINGS_MODULE"] = "serai.settings"
    import django  # needs the settings above

    django.setup()
    refuse_doors()
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    call_command("createcachetable", database="owner", verbosity=0)
    apply_policies()
