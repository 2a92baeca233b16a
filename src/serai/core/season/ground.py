"""A season as arrays: cities in a fixed order, needs, offers, calendars, and the limits the kept visits leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from serai.core.season.city import City, Evidence, NeedTerm, OfferTerm
from serai.core.season.model import Season
from serai.core.season.prepare import Bits, Floats, Ints, Prepared, prepare

Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class NeedTable:
    """All needs, by city. share: urgency over the city's most urgent; payers: bits of the funders that may pay.

    open: it may still be served: no kept visit does, and somebody may pay.
    """

    city: Ints
    number: Ints
    theme: Ints
    share: Floats
    groups: Bits
    sizes: Ints
    payers: Ints
    open: Flags


@dataclass(frozen=True, kw_only=True)
class OfferTable:
    """All offers that can be shown, by city. worth: of their evidence; capacity: guests left, -1 no limit."""

    city: Ints
    theme: Ints
    worth: Floats
    groups: Bits
    sizes: Ints
    capacity: Ints


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A season as arrays; one entry a city, in order of name and place, so that the order given changes nothing.

    kind, language: each city's kind of languages, and `pair.language_fit` between kinds. visits, slots: visits
    and guest places left after the kept visits. first: reward of a first visit, 0 if it has one already.
    barred, met: ascending codes guest x n + host; a kept pair is barred from meeting again. months are bits.
    """

    season: Season
    cities: tuple[City, ...]
    index: dict[str, int]
    prepared: Prepared
    needs: NeedTable
    offers: OfferTable
    kind: Ints
    language: Floats
    guest_months: NDArray[np.uint16]
    host_months: NDArray[np.uint16]
    visits: Ints
    slots: Ints
    first: Floats
    barred: Ints
    met: Ints


@cache
def _mask(months: frozenset[int]) -> int:
    return sum(1 << month for month in months)


def _coded(cities: Sequence[City], index: dict[str, int], field: str) -> Ints:
    """Pairs named in a field of the cities, both ways, as guest x n + host, ascending."""
    n = len(cities)
    codes = {
        code
        for row, city in enumerate(cities)
        for other in getattr(city, field)
        if other in index
        for code in (row * n + index[other], index[other] * n + row)
    }
    return np.array(sorted(codes), dtype=np.int64)


def _languages(prepared: Prepared) -> tuple[Ints, Floats]:
    """Each city's kind of languages, and `pair.language_fit` between kinds (not-a-number where impossible)."""
    columns = prepared.languages.shape[1]
    both = np.concatenate([prepared.languages, prepared.interpreted], axis=1)
    kinds, kind = np.unique(both, axis=0, return_inverse=True)
    spoken, helped = kinds[:, :columns], kinds[:, columns:]
    fit = np.empty((len(kinds), len(kinds)))
    for row in range(len(kinds)):
        shared = (spoken & spoken[row]).any(axis=1)
        bridged = (spoken & helped[row]).any(axis=1) | (helped & spoken[row]).any(axis=1)
        fit[row] = np.where(shared, 1.0, np.where(bridged, 0.5, np.nan))
    told = spoken.any(axis=1)
    fit[~told, :] = 0.0
    fit[:, ~told] = 0.0
    return kind.reshape(-1).astype(np.int64), fit


def _payers(season: Season, guest: City, theme: str) -> int:
    """The funders that may pay, as bits in the order of the season."""
    return sum(1 << bit for bit, funder in enumerate(season.funders) if funder.pays(guest, theme))


def _needs(season: Season, cities: Sequence[City], index: dict[str, int], prepared: Prepared) -> NeedTable:
    terms: list[tuple[int, int, NeedTerm]] = [
        (row, number, need) for row, city in enumerate(cities) for number, need in enumerate(city.needs)
    ]
    kept = {(index[visit.guest_id], visit.need) for visit in season.kept}
    most = [max((need.urgency for need in city.needs), default=1.0) for city in cities]
    themes = prepared.themes.number
    groups = prepared.group_words.bits([need.target_groups for _, _, need in terms])
    payers = np.array([_payers(season, cities[row], need.theme) for row, _, need in terms], dtype=np.int64)
    served = np.array([(row, number) in kept for row, number, _ in terms], dtype=np.bool_)
    return NeedTable(
        city=np.array([row for row, _, _ in terms], dtype=np.int64),
        number=np.array([number for _, number, _ in terms], dtype=np.int64),
        theme=np.array([themes[need.theme] for _, _, need in terms], dtype=np.int64),
        share=np.array([need.urgency / most[row] for row, _, need in terms], dtype=np.float64),
        groups=groups,
        sizes=np.bitwise_count(groups).sum(axis=1).astype(np.int64),
        payers=payers,
        open=~served & ((payers != 0) if season.funders else True),
    )


def _offers(season: Season, cities: Sequence[City], prepared: Prepared) -> OfferTable:
    worth = season.weights.evidence
    terms: list[tuple[int, OfferTerm]] = [
        (row, offer)
        for row, city in enumerate(cities)
        for offer in city.offers
        if offer.evidence is not Evidence.EX and offer.capacity != 0 and worth[offer.evidence] > 0
    ]
    groups = prepared.group_words.bits([offer.target_groups for _, offer in terms])
    return OfferTable(
        city=np.array([row for row, _ in terms], dtype=np.int64),
        theme=np.array([prepared.themes.number[offer.theme] for _, offer in terms], dtype=np.int64),
        worth=np.array([worth[offer.evidence] for _, offer in terms], dtype=np.float64),
        groups=groups,
        sizes=np.bitwise_count(groups).sum(axis=1).astype(np.int64),
        capacity=np.array([-1 if o.capacity is None else o.capacity for _, o in terms], dtype=np.int64),
    )


def _first(season: Season, cities: Sequence[City], met: Ints) -> Floats:
    """The reward of each city's first visit; none for a city whose kept visits hold it already."""
    visited = {visit.guest_id for visit in season.kept}
    has_met = np.bincount(met // max(1, len(cities)), minlength=len(cities)) > 0
    return np.array(
        [
            0.0
            if city.id in visited
            else season.rewards.fairness + (0.0 if city.met_before or has_met[row] else season.rewards.newcomer)
            for row, city in enumerate(cities)
        ],
        dtype=np.float64,
    )


def _left(season: Season, cities: Sequence[City]) -> tuple[Ints, Ints]:
    """Visits each city may still make, and guests it may still host, after the kept visits."""
    made = Counter(visit.guest_id for visit in season.kept)
    received = Counter(visit.host_id for visit in season.kept)
    visits = [season.visits_by(city) - made[city.id] for city in cities]
    hosting = [season.hosting_of(city) for city in cities]
    months = [len(season.host_months(city)) for city in cities]
    slots = [
        min(host.exchanges, open_months) * host.guests - received[city.id]
        for host, open_months, city in zip(hosting, months, cities, strict=True)
    ]
    return np.maximum(0, np.array(visits, dtype=np.int64)), np.maximum(0, np.array(slots, dtype=np.int64))


def ground(season: Season) -> Ground:
    """The arrays of a season, the kept visits counted against its limits."""
    far = float("inf")
    cities = tuple(
        sorted(
            season.cities,
            key=lambda c: (c.name, far if c.latitude is None else c.latitude, c.longitude or 0.0, c.id),
        )
    )
    index = {city.id: row for row, city in enumerate(cities)}
    prepared = prepare(cities)
    kind, language = _languages(prepared)
    met = _coded(cities, index, "met_before")
    again = [index[visit.guest_id] * len(cities) + index[visit.host_id] for visit in season.kept]
    barred = np.union1d(_coded(cities, index, "not_with"), np.array(again, dtype=np.int64))
    visits, slots = _left(season, cities)
    return Ground(
        season=season,
        cities=cities,
        index=index,
        prepared=prepared,
        needs=_needs(season, cities, index, prepared),
        offers=_offers(season, cities, prepared),
        kind=kind,
        language=language,
        guest_months=np.array([_mask(season.guest_months(city)) for city in cities], dtype=np.uint16),
        host_months=np.array([_mask(season.host_months(city)) for city in cities], dtype=np.uint16),
        visits=visits,
        slots=slots,
        first=_first(season, cities, met),
        barred=barred,
        met=met,
    )
