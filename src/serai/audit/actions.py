"""How every protected row is written: in one transaction with its audit entry, by an explicit actor."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import ProgrammingError, connection, transaction
from django.db.models import F

from serai.audit.models import AuditEntry
from serai.core.audience import RED, NotAnAudience, label_of
from serai.db.acting import forget_keys
from serai.db.rows import Protected, new_id

Row = TypeVar("Row", bound=Protected)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who does it, and the organisation they do it for (none: for themselves alone)."""

    person: uuid.UUID
    organisation: uuid.UUID | None = None

    @property
    def source(self) -> uuid.UUID:
        """What the rows they write come from."""
        return self.organisation or self.person

    def source_of(self, groups: Iterable[str]) -> uuid.UUID:
        """What a row for these readers comes from: what is TLP:RED is their own alone (product.md, 3)."""
        return self.person if label_of(groups) == RED else self.source


class NotYours(PermissionError):
    """The database refused the write: only the source changes a record, and a child needs a parent you read."""


class ChangedMeanwhile(RuntimeError):
    """Someone saved the record since it was opened; `record` is how it stands now."""

    def __init__(self, record: Any) -> None:
        super().__init__("the record was changed meanwhile")
        self.record = record


def audience_id(groups: Iterable[str]) -> int:
    """The id of the audience with these groups, made if need be. Raises `NotAnAudience`."""
    wanted = sorted(set(groups))
    if not wanted:
        raise NotAnAudience("an audience needs at least one group")
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_intern(%s)", [wanted])
        return int(cursor.fetchone()[0])


def day_alone(now: datetime) -> datetime:
    """The day of this moment in UTC, which is all that a Chatham House note tells of time."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _entry(actor: Actor | None, record: Protected, verb: str, now: datetime, because: str) -> None:
    """The trail of an act; of what has no source it says neither who nor why nor at what time."""
    if record.source_id is None:
        actor, now, because = None, day_alone(now), ""
    _inserted(
        AuditEntry(
            id=new_id() if record.source_id else uuid.uuid4(),
            verb=verb,
            noun=type(record).__name__,
            record_id=record.pk,
            actor_id=actor.person if actor else None,
            audience_id=record.audience_id,
            source_id=record.source_id,
            created_at=now,
            changed_at=now,
            illustrative=record.illustrative,
            because=because,
        )
    )
    connection.serai_entries = entries_written() + 1  # type: ignore[attr-defined]


def entries_written() -> int:
    """How many entries this connection wrote: where the number has grown, an action ran in between."""
    return getattr(connection, "serai_entries", 0)


def _refused(error: ProgrammingError) -> bool:
    """Whether a policy, a guard or a missing right of PostgreSQL said no."""
    return getattr(error.__cause__, "sqlstate", None) == "42501"


def _inserted(record: Row) -> Row:
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except ProgrammingError as error:
        if _refused(error):
            raise NotYours(f"{type(record).__name__} cannot be written by this asker") from error
        raise
    forget_keys()
    return record


@transaction.atomic
def add(
    actor: Actor,
    record: Row,
    *,
    verb: str,
    groups: Iterable[str],
    now: datetime,
    source: uuid.UUID | None = None,
    because: str = "",
) -> Row:
    """Saves a new row for these reader groups; its source is the actor's unless another of theirs is named.

    Raises `NotYours` where row security refuses.
    """
    readers = list(groups)
    record.audience_id = audience_id(readers)
    record.source_id = source or actor.source_of(readers)
    record.created_at = record.changed_at = now
    _inserted(record)
    _entry(actor, record, verb, now, because)
    return record


@transaction.atomic
def add_unattributed(record: Row, *, verb: str, groups: Iterable[str], now: datetime) -> Row:
    """Saves a row without a source (a Chatham House note): random id, no time finer than the day, no actor."""
    day = day_alone(now)
    record.id = uuid.uuid4()
    record.audience_id = audience_id(groups)
    record.source_id = None
    record.created_at = record.changed_at = day
    _inserted(record)
    _entry(None, record, verb, day, "")
    return record


@transaction.atomic
def change(
    actor: Actor | None,
    record: Row,
    *,
    verb: str,
    now: datetime,
    expected: int | None = None,
    because: str = "",
    **fields: Any,
) -> Row:
    """Changes these fields of a row and returns it fresh.

    `expected` is the version the editor saw; raises `ChangedMeanwhile` if it moved on, `NotYours` where the
    asker may read but not write. There is no actor where a link asks.
    """
    rows = type(record)._default_manager.filter(pk=record.pk)
    at = now if record.source_id else day_alone(now)
    wanted = rows if expected is None else rows.filter(version=expected)
    try:
        with transaction.atomic():
            changed = wanted.update(**{"version": F("version") + 1, "changed_at": at} | fields)
    except ProgrammingError as error:
        if _refused(error):
            raise NotYours(f"{type(record).__name__} cannot be written by this asker") from error
        raise
    if not changed:
        present = rows.first()
        if present is not None and expected is not None and present.version != expected:
            raise ChangedMeanwhile(present)
        raise NotYours(f"{type(record).__name__} cannot be changed by this asker")
    forget_keys()
    fresh = rows.get()
    _entry(actor, fresh, verb, now, because)
    return fresh


def change_audience(actor: Actor, record: Row, groups: Iterable[str], *, now: datetime, because: str = "") -> Row:
    """Gives a row other readers: only its source can."""
    return change(actor, record, verb="share", now=now, because=because, audience_id=audience_id(groups))
