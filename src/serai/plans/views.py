"""Pages of plans, activities and indicators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from serai.core.audience import group
from serai.directory.models import Team
from serai.directory.queries import speaks_for_a_city
from serai.exchanges.models import Exchange, Takeaway
from serai.plans import actions, forms, queries
from serai.plans.models import Activity, Objective, Plan
from serai.plans.words import TURNS, number, numbers, progress_rows, seen, state_word
from serai.practices.models import PracticeVersion
from serai.practices.queries import practices_readable
from serai.sharing import heeding
from serai.sharing.choosing import Ring, choose_readers, own_rings
from serai.sharing.reading import reading
from serai.web import dates
from serai.web.pages import Here, member_page, page, posted, show, table_file
from serai.web.steps import typed


@page
def plans(request: HttpRequest, here: Here) -> HttpResponse:
    """The plans the asker may read; from a practice, the choice of the plan it shall go into."""
    lines = list(queries.plans_readable()[:100])
    context = {
        "lines": lines,
        "mine": [plan for plan in lines if here.owns(plan)],
        "adapt": request.GET.get("adapt", ""),
        "of_a_city": here.signed_in and speaks_for_a_city(),
    }
    return show(request, "plans/list.html", context)


@member_page
def new_plan(request: HttpRequest, here: Here) -> HttpResponse:
    """Begins the own city's plan."""
    city = here.standing.city
    if city is None:
        raise Http404
    form = forms.PlanForm(posted(request))
    if request.method != "POST" or not form.is_valid() or "back" in request.POST:
        return show(request, "plans/new.html", {"form": form})
    team = Team.objects.filter(city=city).order_by("id").first()
    rings = own_rings(here.standing)
    if team is not None:
        rings.insert(1, Ring(value="team", title=team.name, groups=(group("team", team.id),)))
    chosen = choose_readers(
        request,
        here,
        rings=rings,
        title=_("Choose who can read this plan, then save it."),
        chosen="team" if team else "organisation",
        carried=typed(request),
        texts=[form.cleaned_data["title"]],
        noun=Plan,
    )
    if isinstance(chosen, HttpResponse):
        return chosen
    made = actions.draft_plan(
        here.actor,
        city=city,
        team=team,
        readers=chosen,
        now=here.now,
        because=chosen.because,
        illustrative=city.fictive,
        **form.cleaned_data,
    )
    return redirect("plan", made.id)


@page
def plan(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A plan: objectives, activities with where they come from, numbers with their doubt."""
    found = queries.plan_page(id)
    objectives = [
        {"objective": o, "activities": [_activity_line(a) for a in o.activities.all()]} for o in found.objectives.all()
    ]
    context = {
        "plan": found,
        "when": dates.days(found.starts_on, found.ends_on) if found.starts_on else "",
        "objectives": objectives,
        "mine": here.owns(found),
        "reading": reading(here, found),
    }
    return show(request, "plans/plan.html", context)


def _activity_line(activity: Activity) -> dict[str, Any]:
    return {
        "activity": activity,
        "turn": TURNS[activity.state],
        "word": state_word(activity.state),
        "practice": activity.adapted_from.practice if activity.adapted_from else None,
        "seen": [seen(i) for i in activity.indicators.all()],
    }


@member_page
def new_objective(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """What the plan wants to reach."""
    found = Plan.objects.select_related("audience").get(pk=id, source_id=here.actor.source)
    form = forms.ObjectiveForm(posted(request))
    if kept := heeding.may_save(request, here, form, keep=False, kicker=found.title):
        if isinstance(kept, HttpResponse):
            return kept
        actions.add_objective(here.actor, found, form.cleaned_data["text"], now=here.now)
        return redirect("plan", id)
    context = {"form": form, "kicker": found.title, "title": _("Say what you want to reach."), "button": _("Add")}
    return show(request, "form.html", context)


@member_page
def new_activity(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """What the city does; adapted from a practice, promised in an exchange, grown from takeaways."""
    objective = Objective.objects.select_related("plan__city", "audience").get(pk=id, source_id=here.actor.source)
    versions = {str(v.practice_id): v for v in practices_readable()[:200]}
    exchanges = {str(e.id): e for e in Exchange.objects.order_by("-id")[:50]}
    takeaways = {str(t.id): t for t in Takeaway.objects.filter(city=objective.plan.city).order_by("-id")[:50]}
    form = forms.ActivityForm(
        posted(request),
        initial={"practice": request.GET.get("adapt", "")},
        practices=[(key, v.title) for key, v in versions.items()],
        exchanges=[(key, e.title) for key, e in exchanges.items()],
        takeaways=[(key, t.text) for key, t in takeaways.items()],
    )
    if kept := heeding.may_save(request, here, form, kicker=objective.text):
        if isinstance(kept, HttpResponse):
            return kept
        values = form.cleaned_data | {"because": kept.because}
        made = _add_activity(here, objective, values, versions, exchanges, takeaways)
        messages.success(request, _("The activity is in the plan. Next: how will you know that it works?"))
        return redirect("activity", made.id)
    context = {"form": form, "kicker": objective.text, "title": _("Say what you will do."), "button": _("Add")}
    return show(request, "form.html", context)


def _add_activity(
    here: Here,
    objective: Objective,
    values: dict[str, Any],
    versions: dict[str, PracticeVersion],
    exchanges: dict[str, Exchange],
    takeaways: dict[str, Takeaway],
) -> Activity:
    practice, exchange, roots = values.pop("practice"), values.pop("exchange"), values.pop("takeaways", [])
    return actions.add_activity(
        here.actor,
        objective,
        adapted_from=versions.get(practice),
        promised_in=exchanges.get(exchange),
        takeaways=[takeaways[key] for key in roots],
        now=here.now,
        **values,
    )


@page
def activity(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One activity, both ways: where it comes from, and what came of it."""
    found = queries.activity_page(id)
    context = {
        "activity": found,
        "plan": found.objective.plan,
        "turn": TURNS[found.state],
        "word": state_word(found.state),
        "practice": found.adapted_from.practice if found.adapted_from else None,
        "takeaways": [root.takeaway for root in found.roots.all()],
        "seen": [seen(i) for i in found.indicators.all()],
        "since": dates.day(found.starts_on) if found.starts_on else "",
        "mine": here.owns(found),
        "reading": reading(here, found),
    }
    return show(request, "plans/activity.html", context)


@require_POST
@member_page
def move_activity(request: HttpRequest, here: Here, id: UUID, to: str) -> HttpResponse:
    """It runs, is delivered, or is stopped."""
    found = Activity.objects.get(pk=id, source_id=here.actor.source)
    actions.move_activity(here.actor, found, to, now=here.now)
    return redirect("activity", id)


@member_page
def new_indicator(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """How the city will know that it works."""
    found = Activity.objects.select_related("audience").get(pk=id, source_id=here.actor.source)
    form = forms.IndicatorForm(posted(request))
    if kept := heeding.may_save(request, here, form, keep=False, kicker=found.title):
        if isinstance(kept, HttpResponse):
            return kept
        made = actions.add_indicator(here.actor, found, now=here.now, **form.cleaned_data)
        return redirect("indicator", made.id)
    context = {"form": form, "kicker": found.title, "title": _("Say how you will know."), "button": _("Add")}
    return show(request, "form.html", context)


@page
def indicator(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One number: table before picture, interval before point; the table to take away with `as`."""
    found = queries.indicator_page(id)
    if request.GET.get("as") == "csv":
        return table_file("numbers", *numbers(found))
    context = {
        "indicator": found,
        "activity": found.activity,
        "rows": progress_rows(found),
        "seen": seen(found),
        "baseline": number(found.baseline),
        "baseline_on": dates.day(found.baseline_on),
        "target": number(found.target),
        "target_on": dates.day(found.target_on),
        "mine": here.owns(found),
        "reading": reading(here, found),
    }
    return show(request, "plans/indicator.html", context)


@member_page
def measure(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One reading."""
    found = queries.indicator_page(id)
    if not here.owns(found):
        raise Http404
    form = forms.MeasureForm(posted(request), initial={"measured_on": here.today})
    if kept := heeding.may_save(request, here, form, keep=False, kicker=found.name):
        if isinstance(kept, HttpResponse):
            return kept
        actions.measure(here.actor, found, now=here.now, **form.cleaned_data)
        messages.success(request, _("The number is kept."))
        return redirect("indicator", id)
    context = {"form": form, "kicker": found.name, "title": _("Write down the number."), "button": _("Keep it")}
    return show(request, "form.html", context)
