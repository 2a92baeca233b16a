"""Reads of the directory: who someone is here, and the groups they may address."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from serai.audit.actions import Actor
from serai.core.audience import group
from serai.db.acting import Asker
from serai.db.keys import sources
from serai.db.rows import Protected
from serai.directory.models import (
    City,
    Membership,
    Network,
    NetworkCity,
    NetworkOrganisation,
    Organisation,
    Person,
    Team,
    TeamMember,
)


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


def looks_after(standing: Standing, record: Protected) -> bool:
    """Whether a record comes from this person or the organisation they act for: then they may mend it."""
    return record.source_id in (standing.person.id, standing.organisation.id if standing.organisation else None)


def may_let_in(standing: Standing, organisation: Organisation) -> bool:
    """Whether they may add members: of their own organisation, or of one they wrote down that has none of its own."""
    own = standing.organisation is not None and organisation.id == standing.organisation.id
    return own or (organisation.claimed_on is None and looks_after(standing, organisation))


def speaks_for_a_city() -> bool:
    """Whether the asker is of an organisation in a city: only cities state needs, make offers and begin plans."""
    return Organisation.objects.filter(pk__in=sources(), city__isnull=False).exists()


def administers() -> bool:
    """Whether the asker administers this site."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_administers()")
        return bool(cursor.fetchone()[0])


def cities_of_networks() -> QuerySet[City]:
    """Every city that is in a network, by name."""
    return City.objects.filter(Exists(NetworkCity.objects.filter(city=OuterRef("pk")))).order_by("name", "pk")


def networks_by_name() -> list[Network]:
    """Every network and hub."""
    return list(Network.objects.order_by("name", "id"))


def places_of(cities: Iterable[City]) -> dict[int, list[NetworkCity]]:
    """For each of these cities, its places in networks, as each of them writes it."""
    found: dict[int, list[NetworkCity]] = {city.pk: [] for city in cities}
    for place in NetworkCity.objects.filter(city__in=list(found)).order_by("network__name", "network_id"):
        found[place.city_id].append(place)
    return found


def network_page(id: uuid.UUID) -> Network:
    """One network with its hubs and cities. Raises `Network.DoesNotExist`."""
    places = NetworkCity.objects.select_related("city").order_by("city__name", "city_id")
    hubs = Network.objects.order_by("name", "id")
    return (
        Network.objects.select_related("parent")
        .prefetch_related(Prefetch("places", places), Prefetch("hubs", hubs))
        .get(pk=id)
    )


def bodies_of(networks: list[uuid.UUID]) -> dict[uuid.UUID, list[Organisation]]:
    """For each network, its organisations without a city, as far as the asker may read them."""
    bodies = NetworkOrganisation.objects.filter(network__in=networks).values_list("network_id", "organisation_id")
    known = Organisation.objects.in_bulk([organisation for _network, organisation in bodies])
    found: dict[uuid.UUID, list[Organisation]] = {network: [] for network in networks}
    for network, organisation in bodies:
        if organisation in known:
            found[network].append(known[organisation])
    return {network: sorted(some, key=lambda o: (o.name, str(o.id))) for network, some in found.items()}


def speakers_of(organisations: list[uuid.UUID], *, today: date) -> dict[uuid.UUID, list[Person]]:
    """For each organisation, who answers for it towards others, as far as the asker may read them."""
    found: dict[uuid.UUID, list[Person]] = {organisation: [] for organisation in organisations}
    speaking = Membership.objects.filter(held(today), organisation__in=organisations, coordinates=True)
    for membership in speaking.select_related("person").order_by("started_on", "id"):
        if membership.organisation_id and membership.person:
            found[membership.organisation_id].append(membership.person)
    return found


def organisations_readable() -> QuerySet[Organisation]:
    """The organisations the asker may read, by name."""
    return Organisation.objects.select_related("city").order_by("name", "id")


def organisation_page(id: uuid.UUID) -> Organisation:
    """One organisation. Raises `Organisation.DoesNotExist`."""
    return Organisation.objects.select_related("city", "audience").get(pk=id)


def members_of(organisation: Organisation, *, today: date) -> list[Membership]:
    """Its members of today, those who answer for it first."""
    found = Membership.objects.filter(held(today), organisation=organisation).select_related("person")
    return list(found.order_by("-coordinates", "person__name", "id"))


def person_page(id: uuid.UUID) -> Person:
    """One person's card. Raises `Person.DoesNotExist`."""
    return Person.objects.select_related("audience").get(pk=id)


def memberships_of(person: Person, *, today: date) -> list[Membership]:
    """Where someone is a member today."""
    found = Membership.objects.filter(held(today), person=person).select_related("organisation__city")
    return list(found.order_by("started_on", "id"))


def seats_of(person: Person, *, today: date) -> list[TeamMember]:
    """Where someone has a seat today."""
    return list(
        TeamMember.objects.filter(held(today), person=person).select_related("team__city").order_by("started_on", "id")
    )


def team_page(id: uuid.UUID, *, today: date) -> Team:
    """One team with its seats of today. Raises `Team.DoesNotExist`."""
    seats = TeamMember.objects.filter(held(today)).select_related("person").order_by("-chairs", "person__name", "id")
    return (
        Team.objects.select_related("city", "mentor", "audience")
        .prefetch_related(Prefetch("members", seats))
        .get(pk=id)
    )


def people_of_city(city: City, *, today: date) -> list[Membership]:
    """The members of a city's organisations, one line a person, as far as the asker may read them."""
    found = Membership.objects.filter(held(today), organisation__city=city).select_related("person", "organisation")
    first: dict[uuid.UUID, Membership] = {}
    for membership in found.order_by("person__name", "id"):
        if membership.person is not None:
            first.setdefault(membership.person.id, membership)
    return list(first.values())


def may_place(cities: list[int]) -> frozenset[int]:
    """Of these cities, those of which the asker may say that an organisation is theirs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM unnest(%s::integer[]) AS id WHERE serai_places(id)", [cities])
        return frozenset(row[0] for row in cursor.fetchall())
