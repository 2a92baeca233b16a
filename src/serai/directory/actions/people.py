"""Writes of people: their cards, and their time in organisations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from serai.accounts.models import Account
from serai.audit.actions import Actor, add, change, change_audience
from serai.core.audience import group
from serai.db.rows import new_id
from serai.directory.actions.organisations import claim
from serai.directory.models import Membership, Network, Organisation, Person


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


@transaction.atomic
def take_office(actor: Actor, network: Network, *, now: datetime) -> Membership:
    """Whoever founded a network takes a seat in its office, which is then run by them; the network reads their card."""
    assert network.secretariat is not None
    card, readers = Person.objects.get(pk=actor.person), [group("network", network.id)]
    change_audience(actor, card, readers, now=now, because="takes office")
    seat = join(actor, card, network.secretariat, role=card.role, coordinates=True, now=now, readers=readers)
    claim(actor, network.secretariat.id)
    return seat


def leave(actor: Actor, membership: Membership, *, on: date, now: datetime, expected: int | None = None) -> Membership:
    """Ends a membership: from that day on the person reads nothing through it. Raises `ChangedMeanwhile`."""
    return change(actor, membership, verb="leave", now=now, expected=expected, ended_on=on)


def change_membership(
    actor: Actor, membership: Membership, *, role: str, coordinates: bool, now: datetime, expected: int | None = None
) -> Membership:
    """Says anew as what someone is a member, and whether they answer for the organisation towards others.

    Raises `ChangedMeanwhile`, or `NotYours`.
    """
    told: dict[str, Any] = {"role": role, "coordinates": coordinates}
    return change(actor, membership, verb="change_membership", now=now, expected=expected, **told)


def change_person(actor: Actor, person: Person, *, now: datetime, expected: int | None = None, **fields: Any) -> Person:
    """Changes name, role or languages of a card. Raises `ChangedMeanwhile`, or `NotYours`."""
    return change(actor, person, verb="change_person", now=now, expected=expected, **fields)
