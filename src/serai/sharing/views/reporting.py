"""Report this: it is hidden at once, and the data-protection contact releases or destroys it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from serai.db.rows import Protected
from serai.sharing import heeding
from serai.sharing.actions import NobodyToReportTo, purge_record, release_record, report_record
from serai.sharing.content import every_content_of, may_repeat
from serai.sharing.forms import PurgeForm, ReportForm
from serai.sharing.models import Report
from serai.sharing.nouns import noun_named, nouns
from serai.sharing.telling import tell_contact
from serai.sharing.views.asking import record_of
from serai.web import dates
from serai.web.pages import Here, member_page, posted, show


@member_page
def report(request: HttpRequest, here: Here, noun: str, id: UUID) -> HttpResponse:
    """Says why a record must not be here; it is hidden at once."""
    kind = noun_named(noun)
    found = record_of(kind, id)
    if kind.fixed or found.hidden_at is not None:
        raise Http404
    form = ReportForm(posted(request))
    nobody = False
    if kept := heeding.may_save(request, here, form, keep=False):
        if isinstance(kept, HttpResponse):
            return kept
        try:
            made = report_record(here.actor, found, reason=form.cleaned_data["reason"], now=here.now)
        except NobodyToReportTo:
            nobody = True
        else:
            tell_contact(made, now=here.now)
            messages.success(request, _("It is hidden now. The data-protection contact decides what becomes of it."))
            return redirect("reports")
    context = {"form": form, "noun": kind, "href": kind.href(found), "nobody": nobody}
    return show(request, "sharing/report.html", context, status=422 if form.errors or nobody else 200)


@member_page
def reports(request: HttpRequest, here: Here) -> HttpResponse:
    """What was reported to me, to be settled; and what I reported, with what became of it."""
    found = list(Report.objects.order_by("-id")[:100])
    waiting = [_line(r) for r in found if r.contact_id == here.asker.person and r.settled_at is None]
    mine = [_line(r) for r in found if r.source_id == here.asker.person]
    return show(request, "sharing/reports.html", {"waiting": waiting, "mine": mine})


def _line(found: Report) -> dict[str, Any]:
    noun = nouns().get(found.noun)
    return {"report": found, "word": noun.word if noun else found.noun, "day": dates.day(found.created_at.date())}


@member_page
def reported(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The contact reads what was reported, and decides."""
    found, record = _mine(here, id)
    return _decide(request, found, record, PurgeForm())


def _mine(here: Here, id: UUID) -> tuple[Report, Protected]:
    """An open report to the asker, with its record."""
    found = Report.objects.get(pk=id, contact_id=here.actor.person, settled_at=None)
    return found, record_of(noun_named(found.noun), found.record_id)


def _decide(request: HttpRequest, found: Report, record: Protected, form: PurgeForm) -> HttpResponse:
    fields = [{"term": name, "text": text} for name, text in every_content_of(record)]
    context = {"report": found, "noun": noun_named(found.noun), "fields": fields, "form": form}
    context |= {"repeats": may_repeat(record)}
    context |= {"day": dates.day(found.created_at.date()), "why": _bound(form)}
    return show(request, "sharing/reported.html", context)


def _bound(form: PurgeForm) -> BoundField:
    return form["why"]


@require_POST
@member_page
def release(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Nothing is wrong with it: it is shown again."""
    found, _record = _mine(here, id)
    release_record(here.actor, found, now=here.now)
    messages.success(request, _("It is shown again to those who could read it."))
    return redirect("reports")


@require_POST
@member_page
def purge(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """It is destroyed, in every version and copy."""
    found, record = _mine(here, id)
    form = PurgeForm(request.POST)
    kept = heeding.may_save(request, here, form, keep=False)
    if isinstance(kept, HttpResponse):
        return kept
    if kept is None:
        return _decide(request, found, record, form)
    purge_record(here.actor, found, why=form.cleaned_data["why"], now=here.now)
    messages.success(request, _("It is destroyed. That it was, when and why stays."))
    return redirect("reports")
