"""Small worlds for tests, made by actions as the web role."""

from __future__ import annotations

import os
import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import psycopg
from django.test import Client

from serai.accounts.models import Account
from serai.audit.actions import Actor
from serai.core.audience import group
from serai.db.acting import Asker, acting_as, person
from serai.db.rows import new_id
from serai.directory import actions as directory
from serai.directory.models import City, Network, Organisation, Person
from serai.sharing.actions import share_record

NOW = datetime(2019, 11, 26, 9, 40, tzinfo=UTC)


def administrator(name: str = "Administrator") -> Actor:
    """An administrator, as `serai user` makes one: the account by the owner, the person by themselves."""
    id, account = new_id(), uuid.uuid4()
    with psycopg.connect(os.environ["SERAI_OWNER_DATABASE"], autocommit=True) as owner:
        owner.execute(
            "INSERT INTO serai_account (id, password, email, person_id, is_active, language, created_at)"
            " VALUES (%s, '', %s, %s, true, '', now())",
            [account, f"{account}@example.org", id],
        )
        owner.execute("INSERT INTO serai_administrator (account_id) VALUES (%s)", [account])
    actor = Actor(person=id)
    with acting_as(person(id)):
        directory.introduce_oneself(actor, name=name, now=NOW)
    return actor


@dataclass(frozen=True, kw_only=True)
class Someone:
    """A person of the world with the organisation they act for."""

    person: Person
    organisation: Organisation
    actor: Actor

    def asks(self) -> AbstractContextManager[Asker]:
        """Everything inside is asked by this person."""
        return acting_as(person(self.person.id))


@dataclass(frozen=True, kw_only=True)
class World:
    """A network with its secretariat, and two cities with a coordinator and an organisation each."""

    administrator: Actor
    network: Network
    secretariat: Someone
    cities: dict[str, City]
    people: dict[str, Someone]

    def __getitem__(self, name: str) -> Someone:
        return self.people[name]


def member(by: Actor, organisation: Organisation, *, name: str, network: Network, claim: bool = True) -> Someone:
    """A new member of an organisation, written down by `by`, who then claims it."""
    with acting_as(person(by.person)):
        someone = directory.add_member(
            by,
            organisation,
            name=name,
            role=name,
            now=NOW,
            readers=[group("network", network.id)],
            coordinates=True,
            since=date(2019, 1, 1),
        )
    actor = Actor(person=someone.id, organisation=organisation.id)
    if claim:
        with acting_as(person(someone.id)):
            directory.claim(actor, organisation.id)
    return Someone(person=someone, organisation=organisation, actor=actor)


def close_card(someone: Someone) -> None:
    """From here on they alone read their card."""
    with someone.asks():
        share_record(someone.actor, someone.person, [group("person", someone.person.id)], now=NOW)


CITIES = {"Arbreva": (-1, "AL"), "Lipovar": (-2, "MK"), "Valdora": (-3, "MK")}


def small_world() -> World:
    """One network; in each city a municipality ("X") and an NGO ("X NGO"), each with one member."""
    admin = administrator()
    with acting_as(person(admin.person)):
        network = directory.found_network(admin, name="Network", secretariat="Secretariat", now=NOW)
    office = member(admin, network.secretariat, name="Secretariat officer", network=network)
    readers = [group("network", network.id)]
    cities, people = {}, {}
    with office.asks():
        directory.place_organisation(office.actor, network, network.secretariat)
        for name, (id, country) in CITIES.items():
            cities[name] = City.objects.create(
                id=id,
                name=name,
                country=country,
                latitude=41.0,
                longitude=20.0 - id / 10,
                time_zone="Europe/Skopje",
                languages=["en"],
                fictive=True,
            )
    for name, city in cities.items():
        with office.asks():
            town = directory.add_organisation(
                office.actor,
                name=f"Municipality of {name}",
                sector="municipal_admin",
                city=city,
                readers=readers,
                now=NOW,
            )
            directory.place_city(office.actor, network, city, coordinator=town)
        people[name] = member(office.actor, town, name=f"Coordinator of {name}", network=network)
        with people[name].asks():
            ngo = directory.add_organisation(
                people[name].actor,
                name=f"NGO of {name}",
                sector="civil_society",
                city=city,
                readers=readers,
                now=NOW,
            )
        people[f"{name} NGO"] = member(people[name].actor, ngo, name=f"Practitioner of {name}", network=network)
    return World(administrator=admin, network=network, secretariat=office, cities=cities, people=people)


def browsing(someone: Someone | None = None) -> Client:
    """A browser without script: signed in as this person, or a visitor's."""
    client = Client()
    if someone is not None:
        with someone.asks():
            account, _made = Account.objects.get_or_create(
                person_id=someone.person.id, defaults={"email": f"{someone.person.id}@example.org"}
            )
        client.force_login(account)
    return client
