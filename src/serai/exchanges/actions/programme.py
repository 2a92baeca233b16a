"""The programme as a whole: sites with their rules, the safety check, the release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from serai.audit.actions import Actor, ChangedMeanwhile, NotYours, add, change
from serai.core.lifecycle import NotAllowedNow
from serai.directory.models import City, Organisation
from serai.exchanges.actions.sessions import carry_over, drafts_of, own_group
from serai.exchanges.actions.tasklist import finish_tasks
from serai.exchanges.affected import affected, tell_release
from serai.exchanges.checked import is_checked, programme_digest, snapshot
from serai.exchanges.differences import digest_of, unreleased
from serai.exchanges.models import Exchange, ProgrammeRelease, SafetyCheck, Session, Site
from serai.exchanges.tasklist import SAFETY_QUESTIONS

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
def release_programme(
    actor: Actor, exchange: Exchange, *, now: datetime, expected: str | None = None
) -> ProgrammeRelease:
    """Releases the programme as it stands: those of the exchange read it now, and whom it affects is told. What is
    kept of it is the organiser's alone: it holds every session, also those that fewer may read. One release at a time,
    and none while a session is changed.

    `expected` is the digest of the changes that whoever releases it saw. Raises `ChangedMeanwhile`, `NotCheckedYet`.
    """
    exchange = _held(actor, exchange)
    if expected not in (None, digest_of(unreleased(exchange))):
        raise ChangedMeanwhile(exchange)
    if not is_checked(exchange):
        raise NotCheckedYet("two people of different organisations must answer the safety questions first")
    people = affected(exchange, today=now.date()) - {actor.person}
    carry_over(actor, exchange, now=now)
    release = ProgrammeRelease(
        exchange=exchange,
        number=exchange.programme_number + 1,
        programme=snapshot(exchange),
        illustrative=exchange.illustrative,
    )
    add(actor, release, verb="release_programme", groups=[own_group(actor)], now=now)
    state = "released" if exchange.state == "planned" else exchange.state
    change(actor, exchange, verb="release_programme", now=now, programme_number=release.number, state=state)
    for session in drafts_of(actor, exchange).filter(pk__in=[row["id"] for row in release.programme]):
        change(actor, session, verb="share", now=now, audience_id=exchange.audience_id, drafted_for=None)
    finish_tasks(actor, exchange.pk, RELEASED, now=now)
    tell_release(release, people, now=now)
    return release


def _held(actor: Actor, exchange: Exchange) -> Exchange:
    """The exchange as it is now; nobody else changes it or its sessions before the transaction ends."""
    held = Exchange.objects.select_for_update(no_key=True).filter(pk=exchange.pk).first()
    if held is None:
        raise NotYours("Exchange cannot be changed by this asker")
    mine = Session.objects.select_for_update(no_key=True).filter(exchange=held, source_id=actor.source)
    list(mine.order_by("id").values_list("id"))
    return held
