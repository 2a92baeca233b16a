"""Page of the programme: the days in order, what is on now and next, what waits for the release."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serai.exchanges import queries
from serai.exchanges.differences import unreleased
from serai.exchanges.models import Exchange
from serai.exchanges.queries import Slot
from serai.exchanges.views.clashing import clashing
from serai.exchanges.views.sessions import waits
from serai.sharing.reading import reading_of
from serai.web import dates
from serai.web.jinja import url
from serai.web.pages import Here, page, same_for_visitors, show, show_once

NO_PLACE = "UTC"


class Line(NamedTuple):
    """One line of a day, as components/hours.html draws it."""

    time: str
    at: str | None
    what: str
    where: str
    href: str
    kind: str
    tag: str | None
    was: str | None = None


@page
@same_for_visitors
def programme(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The days in order, what is on now and next, the rules of the houses."""
    found = queries.programme_heading(id)
    zone = found.time_zone or NO_PLACE
    sessions = queries.programme_sessions(id, under_way=found.under_way)
    running, coming = queries.now_and_next(sessions, here.now)
    mine = found.own and here.is_source(found.source_id)
    told = {
        "exchange": found,
        "days": _days(get_language(), sessions, (found.place or zone, zone), found.cities, running, coming),
        "running": _box(running, here, zone) if running else None,
        "coming": _box(coming, here, zone) if coming else None,
        "mine": mine,
        "reading": reading_of(
            found.groups, found.source_id, noun="exchange", id=found.id, label=found.label,
            hidden=bool(found.hidden_at), illustrative=found.illustrative,
        ),
        "place": found.place or zone,
    }  # fmt: skip
    if not mine:
        return show_once(request, "exchanges/programme.html", **told)
    arranged = Exchange.objects.select_related("place").get(pk=id)
    changed = len(unreleased(arranged))
    return show(request, "exchanges/programme.html", {**told, "clashing": clashing(here, arranged), "changed": changed})


class DayOf(NamedTuple):
    """One day, as components/hours.html draws it; `clocks` are told once, and again where they have changed."""

    heading: str
    clocks: str
    lines: tuple[Line, ...]


@lru_cache(maxsize=128)
def _days(
    language: str,
    sessions: tuple[Slot, ...],
    place: tuple[str, str],
    cities: tuple[str, ...],
    running: Slot | None,
    coming: Slot | None,
) -> tuple[DayOf, ...]:
    """The days with their lines; the same sessions in the same language are the same lines, and worked out once."""
    there = [(city, zone) for zone, _blank, city in (one.partition(" ") for one in cities)]
    found, known = [], None
    for d in queries.by_day(sessions, place[1]):
        first, clocks = d.sessions[0].starts_at, ""
        if first is not None:
            apart = [first.astimezone(ZoneInfo(zone)).utcoffset() for _city, zone in (place, *there)]
            known, clocks = apart, dates.elsewhere(first, place, there) if apart != known else ""
        lines = tuple(_line(s, place[1], running=s is running, coming=s is coming) for s in d.sessions)
        found.append(DayOf(dates.day(d.day) if d.day else _("Without a fixed hour"), clocks, lines))
    return tuple(found)


def _line(session: Slot, zone: str, *, running: bool, coming: bool) -> Line:
    begins, changed = session.starts_at, waits(session.position)
    return Line(
        time=dates.clock(begins, zone) if begins else "–",
        at=begins.isoformat() if begins else None,
        what=session.title,
        where=session.where or session.site or "",
        href=url("session", session.id),
        kind="next" if coming else "now" if running and not changed else "",
        tag=changed or (_("Now") if running else None),
    )


class Box(NamedTuple):
    """The session that runs or comes next, as components/nowbox.html draws it; `share` of it has passed, 0 to 1.

    `begins` says in words when it does.
    """

    session: Slot
    begins: str
    until: str
    share: float | None


def _box(session: Slot, here: Here, zone: str) -> Box:
    assert session.starts_at is not None
    share = None
    if session.ends_at and session.starts_at <= here.now < session.ends_at:
        share = round((here.now - session.starts_at) / (session.ends_at - session.starts_at), 2)
    until = dates.clock(session.ends_at, zone) if session.ends_at else ""
    hour, day = dates.clock(session.starts_at, zone), dates.day_of(session.starts_at, zone)
    begins = (
        _("Next, at %(time)s") % {"time": hour}
        if day == dates.day_of(here.now, zone)
        else _("Next, on %(day)s at %(time)s") % {"day": dates.day(day), "time": hour}
    )
    return Box(session, begins, until, share)
