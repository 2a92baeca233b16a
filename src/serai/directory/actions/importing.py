"""Writes of a list of members that was looked over before: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from serai.audit.actions import Actor
from serai.directory.actions.networks import place_organisation
from serai.directory.actions.organisations import add_organisation, change_organisation
from serai.directory.actions.people import add_member, change_membership, change_person, join
from serai.directory.imports import Key, Line, Plan
from serai.directory.models import Network, Organisation, Person


class Invite(Protocol):
    """How someone with an address is let in: sharing's `invite`, which lies above this package."""

    def __call__(
        self, actor: Actor, organisation: Organisation, *, address: str, name: str, role: str, readers: Iterable[str],
        now: datetime, coordinates: bool = False, languages: Iterable[str] = (), known: Person | None = None,
    ) -> Any: ...  # fmt: skip


class NotWhole(ValueError):
    """A row has an error, so nothing is brought in."""


@transaction.atomic
def bring_in(
    actor: Actor, plan: Plan, *, readers: Iterable[str], now: datetime, invite: Invite, runs: Network | None = None
) -> None:
    """Does what the plan says, for these readers. Raises `NotWhole` where a row has an error, or `NotYours`.

    `runs` is the network into which organisations without a city are taken.
    """
    if plan.count("error"):
        raise NotWhole("a row has an error")
    groups = list(readers)
    here: dict[Key, Organisation] = {}
    for line in plan.lines:
        organisation = _organisation(actor, line, here, groups, now, runs)
        if organisation is not None:
            _person(actor, line, organisation, groups, now, invite)


def _organisation(
    actor: Actor, line: Line, here: dict[Key, Organisation], groups: list[str], now: datetime, runs: Network | None
) -> Organisation | None:
    if line.key in here:
        return here[line.key]
    found = line.organisation
    if line.adds:
        said = line.said
        given = {name: said[name] for name in ("level", "in_kind", "country") if said.get(name)}
        found = add_organisation(
            actor, name=said["organisation"], sector=said["sector"], city=line.city, readers=groups, now=now, **given
        )
        if line.city is None and runs is not None:
            place_organisation(actor, runs, found)
    elif line.changes and found is not None:
        found = change_organisation(actor, found, now=now, **line.changes)
    if found is not None:
        here[line.key] = found
    return found


def _person(
    actor: Actor, line: Line, organisation: Organisation, groups: list[str], now: datetime, invite: Invite
) -> None:
    said = line.said
    role, coordinates = said.get("role", ""), bool(said.get("coordinates", False))
    if line.mails:
        known = line.membership.person if line.membership else None
        invite(
            actor,
            organisation,
            address=said["email"],
            name=said["name"],
            role=role,
            readers=groups,
            now=now,
            coordinates=coordinates,
            languages=said.get("languages", ()),
            known=known,
        )
    elif line.enters:
        add_member(
            actor,
            organisation,
            name=said["name"],
            role=role,
            now=now,
            readers=groups,
            coordinates=coordinates,
            languages=said.get("languages", ()),
        )
    elif line.joins is not None:
        join(actor, line.joins, organisation, role=role, coordinates=coordinates, now=now, readers=groups)
    _change(actor, line, now)


def _change(actor: Actor, line: Line, now: datetime) -> None:
    """What differs in the entry of someone who is a member already."""
    found = line.membership
    if found is None:
        return
    if line.becomes:
        told = {"role": found.role, "coordinates": found.coordinates, **line.becomes}
        change_membership(actor, found, now=now, **told)
    if line.card and found.person is not None:
        change_person(actor, found.person, now=now, **line.card)
