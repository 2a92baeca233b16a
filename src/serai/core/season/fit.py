"""Fit: which cities can help one city with its needs, ranked, with reasons in both directions.

It is never a ranking of cities: the order answers one city's needs and means nothing elsewhere.
Model, formulas and sources: docs/measures/fit.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from serai.core.season.city import (
    BadCityError,
    City,
    DuplicateCityError,
    Evidence,
    NeedTerm,
    NoNeedsError,
    OfferTerm,
    SeasonError,
)
from serai.core.season.pair import (
    EARTH_KM,
    SIZE_RANGE,
    Weights,
    common_months,
    distance_km,
    have_met,
    pair_reasons,
    pair_terms,
    why_not,
)
from serai.core.season.prepare import Bits, Floats, Ints, Prepared, directions, month_mask, prepare
from serai.core.season.reasons import SENTENCES, Reason, words

__all__ = [
    "SENTENCES",
    "BadCityError",
    "City",
    "DuplicateCityError",
    "Evidence",
    "Fit",
    "NeedTerm",
    "NoNeedsError",
    "OfferTerm",
    "Prepared",
    "Reason",
    "SeasonError",
    "Weights",
    "fit_scores",
    "prepare",
    "rank",
    "rank_prepared",
    "why_not",
    "words",
]

PLACES = 9
"""Scores are rounded to this many places, so that the order of summation cannot decide a tie."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One candidate for one city's needs.

    score: 0 to 1, for this city's needs only. learns, shows: share of our needs they meet, of theirs we meet
    (0 to 1). km: None when a place is not told. months: those in which both can.
    """

    city_id: str
    score: float
    learns: float
    shows: float
    km: float | None
    met_before: bool
    months: tuple[int, ...]
    reasons: tuple[Reason, ...]


def rank(
    city: City,
    candidates: Iterable[City],
    *,
    need: NeedTerm | None = None,
    weights: Weights | None = None,
    limit: int | None = 20,
) -> tuple[Fit, ...]:
    """Candidates that can help `city`, best first, those barred by a hard limit left out (see `why_not`).

    need: rank for this one need instead of all needs of the city. limit: how many at most; None for all.
    Ties go to the nearer city, then by name. Raises NoNeedsError for a city without needs.
    """
    return rank_prepared(city, prepare(candidates), need=need, weights=weights, limit=limit)


def rank_prepared(
    city: City,
    prepared: Prepared,
    *,
    need: NeedTerm | None = None,
    weights: Weights | None = None,
    limit: int | None = 20,
) -> tuple[Fit, ...]:
    """As `rank`, on candidates prepared once; the city itself may be among them and is left out."""
    weights = weights or Weights()
    if limit is not None and limit < 0:
        raise BadCityError(f"A list cannot have {limit} lines.")
    asking = replace(city, needs=(need,)) if need else city
    if not asking.needs:
        raise NoNeedsError(f"{city.name} has no needs yet, so no city can be a fit for them.")
    scores, km = fit_scores(asking, prepared, weights)
    possible = np.flatnonzero(~np.isnan(scores))
    near = np.where(np.isnan(km[possible]), np.inf, km[possible])
    order = possible[np.lexsort((prepared.name_order[possible], near, -scores[possible]))]
    chosen = order if limit is None else order[:limit]
    return tuple(_fit(asking, prepared.cities[row], float(scores[row]), weights) for row in chosen)


def _fit(city: City, other: City, score: float, weights: Weights) -> Fit:
    """The fit of one candidate, with its reasons."""
    terms = pair_terms(city, other, weights)
    back = pair_terms(other, city, weights)
    return Fit(
        city_id=other.id,
        score=score,
        learns=terms["needs"],
        shows=back["needs"],
        km=distance_km(city, other),
        met_before=have_met(city, other),
        months=common_months(city, other),
        reasons=pair_reasons(city, other, weights),
    )


def fit_scores(city: City, prepared: Prepared, weights: Weights) -> tuple[Floats, Floats]:
    """Score of each candidate (not-a-number where a hard limit bars it) and its distance in km.

    Both have shape (len(prepared.cities),).
    """
    ours = _their_offers(city, prepared, weights)
    theirs = _their_needs(city, prepared, weights)
    tongue = _languages(city, prepared)
    km = _distances(city, prepared)
    both = ours + theirs
    terms = {
        "needs": ours,
        "reciprocity": np.divide(2 * ours * theirs, both, out=np.zeros_like(both), where=both > 0),
        "context": _context(city, prepared),
        "language": np.nan_to_num(tongue),
        "nearness": np.nan_to_num(np.exp2(-km / weights.half_distance_km)),
    }
    met = _met(city, prepared)
    terms["first_meeting"], terms["met_before"] = 1.0 - met, met
    score = np.zeros(len(prepared.cities))
    for name, value in terms.items():
        score += getattr(weights, name) / weights.total * value
    barred = (ours <= 0) | np.isnan(tongue) | (prepared.months & np.uint16(month_mask(city.months)) == 0)
    barred |= _not_with(city, prepared)
    return np.where(barred, np.nan, np.round(score, PLACES)), km


def _reached(asked: Bits, offered: Bits, asked_sizes: Ints, offered_sizes: Ints) -> Floats:
    """The target-group factor of `pair.strength` for rows of bits (either side may be a single row)."""
    shared = np.bitwise_count(asked & offered).sum(axis=1)
    told = (asked_sizes > 0) & (offered_sizes > 0)
    return np.where(told, 0.5 + 0.5 * shared / np.maximum(asked_sizes, 1), 1.0)


def _their_offers(city: City, prepared: Prepared, weights: Weights) -> Floats:
    """Share of the city's needs that each candidate meets (`pair.met_share`)."""
    offers, met = prepared.offers, np.zeros(len(prepared.cities))
    worth = np.array(weights.evidence)
    for need in city.needs:
        part = offers.of_theme(prepared.themes.number.get(need.theme))
        rows = offers.row[part]
        if not len(rows):
            continue
        asked = prepared.group_words.row(need.target_groups, offers.groups.shape[1])
        size = np.full(len(rows), len(need.target_groups), dtype=np.int64)
        value = worth[offers.level[part]] * offers.weight[part]
        value = value * _reached(asked, offers.groups[part], size, offers.sizes[part])
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        met[rows[first]] += need.urgency * np.maximum.reduceat(value, first)
    return met / sum(need.urgency for need in city.needs)


def _their_needs(city: City, prepared: Prepared, weights: Weights) -> Floats:
    """Share of each candidate's needs that the city meets (`pair.met_share` the other way round)."""
    needs, met = prepared.needs, np.zeros(len(prepared.cities))
    for theme in dict.fromkeys(offer.theme for offer in city.offers):
        part = needs.of_theme(prepared.themes.number.get(theme))
        best = np.zeros(len(needs.row[part]))
        for offer in city.offers:
            if offer.theme != theme or offer.capacity == 0 or offer.evidence is Evidence.EX:
                continue
            offered = prepared.group_words.row(offer.target_groups, needs.groups.shape[1])
            size = np.full(len(best), len(offer.target_groups), dtype=np.int64)
            reached = _reached(needs.groups[part], offered, needs.sizes[part], size)
            best = np.maximum(best, weights.evidence[offer.evidence] * reached)
        met += np.bincount(needs.row[part], needs.weight[part] * best, minlength=len(met))
    return np.divide(met, prepared.urgency, out=np.zeros_like(met), where=prepared.urgency > 0)


def _languages(city: City, prepared: Prepared) -> Floats:
    """1 shared, 0.5 interpreted, 0 not told, not-a-number impossible (`pair.language_fit`)."""
    if not city.languages:
        return np.zeros(len(prepared.cities))
    columns = prepared.languages.shape[1]
    spoken = prepared.language_words.row(city.languages, columns)
    helped = prepared.language_words.row(city.interpreted, columns)
    shared = (prepared.languages & spoken).any(axis=1)
    bridged = (prepared.languages & helped).any(axis=1) | (prepared.interpreted & spoken).any(axis=1)
    fit = np.where(shared, 1.0, np.where(bridged, 0.5, np.nan))
    return np.where(prepared.told_language, fit, 0.0)


def _context(city: City, prepared: Prepared) -> Floats:
    """Mean of the known likenesses of tags and size (`pair.context_likeness`)."""
    total, known = np.zeros(len(prepared.cities)), np.zeros(len(prepared.cities))
    if city.context:
        row = prepared.context_words.row(city.context, prepared.context.shape[1])
        shared = np.bitwise_count(prepared.context & row).sum(axis=1)
        told = prepared.context_size > 0
        total += np.where(told, shared / (prepared.context_size + len(city.context) - shared), 0.0)
        known += told
    if city.population:
        apart = np.abs(prepared.log_population - np.log(city.population)) / SIZE_RANGE
        total += np.nan_to_num(np.maximum(0.0, 1 - apart))
        known += ~np.isnan(apart)
    return np.divide(total, known, out=np.zeros_like(total), where=known > 0)


def _distances(city: City, prepared: Prepared) -> Floats:
    """Great-circle distance to each candidate, km, by the chord between unit vectors."""
    chord = np.linalg.norm(prepared.direction - directions([city])[0], axis=1)
    return np.asarray(2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1.0)))


def _met(city: City, prepared: Prepared) -> Floats:
    """1.0 where either side says that they met before."""
    met = np.zeros(len(prepared.cities))
    met[[prepared.index[one] for one in city.met_before if one in prepared.index]] = 1.0
    met[list(prepared.met_me.get(city.id, ()))] = 1.0
    return met


def _not_with(city: City, prepared: Prepared) -> NDArray[np.bool_]:
    """True where either side said "not with", and for the city itself."""
    barred = np.zeros(len(prepared.cities), dtype=np.bool_)
    barred[[prepared.index[one] for one in (*city.not_with, city.id) if one in prepared.index]] = True
    barred[list(prepared.names_me.get(city.id, ()))] = True
    return barred
