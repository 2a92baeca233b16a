"""Reads of the directory: who someone is here, and the groups they may address."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from serai.audit.actions import Actor
from serai.core.audience import group
from serai.db.acting import Asker
from serai.directory.models import City, Membership, Network, NetworkCity, Organisation, Person


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Who someone is today: the person, the organisation they act for, its city and networks."""

    person: Person
    organisation: Organisation | None
    role: str
    city: City | None
    networks: tuple[Network, ...]
    runs: Network | None  # the network whose secretariat the organisation is
    coordinates: bool

    @property
    def actor(self) -> Actor:
        """The explicit actor for actions."""
        return Actor(person=self.person.id, organisation=self.organisation.id if self.organisation else None)


def held(today: date) -> Q:
    """Memberships, seats and participations that hold on that day."""
    return Q(started_on__lte=today) & (Q(ended_on=None) | Q(ended_on__gt=today))


def standing(asker: Asker, *, today: date, organisation: uuid.UUID | None = None) -> Standing | None:
    """The standing of the asking person; None for a visitor or link.

    Someone of several organisations acts for `organisation`, or for the one they coordinate, or the first.
    """
    if asker.person is None:
        return None
    person = Person.objects.get(pk=asker.person)
    memberships = list(
        Membership.objects.filter(held(today), person=person)
        .select_related("organisation__city")
        .order_by("-coordinates", "started_on", "id")
    )
    chosen = next((m for m in memberships if m.organisation_id == organisation), None)
    chosen = chosen or (memberships[0] if memberships else None)
    if chosen is None:
        return Standing(
            person=person,
            organisation=None,
            role=person.role,
            city=None,
            networks=(),
            runs=None,
            coordinates=False,
        )
    home = chosen.organisation
    networks = networks_of(home)
    return Standing(
        person=person,
        organisation=home,
        role=chosen.role or person.role,
        city=home.city,
        networks=networks,
        runs=next((n for n in networks if n.secretariat_id == home.id), None),
        coordinates=chosen.coordinates,
    )


def networks_of(organisation: Organisation) -> tuple[Network, ...]:
    """The networks an organisation is in, through its city or itself, those around a hub included."""
    direct = Network.objects.filter(
        Q(places__city=organisation.city_id) | Q(bodies__organisation=organisation.id)
        if organisation.city_id
        else Q(bodies__organisation=organisation.id)
    )
    found = {n.id: n for n in direct.select_related("parent").distinct()}
    for network in list(found.values()):
        step = network.parent
        while step is not None and step.id not in found:
            found[step.id] = step
            step = step.parent
    return tuple(sorted(found.values(), key=lambda n: (n.name, str(n.id))))


def cities_of(network: Network) -> QuerySet[City]:
    """The cities of a network."""
    return City.objects.filter(places__network=network).order_by("name", "id")


def place_in_network(city: City, network: Network) -> NetworkCity | None:
    """The city's place in the network."""
    return NetworkCity.objects.filter(city=city, network=network).select_related("coordinator").first()


def ring_of(standing: Standing) -> tuple[tuple[str, str], ...]:
    """The groups this person may address for a record of their own, narrow to wide: name, group."""
    rings = [("person", group("person", standing.person.id))]
    if standing.organisation:
        rings.append(("organisation", group("organisation", standing.organisation.id)))
    if standing.city:
        rings.append(("city", group("city", standing.city.id)))
    rings += [("network", group("network", n.id)) for n in standing.networks]
    rings.append(("everyone", group("everyone")))
    return tuple(rings)
