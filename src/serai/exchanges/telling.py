"""A release is told by mail to those who take part and may read what it changes: that it changed, never what."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from serai.accounts.mail import address_of, post
from serai.accounts.models import Account
from serai.core.audience import EVERYONE
from serai.directory.queries import held
from serai.exchanges.models import Exchange, Participant, ProgrammeRelease, Session
from serai.exchanges.queries import Difference
from serai.sharing.telling import readers_by_id


def concerned(exchange: Exchange, lines: Iterable[Difference], *, now: datetime) -> set[uuid.UUID]:
    """Who takes part and may read one of the sessions that these lines add, move, change or drop."""
    ids = {row["id"] for line in lines if (row := line.after or line.before)}
    taking_part = Participant.objects.filter(held(now.date()), exchange=exchange).exclude(person=None)
    people = set(taking_part.values_list("person_id", flat=True))
    found: set[uuid.UUID] = set()
    for session in Session.objects.filter(pk__in=ids, exchange=exchange).select_related("audience"):
        groups = session.audience.groups
        found |= people if EVERYONE in groups else people & set(readers_by_id(groups, session.source_id))
    return found


def tell_concerned(
    release: ProgrammeRelease, lines: Iterable[Difference], *, but: uuid.UUID | None, now: datetime
) -> int:
    """Mails whom a release concerns, but not whoever released it; how many mails."""
    people = concerned(release.exchange, lines, now=now) - {but}
    address = address_of(reverse("programme", args=[release.exchange_id]))
    body = _("The programme of an exchange you take part in changed, also for you. See it here:") + f"\n\n{address}\n"
    occasion, subject = f"programme:{release.exchange_id}:{release.number}", _("A programme changed")
    accounts = Account.objects.filter(person_id__in=people, is_active=True).order_by("pk")
    return sum(post(occasion, account.email, subject, body, account.person_id, now) for account in accounts)
