"""Pages on which a draft becomes known, or a change is taken back before it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.audit.actions import ChangedMeanwhile
from serai.exchanges import actions, queries
from serai.exchanges.affected import affected
from serai.exchanges.checked import is_checked
from serai.exchanges.differences import Difference, digest_of, unreleased
from serai.exchanges.models import Session
from serai.exchanges.tasklist import SESSION_KINDS
from serai.exchanges.waiting import waiting_for
from serai.sharing.telling import reached
from serai.web import dates
from serai.web.pages import Here, member_page, number_in, show


@member_page
def release_programme(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """What the release changes and how many it affects, then one button; it writes to them alone."""
    found = queries.own_exchange(id, here.actor)
    told = _told(reached(affected(found, today=here.today) - {here.actor.person}).count())
    if request.method == "POST":
        try:
            actions.release_programme(here.actor, found, now=here.now, expected=request.POST.get("seen"))
        except actions.NotCheckedYet:
            messages.error(request, _("Two people of different organisations must answer the safety questions first."))
            return redirect("safety", id)
        except ChangedMeanwhile:
            messages.error(request, _("The programme changed meanwhile. See it before you release it."))
            return redirect("release_programme", id)
        messages.success(request, _("The programme is released.") + f" {told}")
        return redirect("programme", id)
    zone = found.time_zone
    changes = unreleased(found)
    lines = [_difference(line, zone) for line in changes]
    context = {"exchange": found, "lines": lines, "checked": is_checked(found), "told": told}
    context["seen"] = digest_of(changes)
    context["hosted"] = any(row["site"] for line in changes for row in (line.before, line.after) if row)
    return show(request, "exchanges/release.html", context)


@member_page
def take_back(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """What the change of a session that waits would do, then one button: it is not made."""
    found = Session.objects.select_related("exchange__place").get(pk=id, replaces=None, source_id=here.actor.source)
    waits = waiting_for(found)
    if request.method == "POST" and waits is None:  # pressed twice, or sent again
        return redirect("session", id)
    if request.method == "POST":
        try:
            actions.take_back(here.actor, found, expected=number_in(request.POST.get("version")), now=here.now)
        except ChangedMeanwhile:
            messages.error(request, _("Someone else changed this session meanwhile. See it before you decide."))
            return redirect("take_back", id)
        messages.success(request, _("The change is taken back. The session stays as it was released."))
        return redirect("session", id)
    zone = found.exchange.time_zone
    lines = [_difference(line, zone) for line in unreleased(found.exchange) if line.session == str(id)]
    return show(request, "exchanges/take_back.html", {"session": found, "waits": waits, "lines": lines})


def _told(count: int) -> str:
    """How many are told, in a sentence."""
    if not count:
        return _("Nobody is told by mail.")
    return ngettext("%(num)d person is told by mail.", "%(num)d people are told by mail.", count) % {"num": count}


def _difference(line: Difference, zone: str) -> dict[str, Any]:
    """One line as exchanges/changes.html draws it: when and where, before and after, and what else changes."""
    before, after = _when_and_where(line.before, zone), _when_and_where(line.after, zone)
    said: dict[str, Any] = {
        "word": _word(line.kind),
        "title": line.title,
        "before": before,
        "after": after,
        "was": "",
        "also": [],
    }
    if line.before and line.after:
        was, row = line.before, line.after
        said["was"] = was["title"] if was["title"] != row["title"] else ""
        said["also"] = list(_also(was, row, same_place=before == after))
    return said


def _word(kind: str) -> str:
    return {"added": _("Added"), "moved": _("Moved"), "changed": _("Changed"), "dropped": _("Taken out")}[kind]


def _when_and_where(row: dict[str, Any] | None, zone: str) -> tuple[str, str, str] | None:
    """Day, hours and place."""
    if not row:
        return None
    begins, ends = (datetime.fromisoformat(row[name]) if row[name] else None for name in ("starts_at", "ends_at"))
    day = dates.day(dates.day_of(begins, zone)) if begins else ""
    hours = "–".join(dates.clock(at, zone) for at in (begins, ends) if begins and at)
    return (day, hours, row["where"]) if day or row["where"] else None


def _also(was: dict[str, Any], row: dict[str, Any], *, same_place: bool) -> Iterator[str]:
    """What changes besides its title, when and where, each a sentence."""
    kinds = dict(SESSION_KINDS)
    if was["kind"] != row["kind"]:
        yield _("Another kind: %(kind)s, before %(was)s.") % {"kind": kinds[row["kind"]], "was": kinds[was["kind"]]}
    if was["site"] != row["site"] and same_place:
        yield _("At another site.") if row["site"] else _("No longer at a site with rules.")
    turned = {
        "open": (_("Open to an invited audience."), _("No longer open to an invited audience.")),
        "chatham": (_("Under the Chatham House Rule."), _("No longer under the Chatham House Rule.")),
        "beside": (_("Runs beside other sessions."), _("No longer runs beside other sessions.")),
    }
    for name, (on, off) in turned.items():
        if was[name] != row[name]:
            yield on if row[name] else off
