"""The programme: sites with their rules, sessions, the safety check, the release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from serai.audit.actions import Actor, add, audience_id, change
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.directory.models import City, Organisation
from serai.exchanges.actions.arranging import finish_tasks
from serai.exchanges.affected import affected, tell_release
from serai.exchanges.checked import is_checked, programme_digest, snapshot
from serai.exchanges.models import IN_PROGRAMME, Exchange, Party, ProgrammeRelease, SafetyCheck, Session, Site
from serai.exchanges.tasklist import SAFETY_QUESTIONS
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
    wanted = audience_id(planning(fresh))
    for session in _drafts(actor, exchange).exclude(audience=wanted):
        change(actor, session, verb="share", now=now, audience_id=wanted, drafted_for=wanted)


def _drafts(actor: Actor, exchange: Exchange) -> QuerySet[Session]:
    """The sessions that are not released yet and have the readers of a draft."""
    found = Session.objects.filter(exchange=exchange, source_id=actor.source, drafted_for=F("audience_id"))
    return found.order_by("id")


def change_session(actor: Actor, session: Session, *, expected: int, now: datetime, **fields: Any) -> Session:
    """Mends or moves a session; told to nobody before the next release."""
    _in_order(fields.get("starts_at", session.starts_at), fields.get("ends_at", session.ends_at))
    return change(actor, session, verb="change_session", now=now, expected=expected, **fields)


def drop_session(actor: Actor, session: Session, *, now: datetime) -> Session:
    """Takes a session out of the programme; what was noted in it stays."""
    return change(actor, session, verb="drop_session", now=now, position=0)


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
    release = ProgrammeRelease(
        exchange=exchange,
        number=exchange.programme_number + 1,
        programme=snapshot(exchange),
        illustrative=exchange.illustrative,
    )
    own = group("organisation", actor.organisation) if actor.organisation else group("person", actor.person)
    add(actor, release, verb="release_programme", groups=[own], now=now)
    state = "released" if exchange.state == "planned" else exchange.state
    change(actor, exchange, verb="release_programme", now=now, programme_number=release.number, state=state)
    for session in _drafts(actor, exchange).filter(IN_PROGRAMME):
        change(actor, session, verb="share", now=now, audience_id=exchange.audience_id, drafted_for=None)
    finish_tasks(actor, exchange.pk, RELEASED, now=now)
    tell_release(release, people, now=now)
    return release
