"""Reads of accounts: how someone signs in, and mail that did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection

from serai.accounts.models import Account
from serai.directory.models import Person


@dataclass(frozen=True, kw_only=True)
class WaysIn:
    """How an account signs in besides the mailed code, and how many browsers are signed in."""

    passkeys: int
    app: bool
    recovery_codes: int  # unused ones
    browsers: int


@dataclass(frozen=True, kw_only=True)
class Undelivered:
    """A mail one's own act caused and that did not arrive: to whom and why, never what stood in it.

    Where someone else signs in is told to nobody: `address` is empty but where the asker typed it or it is theirs.
    """

    address: str
    name: str  # of the card, as far as the asker may read it; else empty
    reason: str  # "too late", "unreachable", "refused 550"
    posted_at: datetime


def ways_in(account: Account) -> WaysIn:
    """How this account signs in."""
    kept = dict.fromkeys(Authenticator.Type, 0)
    unused = 0
    for authenticator in Authenticator.objects.filter(user=account):
        kept[authenticator.type] += 1
        if authenticator.type == Authenticator.Type.RECOVERY_CODES:
            unused = len(authenticator.wrap().get_unused_codes())
    return WaysIn(
        passkeys=kept[Authenticator.Type.WEBAUTHN],
        app=bool(kept[Authenticator.Type.TOTP]),
        recovery_codes=unused,
        browsers=UserSession.objects.filter(user=account).count(),
    )


def undelivered() -> list[Undelivered]:
    """Mail that the asking person's acts caused and that did not arrive, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, person_id, failed, created_at FROM serai_mail_failed()")
        found = cursor.fetchall()
    names = dict(Person.objects.filter(pk__in=[row[1] for row in found if row[1]]).values_list("pk", "name"))
    return [Undelivered(address=a, name=names.get(p, ""), reason=r, posted_at=at) for a, p, r, at in found]
