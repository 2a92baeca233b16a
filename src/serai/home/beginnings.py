"""How a network begins: what its founder, and then its secretariat, does before anything is under way."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from serai.directory.models import Membership, Network, NetworkCity, Organisation
from serai.directory.queries import Standing, administers, held
from serai.home.queries import Due

SHOWN = 3  # cities for which nobody answers yet


def to_found(standing: Standing) -> Due | None:
    """What waits for an administrator of no organisation: the first network, or the first person of an office."""
    if standing.organisation is not None or not administers():
        return None
    if not Network.objects.exists():
        why = _("A name, and the office that runs it.")
        return Due(title=_("Found your network"), href=reverse("new_network"), why=why, minutes=2)
    mine = {"secretariat__claimed_on": None, "secretariat__source_id": standing.person.id}
    waiting = Network.objects.filter(**mine).exclude(secretariat=None).order_by("id").first()
    if waiting is None:
        return None
    href = reverse("invite", args=[waiting.secretariat_id])
    why = _("Until they have signed in, nobody runs %(network)s.") % {"network": waiting.name}
    return Due(title=_("Invite the first person of the office"), href=href, why=why, minutes=1)


def of_network(standing: Standing, *, young: bool, today: date) -> list[Due]:
    """What a secretariat still has to do so that its cities can begin, in that order; `young`: nothing is there yet."""
    network = standing.runs
    assert network is not None
    places = NetworkCity.objects.filter(network=network).order_by("city__name", "city_id")
    if not places.exists():
        why = _("It is found by any of its names, in any script.")
        return [Due(title=_("Take in your first city"), href=reverse("places"), why=why, minutes=1)]
    someone = Exists(Organisation.objects.filter(city=OuterRef("city")))
    found = []
    if young and places.filter(~someone).exists():
        why = _("A list from Excel. You look it over before anything is saved.")
        found.append(Due(title=_("Bring in your members"), href=reverse("import_members"), why=why, minutes=10))
    for place in places.filter(someone, coordinator=None).select_related("city")[:SHOWN]:
        found.append(
            Due(
                title=_("Say who answers for %(city)s") % {"city": place.city.name},
                href=reverse("change_city", args=[place.city_id]),
                why=_("Only then can other cities ask it."),
                minutes=1,
                illustrative=place.city.fictive,
            )
        )
    return found + _office(standing, network, young=young, today=today)


def _office(standing: Standing, network: Network, *, young: bool, today: date) -> list[Due]:
    found = []
    if network.data_protection_id is None:
        why = _("Until then nobody can release or destroy what someone reports.")
        href = reverse("change_network", args=[network.id])
        found.append(Due(title=_("Say who is told of reports"), href=href, why=why, minutes=1))
    if young and Membership.objects.filter(held(today), organisation=standing.organisation).count() < 2:
        assert standing.organisation is not None
        href = reverse("invite", args=[standing.organisation.id])
        why = _("So that someone can step in for you.")
        found.append(Due(title=_("Invite a second person of your office"), href=href, why=why, minutes=1))
    return found
