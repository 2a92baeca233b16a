"""A city's page: its team, what it needs and shows, its exchanges and plans, as far as the asker may read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serai.directory import queries as directory
from serai.directory.models import City, NetworkCity, Team
from serai.directory.stages import stage_path
from serai.directory.territories import country_name, language_names
from serai.exchanges.models import Party
from serai.exchanges.queries import exchanges_readable
from serai.needs.queries import needs_readable, offers_readable
from serai.plans.queries import plans_readable
from serai.practices.queries import practices_readable
from serai.stories.queries import stories_readable
from serai.web import dates
from serai.web.arcs import LitCity
from serai.web.pages import Here, page, same_for_visitors, show
from serai.web.world import near_svg

MOST = 6  # lines of a section; whoever wants more goes to the list


@page
@same_for_visitors
def city(request: HttpRequest, here: Here, id: int) -> HttpResponse:
    """One city: how it is written, its team with its stage, and the thread's records that begin or end here."""
    found = City.objects.get(pk=id)
    places = list(NetworkCity.objects.filter(city=found).select_related("network", "coordinator"))
    places.sort(key=lambda place: (place.network.parent_id is not None, place.network.name))
    teams = list(Team.objects.filter(city=found).select_related("mentor").order_by("name", "id"))
    organisations = list(directory.organisations_readable().filter(city=found)[:40])
    context = {
        "city": found,
        "places": places,
        "where": next((p.designation for p in places if p.designation), "") or country_name(found.country),
        "footnote": next((p.footnote for p in places if p.footnote), ""),
        "spoken": language_names(found.languages),
        "clock": dates.clock(here.now, found.time_zone),
        "coordinator": next((p.coordinator for p in places if p.coordinator), None),
        "teams": [{"team": one, "path": stage_path(one.stage)} for one in teams],
        "organisations": organisations,
        "near": _near(found),
        **_records(found),
        **_standing(here, found, places),
    }
    return show(request, "directory/city.html", context)


def _records(found: City) -> dict[str, Any]:
    """What begins or ends in this city, the newest first, a few lines of each."""
    taking = Party.objects.filter(city=found).values("exchange")
    exchanges = exchanges_readable().filter(pk__in=taking) | exchanges_readable().filter(place=found)
    return {
        "needs": list(needs_readable().filter(city=found)[:MOST]),
        "offers": list(offers_readable().filter(city=found)[:MOST]),
        "practices": list(practices_readable().filter(practice__city=found)[:MOST]),
        "plans": list(plans_readable().filter(city=found)[:MOST]),
        "stories": list(stories_readable().filter(city=found)[:MOST]),
        "exchanges": [_exchange(exchange) for exchange in exchanges[:MOST]],
    }


def _exchange(exchange: Any) -> dict[str, Any]:
    cities = [party.city.name for party in exchange.parties.all() if party.city]
    when = exchange.when or (dates.days(exchange.starts_on, exchange.ends_on) if exchange.starts_on else "")
    return {"exchange": exchange, "cities": cities, "when": when}


def _near(found: City) -> Any:
    if found.fictive:
        return None
    lit = LitCity(key=str(found.id), name=found.name, latitude=found.latitude, longitude=found.longitude)
    title = _("Where %(city)s lies") % {"city": found.name}
    return near_svg((lit,), title=title, description=_("Dots are places with cities. There are no borders."))


def _standing(here: Here, found: City, places: list[NetworkCity]) -> dict[str, Any]:
    """What the asker may do here."""
    if not here.signed_in:
        return {"own": False, "runs": None, "own_organisation": None, "adds": False}
    standing = here.standing
    runs = standing.runs if any(place.network == standing.runs for place in places) else None
    own = standing.city == found
    adds = runs is not None and found.id in directory.may_place([found.id])
    return {"own": own, "runs": runs, "own_organisation": standing.organisation if own else None, "adds": adds}
