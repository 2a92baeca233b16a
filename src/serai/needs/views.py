"""Pages of needs, offers and matches."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from serai.audit.actions import ChangedMeanwhile
from serai.core.season.fit import Fit
from serai.directory.models import City, Network
from serai.directory.queries import place_in_network, speaks_for_a_city
from serai.needs import actions, answer_link, forms, queries
from serai.needs.models import Match, MatchAnswer, Need, Offer
from serai.needs.words import from_kept, kept, reason_words, too_late
from serai.sharing import heeding
from serai.sharing.choosing import choose_readers, own_rings
from serai.sharing.reading import reading
from serai.web.pages import Here, member_page, number_in, page, posted, show
from serai.web.steps import Step, ask, typed
from serai.web.versions import merged, saved_meanwhile


@page
def needs(request: HttpRequest, here: Here) -> HttpResponse:
    """What cities must learn, and what they can show."""
    context = {
        "needs": list(queries.needs_readable()[:50]),
        "offers": list(queries.offers_readable()[:50]),
        "of_a_city": here.signed_in and speaks_for_a_city(),
    }
    return show(request, "needs/list.html", context)


@member_page
def new_need(request: HttpRequest, here: Here) -> HttpResponse:
    """One question a page, then who can read it, then it is stated."""
    city = _own_city(here)
    steps = [
        Step(form=forms.QuestionForm, title=_("What do you need to learn?")),
        Step(form=forms.ThemeForm, title=_("What is it about?")),
        Step(form=forms.ConcernsForm, title=_("Whom does it concern?")),
        Step(form=forms.UrgencyForm, title=_("How soon do you need it?")),
    ]
    answers = ask(request, steps, context={})
    if isinstance(answers, HttpResponse):
        return answers
    rings = [ring for ring in own_rings(here.standing) if ring.value != "everyone"]
    chosen = choose_readers(
        request,
        here,
        rings=rings,
        title=_("Choose who can read this need, then save it."),
        chosen=rings[-1].value,
        carried=answers.typed,
        texts=[answers.values["question"]],
        noun=Need,
    )
    if isinstance(chosen, HttpResponse):
        return chosen
    need = actions.state_need(
        here.actor, city=city, readers=chosen, now=here.now, because=chosen.because, **answers.values
    )
    messages.success(request, _("Your need is saved. Next: find cities that can help."))
    return redirect("need", need.id)


@page
def need(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One need with its matches."""
    found = queries.need_with_matches(id)
    matches = [_match_lines(match) for match in found.matches.all()]
    context = {"need": found, "matches": matches, "reading": reading(here, found), "mine": here.owns(found)}
    return show(request, "needs/need.html", context)


@member_page
def change_need(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Mends a need; if someone else mended it meanwhile, both versions are shown and the editor chooses."""
    found = Need.objects.select_related("city").get(pk=id)
    if not here.owns(found):
        raise Http404
    initial = {name: getattr(found, name) for name in ("question", "theme", "target_groups", "urgency", "version")}
    form = forms.NeedForm(merged(request, found), initial=initial)
    if kept := heeding.may_save(request, here, form):
        if isinstance(kept, HttpResponse):
            return kept
        save = partial(actions.change_need, here.actor, found, now=here.now, because=kept.because)
        if both := saved_meanwhile(request, form, save, title=_("Someone else changed this need")):
            return both
        messages.success(request, _("The need is changed."))
        return redirect("need", id)
    status = 422 if request.method == "POST" else 200
    return show(request, "needs/change.html", {"need": found, "form": form}, status=status)


@member_page
def partners(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Cities that could help, with reasons in words; a human chooses whom to ask."""
    found = Need.objects.select_related("city", "audience").get(pk=id)
    network = _network(here)
    fits = queries.partners(found, network)
    cities = City.objects.in_bulk([int(fit.city_id) for fit in fits])
    others = queries.askable(found, network, without=list(cities))
    cities |= {city.id: city for city in others}
    form = forms.ProposalForm(posted(request), cities=[(str(id), city.name) for id, city in cities.items()])
    if kept := heeding.may_save(request, here, form):
        if isinstance(kept, HttpResponse):
            return kept
        chosen = [cities[int(code)] for code in form.cleaned_data["cities"]]
        try:
            match = _propose(here, found, network, chosen, fits, form.cleaned_data["message"], kept.because)
        except actions.NobodyToAsk as missing:
            text = _("Nobody answers for %(cities)s yet. Ask the secretariat to say who does, or choose other cities.")
            form.add_error("cities", text % {"cities": missing})
        else:
            if answer_link.ask_by_mail(here.actor, match, now=here.now):
                messages.success(request, _("The cities are asked, by mail too."))
            else:
                text = _("The cities are asked, but nobody there has an account to be mailed: tell them yourself.")
                messages.warning(request, text)
            return redirect("match", match.id)
    lines = [
        {"city": cities[int(fit.city_id)], "fit": fit, "reasons": [reason_words(r) for r in fit.reasons]}
        for fit in fits
    ]
    context = {
        "need": found, "lines": lines, "others": others, "form": form, "reading": reading(here, found),
    }  # fmt: skip
    return show(request, "needs/partners.html", context)


def _propose(
    here: Here, need: Need, network: Network, cities: list[City], fits: tuple[Fit, ...], message: str, because: str
) -> Match:
    asked = {}
    for city in cities:
        place = place_in_network(city, network)
        asked[city] = place.coordinator if place else None
    by_city = {fit.city_id: kept(fit.reasons) for fit in fits}
    reasons = {str(city.id): by_city.get(str(city.id), []) for city in cities}
    said = {"message": message, "because": because}
    return actions.propose_match(here.actor, need, asked, reasons=reasons, now=here.now, **said)


@member_page
def new_offer(request: HttpRequest, here: Here) -> HttpResponse:
    """What the own city can show."""
    city = _own_city(here)
    form = forms.OfferForm(posted(request))
    if request.method != "POST" or not form.is_valid() or "back" in request.POST:
        return show(request, "needs/new_offer.html", {"form": form})
    rings = own_rings(here.standing)
    chosen = choose_readers(
        request,
        here,
        rings=rings,
        title=_("Choose who can read this offer, then save it."),
        chosen=rings[-2].value,
        carried=typed(request),
        texts=[form.cleaned_data["what"]],
        noun=Offer,
    )
    if isinstance(chosen, HttpResponse):
        return chosen
    made = actions.make_offer(
        here.actor, city=city, readers=chosen, now=here.now, because=chosen.because, **form.cleaned_data
    )
    messages.success(request, _("Your offer is saved. Cities that need it find it when they look for help."))
    return redirect("offer", made.id)


@page
def offer(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One offer."""
    found = Offer.objects.select_related("city", "audience").get(pk=id)
    return show(request, "needs/offer.html", {"offer": found, "reading": reading(here, found)})


@page
def match(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One match: who was asked, why, and what each said."""
    found = queries.match_with_answers(id)
    context = {"match": found, "reading": reading(here, found), "mine": here.owns(found), **_match_lines(found)}
    context["exchange"] = found.exchanges.order_by("id").first() if found.state == "planned" else None
    if here.signed_in:
        context["own"] = {a.id for a in found.answers.all() if a.organisation_id == here.actor.organisation}
    return show(request, "needs/match.html", context)


def _match_lines(found: Match) -> dict[str, Any]:
    answers = list(found.answers.all())
    lines = [{"answer": a, "reasons": from_kept(found.reasons.get(str(a.city_id), []))} for a in answers]
    state = actions.settled(answers) if found.state == "proposed" else found.state
    return {"found": found, "lines": lines, "state": state}


@member_page
def answer(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The asked city answers for itself."""
    return _answer(request, here, id, form_class=forms.AnswerForm, own=True)


@member_page
def answer_on_behalf(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Whoever asked records an answer that came another way."""
    return _answer(request, here, id, form_class=forms.OnBehalfForm, own=False)


def _answer(request: HttpRequest, here: Here, id: UUID, *, form_class: type[Form], own: bool) -> HttpResponse:
    found = MatchAnswer.objects.select_related("match__need__city", "city", "audience").get(pk=id)
    allowed = found.organisation_id == here.actor.organisation if own else here.owns(found)
    if not allowed:
        raise Http404
    form = form_class(merged(request, _as_answered(found)), initial={"version": found.version})
    context = {"answer": found, "form": form, "own": own, "reading": reading(here, found), "too_late": too_late(found)}
    if request.method == "POST" and context["too_late"]:
        return show(request, "needs/answer.html", context, status=409)
    if kept := heeding.may_save(request, here, form, keep=False):
        if isinstance(kept, HttpResponse):
            return kept
        save, title = partial(_record, here, found), _("Someone else answered meanwhile")
        if both := saved_meanwhile(request, form, save, title=title, as_saved=_as_answered):
            return both
        messages.success(request, _("The answer is recorded. It can be taken back for seven days."))
        return redirect("match", found.match_id)
    return show(request, "needs/answer.html", context)


def _record(here: Here, found: MatchAnswer, *, expected: int | None, decision: str, reason: str, **said: Any) -> None:
    seen, on_behalf = expected or found.version, actions.OnBehalf(**said) if said else None
    actions.answer_match(
        here.actor, found, decision=decision, reason=reason, on_behalf=on_behalf, expected=seen, now=here.now
    )


def _as_answered(found: MatchAnswer) -> SimpleNamespace:
    """What the city said so far, as the form cleans an answer: a question that is open has none there."""
    names = ("reason", "said_by", "channel", "said_on", "version")
    decision = "" if found.answer == "asked" else found.answer
    return SimpleNamespace(decision=decision, **{name: getattr(found, name) for name in names})


@require_POST
@member_page
def undo_answer(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Takes an answer back: the one that was on the page."""
    found = MatchAnswer.objects.select_related("match").get(pk=id)
    if found.organisation_id != here.actor.organisation and not here.owns(found):
        raise Http404
    expected = number_in(request.POST.get("version")) or found.version
    try:
        actions.undo_answer(here.actor, found, now=here.now, expected=expected)
    except ChangedMeanwhile:
        messages.warning(
            request, _("Another answer came in meanwhile. Nothing is taken back: look at what stands here now.")
        )
    else:
        messages.success(request, _("The answer is taken back. The question is open again."))
    return redirect("match", found.match_id)


def _own_city(here: Here) -> City:
    if here.standing.city is None:
        raise Http404
    return here.standing.city


def _network(here: Here) -> Network:
    if not here.standing.networks:
        raise Http404
    return here.standing.networks[0]
