"""What the organiser is warned of beside the programme, with one-tap repairs. Nothing of it blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from serai.directory.models import City
from serai.exchanges.models import Exchange, Participant, Party, Session
from serai.exchanges.public_holidays import holidays_on
from serai.web import dates
from serai.web.pages import Here

if TYPE_CHECKING:
    from serai.core.clashes import Clash, Item

STATES = ("planned", "released", "live")  # in which a programme can still be changed


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One line: what clashes, which sessions, and the repair as the fields of the form that changes a session."""

    fact: str
    when: str
    sessions: tuple[Session, ...] = ()
    label: str = ""
    change: UUID | None = None
    fields: Mapping[str, Any] | None = None


def clashing(here: Here, exchange: Exchange) -> list[Warned]:
    """What clashes in a programme that the asker arranges; empty for everyone else, without asking the database."""
    if exchange.state not in STATES or not here.owns(exchange):
        return []
    from serai.core.clashes import Visit, clashes  # late: only organisers need the engine

    zone = exchange.place.time_zone if exchange.place else "UTC"
    parties = list(Party.objects.filter(exchange=exchange).select_related("city").order_by("id"))
    sessions = {
        str(s.id): s
        for s in Session.objects.filter(exchange=exchange, position__gt=0)
        .exclude(starts_at=None)
        .select_related("site__city")
        .order_by("starts_at", "id")
    }
    warned: list[Warned] = []
    if sessions:
        guests = _guests(exchange)
        days = [dates.day_of(s.starts_at, zone) for s in sessions.values() if s.starts_at]
        visit = Visit(
            first_day=exchange.starts_on or min(days),
            last_day=exchange.ends_on or exchange.starts_on or max(days),
            zone=zone,
            items=tuple(_item(s, guests) for s in sessions.values()),
            at=_where(exchange.place),
        )
        warned = [_warned(clash, sessions, zone) for clash in clashes(visit)]
    return warned + _holidays(exchange, parties)


def _where(city: City | None) -> tuple[float, float] | None:
    return (city.latitude, city.longitude) if city else None


def _guests(exchange: Exchange) -> dict[int | None, int]:
    """How many come from each city."""
    counted: dict[int | None, int] = {}
    rows = Participant.objects.filter(exchange=exchange, ended_on=None).values_list("party__city_id", "how_many")
    for city, count in rows:
        counted[city] = counted.get(city, 0) + count
    return counted


def _item(session: Session, guests: Mapping[int | None, int]) -> Item:
    from serai.core.clashes import Item

    assert session.starts_at is not None
    site = session.site
    who = {f"city {session.city_id}"} if session.city_id else set()
    if site is not None:
        who.add(f"host {site.host_id}")
    return Item(
        id=str(session.id),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=" ".join((site.name if site else session.where).casefold().split()),
        at=_where(site.city) if site else None,
        who=frozenset(who),
        beside=session.beside,
        most_guests=site.most_guests if site else None,
        guests=sum(count for city, count in guests.items() if site is None or city is None or city != site.city_id),
    )


def _warned(clash: Clash, sessions: Mapping[str, Session], zone: str) -> Warned:
    found = tuple(sessions[id] for id in clash.items)
    assert found[-1].starts_at is not None
    label, change, fields = "", None, None
    if clash.move and clash.to:
        moved = sessions[clash.move]
        same_day = moved.starts_at and dates.day_of(moved.starts_at, zone) == dates.day_of(clash.to, zone)
        time = dates.clock(clash.to, zone) if same_day else dates.moment(clash.to, zone)
        label = _("Move “%(session)s” to %(time)s") % {"session": moved.title, "time": time}
        change, fields = moved.id, _fields(moved, clash.to, zone)
    fact = _fact(clash, found)
    when = dates.moment(found[-1].starts_at, zone)
    return Warned(fact=fact, when=when, sessions=found, label=label, change=change, fields=fields)


def _fact(clash: Clash, found: Sequence[Session]) -> str:
    """The clash in a sentence."""
    if clash.kind == "guests":
        return _("More guests come than this site takes.")
    if clash.kind == "way":
        said = _("The way takes about %(minutes)d minutes in a straight line. The break is shorter.")
        return said % {"minutes": clash.minutes}
    return {
        "room": _("Two sessions are in the same place at once."),
        "who": _("The same city or host is needed in two sessions at once."),
        "at once": _("Two sessions run at once. Is that meant? Then mark both."),
        "outside": _("This is not on a day of the exchange."),
        "clock": _("The clocks change in this hour. Choose another hour."),
    }[clash.kind]


def _fields(session: Session, to: datetime, zone: str) -> dict[str, Any]:
    """What the form that changes a session posts, with the other hours."""
    assert session.starts_at is not None
    fields = {
        "title": session.title,
        "kind": session.kind,
        "starts_at": dates.local(to, zone),
        "where": session.where,
        "site": session.site_id or "",
        "version": session.version,
    }
    if session.ends_at:
        fields["ends_at"] = dates.local(to + (session.ends_at - session.starts_at), zone)
    return fields | {name: "on" for name in ("chatham", "open_to_invited", "beside") if getattr(session, name)}


def _holidays(exchange: Exchange, parties: Sequence[Party]) -> list[Warned]:
    """Public holidays on the days of the exchange, each with the cities that keep it."""
    if exchange.starts_on is None:
        return []
    cities = [c for c in (exchange.place, *(p.city for p in parties)) if c is not None]
    found = holidays_on(exchange.starts_on, exchange.ends_on or exchange.starts_on, {c.country for c in cities})
    lines = []
    for day, country, name in found:
        there = dict.fromkeys(c.name for c in cities if c.country == country)
        said = _("Public holiday in %(cities)s: %(name)s.") % {"cities": ", ".join(there), "name": name}
        lines.append(Warned(fact=said, when=dates.day(day)))
    return lines
