"""Pages of the programme: the days, one session, the safety check, the release."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from serai.audit.actions import ChangedMeanwhile
from serai.core.audience import group
from serai.exchanges import actions, forms, queries
from serai.exchanges.affected import affected
from serai.exchanges.checked import is_checked, said
from serai.exchanges.models import CHANGED, TAKEN_OUT, Exchange, SafetyCheck, Session, Site
from serai.exchanges.queries import Slot
from serai.exchanges.tasklist import SAFETY_QUESTIONS
from serai.exchanges.views.clashing import clashing
from serai.exchanges.waiting import waiting_for
from serai.sharing import heeding
from serai.sharing.reading import reading, reading_of
from serai.sharing.telling import reached
from serai.web import dates
from serai.web.jinja import url
from serai.web.pages import Here, member_page, page, posted, same_for_visitors, show, show_once
from serai.web.versions import both_versions, merged

NO_PLACE = "UTC"


def _owned(here: Here, id: UUID) -> Exchange:
    return Exchange.objects.select_related("place", "audience", "organiser").get(pk=id, source_id=here.actor.source)


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
    changed = len(queries.unreleased(arranged))
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
    begins = session.starts_at
    return Line(
        time=dates.clock(begins, zone) if begins else "–",
        at=begins.isoformat() if begins else None,
        what=session.title,
        where=session.where or session.site or "",
        href=url("session", session.id),
        kind="next" if coming else "",
        tag=waits(session.position) or (_("Now") if running else None),
    )


def waits(position: int) -> str:
    """What those who plan are told of a session that the next release changes."""
    return {CHANGED: _("Changed, not released yet"), TAKEN_OUT: _("Taken out, not released yet")}.get(position, "")


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


@page
@same_for_visitors
def session(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One session: when, where, the rules of the house, and what the asker may read of what came out of it."""
    found, position = queries.session_page(id)
    if found.replaces and found.replaces != id:
        return redirect("session", found.replaces)
    zone = found.exchange.time_zone
    context = {
        "session": found,
        "waits": waits(position),
        "exchange": found.exchange,
        "day": dates.day(dates.day_of(found.starts_at, zone)) if found.starts_at else "",
        "hours": _hours(found, zone, here),
        "site": found.site,
        "rules": _rules(found.site) if found.site else [],
        "notes": list(found.notes.order_by("id")),
        "takeaways": list(found.takeaways.select_related("city").order_by("id")),
        "ideas_come": queries.ideas_come(found.exchange, here.today),
        "mine": here.owns(found),
        "reading": reading(here, found),
    }
    return show(request, "exchanges/session.html", context)


def _hours(session: Session, zone: str, here: Here) -> str:
    """On the clock of the place, and on that of the asker's own city where it differs."""
    if session.starts_at is None:
        return ""
    place, own = session.exchange.place, here.standing.city if here.signed_in else None
    there = (own.name, own.time_zone) if own else None
    return dates.clocks(session.starts_at, (place.name if place else zone, zone), there, session.ends_at)


def _rules(site: Site) -> list[str]:
    rules = [site.who_may_come, site.photos, site.may_repeat]
    if site.most_guests:
        rules.insert(0, _("At most %(n)s guests.") % {"n": site.most_guests})
    return [rule for rule in rules if rule]


@member_page
def new_session(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The organiser adds an item; nobody is told before the release."""
    found = _owned(here, id)
    form = forms.SessionForm(posted(request), zone=found.time_zone, sites=_sites())
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        heeded = heeding.ask_to_heed(request, here, heeding.texts_of(form), keep=False, kicker=found.title)
        if isinstance(heeded, HttpResponse):
            return heeded
        actions.add_session(here.actor, found, now=here.now, **_values(form))
        messages.success(request, _("Added to the draft. It is told to others when you release."))
        return redirect("programme", id)
    context = {"exchange": found, "form": form}
    return show(request, "exchanges/edit_session.html", context)


@member_page
def change_session(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Move to another day, hour or place, or mend it."""
    found = Session.objects.select_related("exchange__place").get(pk=id, replaces=None)
    zone = _owned(here, found.exchange_id).time_zone
    shown = waiting_for(found) or found
    form = forms.SessionForm(
        merged(request, _as_saved(shown, zone)), initial=_initial(shown, zone), zone=zone, sites=_sites()
    )
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        heeded = heeding.ask_to_heed(request, here, heeding.texts_of(form), keep=False, kicker=found.exchange.title)
        if isinstance(heeded, HttpResponse):
            return heeded
        values = _values(form)
        expected = form.cleaned_data["version"] or shown.version
        try:
            actions.change_session(here.actor, found, expected=expected, now=here.now, **values)
        except ChangedMeanwhile as meanwhile:
            there = _as_saved(cast("Session", meanwhile.record), zone)
            return both_versions(request, form, there, title=_("Someone else changed this session"))
        messages.success(request, _("Changed in the draft. It is told to others when you release."))
        return redirect("programme", found.exchange_id)
    context = {"exchange": found.exchange, "session": found, "form": form}
    return show(request, "exchanges/edit_session.html", context)


def _initial(session: Session, zone: str) -> dict[str, Any]:
    names = ("title", "kind", "where", "chatham", "open_to_invited", "beside", "version")
    values: dict[str, Any] = {name: getattr(session, name) for name in names}
    for name in ("starts_at", "ends_at"):
        moment = getattr(session, name)
        values[name] = dates.local(moment, zone) if moment else None
    return values | {"site": str(session.site_id or "")}


def _as_saved(session: Session, zone: str) -> SimpleNamespace:
    """The saved session as its form cleans one: hours of the place, the site by its id."""
    values = _initial(session, zone)
    for name in ("starts_at", "ends_at"):
        moment = getattr(session, name)
        values[name] = moment.astimezone(ZoneInfo(zone)) if moment else None
    return SimpleNamespace(**values)


def _sites() -> list[tuple[str, str]]:
    return [(str(s.id), s.name) for s in Site.objects.order_by("name", "id")[:200]]


def _values(form: forms.SessionForm) -> dict[str, Any]:
    values = {k: v for k, v in form.cleaned_data.items() if k != "version"}
    values["site"] = Site.objects.get(pk=values["site"]) if values["site"] else None
    return values


@require_POST
@member_page
def drop_session(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Takes an item out of the draft."""
    found = Session.objects.get(pk=id, replaces=None)
    actions.drop_session(here.actor, found, now=here.now)
    return redirect("programme", found.exchange_id)


@member_page
def new_site(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A site with the rules of its host, written down by who takes part: all of the exchange are offered it."""
    found = Exchange.objects.select_related("place").get(pk=id)
    organisation = here.standing.organisation
    if organisation is None or not queries.takes_part(found, here.actor, today=here.today):
        raise Http404
    form = forms.SiteForm(posted(request))
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        heeded = heeding.ask_to_heed(request, here, heeding.texts_of(form), kicker=found.title)
        if isinstance(heeded, HttpResponse):
            return heeded
        values = {k: v for k, v in form.cleaned_data.items() if v not in (None, "")}
        actions.add_site(
            here.actor,
            host=organisation,
            city=here.standing.city,
            readers=[group("exchange", found.id), group("organisation", found.organiser_id)],
            now=here.now,
            illustrative=found.illustrative,
            because=heeded.because,
            **values,
        )
        messages.success(request, _("The rules are kept. Everyone of the exchange reads them before the visit."))
        return redirect("programme", id)
    return show(request, "exchanges/site.html", {"exchange": found, "form": form})


@member_page
def safety(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Ten do-no-harm questions, answered by two people of different organisations that take part."""
    found = Exchange.objects.select_related("audience").get(pk=id)
    if not queries.takes_part(found, here.actor, today=here.today):
        raise Http404
    form = forms.SafetyForm(posted(request))
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        heeded = heeding.ask_to_heed(request, here, heeding.texts_of(form), kicker=found.title)
        if isinstance(heeded, HttpResponse):
            return heeded
        told = {"answers": form.answers(), "decision": form.cleaned_data["decision"], "because": heeded.because}
        actions.check_safety(here.actor, found, now=here.now, **told)
        messages.success(request, _("Your answers are kept."))
        return redirect("safety", id)
    checks = list(SafetyCheck.objects.filter(exchange=found).select_related("person").order_by("-id"))
    fresh = said(found)
    context = {
        "exchange": found,
        "form": form,
        "checks": checks,
        "checked": is_checked(found),
        "stopped": [check for check in fresh if check.decision == "stop"],
        "answered": any(check.source_id == here.actor.source for check in fresh),
        "begun": bool(fresh),
        "questions": list(enumerate(SAFETY_QUESTIONS, start=1)),
        "asked": [(form[f"risk_{n}"], form[f"answer_{n}"]) for n in range(1, len(SAFETY_QUESTIONS) + 1)],
        "reading": reading(here, found),
    }
    return show(request, "exchanges/safety.html", context)


@member_page
def release_programme(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """What the release changes and how many it affects, then one button; it writes to them alone."""
    found = _owned(here, id)
    told = _told(reached(affected(found, today=here.today) - {here.actor.person}).count())
    if request.method == "POST":
        try:
            actions.release_programme(here.actor, found, now=here.now)
        except actions.NotCheckedYet:
            messages.error(request, _("Two people of different organisations must answer the safety questions first."))
            return redirect("safety", id)
        messages.success(request, _("The programme is released.") + f" {told}")
        return redirect("programme", id)
    zone = found.time_zone
    lines = [_difference(line, zone) for line in queries.unreleased(found)]
    context = {"exchange": found, "lines": lines, "checked": is_checked(found), "told": told}
    return show(request, "exchanges/release.html", context)


def _told(count: int) -> str:
    """How many are told, in a sentence."""
    if not count:
        return _("Nobody is told by mail.")
    return ngettext("%(num)d person is told by mail.", "%(num)d people are told by mail.", count) % {"num": count}


def _difference(line: queries.Difference, zone: str) -> dict[str, Any]:
    def said(row: dict[str, Any] | None) -> str:
        if not row:
            return ""
        when = dates.moment(row["starts_at"], zone) if row["starts_at"] else ""
        if when and row["ends_at"]:
            when += f"–{dates.clock(datetime.fromisoformat(row['ends_at']), zone)}"
        return " ".join(part for part in (when, row["where"]) if part)

    return {"kind": line.kind, "title": line.title, "before": said(line.before), "after": said(line.after)}
