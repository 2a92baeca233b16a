"""Sessions of the programme: private to those who plan until a release, also what changes in a released one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from serai.audit.actions import Actor, ChangedMeanwhile, NotYours, add, audience_id, change
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.directory.models import City
from serai.exchanges.circles import planning
from serai.exchanges.models import CHANGED, TAKEN_OUT, Exchange, Session, Site
from serai.exchanges.waiting import is_released, values_of, waiting_for, waiting_in
from serai.practices.models import Practice
from serai.sharing.actions import inside


def add_session(
    actor: Actor,
    exchange: Exchange,
    *,
    title: str,
    kind: str,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    where: str = "",
    site: Site | None = None,
    city: City | None = None,
    practice: Practice | None = None,
    chatham: bool = False,
    open_to_invited: bool = False,
    beside: bool = False,
    readers: Iterable[str] | None = None,
) -> Session:
    """One item of the programme. Until its release those who plan read it, unless it has `readers` of its own."""
    _in_order(starts_at, ends_at)
    session = Session(
        exchange=exchange,
        title=title,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        where=where,
        site=site,
        city=city,
        practice=practice,
        chatham=chatham,
        open_to_invited=open_to_invited,
        beside=beside,
        position=exchange.sessions.count() + 1,
        illustrative=exchange.illustrative,
    )
    if readers is not None or not exchange.under_way:
        groups = exchange.audience.groups if readers is None else readers
        return add(actor, session, verb="add_session", groups=groups, now=now)
    planners = planning(exchange)
    session.drafted_for = audience_id(planners)
    return add(actor, session, verb="add_session", groups=planners, now=now)


def change_session(actor: Actor, session: Session, *, expected: int, now: datetime, **fields: Any) -> Session:
    """Mends or moves a session; shown and told to nobody but those who plan before the next release.

    `expected` is the version of what the editor saw: what waits for the release where something does. Raises
    `NotAllowedNow` where it was taken out already, `ChangedMeanwhile`.
    """
    return _edit(actor, session, CHANGED, verb="change_session", expected=expected, now=now, **fields)


def drop_session(actor: Actor, session: Session, *, now: datetime, expected: int | None = None) -> Session:
    """Takes a session out of the programme, with the next release where it stands in one; its notes stay.

    `expected` is the version that was seen. Raises `NotAllowedNow` where it was taken out already, `ChangedMeanwhile`.
    """
    return _edit(actor, session, TAKEN_OUT, verb="drop_session", expected=expected, now=now)


@transaction.atomic
def take_back(actor: Actor, session: Session, *, expected: int, now: datetime) -> Session:
    """The change of a released session that waits is not made: it is its source's alone, and the session stays.

    `expected` is the version of what waits. Raises `NotAllowedNow` where nothing does, `ChangedMeanwhile`.
    """
    waits = waiting_for(_held(session))
    if waits is None:
        raise NotAllowedNow("nothing waits to replace this session")
    return _laid_down(actor, waits, verb="take_back", expected=expected, now=now)


def _held(session: Session) -> Session:
    """The session as it is now; nobody else changes it before the transaction ends."""
    held = Session.objects.select_for_update(no_key=True).filter(pk=session.pk).first()
    if held is None:
        raise NotYours("Session cannot be changed by this asker")
    return held


@transaction.atomic
def _edit(
    actor: Actor, session: Session, to: int, *, verb: str, expected: int | None, now: datetime, **fields: Any
) -> Session:
    """Writes what waits to replace a released session; a session that is not released itself. One editor at a time."""
    held = _held(session)
    if held.is_dropped:
        raise NotAllowedNow("this session is taken out of the programme")
    waits = waiting_for(held)
    shown = waits or held
    _in_order(fields.get("starts_at", shown.starts_at), fields.get("ends_at", shown.ends_at))
    if waits is None and is_released(held):
        if expected not in (None, held.version):
            raise ChangedMeanwhile(held)
        return _set_aside(actor, held, to, verb=verb, now=now, **fields)
    if waits is not None:
        fields["position"] = to
    elif to == TAKEN_OUT:
        fields["position"] = 0
    return change(actor, shown, verb=verb, now=now, expected=expected, **fields)


def _set_aside(actor: Actor, session: Session, to: int, *, verb: str, now: datetime, **fields: Any) -> Session:
    """A row with the new values. Its version goes on from the session's, and from that of every change before, taken
    back or released: none is ever seen twice."""
    before = Session.objects.filter(replaces=session.pk).values_list("version", flat=True)
    row = Session(
        exchange=session.exchange,
        replaces=session.pk,
        position=to,
        version=max([session.version, *before]) + 1,
        illustrative=session.illustrative,
        **values_of(session),
    )
    for name, value in fields.items():
        setattr(row, name, value)
    readers = _planning_of(actor, session.exchange, session)
    row.drafted_for = audience_id(readers)
    return add(actor, row, verb=verb, groups=readers, now=now, source=session.source_id)


def _planning_of(actor: Actor, exchange: Exchange, session: Session) -> set[str]:
    """Who of those who plan read this session, and whoever it comes from."""
    return {own_group(actor)} | {name for name in planning(exchange) if inside([name], session)}


def own_group(actor: Actor) -> str:
    """Whoever it is done for."""
    return group("organisation", actor.organisation) if actor.organisation else group("person", actor.person)


def carry_over(actor: Actor, exchange: Exchange, *, now: datetime) -> None:
    """Gives the released sessions what waited for them; then nothing waits, and what did is its source's alone."""
    for row, session in waiting_in(exchange):
        if row.position == CHANGED:
            change(actor, session, verb="change_session", now=now, version=row.version + 1, **values_of(row))
        else:
            change(actor, session, verb="drop_session", now=now, version=row.version + 1, position=0)
        _laid_down(actor, row, verb="release_programme", expected=row.version, now=now)


def _laid_down(actor: Actor, row: Session, *, verb: str, expected: int, now: datetime) -> Session:
    """A change that waits no more is kept, for its source alone."""
    kept = audience_id([own_group(actor)])
    return change(actor, row, verb=verb, now=now, expected=expected, position=0, audience_id=kept, drafted_for=kept)


def _in_order(starts_at: datetime | None, ends_at: datetime | None) -> None:
    if starts_at and ends_at and ends_at <= starts_at:
        raise ValueError("a session cannot end before it starts")


@transaction.atomic
def share_drafts(actor: Actor, exchange: Exchange, *, now: datetime) -> None:
    """A party came: who speaks for it reads the drafts too."""
    fresh = Exchange.objects.select_related("audience").get(pk=exchange.pk)
    replaced = {row.pk: session for row, session in waiting_in(fresh)}
    planners = audience_id(planning(fresh))
    for draft in drafts_of(actor, exchange).exclude(position=0, replaces__isnull=False):
        session = replaced.get(draft.pk)
        wanted = audience_id(_planning_of(actor, fresh, session)) if session else planners
        if draft.audience_id != wanted:
            change(actor, draft, verb="share", now=now, audience_id=wanted, drafted_for=wanted)


def drafts_of(actor: Actor, exchange: Exchange) -> QuerySet[Session]:
    """The sessions that are not released yet and have the readers of a draft."""
    found = Session.objects.filter(exchange=exchange, source_id=actor.source, drafted_for=F("audience_id"))
    return found.order_by("id")
