"""Writes of networks and cities: who belongs to what, and what the network calls it. A secretariat does these."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import ProgrammingError, transaction
from django.db.models import QuerySet

from serai.audit.actions import Actor, ChangedMeanwhile, NotYours
from serai.core.audience import group
from serai.db.acting import forget_keys
from serai.directory.actions.organisations import add_organisation
from serai.directory.models import City, Network, NetworkCity, NetworkOrganisation, Organisation

FORBIDDEN = "42501"  # PostgreSQL's insufficient_privilege: row security, a guard or a missing right


@contextmanager
def _written(what: str) -> Iterator[None]:
    """Open tables have no source: a refusal of theirs is `NotYours` too, and every write may change who is in what."""
    try:
        with transaction.atomic():
            yield
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", None) == FORBIDDEN:
            raise NotYours(f"{what} cannot be written by this asker") from error
        raise
    forget_keys()


def version_of(record: Network | City | NetworkCity) -> str:
    """What stands for the version of an open row, which counts none: a digest of what it says."""
    rows = [record, record.city] if isinstance(record, NetworkCity) else [record]
    said = [[repr(getattr(row, field.attname)) for field in row._meta.concrete_fields] for row in rows]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _unchanged(record: Network | City | NetworkCity, expected: str | None) -> None:
    """Holds the row until the transaction ends. Raises `ChangedMeanwhile` where it is not what the editor saw."""
    if expected is None:
        return
    rows: QuerySet[Any] = type(record)._default_manager.select_for_update()
    if isinstance(record, NetworkCity):
        rows = rows.select_related("city")
    present = rows.filter(pk=record.pk).first()
    if present is not None and version_of(present) != expected:
        raise ChangedMeanwhile(present)


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
    """Founds a network (an administrator) or a hub in one (its secretariat), and its office as a body of it."""
    with _written("Network"):
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
    place_organisation(actor, network, office)
    return network


def change_network(actor: Actor, network: Network, *, expected: str | None = None, **fields: Any) -> Network:
    """Changes name, languages, own words or contact of a network: its secretariat does.

    Raises `ChangedMeanwhile` where `expected` is not its `version_of` any more, or `NotYours`.
    """
    with _written("Network"):
        _unchanged(network, expected)
        changed = Network.objects.filter(pk=network.pk).update(**fields)
    if not changed:
        raise NotYours("only the secretariat changes its network")
    return Network.objects.get(pk=network.pk)


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

    One that is there already is returned as it is. Raises `NotYours`.
    """
    known = City.objects.filter(pk=id).first()
    if known is not None:
        return known
    with _written("City"):
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


def change_city(actor: Actor, city: City, *, expected: str | None = None, **fields: Any) -> City:
    """Changes a city's spelling, time zone or languages: a secretariat does. Raises `ChangedMeanwhile`, `NotYours`."""
    with _written("City"):
        _unchanged(city, expected)
        changed = City.objects.filter(pk=city.pk).update(**fields)
    if not changed:
        raise NotYours("only a secretariat changes a city")
    return City.objects.get(pk=city.pk)


def place_city(
    actor: Actor,
    network: Network,
    city: City,
    *,
    coordinator: Organisation | None = None,
    designation: str = "",
    footnote: str = "",
) -> NetworkCity:
    """Takes a city into a network, under the network's own designation. Raises `NotYours` for outsiders."""
    with _written("NetworkCity"):
        return NetworkCity.objects.create(
            network=network, city=city, coordinator=coordinator, designation=designation, footnote=footnote
        )


def change_place(actor: Actor, place: NetworkCity, *, expected: str | None = None, **fields: Any) -> NetworkCity:
    """Changes a network's designation of a city, its footnote, or who coordinates there.

    Raises `ChangedMeanwhile` where the place or its city was changed since `expected`, or `NotYours`.
    """
    with _written("NetworkCity"):
        _unchanged(place, expected)
        changed = NetworkCity.objects.filter(pk=place.pk).update(**fields)
    if not changed:
        raise NotYours("only the secretariat says how the network calls a city")
    return NetworkCity.objects.get(pk=place.pk)


def set_coordinator(actor: Actor, network: Network, city: City, organisation: Organisation) -> None:
    """Says which organisation answers for a city in a network. Raises `NotYours` for outsiders."""
    with _written("NetworkCity"):
        changed = NetworkCity.objects.filter(network=network, city=city).update(coordinator=organisation)
    if not changed:
        raise NotYours("only the secretariat says who coordinates")


def place_organisation(actor: Actor, network: Network, organisation: Organisation) -> NetworkOrganisation:
    """Takes a national or international organisation without a city into a network; once is enough.

    Raises `NotYours` for outsiders.
    """
    known = NetworkOrganisation.objects.filter(network=network, organisation=organisation).first()
    if known is not None:
        return known
    with _written("NetworkOrganisation"):
        return NetworkOrganisation.objects.create(network=network, organisation=organisation)
