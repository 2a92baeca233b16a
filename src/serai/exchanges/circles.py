"""Who belongs together in an exchange: those of it, and those who plan it."""

from __future__ import annotations

from serai.core.audience import group
from serai.exchanges.models import Exchange, Party
from serai.sharing.actions import inside


def inner_circle(exchange: Exchange) -> set[str]:
    """Those of the exchange: its participants, its organiser, and the organisations that speak for a party."""
    speakers = exchange.parties.exclude(speaker=None).values_list("speaker", flat=True)
    organisations = {exchange.organiser_id, *speakers}
    return {group("exchange", exchange.id)} | {group("organisation", id) for id in organisations}


def planning(exchange: Exchange) -> set[str]:
    """Who reads a draft: the organiser, and the organisations that speak for a party and read the exchange."""
    speakers = Party.objects.filter(exchange=exchange).exclude(speaker=None).values_list("speaker_id", flat=True)
    names = {group("organisation", id) for id in speakers}
    return {group("organisation", exchange.organiser_id)} | {name for name in names if inside([name], exchange)}
