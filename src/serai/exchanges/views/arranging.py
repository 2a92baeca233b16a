"""Pages of an exchange: the list, planning and changing one, its task list, its goals."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from serai.directory.queries import speaks_for_a_city
from serai.exchanges import actions, forms, queries
from serai.exchanges.addresses import asked_id, target
from serai.exchanges.models import Task
from serai.exchanges.queries import PHASES, Turn
from serai.exchanges.tasklist import WORDS
from serai.exchanges.views.taking_part import party_line
from serai.needs.models import Match
from serai.needs.queries import match_with_answers
from serai.sharing import heeding
from serai.sharing.reading import reading
from serai.web import dates
from serai.web.pages import Here, member_page, page, posted, same_for_visitors, show
from serai.web.steps import Step, ask
from serai.web.versions import merged, saved_meanwhile


@page
@same_for_visitors
def exchanges(request: HttpRequest, here: Here) -> HttpResponse:
    """The exchanges the asker may read: the latest first, those without a day last."""
    found = sorted(queries.exchanges_readable()[:100], key=lambda e: e.starts_on is None)
    lines = [
        {
            "exchange": e,
            "cities": [p.city.name for p in e.parties.all() if p.city],
            "when": e.when or dates.days(e.starts_on, e.ends_on),
        }
        for e in found
    ]
    context = {"lines": lines, "may_add": here.in_organisation}
    context["of_a_city"] = not lines and here.signed_in and speaks_for_a_city()
    return show(request, "exchanges/list.html", context)


@member_page
def new_exchange(request: HttpRequest, here: Here) -> HttpResponse:
    """One question a page; one that grows from a match brings its cities."""
    organisation = here.standing.organisation
    if organisation is None:
        raise Http404
    match = _agreed_match(request)
    steps = [
        Step(form=forms.TitleForm, title=_("What do you call the exchange?")),
        Step(form=forms.PlaceForm, title=_("Where does it take place?")),
        Step(form=forms.DaysForm, title=_("When?")),
        Step(form=forms.GoalForm, title=_("What do you want to have learnt?")),
    ]
    answers = ask(request, steps, context={})
    if isinstance(answers, HttpResponse):
        return answers
    values = answers.values
    heeded = heeding.ask_to_heed(request, here, [values["title"], values["goal"]], keep=False)
    if isinstance(heeded, HttpResponse):
        return heeded
    exchange = actions.plan_exchange(
        here.actor,
        title=values["title"],
        organiser=organisation,
        place=values["place"],
        form=values["form"],
        starts_on=values["starts_on"],
        ends_on=values["ends_on"],
        match=match,
        illustrative=organisation.illustrative,
        now=here.now,
    )
    actions.add_goal(here.actor, exchange, values["goal"], now=here.now)
    messages.success(request, _("The exchange is planned. Its task list says what comes next."))
    return redirect("exchange", exchange.id)


def _agreed_match(request: HttpRequest) -> Match | None:
    asked = asked_id(request, "match")
    return match_with_answers(asked) if asked else None


@member_page
def change_exchange(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The organiser says anew what it is called, where and when; or that it does not take place."""
    found = queries.own_exchange(id, here.actor)
    if found.state in ("closed", "cancelled"):
        raise Http404
    initial = {name: getattr(found, name) for name in forms.ExchangeForm.base_fields}
    form = forms.ExchangeForm(merged(request, found), initial=initial)
    if kept := heeding.may_save(request, here, form, keep=False, kicker=found.title):
        if isinstance(kept, HttpResponse):
            return kept
        save = partial(actions.change_exchange, here.actor, found, now=here.now)
        if both := saved_meanwhile(request, form, save, title=_("Someone else changed this exchange")):
            return both
        messages.success(request, _("The exchange is changed. What is due moved with its days."))
        return redirect("exchange", id)
    status = 422 if form.errors else 200
    return show(request, "exchanges/change.html", {"exchange": found, "form": form}, status=status)


@page
@same_for_visitors
def exchange(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The exchange as a task list: before, during, after; whose turn; who comes; what we want to learn."""
    found = queries.exchange_page(id)
    own = here.actor.organisation if here.signed_in else None
    turns = queries.task_list(found, own=own, today=here.today)
    first = next((turn for turn in turns if turn.state == "yours"), None)
    parties = list(found.parties.all())
    context = {
        "exchange": found,
        "when": found.when or dates.days(found.starts_on, found.ends_on),
        "left": [p.city.name for p in parties if p.city and found.place_id != p.city_id],
        "right": [found.place.name] if found.place else [],
        "phases": _phases(turns, first, here),
        "next": _next(first, here) if first else None,
        "parties": [party_line(p, own) for p in parties],
        "mine": here.owns(found),
        "today": dates.day_of(here.now, found.time_zone),
        "ideas_come": queries.ideas_come(found, here.today),
        "taking_part": here.signed_in and queries.takes_part(found, here.actor, today=here.today),
        "reading": reading(here, found),
        "promises": list(queries.promises_of(found)),
        "takeaways": queries.takeaways_of(found).prefetch_related(None)[:6] if here.signed_in else [],
    }
    return show(request, "exchanges/exchange.html", context)


def _phases(turns: list[Turn], first: Turn | None, here: Here) -> list[dict[str, Any]]:
    words = {"before": _("Before"), "during": _("During"), "after": _("After")}
    groups = []
    for phase in PHASES:
        lines = [_line(t, here, first) for t in turns if t.task.phase == phase]
        if lines:
            groups.append({"name": words[phase], "items": lines})
    return groups


def _line(turn: Turn, here: Here, first: Turn | None) -> dict[str, Any]:
    word = None
    if turn.state == "theirs":
        word = _("Waiting for %(who)s") % {"who": turn.whose}
    elif turn.state == "later":
        word = _("From %(day)s") % {"day": dates.day(turn.task.due_on)} if turn.task.due_on else _("Later")
    return {
        "title": turn.words,
        "href": target(turn.task) if turn.state == "yours" else None,
        "why": dates.by_when(turn.task.due_on, here.today) if turn.state in ("yours", "theirs") else "",
        "turn": turn.state,
        "turn_word": word,
        "now": turn is first,
        "task": turn.task,
    }


def _next(turn: Turn, here: Here) -> dict[str, Any]:
    note = ngettext("About %(n)d minute.", "About %(n)d minutes.", turn.task.minutes) % {"n": turn.task.minutes}
    due = dates.by_when(turn.task.due_on, here.today)
    return {"words": turn.words, "href": target(turn.task), "note": f"{note} {due}".strip()}


@member_page
def goals(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """What those taking part want to have learnt."""
    found = queries.own_exchange(id, here.actor)
    form = forms.GoalForm(posted(request))
    if kept := heeding.may_save(request, here, form, keep=False, kicker=found.title):
        if isinstance(kept, HttpResponse):
            return kept
        actions.add_goal(here.actor, found, form.cleaned_data["goal"], now=here.now)
        return redirect("exchange", id)
    return show(request, "exchanges/goals.html", {"exchange": found, "form": form})


@member_page
def task(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One line of the list: what it means, and "done"."""
    found = Task.objects.select_related("exchange", "party__city", "party__speaker", "exchange__organiser").get(pk=id)
    turn = queries.turn_of(found, found.exchange, own=here.actor.organisation, today=here.today)
    wanted = request.POST.get("state")
    if request.method == "POST" and wanted in ("done", "open"):
        # Said, not toggled: pressed twice or sent again, it is as it was wanted.
        if wanted == "done" and found.done_at is None:
            actions.finish_task(here.actor, found, now=here.now)
        elif wanted == "open" and found.done_at is not None:
            actions.reopen_task(here.actor, found, now=here.now)
        return redirect("exchange", found.exchange_id)
    context = {"turn": turn, "words": str(WORDS[found.code]), "task": found}
    return show(request, "exchanges/task.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@member_page
def move_exchange(request: HttpRequest, here: Here, id: UUID, to: str) -> HttpResponse:
    """The first day has come, the days are over, or it does not take place."""
    moves = {"live": actions.begin_exchange, "closed": actions.close_exchange, "cancelled": actions.cancel_exchange}
    if to not in moves:
        raise Http404
    found = queries.own_exchange(id, here.actor)
    try:
        moves[to](here.actor, found, now=here.now)
    except actions.NotTheDayYet:
        messages.error(request, _("It is too early to say this."))
    return redirect("exchange", id)
