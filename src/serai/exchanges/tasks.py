"""What the keeper does for exchanges: attendance and notes whose time is over (product.md, "Safe to share" 13)."""

from __future__ import annotations

from django.db import connection


def keep() -> int:
    """Forgets who took part, and destroys notes, each after its time: how many rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_keep_attendance() + serai_keep_notes()")
        return int(cursor.fetchone()[0])
