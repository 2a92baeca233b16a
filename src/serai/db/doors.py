"""The demo's two doors (every mail in its Outbox, "look around as …") are functions no real database may have."""

from __future__ import annotations

from django.conf import settings
from django.db import connections

DOORS = ("serai_outbox", "serai_everybody")


class DemoDoorsOpen(RuntimeError):
    """This database lets everyone read every mail and be anyone: it belongs to a demo and is not served for real."""


def refuse_doors(alias: str = "owner") -> None:
    """Raises `DemoDoorsOpen` where a database that is to be served for real has the demo's functions."""
    if settings.DEMO:
        return
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_proc WHERE proname = ANY(%s)", [list(DOORS)])
        if cursor.fetchone():
            raise DemoDoorsOpen("This database is a demo's: its Outbox shows every mail. Serve another one.")
