"""Parties are named, and people join them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from serai.audit.actions import Actor, add, change, change_audience
from serai.core.audience import group
from serai.directory.models import City, Organisation, Person
from serai.exchanges.actions.sessions import share_drafts
from serai.exchanges.actions.tasklist import add_tasks
from serai.exchanges.circles import inner_circle
from serai.exchanges.models import Exchange, Participant, Party
from serai.exchanges.tasklist import EACH, EACH_CITY
from serai.sharing.actions import share_record


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
    all who take part, the whole task list and every draft, and has tasks in it."""
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
        add_tasks(actor, exchange, party, {EACH, EACH_CITY} if kind == "city" else {EACH}, now=now)
        share_drafts(actor, exchange, now=now)
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
