"""Pages of what keeps a visit safe: the rules of a site, the safety questions."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from serai.core.audience import group
from serai.exchanges import actions, forms, queries
from serai.exchanges.checked import is_checked, said
from serai.exchanges.models import Exchange, SafetyCheck
from serai.exchanges.tasklist import SAFETY_QUESTIONS
from serai.sharing import heeding
from serai.sharing.reading import reading
from serai.web.pages import Here, member_page, posted, show


@member_page
def new_site(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A site with the rules of its host, written down by who takes part: all of the exchange are offered it."""
    found = Exchange.objects.select_related("place").get(pk=id)
    organisation = here.standing.organisation
    if organisation is None or not queries.takes_part(found, here.actor, today=here.today):
        raise Http404
    form = forms.SiteForm(posted(request))
    if kept := heeding.may_save(request, here, form, kicker=found.title):
        if isinstance(kept, HttpResponse):
            return kept
        values = {k: v for k, v in form.cleaned_data.items() if v not in (None, "")}
        actions.add_site(
            here.actor,
            host=organisation,
            city=here.standing.city,
            readers=[group("exchange", found.id), group("organisation", found.organiser_id)],
            now=here.now,
            illustrative=found.illustrative,
            because=kept.because,
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
    if kept := heeding.may_save(request, here, form, kicker=found.title):
        if isinstance(kept, HttpResponse):
            return kept
        told = {"answers": form.answers(), "decision": form.cleaned_data["decision"], "because": kept.because}
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
