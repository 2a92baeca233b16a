"""People are told by mail that something changed or waits for them, never what it says."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from serai.accounts.mail import address_of, post
from serai.accounts.models import Account
from serai.core.audience import EVERYONE
from serai.db.rows import Protected
from serai.sharing.models import Report
from serai.sharing.nouns import noun_of

MOST_TOLD = 60  # above that the page of the record says it alone, under "Why can I?"


def readers_by_id(groups: list[str], source: uuid.UUID | None) -> list[uuid.UUID]:
    """The readers whose cards the asker may see; none where everyone reads."""
    if EVERYONE in groups:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM serai_readers(%s, %s) WHERE person_id IS NOT NULL", [groups, source])
        return [row[0] for row in cursor.fetchall()]


def tell_wider(record: Protected, before: list[uuid.UUID], *, but: uuid.UUID, now: datetime) -> int:
    """Tells those who could read a record before that more people can now; how many mails."""
    if len(before) > MOST_TOLD:
        return 0
    why = address_of(reverse("why", args=[noun_of(record).name, record.pk]))
    body = _("Something you can read is now shared with more people. Its source did this.") + f"\n\n{why}\n"
    return tell(
        f"wider:{record.pk}:{record.version}", _("Shared with more people"), body, [p for p in before if p != but], now
    )


def tell_contact(report: Report, *, now: datetime) -> int:
    """Tells the data-protection contact that a report waits."""
    body = _("A record was reported to you. It is hidden until you decide.")
    body += f"\n\n{address_of(reverse('reported', args=[report.pk]))}\n"
    return tell(f"report:{report.pk}", _("A report waits for you"), body, [report.contact_id], now)


def tell(occasion: str, subject: str, body: str, people: Collection[uuid.UUID], now: datetime) -> int:
    """Mails these people, where they have an account; how many were not told of this occasion before."""
    accounts = reached(people).order_by("pk")
    return sum(post(occasion, account.email, subject, body, account.person_id, now) for account in accounts)


def reached(people: Collection[uuid.UUID]) -> QuerySet[Account]:
    """The accounts at which these people are mailed."""
    return Account.objects.filter(person_id__in=people, is_active=True)
