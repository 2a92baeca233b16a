"""Pages of networks and their hubs: who runs them, who coordinates, which cities are in them."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from serai.core.words import fold
from serai.directory import actions, forms, queries
from serai.directory.models import Network, Organisation, Person
from serai.directory.territories import country_name, language_names
from serai.web.pages import Here, member_page, page, posted, same_for_visitors, show
from serai.web.versions import merged, saved_meanwhile


@page
@same_for_visitors
def network(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """One network or hub: its office, hubs with their coordinators, national coordinators, cities."""
    found = queries.network_page(id)
    hubs = list(found.hubs.all())
    bodies = queries.bodies_of([found.id, *(hub.id for hub in hubs)])
    own = bodies[found.id]
    offices = {one.secretariat_id: one for one in [found, *hubs] if one.secretariat_id}
    national = [body for body in own if body.sector == "national_coordination"]
    speaking = queries.speakers_of([*offices, *(body.id for body in national)], today=here.today)
    mine = here.signed_in and here.standing.runs == found
    context = {
        "network": found,
        "office": next((body for body in own if body.id == found.secretariat_id), None),
        "speakers": speaking.get(found.secretariat_id, []) if found.secretariat_id else [],
        "hubs": [_hub(hub, bodies[hub.id], speaking) for hub in hubs],
        "national": [_national(body, speaking) for body in national],
        "bodies": [body for body in own if body not in national and body.id not in offices],
        "places": [
            {"city": place.city, "where": place.designation or country_name(place.city.country)}
            for place in sorted(found.places.all(), key=lambda place: fold(place.city.name))
        ],
        "spoken": language_names(found.languages),
        "illustrative": any(place.city.fictive for place in found.places.all())
        or any(body.illustrative for bodies_of in bodies.values() for body in bodies_of),
        "mine": mine,
        "without_contact": mine and found.data_protection_id is None,
    }
    return show(request, "directory/network.html", context)


def _hub(hub: Network, bodies: list[Organisation], speaking: dict[UUID, list[Person]]) -> dict[str, Any]:
    office = next((body for body in bodies if body.id == hub.secretariat_id), None)
    coordinators = speaking.get(hub.secretariat_id, []) if hub.secretariat_id else []
    return {"hub": hub, "office": office, "coordinators": coordinators, "languages": language_names(hub.languages)}


def _national(body: Organisation, speaking: dict[UUID, list[Person]]) -> dict[str, Any]:
    return {"body": body, "country": country_name(body.country), "people": speaking.get(body.id, [])}


@member_page
def new_network(request: HttpRequest, here: Here) -> HttpResponse:
    """An administrator founds a network with the office that runs it; one of no organisation may sit in it."""
    if not queries.administers():
        raise Http404
    of_nobody = here.standing.organisation is None
    asked = forms.FoundNetworkForm if of_nobody else forms.FoundForm
    form = asked(posted(request), initial={"languages": ["en"], "takes_office": True})
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        takes_office = told.pop("takes_office", False)
        made = actions.found_network(here.actor, now=here.now, **told)
        assert made.secretariat is not None
        if takes_office:
            actions.take_office(here.actor, made, now=here.now)
            messages.success(request, _("The network is founded, and you run it."))
            return redirect("home")
        messages.success(request, _("The network is founded. Next: invite the first person of its office."))
        return redirect("invite", made.secretariat.id)
    context = {"form": form, "title": _("Found a network."), "button": _("Found the network")}
    return show(request, "form.html", context, status=422 if form.errors else 200)


@member_page
def new_hub(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """The office of a network founds a hub in it, with its own office."""
    parent = _run(here, id)
    form = forms.FoundForm(posted(request), initial={"languages": parent.languages})
    if request.method == "POST" and form.is_valid():
        made = actions.found_network(here.actor, now=here.now, parent=parent, **form.cleaned_data)
        assert made.secretariat is not None
        messages.success(request, _("The hub is founded. Next: invite its local prevention coordinator."))
        return redirect("invite", made.secretariat.id)
    context = {"form": form, "title": _("Found a hub."), "kicker": parent.name, "button": _("Found the hub")}
    return show(request, "form.html", context, status=422 if form.errors else 200)


@member_page
def change_network(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """Mends a network: its name, languages and own words, and whom reports go to."""
    found = _run(here, id)
    assert here.standing.organisation is not None
    members = queries.members_of(here.standing.organisation, today=here.today)
    saved = _as_saved(found)
    people = [(str(m.person.id), m.person.name) for m in members if m.person]
    form = forms.NetworkForm(merged(request, saved), initial=vars(saved), people=people)
    if request.method == "POST" and form.is_valid():
        save = partial(_change, here, found)
        title = _("Someone else changed this network")
        if both := saved_meanwhile(request, form, save, title=title, as_saved=_as_saved):
            return both
        messages.success(request, _("The network is changed."))
        return redirect("network", id)
    context = {"form": form, "title": _("Change this network."), "kicker": found.name, "button": _("Save")}
    return show(request, "form.html", context, status=422 if form.errors else 200)


def _change(here: Here, found: Network, *, team: str, data_protection_id: str, **told: Any) -> None:
    nouns = {**found.nouns, "team": team}
    actions.change_network(here.actor, found, nouns=nouns, data_protection_id=data_protection_id or None, **told)


def _as_saved(network: Network) -> SimpleNamespace:
    """The saved network as its form cleans one."""
    return SimpleNamespace(
        name=network.name,
        languages=network.languages,
        team=network.nouns.get("team", ""),
        data_protection_id=str(network.data_protection_id or ""),
        version=actions.version_of(network),
    )


def _run(here: Here, id: UUID) -> Network:
    """The network, if the asker's organisation runs it."""
    runs = here.standing.runs
    if runs is None or runs.id != id:
        raise Http404
    return runs
