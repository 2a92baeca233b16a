"""Pages on which ideas are shared, weighed and promised; and notes."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from serai.core.audience import group
from serai.directory.queries import held
from serai.exchanges import actions, forms, queries
from serai.exchanges.addresses import asked_id
from serai.exchanges.models import Commitment, Exchange, Participant, Session, Takeaway
from serai.sharing import heeding
from serai.sharing.choosing import Ring, choose_readers, own_rings, team_rings
from serai.sharing.models import Purged
from serai.sharing.reading import reading
from serai.web.pages import Here, member_page, page, posted, show
from serai.web.versions import merged, saved_meanwhile

MOST_PICTURES = 3  # in a list: the weight of a page is bounded; the others are said in words


@page
def takeaways(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """What was taken home from an exchange, as far as the asker may read."""
    found = Exchange.objects.select_related("place", "audience").get(pk=id)
    every = [(t, next(iter(t.photos.all()), None)) for t in queries.takeaways_of(found)]
    lines = [{"takeaway": t, "state": queries.state_of(t), "photo": photo} for t, photo in every]
    shown = [photo.pk for _t, photo in every if photo][: 0 if _saves_data(request) else MOST_PICTURES]
    weighs = here.standing.city if here.signed_in and here.standing.coordinates else None
    unweighed = (t for t, _photo in every if weighs and t.city_id == weighs.pk and queries.state_of(t) == "captured")
    context = {
        "exchange": found,
        "lines": lines,
        "shown": shown,
        "waiting": next(unweighed, None),
        "turns": _own_turns(here, found, "weigh"),
        "reading": reading(here, found),
    }
    return _varied(show(request, "exchanges/takeaways.html", context))


def _saves_data(request: HttpRequest) -> bool:
    """Whether whoever reads has told their browser to load little: a picture is then a tap away."""
    return request.headers.get("Save-Data", "").lower() == "on"


def _varied(answer: HttpResponse) -> HttpResponse:
    patch_vary_headers(answer, ["Save-Data"])
    return answer


def _own_turns(here: Here, exchange: Exchange, *codes: str) -> list[queries.Turn]:
    own = here.actor.organisation if here.signed_in else None
    return queries.own_turns(exchange, *codes, own=own, today=here.today) if own is not None else []


@page
def takeaway(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One takeaway: where it was seen, who may read it, what became of it."""
    found = Takeaway.objects.select_related("exchange", "session", "practice", "city", "audience").get(pk=id)
    own = here.signed_in and found.person_id == here.actor.person
    context = {
        "takeaway": found,
        "own": own,
        "personal": found.audience.label == "TLP:RED",
        "state": queries.state_of(found),
        "weighings": list(found.weighings.order_by("-id")),
        "photos": list(found.photos.defer("whole", "small")),
        "saves_data": _saves_data(request),
        "may_weigh": here.signed_in
        and here.standing.city is not None
        and here.standing.city.id == found.city_id
        and here.standing.coordinates,
        "reading": reading(here, found),
    }
    return _varied(show(request, "exchanges/takeaway.html", context))


@member_page
def share_takeaway(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A captured takeaway is shared by a step of its own."""
    found = Takeaway.objects.select_related("exchange", "audience").get(pk=id, person=here.actor.person)
    rings = _rings(here, found.exchange)
    pictured = found.photos.exists()
    chosen = choose_readers(
        request,
        here,
        rings=rings,
        title=_("Choose who can read this takeaway and see its photo, then share it.")
        if pictured
        else _("Choose who can read this takeaway, then share it."),
        chosen=rings[-1].value,
        texts=[found.text],
        noun=Takeaway,
        back_href=reverse("takeaway", args=[id]),
        not_wider=_("Wider is not offered. A takeaway belongs to its exchange."),
    )
    if isinstance(chosen, HttpResponse):
        return chosen
    actions.share_takeaway(here.actor, found, chosen, now=here.now, because=chosen.because)
    messages.success(request, _("Shared."))
    return redirect("takeaway", id)


def _rings(here: Here, exchange: Exchange) -> list[Ring]:
    rings = [ring for ring in own_rings(here.standing) if ring.value in ("organisation", "city")]
    teams = team_rings(here)
    rings += teams
    if Participant.objects.filter(held(here.today), exchange=exchange, person=here.actor.person).exists():
        inner = group("exchange", exchange.id)
        rings.append(Ring(value="exchange", title=_("Everyone in this exchange"), groups=(inner,)))
        both = _("%(team)s and everyone in this exchange")
        rings += [
            Ring(value=f"{team.value}-exchange", title=both % {"team": team.title}, groups=(inner, *team.groups))
            for team in teams
        ]
    return rings


@member_page
def weigh(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The home team adopts, adapts, parks or leaves a takeaway, with a reason."""
    found = Takeaway.objects.select_related("exchange", "audience", "city").get(pk=id, city=here.standing.city)
    form = forms.WeighForm(posted(request))
    if kept := heeding.may_save(request, here, form, kicker=found.exchange.title):
        if isinstance(kept, HttpResponse):
            return kept
        actions.weigh_takeaway(here.actor, found, now=here.now, because=kept.because, **form.cleaned_data)
        messages.success(request, _("Weighed. Whoever was inspired can read the reason."))
        return redirect("takeaway", id)
    return show(request, "exchanges/weigh.html", {"takeaway": found, "form": form, "reading": reading(here, found)})


@page
def promises(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The promises made in an exchange, each with its age and what became of it."""
    found = Exchange.objects.select_related("audience").get(pk=id)
    made = list(queries.promises_of(found))
    roots = [p.takeaway_id for p in made if p.takeaway_id and here.owns(p)]
    purged = set(Purged.objects.filter(record_id__in=roots).values_list("record_id", flat=True)) if roots else set()
    lines = [
        {
            "promise": p,
            "own": here.owns(p),
            "root_purged": here.owns(p) and p.takeaway_id in purged,
            "renew": p.state == "made" and p.due_on is not None and p.due_on < here.today,
        }
        for p in made
    ]
    context = {"exchange": found, "lines": lines, "reading": reading(here, found)}
    context["turns"] = _own_turns(here, found, "promise", "report_promises")
    return show(request, "exchanges/promises.html", context)


@member_page
def new_promise(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """We will try this: owner, day, first step."""
    found = Exchange.objects.select_related("audience").get(pk=id)
    organisation = here.standing.organisation
    asked = asked_id(request, "takeaway")
    root = Takeaway.objects.get(pk=asked, exchange=found) if asked else None
    form = forms.PromiseForm(posted(request), initial={"text": root.text[:300] if root else ""})
    if organisation is not None and (kept := heeding.may_save(request, here, form, kicker=found.title)):
        if isinstance(kept, HttpResponse):
            return kept
        told = {**form.cleaned_data, "because": kept.because}
        actions.promise(here.actor, found, organisation=organisation, takeaway=root, now=here.now, **told)
        messages.success(request, _("Promised."))
        return redirect("promises", id)
    return show(
        request,
        "exchanges/new_promise.html",
        {"exchange": found, "form": form, "reading": reading(here, found)},
    )


@member_page
def renew_promise(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Keep, change, hand over, or let go with a reason: each is a good answer."""
    found = Commitment.objects.select_related("exchange", "audience").get(pk=id, source_id=here.actor.source)
    form = forms.RenewForm(merged(request, _as_renewed(found)), initial={"version": found.version})
    if kept := heeding.may_save(request, here, form, keep=False):
        if isinstance(kept, HttpResponse):
            return kept
        save = partial(actions.renew_promise, here.actor, found, now=here.now)
        title = _("Someone else changed this promise")
        if both := saved_meanwhile(request, form, save, title=title, as_saved=_as_renewed):
            return both
        return redirect("promises", found.exchange_id)
    return show(request, "exchanges/renew.html", {"promise": found, "form": form, "reading": reading(here, found)})


def _as_renewed(found: Commitment) -> SimpleNamespace:
    """The saved promise as its form cleans one: what nothing was said of yet has no state there."""
    state = "" if found.state == "made" else found.state
    return SimpleNamespace(state=state, reason=found.reason, due_on=found.due_on, version=found.version)


@member_page
def new_note(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A note from a session; under the Chatham House Rule it carries no author."""
    found = Session.objects.select_related("exchange", "audience").get(pk=id, replaces=None)
    form = forms.NoteForm(posted(request))
    if kept := heeding.may_save(request, here, form, keep=not found.chatham, kicker=found.title):
        if isinstance(kept, HttpResponse):
            return kept
        actions.write_note(here.actor, found, form.cleaned_data["text"], now=here.now, because=kept.because)
        messages.success(request, _("Kept."))
        return redirect("session", id)
    few = sorted(queries.guessable_sectors(found)) if found.chatham else []
    context = {"session": found, "form": form, "few": few, "reading": reading(here, found)}
    return show(request, "exchanges/new_note.html", context)
