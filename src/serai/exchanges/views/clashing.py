"""What the organiser is warned of: the first beside the programme, all on a page. One tap repairs; nothing blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.directory.models import City
from serai.exchanges import queries
from serai.exchanges.models import Exchange, Participant, Party, Session
from serai.exchanges.public_holidays import holidays_on
from serai.exchanges.waiting import laid_over
from serai.web import dates
from serai.web.pages import Here, member_page, number_in, show

if TYPE_CHECKING:
    from serai.core.clashes import Clash, Item, Visit

FEW = 3  # lines beside the programme
A_PAGE = 40  # lines on the page of all
NAMED = 3  # sessions named besides the one that clashes with them


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One line: what clashes, which sessions (and how many more), and the repair as the fields of the form for it."""

    fact: str
    when: str
    sessions: tuple[Session, ...] = ()
    more: int = 0
    label: str = ""
    change: UUID | None = None
    fields: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Warnings:
    """Some lines of `count`. `before` and `after` are how many stand before them and until their end, or empty."""

    lines: tuple[Warned, ...] = ()
    count: int = 0
    before: int | str = ""
    after: int | str = ""

    @property
    def whole(self) -> bool:
        """Whether these are all."""
        return len(self.lines) == self.count

    def __bool__(self) -> bool:
        return self.count > 0


def clashing(here: Here, exchange: Exchange, *, first: int = 0, size: int = FEW) -> Warnings:
    """What clashes in a programme that the asker arranges; empty for everyone else, without asking the database.

    A free time is looked for only for the lines given, so that a programme of hundreds stays quick.
    """
    if not exchange.under_way or not here.owns(exchange):
        return Warnings()
    from serai.core.clashes import clashes  # late: only organisers need the engine

    zone = exchange.place.time_zone if exchange.place else "UTC"
    parties = list(Party.objects.filter(exchange=exchange).select_related("city").order_by("id"))
    sessions = {
        str(s.id): s
        for s in laid_over(Session.objects.filter(exchange=exchange).exclude(position=0).select_related("site__city"))
        if s.starts_at
    }
    sessions = dict(sorted(sessions.items(), key=lambda pair: (pair[1].starts_at, pair[1].id)))
    holidays = _holidays(exchange, parties)
    shown = slice(max(0, first - len(holidays)), max(0, first + size - len(holidays)))
    found = clashes(_visit(exchange, sessions, zone), repaired=shown) if sessions else []
    lines = (*holidays[first : first + size], *(_warned(clash, sessions, zone) for clash in found[shown]))
    count = len(holidays) + len(found)
    last = first + len(lines)
    return Warnings(lines=lines, count=count, before=first or "", after=last if last < count else "")


@member_page
def all_clashing(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Everything the organiser is warned of, in order of time, a page at a time."""
    found = queries.own_exchange(id, here.actor)
    back = number_in(request.GET.get("before"))
    first = max(0, back - A_PAGE) if back else number_in(request.GET.get("after"))
    warned = clashing(here, found, first=first, size=A_PAGE)
    if first and not warned.lines:  # some were put right meanwhile
        warned = clashing(here, found, size=A_PAGE)
    return show(request, "exchanges/all_clashing.html", {"exchange": found, "clashing": warned, "every": True})


def _visit(exchange: Exchange, sessions: Mapping[str, Session], zone: str) -> Visit:
    from serai.core.clashes import Visit

    guests = _guests(exchange)
    days = [dates.day_of(s.starts_at, zone) for s in sessions.values() if s.starts_at]
    return Visit(
        first_day=exchange.starts_on or min(days),
        last_day=exchange.ends_on or exchange.starts_on or max(days),
        zone=zone,
        items=tuple(_item(s, guests) for s in sessions.values()),
        at=_where(exchange.place),
    )


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
    named = (found[-1], *found[:-1][:NAMED]) if len(found) > 2 else found
    return Warned(
        fact=_fact(clash, found),
        when=dates.moment(found[-1].starts_at, zone),
        sessions=named,
        more=len(found) - len(named),
        label=label,
        change=change,
        fields=fields,
    )


def _fact(clash: Clash, found: Sequence[Session]) -> str:
    """The clash in a sentence."""
    if clash.kind == "guests":
        return _("More guests come than this site takes.")
    if clash.kind == "way":
        said = _("The way takes about %(minutes)d minutes in a straight line. The break is shorter.")
        return said % {"minutes": clash.minutes}
    if len(found) > 2:
        return _fact_of_many(clash, len(found) - 1)
    return {
        "room": _("Two sessions are in the same place at once."),
        "who": _("The same city or host is needed in two sessions at once."),
        "at once": _("Two sessions run at once. Is that meant? Then mark both."),
        "outside": _("This is not on a day of the exchange."),
        "clock": _("The clocks change in this hour. Choose another hour."),
    }[clash.kind]


def _fact_of_many(clash: Clash, others: int) -> str:
    """How one session clashes with several."""
    said = {
        "room": ngettext(
            "One session is in the same place as %(num)d other at once.",
            "One session is in the same place as %(num)d others at once.",
            others,
        ),
        "who": ngettext(
            "One session needs the same city or host as %(num)d other at once.",
            "One session needs the same city or host as %(num)d others at once.",
            others,
        ),
        "at once": ngettext(
            "One session runs at once with %(num)d other. Is that meant? Then mark both.",
            "One session runs at once with %(num)d others. Is that meant? Then mark them all.",
            others,
        ),
    }
    return said[clash.kind] % {"num": others}


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
