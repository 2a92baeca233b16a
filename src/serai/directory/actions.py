"""Writes of the directory: networks, cities' places, organisations, people, teams."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction

from serai.accounts.models import Account
from serai.audit.actions import Actor, NotYours, add, change
from serai.core.audience import group
from serai.db.acting import forget_keys
from serai.db.rows import new_id
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


def introduce_oneself(actor: Actor, *, name: str, now: datetime, role: str = "") -> Person:
    """Writes down the card of the acting person themselves, readable by them alone until they join someone."""
    return add(
        actor,
        Person(id=actor.person, name=name, role=role),
        verb="introduce",
        groups=[group("person", actor.person)],
        source=actor.person,
        now=now,
    )


@transaction.atomic
def found_network(
    actor: Actor,
    *,
    name: str,
    secretariat: str,
    now: datetime,
    languages: Iterable[str] = ("en",),
    parent: Network | None = None,
    illustrative: bool = False,
) -> Network:
    """Founds a network (an administrator) or a hub in one (its secretariat), with its secretariat's organisation."""
    network = Network.objects.create(name=name, languages=list(languages), parent=parent, illustrative=illustrative)
    office = add_organisation(
        actor,
        name=secretariat,
        sector="international",
        level="international",
        readers=[group("network", parent.id if parent else network.id)],
        now=now,
        illustrative=illustrative,
    )
    Network.objects.filter(pk=network.pk).update(secretariat=office)
    network.secretariat = office
    return network


def place_city(
    actor: Actor,
    network: Network,
    city: City,
    *,
    coordinator: Organisation | None = None,
    designation: str = "",
) -> NetworkCity:
    """Takes a city into a network, under the network's own designation. Raises `NotYours` for outsiders."""
    return NetworkCity.objects.create(network=network, city=city, coordinator=coordinator, designation=designation)


def place_organisation(actor: Actor, network: Network, organisation: Organisation) -> NetworkOrganisation:
    """Takes a national or international organisation without a city into a network."""
    return NetworkOrganisation.objects.create(network=network, organisation=organisation)


def add_organisation(
    actor: Actor,
    *,
    name: str,
    sector: str,
    now: datetime,
    readers: Iterable[str],
    level: str = "local",
    city: City | None = None,
    country: str = "",
    in_kind: str = "",
    illustrative: bool = False,
    named_to_public: str = "kind",
) -> Organisation:
    """Writes down an organisation; until a member of its own claims it, whoever wrote it down looks after it."""
    organisation = Organisation(
        name=name,
        sector=sector,
        level=level,
        city=city,
        country=country,
        in_kind=in_kind,
        illustrative=illustrative,
        named_to_public=named_to_public,
    )
    return add(actor, organisation, verb="add_organisation", groups=readers, now=now)


@transaction.atomic
def add_member(
    actor: Actor,
    organisation: Organisation,
    *,
    name: str,
    role: str,
    now: datetime,
    readers: Iterable[str],
    email: str = "",
    coordinates: bool = False,
    languages: Iterable[str] = (),
    since: date | None = None,
) -> Person:
    """Writes down a person with a membership, and an account when an address is given."""
    person = Person(
        id=new_id(), name=name, role=role, languages=list(languages), illustrative=organisation.illustrative
    )
    groups = list(readers)
    add(actor, person, verb="add_person", groups=groups, now=now)
    join(actor, person, organisation, role=role, coordinates=coordinates, now=now, since=since, readers=groups)
    if email:
        Account.objects.create(email=email, person_id=person.id)
    return person


def join(
    actor: Actor,
    person: Person,
    organisation: Organisation,
    *,
    role: str,
    now: datetime,
    readers: Iterable[str],
    coordinates: bool = False,
    since: date | None = None,
) -> Membership:
    """Makes a person a member of an organisation. Membership grants reading: see directory/policies.sql."""
    membership = Membership(
        person=person,
        organisation=organisation,
        role=role,
        coordinates=coordinates,
        started_on=since or now.date(),
        illustrative=organisation.illustrative,
    )
    return add(actor, membership, verb="join", groups=readers, now=now)


def leave(actor: Actor, membership: Membership, *, on: date, now: datetime) -> Membership:
    """Ends a membership: from that day on the person reads nothing through it."""
    return change(actor, membership, verb="leave", now=now, ended_on=on)


def claim(actor: Actor, organisation_id: uuid.UUID) -> bool:
    """The first own member takes their organisation over from whoever wrote it down; False if it was taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_claim(%s)", [organisation_id])
        forget_keys()
        return bool(cursor.fetchone()[0])


def add_team(
    actor: Actor,
    *,
    name: str,
    city: City,
    readers: Iterable[str],
    now: datetime,
    stage: str = "interested",
    tailoring: str = "",
    illustrative: bool = False,
) -> Team:
    """Writes down a city's multi-agency team."""
    team = Team(name=name, city=city, stage=stage, tailoring=tailoring, illustrative=illustrative)
    return add(actor, team, verb="add_team", groups=readers, now=now)


def seat(
    actor: Actor,
    team: Team,
    person: Person,
    *,
    sector: str,
    now: datetime,
    readers: Iterable[str] | None = None,
    chairs: bool = False,
    since: date | None = None,
) -> TeamMember:
    """Gives a person a seat in a team; they then read what is shared with the team."""
    member = TeamMember(
        team=team,
        person=person,
        sector=sector,
        chairs=chairs,
        started_on=since or now.date(),
        illustrative=team.illustrative,
    )
    return add(actor, member, verb="seat", groups=readers or [group("team", team.id)], now=now)


def add_city(
    actor: Actor,
    *,
    id: int,
    name: str,
    country: str,
    latitude: float,
    longitude: float,
    time_zone: str,
    languages: Iterable[str] = (),
    population: int | None = None,
    fictive: bool = False,
) -> City:
    """Takes up a city (a secretariat does), in its own spelling, under its GeoNames number; a fictive one below 0.

    One that is there already is returned as it is.
    """
    known = City.objects.filter(pk=id).first()
    if known is not None:
        return known
    return City.objects.create(
        id=id,
        name=name,
        country=country,
        latitude=latitude,
        longitude=longitude,
        time_zone=time_zone,
        languages=list(languages),
        population=population,
        fictive=fictive,
    )


def set_coordinator(actor: Actor, network: Network, city: City, organisation: Organisation) -> None:
    """Says which organisation answers for a city in a network. Raises `NotYours` for outsiders."""
    if not NetworkCity.objects.filter(network=network, city=city).update(coordinator=organisation):
        raise NotYours("only the secretariat says who coordinates")
