"""Writes about who may read: other readers, reports and what becomes of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from serai import erased
from serai.audit.actions import Actor, NotYours, add, audience_id, change, change_audience
from serai.core.audience import EVERYONE, group
from serai.core.lifecycle import NotAllowedNow
from serai.db.acting import forget_keys
from serai.db.rows import Protected
from serai.sharing.models import Report
from serai.sharing.nouns import Noun, children_of, noun_of, parent_model
from serai.sharing.queries import readers_of_each


class NobodyToReportTo(RuntimeError):
    """No network of the record or of the reader has named a data-protection contact."""


class Needed(RuntimeError):
    """Someone must take over first: the message is `administrator` or `contact`."""


class WiderThanItsParent(NotAllowedNow):
    """A child can be read at most by those who read what it belongs to."""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A record with its new readers. `wider`: someone was added; `followed`: how many of its children changed too."""

    record: Protected
    wider: bool
    followed: int


@transaction.atomic
def share_record(actor: Actor, record: Protected, groups: Iterable[str], *, now: datetime) -> Shared:
    """Gives a record other readers; what belongs to it and was as wide follows, and nothing of it stays wider.

    Raises `NotYours` for all but its source, `WiderThanItsParent`.
    """
    names = sorted(set(groups))
    noun = noun_of(record)
    if noun.fixed or record.hidden_at is not None:
        raise NotYours(f"{type(record).__name__} cannot be given other readers")
    parent = parent_of(record)
    if parent is not None and not inside(names, parent):
        raise WiderThanItsParent("what belongs to something cannot be read by more people than that")
    before = record.audience
    old, both = readers_of_each([(before.groups, record.source_id), ({*before.groups, *names}, record.source_id)])
    fresh = change_audience(actor, record, names, now=now)
    followed = _follow(actor, noun, fresh, before.pk, now)
    return Shared(record=fresh, wider=both.public > old.public or both.people > old.people, followed=followed)


def parent_of(record: Protected) -> Protected | None:
    """What the record belongs to, with its audience; None where it stands alone or the parent cannot be read."""
    noun = noun_of(record)
    if not noun.parent:
        return None
    id = getattr(record, noun_field(noun))
    return parent_model(noun)._default_manager.select_related("audience").filter(pk=id).first()


def noun_field(noun: Noun) -> str:
    """The column that holds the parent's id."""
    return f"{noun.parent}_id"


def inside(groups: Iterable[str], parent: Protected) -> bool:
    """Whether these groups add nobody to the parent's readers; counted, because some of them nobody here may see."""
    wide = set(parent.audience.groups)
    names = set(groups)
    if EVERYONE in wide or names <= wide:
        return True
    if EVERYONE in names:
        return False
    most, both = readers_of_each([(wide, parent.source_id), (wide | names, parent.source_id)])
    return most.people == both.people


def _follow(actor: Actor, noun: Noun, record: Protected, before: int, now: datetime) -> int:
    """Gives the children of the same source its readers: those as wide as it was, and those wider than it is now."""
    count = sum(_kept_as_draft(actor, row, record, now) for row in record.edits())
    for child in children_of(noun):
        if child.fixed:
            continue
        rows = child.model._default_manager.filter(**{child.parent: record.pk}, source_id=record.source_id)
        fits: dict[int, bool] = {record.audience.pk: True}
        for row in rows.select_related("audience").order_by("pk"):
            if row.is_draft:
                count += _kept_as_draft(actor, row, record, now)
                continue
            if row.audience.pk not in fits:
                fits[row.audience.pk] = row.audience.pk != before and inside(row.audience.groups, record)
            if not fits[row.audience.pk]:
                changed = change_audience(actor, row, record.audience.groups, now=now)
                count += 1 + _follow(actor, child, changed, row.audience.pk, now)
    return count


def _kept_as_draft(actor: Actor, row: Protected, whole: Protected, now: datetime) -> int:
    """What is not released is not shown to those of its whole; where some of its readers are lost, its source keeps
    it."""
    if inside(row.audience.groups, whole):
        return 0
    own = group("organisation", actor.organisation) if actor.organisation else group("person", actor.person)
    change(actor, row, verb="share", now=now, audience_id=audience_id([own]), drafted_for=audience_id([own]))
    return 1


def contacts_for(record: Protected) -> list[uuid.UUID]:
    """The data-protection contacts of the networks of the asker and of the record's source."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT serai_contacts_of(%s)", [record.source_id])
        return sorted(row[0] for row in cursor.fetchall())


@transaction.atomic
def report_record(actor: Actor, record: Protected, *, reason: str, now: datetime) -> Report:
    """Hides a record at once from all but its source and the data-protection contact, who is asked to look at it.

    The report is the reporter's own: nobody but the contact reads who wrote it. Raises `NobodyToReportTo`, `NotYours`.
    """
    contacts = contacts_for(record)
    if not contacts:
        raise NobodyToReportTo
    report = Report(
        noun=noun_of(record).name,
        record_id=record.pk,
        contact_id=contacts[0],
        reason=reason,
        illustrative=record.illustrative,
    )
    mine = [group("person", actor.person)]
    return add(actor, report, verb="report", groups=mine, source=actor.person, now=now)


@transaction.atomic
def release_record(actor: Actor, report: Report, *, now: datetime) -> Report:
    """The contact found nothing wrong: the record is shown again, unless another report on it stands."""
    if report.settled_at is not None:
        raise NotAllowedNow("this report is settled already")
    return change(actor, report, verb="release_record", now=now, settled_at=now, settlement="released")


@transaction.atomic
def purge_record(actor: Actor, report: Report, *, why: str, now: datetime) -> None:
    """Destroys what was reported, in every version and copy; that it was, who did it, when and why stays.

    The contact alone can; it is written to the list that a restore replays. Raises `NotYours`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_purge(%s, %s)", [report.pk, why])
        done = _done(cursor.fetchone()[0])
    _remember("purge", done, now)


@transaction.atomic
def erase_myself(actor: Actor, *, now: datetime) -> None:
    """Erases the acting person: "former member" everywhere, what was theirs alone destroyed, the account gone.

    Raises `Needed` for the last administrator and for a data-protection contact.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_erase_me()")
        done = _done(cursor.fetchone()[0])
    if done is not None and "refused" in done:
        raise Needed(done["refused"])
    _remember("erasure", done, now)


def _done(told: str | None) -> dict[str, Any] | None:
    """What the database says that it took; Django gives jsonb as text."""
    return json.loads(told) if told else None


def _remember(what: str, done: dict[str, Any] | None, now: datetime) -> None:
    if done is None:
        raise NotYours("only the contact, or the person themselves, destroys anything")
    forget_keys()
    erased.record(settings.STATE, at=now, what=what, gone=done["gone"], blank=done["blank"])
