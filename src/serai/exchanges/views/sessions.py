"""Pages of a session: when, where and under which rules; written, moved, and taken out."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from serai.audit.actions import ChangedMeanwhile
from serai.core.lifecycle import NotAllowedNow
from serai.exchanges import actions, forms, queries
from serai.exchanges.models import CHANGED, TAKEN_OUT, Session, Site
from serai.exchanges.waiting import waiting_for
from serai.sharing import heeding
from serai.sharing.reading import reading
from serai.web import dates
from serai.web.jinja import url
from serai.web.pages import Here, member_page, number_in, page, posted, same_for_visitors, show
from serai.web.versions import merged, saved_meanwhile


def waits(position: int) -> str:
    """What those who plan are told of a session that the next release changes."""
    return {CHANGED: _("Changed, not released yet"), TAKEN_OUT: _("Taken out, not released yet")}.get(position, "")


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
    found = queries.own_exchange(id, here.actor)
    form = forms.SessionForm(posted(request), zone=found.time_zone, sites=_sites())
    if kept := heeding.may_save(request, here, form, keep=False, kicker=found.title):
        if isinstance(kept, HttpResponse):
            return kept
        actions.add_session(here.actor, found, now=here.now, **_values(form.cleaned_data))
        messages.success(request, _("Added to the draft. It is told to others when you release."))
        return redirect("programme", id)
    context = {"exchange": found, "form": form}
    return show(request, "exchanges/edit_session.html", context)


@member_page
def change_session(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Move to another day, hour or place, or mend it."""
    found = Session.objects.select_related("exchange__place").get(pk=id, replaces=None)
    zone = queries.own_exchange(found.exchange_id, here.actor).time_zone
    if found.is_dropped and request.method != "POST":
        return redirect("session", id)
    waiting = waiting_for(found)
    shown = waiting or found
    form = forms.SessionForm(
        merged(request, _as_saved(shown, zone)), initial=_initial(shown, zone), zone=zone, sites=_sites()
    )
    if kept := heeding.may_save(request, here, form, keep=False, kicker=found.exchange.title):
        if isinstance(kept, HttpResponse):
            return kept
        save = partial(_change, here, found, shown)
        title = _("Someone else changed this session")
        try:
            both = saved_meanwhile(request, form, save, title=title, as_saved=partial(_as_saved, zone=zone))
        except NotAllowedNow:
            context = {"exchange": found.exchange, "form": form, "anew": url("new_session", found.exchange_id)}
            return show(request, "exchanges/edit_session.html", context, status=409)
        if both:
            return both
        messages.success(request, _("Changed in the draft. It is told to others when you release."))
        return redirect("programme", found.exchange_id)
    context = {"exchange": found.exchange, "session": found, "form": form, "waiting": waiting}
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


def _change(here: Here, found: Session, shown: Session, *, expected: int | None, **told: Any) -> None:
    actions.change_session(here.actor, found, expected=expected or shown.version, now=here.now, **_values(told))


def _values(told: dict[str, Any]) -> dict[str, Any]:
    values = {k: v for k, v in told.items() if k != "version"}
    values["site"] = Site.objects.get(pk=values["site"]) if values["site"] else None
    return values


@require_POST
@member_page
def drop_session(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Takes an item out of the draft, as it was seen; whoever does it after another is led to where it says so."""
    found = Session.objects.get(pk=id, replaces=None)
    if found.is_dropped:
        return redirect("session", id)
    expected = number_in(request.POST.get("version")) or None
    try:
        actions.drop_session(here.actor, found, now=here.now, expected=expected)
    except ChangedMeanwhile:
        messages.error(request, _("Someone else changed this session meanwhile. See it before you decide."))
        return redirect("change_session", id)
    return redirect("programme", found.exchange_id)
