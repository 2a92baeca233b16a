"""What the season engines know of a city: needs, offers, languages, calendar, and whom it has met."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum


class SeasonError(ValueError):
    """Any input the season engines refuse; the message is one plain sentence."""


class BadCityError(SeasonError):
    """A city, need or offer holds a value that cannot be true."""


class DuplicateCityError(SeasonError):
    """Two cities of one list carry the same id."""


class NoNeedsError(SeasonError):
    """A fit was asked for a city without needs: there is no fit "in general", only for a need."""


class Evidence(IntEnum):
    """How well an offer is known to work (scale of docs/measures/fit.md); EX: not effective, or harmful."""

    E0 = 0
    E1 = 1
    E2 = 2
    E3 = 3
    E4 = 4
    E5 = 5
    EX = 6


@dataclass(frozen=True, kw_only=True)
class NeedTerm:
    """What a city must learn. `urgency`: a positive number; its ratio to the other needs counts."""

    theme: str
    target_groups: frozenset[str] = frozenset()
    urgency: float = 1.0

    def __post_init__(self) -> None:
        if not self.theme:
            raise BadCityError("A need has no theme.")
        if not (math.isfinite(self.urgency) and self.urgency > 0):
            raise BadCityError(f"The urgency of a need must be a positive number, not {self.urgency!r}.")


@dataclass(frozen=True, kw_only=True)
class OfferTerm:
    """What a city can show. `capacity`: guests it can still take, None when not told, 0 when full."""

    theme: str
    target_groups: frozenset[str] = frozenset()
    evidence: Evidence = Evidence.E1
    capacity: int | None = None

    def __post_init__(self) -> None:
        if not self.theme:
            raise BadCityError("An offer has no theme.")
        if self.capacity is not None and self.capacity < 0:
            raise BadCityError(f"The capacity of an offer cannot be {self.capacity}.")
        if self.evidence not in tuple(Evidence):
            raise BadCityError(f"{self.evidence!r} is not an evidence level.")


@dataclass(frozen=True, kw_only=True)
class City:
    """One city as the engines see it.

    latitude, longitude: degrees, both or neither. languages: those its people can work in; interpreted:
    those it can find interpreters for. months: 1 to 12. An empty set of languages or months means "not
    told" and bars nobody. context: free tags of likeness (border, university, ...). met_before, not_with:
    ids of cities; `not_with` is private to the city that said it and bars both directions.
    Raises BadCityError for values that cannot be true.
    """

    id: str
    name: str
    latitude: float | None = None
    longitude: float | None = None
    country: str = ""
    hub: str = ""
    population: int | None = None
    languages: frozenset[str] = frozenset()
    interpreted: frozenset[str] = frozenset()
    context: frozenset[str] = frozenset()
    needs: tuple[NeedTerm, ...] = ()
    offers: tuple[OfferTerm, ...] = ()
    months: frozenset[int] = frozenset()
    met_before: frozenset[str] = frozenset()
    not_with: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.id:
            raise BadCityError("A city has no id.")
        if (self.latitude is None) != (self.longitude is None):
            raise BadCityError(f"{self.name}: latitude and longitude go together.")
        if self.latitude is not None and not -90 <= self.latitude <= 90:
            raise BadCityError(f"{self.name}: latitude {self.latitude} is not between -90 and 90.")
        if self.longitude is not None and not -180 <= self.longitude <= 180:
            raise BadCityError(f"{self.name}: longitude {self.longitude} is not between -180 and 180.")
        if self.population is not None and self.population < 0:
            raise BadCityError(f"{self.name}: a population cannot be {self.population}.")
        if self.months and not (min(self.months) >= 1 and max(self.months) <= 12):
            raise BadCityError(f"{self.name}: months are numbers from 1 to 12.")
        if self.id in self.not_with:
            raise BadCityError(f"{self.name}: a city cannot be barred from itself.")
