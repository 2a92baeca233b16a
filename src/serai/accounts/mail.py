"""Mail that leaves the house: one row for an occasion and an address, sent by a job, never above TLP:GREEN."""

from __future__ import annotations

import smtplib
import uuid
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction

from serai.accounts.models import Mail
from serai.core.audience import at_most_green
from serai.db.rows import Protected, new_id
from serai.jobs import enqueue

PERMANENT = range(500, 600)  # RFC 5321: trying again will not help

_INSERT = """
    INSERT INTO serai_mail (id, occasion, person_id, address, subject, body, created_at, until, failed, posted_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', serai_person())
    ON CONFLICT DO NOTHING"""


class TooNarrowForMail(ValueError):
    """A record above TLP:GREEN was to be told of by mail: mail says that something waits, never what."""


class NotDelivered(RuntimeError):
    """The mail could not be handed over now; the job is tried again."""


def address_of(path: str) -> str:
    """The full address of a page of this site."""
    return str(settings.PUBLIC_ADDRESS).rstrip("/") + path


def post(
    occasion: str,
    address: str,
    subject: str,
    body: str,
    person_id: uuid.UUID | None,
    now: datetime,
    *,
    about: Iterable[Protected] = (),
    until: datetime | None = None,
) -> bool:
    """Writes a mail and has it sent; False where this occasion was already told to this address.

    `about` are the records whose words stand in it: raises `TooNarrowForMail` unless each is GREEN or CLEAR.
    After `until` it is not sent any more.
    """
    for record in about:
        if not at_most_green(record.audience.label):
            raise TooNarrowForMail(f"{type(record).__name__} is {record.audience.label}")
    id = new_id()
    row: list[Any] = [id, occasion, person_id, address.lower(), " ".join(subject.split())[:200], body, now, until]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
        if not cursor.rowcount:
            return False
        enqueue("accounts.send_mail", mail=id)
    return True


def deliver(mail_id: uuid.UUID, *, now: datetime) -> None:
    """Hands one mail to the mail server; the demo keeps it in its Outbox. The worker's part.

    Sent twice after a crash it carries the same Message-ID. Raises `NotDelivered` where a later try may help.
    """
    mail = Mail.objects.filter(pk=mail_id, sent_at=None).first()
    if mail is None or settings.DEMO:
        return
    if mail.until is not None and mail.until < now:
        _note(mail, "too late")
        return
    try:
        _message(mail).send()
    except (OSError, smtplib.SMTPException) as error:
        reason, final = _reason(error)
        _note(mail, reason)
        if not final:
            raise NotDelivered(reason) from error
        return
    Mail.objects.filter(pk=mail.pk).update(sent_at=now, failed="")


def _message(mail: Mail) -> EmailMessage:
    headers = {
        "Message-ID": f"<{mail.pk}@{settings.MAIL_DOMAIN}>",
        "Date": format_datetime(mail.created_at),
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.address], headers=headers)


def _reason(error: Exception) -> tuple[str, bool]:
    """Why it did not work in one word and the server's code, and whether that is final."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        return f"refused {code}", code in PERMANENT
    if isinstance(error, smtplib.SMTPResponseException):
        return f"refused {error.smtp_code}", error.smtp_code in PERMANENT
    return "unreachable", False


def _note(mail: Mail, reason: str) -> None:
    """Kept outside the job's transaction, which ends with the error."""
    Mail.objects.using("apart").filter(pk=mail.pk).update(failed=reason)
