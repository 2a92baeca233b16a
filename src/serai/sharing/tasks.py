"""What the keeper does for links."""

from __future__ import annotations

from django.db import connection


def keep() -> int:
    """Forgets to whom links that stopped working were sent: how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_keep_links()")
        return int(cursor.fetchone()[0])
