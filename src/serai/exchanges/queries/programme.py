"""The programme by day: its heading, its sessions as a release now would leave them, what runs now."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, UUIDField, Value
from django.db.models.functions import Concat

from serai.db.keys import SpokenFor
from serai.db.ready import Gap, Ready
from serai.exchanges.models import IN_PROGRAMME, TAKEN_OUT, UNDER_WAY, Exchange, Party, Session, Site
from serai.web.dates import day_of


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of the programme at its place, with its sessions in order."""

    day: date | None
    sessions: tuple[Slot, ...]


class Slot(NamedTuple):
    """What a line of a programme says of a session. `site` is empty where there is none, or none to be read."""

    id: uuid.UUID
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    where: str
    site: str | None
    site_id: uuid.UUID | None
    position: int
    replaces: uuid.UUID | None

    @property
    def taken_out(self) -> bool:
        """Whether it goes with the next release."""
        return self.position == TAKEN_OUT


_SLOTS = Ready(
    Slot,
    lambda: (
        Session.objects.filter(exchange=Gap("exchange", UUIDField()))
        .exclude(position=0)
        .order_by(F("starts_at").asc(nulls_last=True), "position", "id")
        .values_list("id", "title", "starts_at", "ends_at", "where", "site__name", "site_id", "position", "replaces")
    ),
)


def programme_sessions(exchange: uuid.UUID, *, under_way: bool = True) -> tuple[Slot, ...]:
    """The sessions of an exchange in order of time; those without a time in the order they were added.

    Of what changes with the next release, those who plan get the new values, and a position below nought.
    """
    found = _SLOTS.all(exchange=exchange)
    waiting = {slot.replaces: slot for slot in found if slot.position < 0}
    if not waiting:
        return tuple(found)
    there = [slot for slot in found if slot.position > 0]
    if not under_way:
        return tuple(there)
    pairs = ((slot, waiting.get(slot.id, slot)) for slot in there)
    shown = ((slot, new._replace(id=slot.id)) for slot, new in pairs)
    return tuple(new for _old, new in sorted(shown, key=_in_order))


def _in_order(pair: tuple[Slot, Slot]) -> tuple[bool, float, int, uuid.UUID]:
    old, new = pair
    return (new.starts_at is None, new.starts_at.timestamp() if new.starts_at else 0, old.position, old.id)


def session_page(id: uuid.UUID) -> tuple[Session, int]:
    """One session as a release now would leave it, as far as the asker reads what waits, and where that stands (0:
    nothing waits). Raises `Session.DoesNotExist`."""
    rows = Session.objects.filter(Q(pk=id) | Q(replaces=id, position__lt=0)).select_related(
        "exchange__place", "exchange__audience", "audience", "site__host", "city", "practice"
    )
    found = {row.pk == id: row for row in rows.order_by("id")}
    if True not in found:
        raise Session.DoesNotExist
    session, new = found[True], found.get(False)
    if new is None or not session.exchange.under_way:
        return session, 0
    where = new.position
    for name in ("pk", "position", "audience", "source_id", "hidden_at"):
        setattr(new, name, getattr(session, name))
    return new, where


class Heading(NamedTuple):
    """What the page of a programme says of its exchange. `own`: the asker speaks for whom it comes from.

    `cities`: those taking part, each with its time zone and a blank before its name.
    """

    id: uuid.UUID
    title: str
    state: str
    place: str | None
    time_zone: str | None
    source_id: uuid.UUID
    own: bool
    hidden_at: datetime | None
    illustrative: bool
    groups: tuple[str, ...]
    label: str
    cities: tuple[str, ...]

    @property
    def under_way(self) -> bool:
        """Whether the exchange can still be changed."""
        return self.state in UNDER_WAY


_CITIES = (
    Party.objects.filter(exchange=OuterRef("pk"), city__isnull=False)
    .order_by("id")
    .values_list(Concat("city__time_zone", Value(" "), "city__name"))
)


_HEADING = Ready(
    Heading,
    lambda: Exchange.objects.filter(pk=Gap("exchange", UUIDField())).values_list(
        "id", "title", "state", "place__name", "place__time_zone", "source_id", SpokenFor("source_id"), "hidden_at",
        "illustrative", "audience__groups", "audience__label", ArraySubquery(_CITIES),
    ),
)  # fmt: skip


def programme_heading(exchange: uuid.UUID) -> Heading:
    """The exchange of a programme. Raises `Exchange.DoesNotExist`."""
    found = _HEADING.first(exchange=exchange)
    if found is None:
        raise Exchange.DoesNotExist
    return found._replace(groups=tuple(found.groups), cities=tuple(found.cities))


def by_day(sessions: Sequence[Slot], zone: str) -> list[Day]:
    """Sessions under their days, the days taken at the place of the exchange."""

    def key(session: Slot) -> date | None:
        return day_of(session.starts_at, zone) if session.starts_at else None

    return [Day(day=day, sessions=tuple(group)) for day, group in groupby(sessions, key=key)]


def now_and_next(sessions: Sequence[Slot], now: datetime) -> tuple[Slot | None, Slot | None]:
    """The session that runs, and the next one that begins."""
    sessions = [s for s in sessions if not s.taken_out]
    running = next((s for s in sessions if s.starts_at and s.ends_at and s.starts_at <= now < s.ends_at), None)
    coming = next((s for s in sessions if s.starts_at and s.starts_at > now), None)
    return running, coming


def photo_rules(exchange: Exchange, *, first: Slot | None) -> list[Site]:
    """The sites of an exchange whose hosts say what may be photographed; that of the session `first` comes first."""
    programme = Session.objects.filter(IN_PROGRAMME, exchange=exchange)
    sites = Site.objects.filter(pk__in=programme.values("site")).exclude(photos="").order_by("name", "id")
    at = first.site_id if first else None
    return sorted(sites, key=lambda site: site.pk != at)
