"""Reads of exchanges: the list, one with its parties, and who takes part in it."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import Prefetch, QuerySet

from serai.audit.actions import Actor
from serai.directory.queries import held
from serai.exchanges.models import Exchange, Participant, Party
from serai.sharing.readable import readable


def exchanges_readable() -> QuerySet[Exchange]:
    """The exchanges the asker may read, the latest first, with their parties."""
    parties = Party.objects.select_related("city").order_by("id")
    found = readable(Exchange.objects.select_related("place", "organiser"))
    return found.prefetch_related(Prefetch("parties", parties)).order_by("-starts_on", "-id")


def exchange_page(id: uuid.UUID) -> Exchange:
    """One exchange with parties and their people, goals. Raises `Exchange.DoesNotExist`."""
    people = Participant.objects.filter(ended_on=None).select_related("person").order_by("id")
    parties = (
        Party.objects.select_related("city", "speaker")
        .prefetch_related(Prefetch("participants", people))
        .order_by("id")
    )
    return (
        Exchange.objects.select_related("place", "organiser", "audience", "match", "partnership")
        .prefetch_related(Prefetch("parties", parties), "goals")
        .get(pk=id)
    )


def own_exchange(id: uuid.UUID, actor: Actor) -> Exchange:
    """One that the asker organises. Raises `Exchange.DoesNotExist`."""
    return Exchange.objects.select_related("place", "audience", "organiser").get(pk=id, source_id=actor.source)


def takes_part(exchange: Exchange, actor: Actor, *, today: date) -> bool:
    """Whether this person, for this organisation, organises the exchange, speaks for a party or is named in one."""
    if exchange.source_id in (actor.organisation, actor.person):
        return True
    if actor.organisation is not None and Party.objects.filter(exchange=exchange, speaker=actor.organisation).exists():
        return True
    return Participant.objects.filter(held(today), exchange=exchange, person=actor.person).exists()
