"""Pages that find cities and take them into a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType, SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from serai.directory import actions, forms, queries
from serai.directory.gazetteer import Place
from serai.directory.models import City, Network, NetworkCity
from serai.directory.places import called, find_places, world
from serai.directory.territories import country_name, languages_of, zones_of
from serai.web.keyset import MOST_COUNTED, counted, span
from serai.web.pages import Here, member_page, page, same_for_visitors, show
from serai.web.versions import merged, saved_meanwhile

MOST = 12
OF_CITY, OF_PLACE = ("name", "languages", "time_zone"), ("designation", "footnote")


@dataclass(frozen=True, kw_only=True)
class CityLine:
    """One city as its network writes it, with the networks and hubs it is in."""

    city: City
    where: str
    footnote: str
    networks: tuple[str, ...]


@page
@same_for_visitors
def cities(request: HttpRequest, here: Here) -> HttpResponse:
    """The cities of every network, found by any name."""
    asked = request.GET.get("q", "").strip()[:120]
    networks = {network.id: network for network in queries.networks_by_name()}
    roots = [network for network in networks.values() if network.parent_id is None]
    known = queries.cities_of_networks()
    shown = span(known, request.GET, keep=called(asked) if asked else None)
    lines = _lines(shown.rows, networks, alone=len(roots) == 1)
    context = {
        "span": shown,
        "lines": lines,
        "footnotes": list(dict.fromkeys(line.footnote for line in lines if line.footnote)),
        "roots": roots,
        "asked": asked,
        "count": None if asked else counted(known),
        "most": MOST_COUNTED,
        "runs": here.standing.runs if here.signed_in else None,
        "founds": here.signed_in and not networks and queries.administers(),
    }
    return show(request, "directory/cities.html", context)


def _lines(cities: tuple[City, ...], networks: dict[UUID, Network], *, alone: bool) -> list[CityLine]:
    """The network at the top writes where a city lies, before its hubs; the only network is not named at each city."""
    found = []
    for city, places in zip(cities, queries.places_of(cities).values(), strict=True):
        places.sort(key=lambda place: networks[place.network_id].parent_id is not None)
        named = [networks[place.network_id] for place in places]
        found.append(
            CityLine(
                city=city,
                where=next((place.designation for place in places if place.designation), country_name(city.country)),
                footnote=next((place.footnote for place in places if place.footnote), ""),
                networks=tuple(one.name for one in named if one.parent_id is not None or not alone),
            )
        )
    return found


@member_page
def places(request: HttpRequest, here: Here) -> HttpResponse:
    """Any place of the world by any of its names; with script, suggestions come while typing."""
    asked = request.GET.get("q", "").strip()[:120]
    runs = here.standing.runs
    found = find_places(asked, limit=MOST) if asked else []
    known = [line.city.id for line in found if line.city]
    mine = set(NetworkCity.objects.filter(network=runs, city__in=known).values_list("city_id", flat=True))
    context = {"asked": asked, "found": found, "runs": runs, "mine": mine}
    part = bool(getattr(request, "htmx", False))
    return show(request, "directory/found.html" if part else "directory/places.html", context)


@member_page
def take_city(request: HttpRequest, here: Here, id: int) -> HttpResponse:
    """Takes a place into the network one runs: its spelling, languages, time zone and designation are looked over."""
    network = _run_network(here)
    city, place = City.objects.filter(pk=id).first(), world().place(id)
    if (city is None and place is None) or NetworkCity.objects.filter(network=network, city=id).exists():
        raise Http404
    hubs = list(network.hubs.order_by("name", "id"))
    form = forms.CityForm(
        merged(request, _saved_city(city)),
        initial=_suggested(city, place),
        zones=_zones(city, place),
        hubs=[(str(hub.id), hub.name) for hub in hubs],
    )
    if request.method == "POST" and form.is_valid():
        save = partial(_take, here, network, city, place)
        title = _("Someone else changed this city")
        as_saved = partial(_saved_city, told=form.cleaned_data)
        if both := saved_meanwhile(request, form, save, title=title, as_saved=as_saved):
            return both
        messages.success(request, _("The city is in the network. Next: who answers for it there?"))
        return redirect("city", id)
    name = city.name if city else place.name if place else ""
    context = {
        "form": form,
        "title": _("Take %(city)s in.") % {"city": name},
        "kicker": network.name,
        "button": _("Take it in"),
    }
    return show(request, "form.html", context, status=422 if form.errors else 200)


def _suggested(city: City | None, place: Place | None) -> dict[str, Any]:
    if city is not None:
        return vars(_saved_city(city))
    assert place is not None
    return {"name": place.name, "languages": list(languages_of(place.country)), "time_zone": place.time_zone}


def _saved_city(city: City | None, told: Mapping[str, Any] = MappingProxyType({})) -> SimpleNamespace:
    """The saved city as its form cleans one; what is asked of its place alone stands as it was told."""
    if city is None:
        return SimpleNamespace()
    own = {name: getattr(city, name) for name in OF_CITY}
    return SimpleNamespace(**{**told, **own, "version": actions.version_of(city)})


def _saved_place(place: NetworkCity) -> SimpleNamespace:
    """The saved place of a city as its form cleans one."""
    own = {name: getattr(place.city, name) for name in OF_CITY}
    own |= {name: getattr(place, name) for name in OF_PLACE}
    coordinator = str(place.coordinator_id or "")
    return SimpleNamespace(**own, hubs=[], coordinator_id=coordinator, version=actions.version_of(place))


def _zones(city: City | None, place: Place | None) -> list[str]:
    """The zone it lies in, then the others of its country."""
    own = city.time_zone if city else place.time_zone if place else "UTC"
    country = city.country if city else place.country if place else ""
    return [own, *(zone for zone in zones_of(country) if zone != own)]


@transaction.atomic
def _take(
    here: Here, network: Network, city: City | None, place: Place | None, *, expected: str | None, **told: Any
) -> None:
    own = {name: told[name] for name in OF_CITY}
    if city is None:
        assert place is not None
        city = actions.add_city(
            here.actor,
            id=place.id,
            country=place.country,
            latitude=place.latitude,
            longitude=place.longitude,
            population=place.population,
            **own,
        )
    else:
        actions.change_city(here.actor, city, expected=expected, **own)
    writing = {name: told[name] for name in OF_PLACE}
    for one in [network, *network.hubs.filter(pk__in=told.get("hubs", [])).exclude(places__city=city)]:
        actions.place_city(here.actor, one, city, **writing)


@member_page
def change_city(request: HttpRequest, here: Here, id: int) -> HttpResponse:
    """Mends how the network one runs writes a city, and says who answers for it."""
    network = _run_network(here)
    place = NetworkCity.objects.select_related("city").get(network=network, city=id)
    hubs = list(network.hubs.order_by("name", "id"))
    inside = set(NetworkCity.objects.filter(network__in=hubs, city=id).values_list("network_id", flat=True))
    saved = _saved_place(place)
    form = forms.CityChangeForm(
        merged(request, saved),
        initial=vars(saved),
        zones=_zones(place.city, None),
        hubs=[(str(hub.id), hub.name) for hub in hubs if hub.id not in inside],
        coordinators=[(str(o.id), o.name) for o in queries.organisations_readable().filter(city=id)],
    )
    if request.method == "POST" and form.is_valid():
        save = partial(_change, here, place)
        title = _("Someone else changed this city")
        if both := saved_meanwhile(request, form, save, title=title, as_saved=_saved_place):
            return both
        messages.success(request, _("The city is changed."))
        return redirect("city", id)
    context = {"form": form, "title": _("Change this city."), "kicker": place.city.name, "button": _("Save")}
    return show(request, "form.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _change(here: Here, place: NetworkCity, *, expected: str | None, **told: Any) -> None:
    writing = {name: told[name] for name in OF_PLACE}
    coordinator = told["coordinator_id"] or None
    actions.change_place(here.actor, place, expected=expected, coordinator_id=coordinator, **writing)
    actions.change_city(here.actor, place.city, **{name: told[name] for name in OF_CITY})
    for hub in place.network.hubs.filter(pk__in=told.get("hubs", [])):
        actions.place_city(here.actor, hub, place.city, **writing)


def _run_network(here: Here) -> Network:
    if here.standing.runs is None:
        raise Http404
    return here.standing.runs
