"""An exchange is planned, changed, begun and closed; its goals are set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from serai.audit.actions import Actor, add, change
from serai.core.lifecycle import NotAllowedNow, moved
from serai.directory.models import City, Organisation
from serai.exchanges.actions.taking_part import add_party
from serai.exchanges.actions.tasklist import add_tasks, move_tasks
from serai.exchanges.circles import inner_circle
from serai.exchanges.models import Exchange, Goal
from serai.exchanges.tasklist import ORGANISER
from serai.needs.actions import mark_planned
from serai.needs.models import Match
from serai.partnerships.models import Partnership
from serai.web.dates import day_of


@transaction.atomic
def plan_exchange(
    actor: Actor,
    *,
    title: str,
    organiser: Organisation,
    place: City | None,
    starts_on: date | None,
    ends_on: date | None,
    now: datetime,
    form: str = "in_person",
    when: str = "",
    themes: Sequence[str] = (),
    summary: str = "",
    match: Match | None = None,
    partnership: Partnership | None = None,
    readers: Iterable[str] | None = None,
    benchmark: bool = False,
    illustrative: bool = False,
) -> Exchange:
    """Plans an exchange with its task list; one that grows from a match brings the cities of the match.

    Readers, unless said otherwise: those taking part, the organiser, and each party's speaker.
    """
    if starts_on and ends_on and ends_on < starts_on:
        raise ValueError("an exchange cannot end before it starts")
    exchange = Exchange(
        title=title,
        organiser=organiser,
        place=place,
        starts_on=starts_on,
        ends_on=ends_on,
        form=form,
        when=when,
        themes=list(themes),
        summary=summary,
        match=match,
        partnership=partnership,
        benchmark=benchmark,
        illustrative=illustrative,
    )
    groups = set(readers) if readers is not None else inner_circle(exchange)
    add(actor, exchange, verb="plan_exchange", groups=groups, now=now)
    if match is not None:
        mark_planned(actor, match, now=now)
        _bring_cities(actor, exchange, match, now)
    add_tasks(actor, exchange, None, {ORGANISER}, now=now)
    return Exchange.objects.get(pk=exchange.pk)


def record_exchange(
    actor: Actor,
    *,
    title: str,
    organiser: Organisation,
    readers: Iterable[str],
    now: datetime,
    place: City | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    when: str = "",
    form: str = "in_person",
    summary: str = "",
    partnership: Partnership | None = None,
    illustrative: bool = False,
) -> Exchange:
    """Writes down an exchange that took place before Serai knew of it: no task list, as exact as it is known."""
    exchange = Exchange(
        title=title,
        organiser=organiser,
        place=place,
        starts_on=starts_on,
        ends_on=ends_on,
        when=when,
        form=form,
        summary=summary,
        partnership=partnership,
        state="closed",
        illustrative=illustrative,
    )
    return add(actor, exchange, verb="record_exchange", groups=readers, now=now)


def _bring_cities(actor: Actor, exchange: Exchange, match: Match, now: datetime) -> None:
    source = match.need.source_id
    own = Organisation.objects.filter(pk=source).first() if source else None
    add_party(actor, exchange, kind="city", city=match.need.city, speaker=own, now=now)
    for answer in match.answers.filter(answer="accepted").select_related("city", "organisation").order_by("id"):
        if answer.city_id != match.need.city_id:
            add_party(actor, exchange, kind="city", city=answer.city, speaker=answer.organisation, now=now)


def add_goal(actor: Actor, exchange: Exchange, text: str, *, now: datetime) -> Goal:
    """What those taking part want to have learnt or decided."""
    goal = Goal(exchange=exchange, text=text, position=exchange.goals.count() + 1, illustrative=exchange.illustrative)
    return add(actor, goal, verb="add_goal", groups=exchange.audience.groups, now=now)


@transaction.atomic
def change_exchange(actor: Actor, exchange: Exchange, *, expected: int, now: datetime, **fields: Any) -> Exchange:
    """Mends an exchange; `expected` is the version the editor saw. Where its days move, what is due moves along."""
    changed = change(actor, exchange, verb="change_exchange", now=now, expected=expected, **fields)
    move_tasks(actor, changed, now=now)
    return changed


class NotTheDayYet(NotAllowedNow):
    """The first or the last day of the exchange has not come at its place, or it has no days yet."""


def _has_come(exchange: Exchange, since: date | None, now: datetime) -> None:
    if since is None:
        raise NotTheDayYet("say first on which days the exchange takes place")
    if day_of(now, exchange.time_zone) < since:
        raise NotTheDayYet(f"this can be said from {since.isoformat()} on")


def _move(actor: Actor, exchange: Exchange, to: str, now: datetime, verb: str) -> Exchange:
    return change(actor, exchange, verb=verb, now=now, state=moved("exchange", exchange.state, to))


def begin_exchange(actor: Actor, exchange: Exchange, *, now: datetime) -> Exchange:
    """The first day has come; said from the day before on. Raises `NotTheDayYet`."""
    moved("exchange", exchange.state, "live")
    _has_come(exchange, exchange.begins_from, now)
    return _move(actor, exchange, "live", now, "begin_exchange")


def close_exchange(actor: Actor, exchange: Exchange, *, now: datetime) -> Exchange:
    """The days together are over; what follows is the follow-up. Raises `NotTheDayYet` before the last."""
    moved("exchange", exchange.state, "closed")
    _has_come(exchange, exchange.closes_from, now)
    return _move(actor, exchange, "closed", now, "close_exchange")


def cancel_exchange(actor: Actor, exchange: Exchange, *, now: datetime) -> Exchange:
    """The exchange does not take place."""
    return _move(actor, exchange, "cancelled", now, "cancel_exchange")


def close_recorded(actor: Actor, exchange: Exchange, *, now: datetime) -> Exchange:
    """An exchange whose days are long over is closed without having been followed here day by day."""
    if exchange.ends_on is None or exchange.ends_on >= now.date():
        raise NotAllowedNow("the days of this exchange are not over")
    return change(actor, exchange, verb="close_exchange", now=now, state="closed")
