"""Pages of organisations: what they are, how they may be named, who their members are."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from serai.core.audience import CLEAR, GREEN
from serai.core.words import fold
from serai.directory import actions, forms, queries, vocabulary
from serai.directory.models import City, Organisation
from serai.directory.naming import WIDER, named, preview
from serai.directory.queries import Standing
from serai.directory.views.rings import entry_rings, usual
from serai.sharing.choosing import Ring, choose_readers
from serai.sharing.readable import readable
from serai.sharing.reading import reading
from serai.web.keyset import MOST_COUNTED, counted, span
from serai.web.pages import Here, member_page, page, same_for_visitors, show
from serai.web.steps import Step, ask
from serai.web.versions import merged, saved_meanwhile

SECTORS = dict(vocabulary.SECTORS)


@page
@same_for_visitors
def organisations(request: HttpRequest, here: Here) -> HttpResponse:
    """The organisations the asker may read, by city or sector, or by a part of their name in any script."""
    asked, sector = request.GET.get("q", "").strip(), request.GET.get("sector", "")
    found = readable(queries.organisations_readable())
    if sector in SECTORS:
        found = found.filter(sector=sector)
    context = {
        "span": span(found, request.GET, keep=(lambda o: _called(o, asked)) if asked else None),
        "count": None if asked else counted(found),
        "most": MOST_COUNTED,
        "asked": asked,
        "sector": sector,
        "sectors": vocabulary.SECTORS,
        "adds": here.signed_in and bool(here.standing.city or here.standing.runs),
    }
    return show(request, "directory/organisations.html", context)


def _called(organisation: Organisation, asked: str) -> bool:
    place = organisation.city.name if organisation.city else ""
    return fold(asked) in f" {fold(organisation.name)} {fold(place)}"


@page
@same_for_visitors
def organisation(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One organisation: sector and level, how it may be named, its members, and who may add some."""
    found = queries.organisation_page(id)
    mine = here.signed_in and queries.looks_after(here.standing, found)
    lets_in = here.signed_in and queries.may_let_in(here.standing, found)
    members = queries.members_of(found, today=here.today)
    context = {
        "organisation": found,
        "naming": [_told(found, before) for before in WIDER],
        "members": members,
        "mine": mine,
        "lets_in": lets_in,
        "own": here.signed_in and here.standing.organisation == found,
        "source": None if mine else _source(found),
        "reading": reading(here, found),
    }
    return show(request, "directory/organisation.html", context)


def _source(found: Organisation) -> Organisation | None:
    """Whoever looks after it until it has members of its own, where the asker may see them."""
    return Organisation.objects.filter(pk=found.source_id).first() if found.source_id else None


def _told(organisation: Organisation, before: Any) -> dict[str, Any]:
    words = {
        "participants": _("To those taking part in an exchange"),
        "network": _("In the network"),
        "public": _("To the public"),
    }
    how = {"name": _("By name"), "kind": _("In kind"), "none": _("Not at all")}
    return {
        "before": words[before],
        "how": how[getattr(organisation, f"named_to_{before}")],
        "sentence": preview(organisation, before),
        "name": named(organisation, before=before),
    }


@member_page
def new_organisation(request: HttpRequest, here: Here) -> HttpResponse:
    """What it is, how it may be named, who can read it; then it is written down."""
    cities = _cities(here.standing)
    if not cities and here.standing.runs is None:
        raise Http404
    asked, runs = request.GET.get("city", ""), here.standing.runs is not None
    proposed = next((id for id, _name in cities if str(id) == asked), None)
    extra = {"cities": cities, "elsewhere": runs, "city": proposed}
    steps = [
        Step(form=forms.WhoForm, title=_("A new organisation"), extra=extra),
        Step(form=forms.NamingForm, title=_("How may it be named?")),
    ]
    answers = ask(request, steps, context={})
    if isinstance(answers, HttpResponse):
        return answers
    rings = _rings(here.standing, answers.values)
    bounded = rings[-1].value != "everyone"
    chosen = choose_readers(
        request,
        here,
        rings=rings,
        title=_("Choose who can read this organisation’s entry, then save it."),
        chosen=usual(rings),
        carried=answers.typed,
        not_wider=_("Wider is not offered: nobody reads the entry who may not know the name.") if bounded else "",
        noun=Organisation,
    )
    if isinstance(chosen, HttpResponse):
        return chosen
    made = _written_down(here, chosen, answers.values)
    messages.success(request, _("The organisation is written down. Next: invite its first member."))
    return redirect("organisation", made.id)


@transaction.atomic
def _written_down(here: Here, readers: tuple[str, ...], told: dict[str, Any]) -> Organisation:
    values = dict(told)
    city = City.objects.filter(pk=values.pop("city_id") or 0).first()
    made = actions.add_organisation(here.actor, city=city, readers=readers, now=here.now, **values)
    if city is None and here.standing.runs is not None:
        actions.place_organisation(here.actor, here.standing.runs, made)
    return made


@member_page
def change_organisation(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Mends an organisation; if someone else mended it meanwhile, both versions are shown."""
    found = queries.organisation_page(id)
    if not queries.looks_after(here.standing, found):
        raise Http404
    cities = _cities(here.standing)
    if found.city and (found.city.id, found.city.name) not in cities:
        cities.append((found.city.id, found.city.name))
    initial = {name: getattr(found, name) for name in forms.OrganisationForm.base_fields}
    form = forms.OrganisationForm(
        merged(request, found), initial=initial, cities=cities, elsewhere=found.city is None, city=found.city_id
    )
    if request.method == "POST" and form.is_valid():
        save = partial(actions.change_organisation, here.actor, found, now=here.now)
        if both := saved_meanwhile(request, form, save, title=_("Someone else changed this organisation")):
            return both
        messages.success(request, _("The organisation is changed."))
        if _read_too_widely(found.audience.label, form.cleaned_data):
            messages.warning(request, _("Some readers of this entry may no longer know its name. Make them fewer."))
        return redirect("organisation", id)
    context = {"form": form, "title": _("Change this organisation."), "kicker": found.name, "button": _("Save")}
    return show(request, "form.html", context, status=422 if form.errors else 200)


def _read_too_widely(label: str, told: dict[str, Any]) -> bool:
    """Whether the entry is read by those before whom it is not to be named."""
    hidden = {CLEAR} if told["named_to_public"] != "name" else set()
    if told["named_to_network"] != "name":
        hidden |= {CLEAR, GREEN}
    return label in hidden


def _cities(standing: Standing) -> list[tuple[int, str]]:
    """The cities for which this person writes down organisations: their own, or those of the network they run."""
    cities = list(queries.cities_of(standing.runs)) if standing.runs else [standing.city] if standing.city else []
    allowed = queries.may_place([city.id for city in cities])
    return [(city.id, city.name) for city in cities if city.id in allowed]


def _rings(standing: Standing, told: dict[str, Any]) -> list[Ring]:
    """Who may read an entry: nobody who may not know the name."""
    hidden = {"everyone"} if told["named_to_public"] != "name" else set()
    if told["named_to_network"] != "name":
        hidden |= {f"network-{network.id}" for network in standing.networks} | {"everyone"}
    return entry_rings(standing, without=hidden)
