"""An exchange is planned, parties are named, people join, tasks get done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from serai.audit.actions import Actor, add, change, change_audience
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow, moved
from serai.directory.models import City, Organisation, Person
from serai.exchanges.models import Exchange, Goal, Participant, Party, Task
from serai.exchanges.tasklist import EACH, EACH_CITY, LINES, ORGANISER, Line
from serai.needs.actions import mark_planned
from serai.needs.models import Match
from serai.partnerships.models import Partnership
from serai.sharing.actions import share_record
from serai.web.dates import day_of


def inner_circle(exchange: Exchange) -> set[str]:
    """Those of the exchange: its participants, its organiser, and the organisations that speak for a party."""
    speakers = exchange.parties.exclude(speaker=None).values_list("speaker", flat=True)
    organisations = {exchange.organiser_id, *speakers}
    return {group("exchange", exchange.id)} | {group("organisation", id) for id in organisations}


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
    for line in LINES:
        if line.whose == ORGANISER:
            _add_task(actor, exchange, line, None, now)
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


def _due(exchange: Exchange, line: Line) -> date | None:
    start = exchange.ends_on if line.phase == "after" else exchange.starts_on
    return start + timedelta(days=line.days) if start else None


def _add_task(actor: Actor, exchange: Exchange, line: Line, party: Party | None, now: datetime) -> Task:
    task = Task(
        exchange=exchange,
        phase=line.phase,
        code=line.code,
        party=party,
        due_on=_due(exchange, line),
        minutes=line.minutes,
        illustrative=exchange.illustrative,
    )
    return add(actor, task, verb="add_task", groups=inner_circle(exchange), now=now)


@transaction.atomic
def add_party(
    actor: Actor,
    exchange: Exchange,
    *,
    kind: str,
    now: datetime,
    city: City | None = None,
    speaker: Organisation | None = None,
    in_words: str = "",
    expected: int = 0,
    readers: Iterable[str] | None = None,
) -> Party:
    """The organiser names who takes part. A speaker's organisation then reads what is shared with the exchange, with
    all who take part and the whole task list, and has tasks in it."""
    party = Party(
        exchange=exchange,
        kind=kind,
        city=city,
        speaker=speaker,
        in_words=in_words,
        expected=expected,
        illustrative=exchange.illustrative,
    )
    spoken = {group("organisation", speaker.id)} if speaker is not None else set()
    groups = set(readers) if readers is not None else inner_circle(exchange) | spoken
    add(actor, party, verb="add_party", groups=groups, now=now)
    if speaker is not None and exchange.state != "closed":
        _let_read(actor, exchange, speaker, now)
        for line in LINES:
            if line.whose == EACH or (line.whose == EACH_CITY and kind == "city"):
                _add_task(actor, exchange, line, party, now)
    return party


def _let_read(actor: Actor, exchange: Exchange, speaker: Organisation, now: datetime) -> None:
    """What the exchange shares with those taking part, its list and who takes part are this speaker's to read too."""
    fresh = Exchange.objects.select_related("audience").get(pk=exchange.pk)
    inner, wanted = group("exchange", exchange.id), group("organisation", speaker.id)
    if inner in fresh.audience.groups and wanted not in fresh.audience.groups:
        share_record(actor, fresh, {*fresh.audience.groups, wanted}, now=now)
    for rows in (exchange.parties, exchange.tasks):
        for row in rows.filter(source_id=actor.source).select_related("audience").order_by("id"):
            if inner in row.audience.groups and wanted not in row.audience.groups:
                change_audience(actor, row, {*row.audience.groups, wanted}, now=now, because="takes part")


def name_participant(
    actor: Actor,
    party: Party,
    *,
    now: datetime,
    person: Person | None = None,
    in_words: str = "",
    how_many: int = 1,
    sector: str = "",
    readers: Iterable[str] | None = None,
) -> Participant:
    """A party names one of its people, or people in words ("two ambassadors").

    A person reads from that day on what is shared with the exchange. Raises `NotYours` for anyone who speaks
    neither for the party nor for the exchange.
    """
    if (person is None) == (in_words == ""):
        raise ValueError("name a person, or say in words who it is")
    participant = Participant(
        exchange_id=party.exchange_id,
        party=party,
        person=person,
        in_words=in_words,
        how_many=how_many,
        sector=sector,
        started_on=now.date(),
        illustrative=party.illustrative,
    )
    groups = set(readers) if readers is not None else inner_circle(party.exchange)
    return add(actor, participant, verb="name_participant", groups=groups, now=now)


def end_participation(actor: Actor, participant: Participant, *, on: date, now: datetime) -> Participant:
    """Someone no longer takes part: from that day on they read nothing through the exchange."""
    return change(actor, participant, verb="end_participation", now=now, ended_on=on)


def add_goal(actor: Actor, exchange: Exchange, text: str, *, now: datetime) -> Goal:
    """What those taking part want to have learnt or decided."""
    goal = Goal(exchange=exchange, text=text, position=exchange.goals.count() + 1, illustrative=exchange.illustrative)
    return add(actor, goal, verb="add_goal", groups=exchange.audience.groups, now=now)


@transaction.atomic
def change_exchange(actor: Actor, exchange: Exchange, *, expected: int, now: datetime, **fields: Any) -> Exchange:
    """Mends an exchange; `expected` is the version the editor saw. Where its days move, what is due moves along."""
    changed = change(actor, exchange, verb="change_exchange", now=now, expected=expected, **fields)
    lines = {line.code: line for line in LINES}
    for task in Task.objects.filter(exchange=exchange, done_at=None, code__in=list(lines)).order_by("id"):
        due = _due(changed, lines[task.code])
        if task.due_on != due:
            change(actor, task, verb="move_task", now=now, due_on=due)
    return changed


def finish_task(actor: Actor, task: Task, *, now: datetime) -> Task:
    """A line of the list is done."""
    if task.done_at is not None:
        raise NotAllowedNow("this is done already")
    return change(actor, task, verb="finish_task", now=now, done_at=now)


def finish_tasks(actor: Actor, exchange: UUID, codes: Iterable[str], *, now: datetime) -> None:
    """What the organiser has just done settles these lines of its list too, where they were open."""
    mine = Task.objects.filter(exchange=exchange, party=None, source_id=actor.source, done_at=None)
    for task in mine.filter(code__in=list(codes)).order_by("id"):
        finish_task(actor, task, now=now)


def reopen_task(actor: Actor, task: Task, *, now: datetime) -> Task:
    """A line of the list is to be done again."""
    if task.done_at is None:
        raise NotAllowedNow("this is not done")
    return change(actor, task, verb="reopen_task", now=now, done_at=None)


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
