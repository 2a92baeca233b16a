"""People are told by mail that something changed or waits for them, never what it says."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    words = _("Something you can read is now shared with more people. Its source did this.")
    why, people = reverse("why", args=[noun_of(record).name, record.pk]), [p for p in before if p != but]
    return tell(f"wider:{record.pk}:{record.version}", _("Shared with more people"), words, why, people, now)


def tell_contact(report: Report, *, now: datetime) -> int:
    """Tells the data-protection contact that a report waits."""
    words = _("A record was reported to you. It is hidden until you decide.")
    there = reverse("reported", args=[report.pk])
    return tell(f"report:{report.pk}", _("A report waits for you"), words, there, [report.contact_id], now)


def tell(
    occasion: str, subject: Promise, words: Promise, path: str, people: Collection[uuid.UUID], now: datetime
) -> int:
    """Mails these people, where they have an account, with the address of a page; how many were not told of this
    occasion before. Each reads it in the language they chose, or in the one of whoever causes it."""
    told = 0
    for account in reached(people).order_by("pk"):
        with translation.override(account.language or translation.get_language()):
            body = f"{words}\n\n{address_of(path)}\n"
            told += post(occasion, account.email, str(subject), body, account.person_id, now)
    return told


def reached(people: Collection[uuid.UUID]) -> QuerySet[Account]:
    """The accounts at which these people are mailed."""
    return Account.objects.filter(person_id__in=people, is_active=True)
