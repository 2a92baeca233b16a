"""Candidates as arrays, built once a season, so that one city is fitted against all in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serai.core.season.city import City, DuplicateCityError, Evidence, NeedTerm, OfferTerm

Bits = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
AnyInts = NDArray[np.signedinteger[Any]]

ANY_MONTH = 0b1111111111110
FULL = (1 << 64) - 1


def month_mask(months: Iterable[int]) -> int:
    """Months as bits 1 to 12; no month told means all of them."""
    mask = 0
    for month in months:
        mask |= 1 << month
    return mask or ANY_MONTH


class Words:
    """A vocabulary met while reading: each word gets the next number."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}

    def of(self, word: str) -> int:
        """The number of a word, a new one if it was not met before."""
        return self.number.setdefault(word, len(self.number))

    def bits(self, sets: Iterable[frozenset[str]]) -> Bits:
        """The sets as rows of bits, 64 words to a column: shape (len(sets), columns >= 1)."""
        kinds: dict[frozenset[str], int] = {}
        kind = [kinds.setdefault(words, len(kinds)) for words in sets]
        masks = [sum(1 << self.of(word) for word in words) for words in kinds]
        columns = len(self.number) // 64 + 1
        parts = [[mask >> 64 * column & FULL for column in range(columns)] for mask in masks]
        return np.array(parts, dtype=np.uint64).reshape(-1, columns)[kind]

    def row(self, words: Iterable[str], columns: int) -> Bits:
        """One set as bits against a table of `columns`; words the table never met are left out."""
        row = np.zeros(columns, dtype=np.uint64)
        for word in words:
            number = self.number.get(word)
            if number is not None:
                row[number >> 6] |= np.uint64(1) << np.uint64(number & 63)
        return row


@dataclass(frozen=True, kw_only=True)
class Terms:
    """All needs, or all offers, of all cities, sorted by theme and then by row of the city.

    row: whose it is; level: evidence (offers); weight: urgency (needs), 1 or 0 when full (offers);
    groups: bits; sizes: number of target groups; starts[t] to starts[t + 1]: the slice of theme t.
    """

    row: Ints
    level: Ints
    weight: Floats
    groups: Bits
    sizes: Ints
    starts: Ints

    def of_theme(self, theme: int | None) -> slice:
        """Where the terms of a theme stand; an empty slice for a theme nobody has."""
        if theme is None or theme + 1 >= len(self.starts):
            return slice(0, 0)
        return slice(int(self.starts[theme]), int(self.starts[theme + 1]))


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Candidates ready to be ranked. Arrays have one entry a city, in the order of `cities`."""

    cities: tuple[City, ...]
    index: Mapping[str, int]
    themes: Words
    group_words: Words
    language_words: Words
    context_words: Words
    languages: Bits
    interpreted: Bits
    told_language: NDArray[np.bool_]
    context: Bits
    context_size: Ints
    log_population: Floats
    direction: Floats
    months: NDArray[np.uint16]
    needs: Terms
    offers: Terms
    urgency: Floats
    names_me: Mapping[str, tuple[int, ...]]
    met_me: Mapping[str, tuple[int, ...]]
    name_order: Ints


def _terms(rows: Sequence[int], terms: Sequence[NeedTerm] | Sequence[OfferTerm], themes: Words, groups: Bits) -> Terms:
    """The terms of the cities at `rows`, sorted by theme and then by row."""
    theme = np.array([themes.of(term.theme) for term in terms], dtype=np.int64)
    weight = [term.urgency if isinstance(term, NeedTerm) else float(term.capacity != 0) for term in terms]
    level = [0 if isinstance(term, NeedTerm) else int(term.evidence) for term in terms]
    row = np.array(rows, dtype=np.int64)
    order = np.lexsort((row, theme))
    return Terms(
        row=row[order],
        level=np.array(level, dtype=np.int64)[order],
        weight=np.array(weight, dtype=np.float64)[order],
        groups=groups[order],
        sizes=np.bitwise_count(groups[order]).sum(axis=1).astype(np.int64),
        starts=np.searchsorted(theme[order], np.arange(len(themes.number) + 1)).astype(np.int64),
    )


def directions(cities: Sequence[City]) -> Floats:
    """Unit vectors from the centre of the earth, shape (n, 3); not-a-number where the place is not told."""
    nan = float("nan")
    degrees = np.array(
        [(nan, nan) if c.latitude is None else (c.latitude, c.longitude) for c in cities], dtype=np.float64
    ).reshape(-1, 2)
    latitude, longitude = np.radians(degrees).T
    around = np.cos(latitude)
    return np.stack([around * np.cos(longitude), around * np.sin(longitude), np.sin(latitude)], axis=1)


def _who_names(cities: Sequence[City], field: str) -> dict[str, tuple[int, ...]]:
    """For each id that stands in a field of other cities: their rows."""
    rows: dict[str, list[int]] = {}
    for row, city in enumerate(cities):
        for named in getattr(city, field):
            rows.setdefault(named, []).append(row)
    return {named: tuple(found) for named, found in rows.items()}


def _name_order(cities: Sequence[City]) -> Ints:
    """Each city's place in the list by name and id: the last tie break."""
    order = np.empty(len(cities), dtype=np.int64)
    order[sorted(range(len(cities)), key=lambda row: (cities[row].name, cities[row].id))] = np.arange(len(cities))
    return order


def prepare(cities: Iterable[City]) -> Prepared:
    """Arrays of the candidates; the order of `cities` does not change any ranking.

    Raises DuplicateCityError when two carry one id.
    """
    listed = tuple(cities)
    index = {city.id: row for row, city in enumerate(listed)}
    if len(index) < len(listed):
        twice = next(city for row, city in enumerate(listed) if index[city.id] != row)
        raise DuplicateCityError(f"{twice.name} ({twice.id}) stands in the list twice.")
    themes, groups, languages, context = Words(), Words(), Words(), Words()
    needs = [need for city in listed for need in city.needs]
    offers = [offer for city in listed for offer in city.offers if offer.evidence is not Evidence.EX]
    need_rows = [row for row, city in enumerate(listed) for _ in city.needs]
    offer_rows = [row for row, city in enumerate(listed) for offer in city.offers if offer.evidence is not Evidence.EX]
    sought = groups.bits([*(need.target_groups for need in needs), *(offer.target_groups for offer in offers)])
    spoken = languages.bits([*(city.languages for city in listed), *(city.interpreted for city in listed)])
    tags = context.bits([city.context for city in listed])
    need_terms = _terms(need_rows, needs, themes, sought[: len(needs)])
    return Prepared(
        cities=listed,
        index=index,
        themes=themes,
        group_words=groups,
        language_words=languages,
        context_words=context,
        languages=spoken[: len(listed)],
        interpreted=spoken[len(listed) :],
        told_language=np.asarray(spoken[: len(listed)].any(axis=1)),
        context=tags,
        context_size=np.bitwise_count(tags).sum(axis=1).astype(np.int64),
        log_population=np.log(np.array([city.population or np.nan for city in listed], dtype=np.float64)),
        direction=directions(listed),
        months=np.array([month_mask(city.months) for city in listed], dtype=np.uint16),
        needs=need_terms,
        offers=_terms(offer_rows, offers, themes, sought[len(needs) :]),
        urgency=np.bincount(need_terms.row, need_terms.weight, minlength=len(listed)).astype(np.float64),
        names_me=_who_names(listed, "not_with"),
        met_me=_who_names(listed, "met_before"),
        name_order=_name_order(listed),
    )
