"""Jobs of accounts: sending mail; and what the keeper forgets."""

from __future__ import annotations

import uuid

from django.db import connection

from serai.accounts.mail import deliver
from serai.db import clock
from serai.db.cache import forget_expired
from serai.jobs import task


@task("accounts.send_mail", attempts=8)
def send_mail(mail: str) -> None:
    """Sends one mail."""
    deliver(uuid.UUID(mail), now=clock.now())


def keep() -> int:
    """Sign-ins that ended, mails of last month, and what the cache no longer needs: how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_keep_signins() + serai_keep_mails()")
        gone = int(cursor.fetchone()[0])
    return gone + forget_expired()
