"""Finding a city: those of the networks here, and any place of the world, by any of their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from babel.numbers import format_decimal
from django.conf import settings

from serai.core.words import fold
from serai.directory.gazetteer import Gazetteer, Place, gazetteer, prepare
from serai.directory.models import City
from serai.directory.territories import country_code, country_name, reading_locale

_LAST_PART = re.compile(r"^(.*)[,،(]\s*([^,،(]+?)\)?\s*$")


@dataclass(frozen=True, kw_only=True)
class Found:
    """One place found. `city` is set where it is in Serai already; `beside` tells it from another of its name."""

    id: int
    name: str
    country: str
    population: int | None
    beside: str = ""
    city: City | None = None

    @property
    def where(self) -> str:
        """The country in the reader's language."""
        return country_name(self.country)

    @property
    def inhabitants(self) -> str:
        """Their number as the reader's language writes it; empty where it is not known."""
        return format_decimal(self.population, locale=reading_locale()) if self.population else ""


def world() -> Gazetteer:
    """The places of the world."""
    return gazetteer(settings.STATE / "derived")


def prepare_places() -> None:
    """Makes the index of places, unless it is there."""
    folder = settings.STATE / "derived"
    folder.mkdir(mode=0o755, exist_ok=True)
    prepare(folder)


def parted(text: str) -> tuple[str, str]:
    """A name and the country that was typed after a comma: its code, or nothing."""
    match = _LAST_PART.match(text)
    country = country_code(match.group(2)) if match else ""
    return (match.group(1).strip(), country) if match and country else (text, "")


def find_places(text: str, *, limit: int = 10) -> list[Found]:
    """Places called so, those in Serai first. "Birmingham, United Kingdom" leaves only its country's."""
    name, country = parted(text)
    if len(fold(name)) < 2:
        return []
    places = world().find(name, country=country, limit=limit)
    if country and not places:  # "Portland, ME" is not in Montenegro
        country = ""
        places = world().find(name, limit=limit)
    known = City.objects.in_bulk([place.id for place in places])
    cities = [c for c in cities_called(City.objects.all(), name) if not country or c.country == country][:limit]
    here = [_of_city(city) for city in cities]
    seen = {found.id for found in here}
    rest = [_of_place(place, known.get(place.id)) for place in places if place.id not in seen]
    return _told_apart((here + rest)[:limit], {place.id: place for place in places})


def cities_called(cities: Iterable[City], text: str) -> list[City]:
    """Of these cities, those with a name that begins so: their own spelling, or any name GeoNames has."""
    return list(filter(called(text), cities))


def called(text: str) -> Callable[[City], bool]:
    """Whether a city has a name that begins so, to be asked for many."""
    name, country = parted(text)
    key, ids = fold(name), world().ids_called(name)
    return lambda city: (city.id in ids or fold(city.name).startswith(key)) and (not country or city.country == country)


def _of_city(city: City) -> Found:
    return Found(id=city.id, name=city.name, country=city.country, population=city.population, city=city)


def _of_place(place: Place, city: City | None) -> Found:
    found = Found(id=place.id, name=place.name, country=place.country, population=place.population, city=city)
    return replace(found, name=city.name) if city else found


def _told_apart(found: list[Found], places: dict[int, Place]) -> list[Found]:
    """Two of one name in one country are told apart by what lies near."""
    often = Counter((fold(f.name), f.country) for f in found)
    return [
        replace(f, beside=world().beside(places[f.id])) if often[fold(f.name), f.country] > 1 and f.id in places else f
        for f in found
    ]
