"""The programme: sites with their rules, sessions, the safety check, the release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from serai.audit.actions import Actor, ChangedMeanwhile, NotYours, add, audience_id, change
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.directory.models import City, Organisation
from serai.exchanges.actions.arranging import finish_tasks
from serai.exchanges.affected import affected, tell_release
from serai.exchanges.checked import is_checked, programme_digest, snapshot
from serai.exchanges.models import (
    CHANGED,
    IN_PROGRAMME,
    TAKEN_OUT,
    Exchange,
    Party,
    ProgrammeRelease,
    SafetyCheck,
    Session,
    Site,
)
from serai.exchanges.tasklist import SAFETY_QUESTIONS
from serai.exchanges.waiting import is_released, values_of, waiting_for, waiting_in
from serai.practices.models import Practice
from serai.sharing.actions import inside

# What a released programme has behind it.
RELEASED = ("draft_programme", "site_rules", "safety_check", "release_programme")
DECISIONS = ("go", "conditions", "stop")


class NotCheckedYet(NotAllowedNow):
    """The programme needs two safety checks of different organisations before it is released."""


def add_site(
    actor: Actor,
    *,
    name: str,
    host: Organisation,
    readers: Iterable[str],
    now: datetime,
    city: City | None = None,
    illustrative: bool = False,
    because: str = "",
    **rules: Any,
) -> Site:
    """A place to visit with its host's rules (`most_guests`, `photos`, `who_may_come`, `may_repeat`)."""
    site = Site(name=name, host=host, city=city, illustrative=illustrative, **rules)
    return add(actor, site, verb="add_site", groups=readers, now=now, because=because)


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


def planning(exchange: Exchange) -> set[str]:
    """Who reads a draft: the organiser, and the organisations that speak for a party and read the exchange."""
    speakers = Party.objects.filter(exchange=exchange).exclude(speaker=None).values_list("speaker_id", flat=True)
    names = {group("organisation", id) for id in speakers}
    return {group("organisation", exchange.organiser_id)} | {name for name in names if inside([name], exchange)}


@transaction.atomic
def share_drafts(actor: Actor, exchange: Exchange, *, now: datetime) -> None:
    """A party came: who speaks for it reads the drafts too."""
    fresh = Exchange.objects.select_related("audience").get(pk=exchange.pk)
    replaced = {row.pk: session for row, session in waiting_in(fresh)}
    planners = audience_id(planning(fresh))
    for draft in _drafts(actor, exchange).exclude(position=0, replaces__isnull=False):
        session = replaced.get(draft.pk)
        wanted = audience_id(_planning_of(actor, fresh, session)) if session else planners
        if draft.audience_id != wanted:
            change(actor, draft, verb="share", now=now, audience_id=wanted, drafted_for=wanted)


def _drafts(actor: Actor, exchange: Exchange) -> QuerySet[Session]:
    """The sessions that are not released yet and have the readers of a draft."""
    found = Session.objects.filter(exchange=exchange, source_id=actor.source, drafted_for=F("audience_id"))
    return found.order_by("id")


def change_session(actor: Actor, session: Session, *, expected: int, now: datetime, **fields: Any) -> Session:
    """Mends or moves a session; shown and told to nobody but those who plan before the next release.

    `expected` is the version of what the editor saw: what waits for the release where something does.
    """
    return _edit(actor, session, CHANGED, verb="change_session", expected=expected, now=now, **fields)


def drop_session(actor: Actor, session: Session, *, now: datetime) -> Session:
    """Takes a session out of the programme, with the next release where it stands in one; its notes stay."""
    return _edit(actor, session, TAKEN_OUT, verb="drop_session", expected=None, now=now)


@transaction.atomic
def _edit(
    actor: Actor, session: Session, to: int, *, verb: str, expected: int | None, now: datetime, **fields: Any
) -> Session:
    """Writes what waits to replace a released session; a session that is not released itself. One editor at a time."""
    held = Session.objects.select_for_update().filter(pk=session.pk).first()
    if held is None:
        raise NotYours("Session cannot be changed by this asker")
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
    """A row with the new values. Its version goes on from the session's, so that none is ever seen twice."""
    row = Session(
        exchange=session.exchange,
        replaces=session.pk,
        position=to,
        version=session.version + 1,
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
    return {_own(actor)} | {name for name in planning(exchange) if inside([name], session)}


def _own(actor: Actor) -> str:
    return group("organisation", actor.organisation) if actor.organisation else group("person", actor.person)


def _carry_over(actor: Actor, exchange: Exchange, *, now: datetime) -> None:
    """Gives the released sessions what waited for them; then nothing waits, and what did is its source's alone."""
    kept = audience_id([_own(actor)])
    for row, session in waiting_in(exchange):
        if row.position == CHANGED:
            change(actor, session, verb="change_session", now=now, version=row.version + 1, **values_of(row))
        else:
            change(actor, session, verb="drop_session", now=now, version=row.version + 1, position=0)
        change(actor, row, verb="release_programme", now=now, position=0, audience_id=kept, drafted_for=kept)


def _in_order(starts_at: datetime | None, ends_at: datetime | None) -> None:
    if starts_at and ends_at and ends_at <= starts_at:
        raise ValueError("a session cannot end before it starts")


def check_safety(
    actor: Actor,
    exchange: Exchange,
    *,
    answers: Mapping[int, Mapping[str, Any]],
    decision: str,
    now: datetime,
    because: str = "",
) -> SafetyCheck:
    """One person's answers to the ten do-no-harm questions, with what is done about each risk.

    Raises `ValueError` when a question is not answered, or a risk has no answer to it.
    """
    if decision not in DECISIONS:
        raise ValueError(f"a safety check cannot decide {decision}")
    for number in range(1, len(SAFETY_QUESTIONS) + 1):
        given = answers.get(number)
        if given is None:
            raise ValueError(f"question {number} is not answered")
        if given["risk"] and not str(given.get("what_we_do", "")).strip():
            raise ValueError(f"question {number} names a risk, but not what is done about it")
    check = SafetyCheck(
        exchange=exchange,
        person_id=actor.person,
        answers={str(number): dict(given) for number, given in answers.items()},
        decision=decision,
        programme_digest=programme_digest(exchange),
        illustrative=exchange.illustrative,
    )
    return add(actor, check, verb="check_safety", groups=exchange.audience.groups, now=now, because=because)


@transaction.atomic
def release_programme(actor: Actor, exchange: Exchange, *, now: datetime) -> ProgrammeRelease:
    """Releases the programme as it stands: those of the exchange read it now, and whom it affects is told. What is
    kept of it is the organiser's alone: it holds every session, also those that fewer may read. Raises
    `NotCheckedYet`."""
    if not is_checked(exchange):
        raise NotCheckedYet("two people of different organisations must answer the safety questions first")
    people = affected(exchange, today=now.date()) - {actor.person}
    _carry_over(actor, exchange, now=now)
    release = ProgrammeRelease(
        exchange=exchange,
        number=exchange.programme_number + 1,
        programme=snapshot(exchange),
        illustrative=exchange.illustrative,
    )
    add(actor, release, verb="release_programme", groups=[_own(actor)], now=now)
    state = "released" if exchange.state == "planned" else exchange.state
    change(actor, exchange, verb="release_programme", now=now, programme_number=release.number, state=state)
    for session in _drafts(actor, exchange).filter(IN_PROGRAMME):
        change(actor, session, verb="share", now=now, audience_id=exchange.audience_id, drafted_for=None)
    finish_tasks(actor, exchange.pk, RELEASED, now=now)
    tell_release(release, people, now=now)
    return release
