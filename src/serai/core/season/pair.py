"""Two cities, one beside the other: the terms of their fit, which limits bar them, and the reasons.

This is the fit written for reading, one pair at a time; `fit.py` computes the same over arrays.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

from serai.core.season.city import BadCityError, City, Evidence, NeedTerm, OfferTerm
from serai.core.season.prepare import month_mask
from serai.core.season.reasons import Reason

EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG), km."""

SIZE_RANGE = math.log(100)
"""Two cities whose populations differ a hundredfold or more have no likeness of size."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much each term counts. Weights are not negative; only their ratios matter.

    evidence: what an offer of level E0 to E5 is worth (0 to 1; EX is never offered). half_distance_km: the
    distance at which nearness has halved. Where the numbers come from: docs/measures/fit.md.
    """

    needs: float = 0.50
    reciprocity: float = 0.22
    context: float = 0.10
    language: float = 0.10
    nearness: float = 0.05
    first_meeting: float = 0.03
    met_before: float = 0.0
    evidence: tuple[float, ...] = (0.10, 0.50, 0.65, 0.80, 0.90, 1.00)
    half_distance_km: float = 1000.0

    def __post_init__(self) -> None:
        terms = [getattr(self, name) for name in TERMS]
        if not all(math.isfinite(weight) and weight >= 0 for weight in terms) or sum(terms) <= 0:
            raise BadCityError("Weights are not negative, and at least one is above zero.")
        if len(self.evidence) != 6 or not all(0 <= worth <= 1 for worth in self.evidence):
            raise BadCityError("Evidence weights are six numbers from 0 to 1, for E0 to E5.")
        if not self.half_distance_km > 0:
            raise BadCityError("The distance at which nearness halves must be above zero.")

    @property
    def total(self) -> float:
        """Sum of the term weights, by which scores are divided."""
        return float(sum(getattr(self, name) for name in TERMS))


TERMS = tuple(field.name for field in fields(Weights) if field.name not in {"evidence", "half_distance_km"})


def strength(need: NeedTerm, offer: OfferTerm, weights: Weights) -> float:
    """What an offer gives to a need, 0 to 1: evidence x whether it has room x target groups reached.

    An offer of the theme for other groups counts half; naming no groups means it is for all.
    """
    if need.theme != offer.theme or offer.capacity == 0 or offer.evidence is Evidence.EX:
        return 0.0
    reached = 1.0
    if need.target_groups and offer.target_groups:
        shared = len(need.target_groups & offer.target_groups)
        reached = 0.5 + 0.5 * shared / len(need.target_groups)
    return weights.evidence[offer.evidence] * reached


def best_offer(need: NeedTerm, offers: Iterable[OfferTerm], weights: Weights) -> tuple[float, OfferTerm | None]:
    """The strongest offer to a need; (0, None) when there is none."""
    best: tuple[float, OfferTerm | None] = (0.0, None)
    for offer in offers:
        found = strength(need, offer, weights)
        if found > best[0]:
            best = (found, offer)
    return best


def met_share(needs: tuple[NeedTerm, ...], offers: tuple[OfferTerm, ...], weights: Weights) -> float:
    """M1 `dir`: the share of one city's needs, weighted by urgency, that the other's offers meet. 0 to 1."""
    total = sum(need.urgency for need in needs)
    if total == 0:
        return 0.0
    return sum(need.urgency * best_offer(need, offers, weights)[0] for need in needs) / total


def reciprocity(ours: float, theirs: float) -> float:
    """Harmonic mean of the two directions, 0 when one of them is."""
    return 2 * ours * theirs / (ours + theirs) if ours + theirs > 0 else 0.0


def distance_km(city: City, other: City) -> float | None:
    """Great-circle distance (haversine), km; None when a place is not told."""
    if city.latitude is None or city.longitude is None or other.latitude is None or other.longitude is None:
        return None
    a, b = math.radians(city.latitude), math.radians(other.latitude)
    h = math.sin((b - a) / 2) ** 2
    h += math.cos(a) * math.cos(b) * math.sin(math.radians(other.longitude - city.longitude) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, h)))


def tags_likeness(city: City, other: City) -> float | None:
    """Shared context tags over all their tags (Jaccard); None when one of them told none."""
    if not city.context or not other.context:
        return None
    return len(city.context & other.context) / len(city.context | other.context)


def size_likeness(city: City, other: City) -> float | None:
    """1 for equal population, 0 for a hundredfold difference, linear in the logarithm; None unknown."""
    if not city.population or not other.population:
        return None
    return max(0.0, 1 - abs(math.log(city.population / other.population)) / SIZE_RANGE)


def context_likeness(city: City, other: City) -> float:
    """Mean of the likenesses that are known, 0 when none is."""
    known = [one for one in (tags_likeness(city, other), size_likeness(city, other)) if one is not None]
    return sum(known) / len(known) if known else 0.0


def interpretable(city: City, other: City) -> frozenset[str]:
    """Languages in which an interpreter of one side bridges to the people of the other."""
    return (city.interpreted & other.languages) | (other.interpreted & city.languages)


def language_fit(city: City, other: City) -> float | None:
    """1 a shared language, 0.5 through an interpreter, 0 not told, None impossible."""
    if not city.languages or not other.languages:
        return 0.0
    if city.languages & other.languages:
        return 1.0
    return 0.5 if interpretable(city, other) else None


def common_months(city: City, other: City) -> tuple[int, ...]:
    """Months in which both can, ascending; a city that told none can in all."""
    both = month_mask(city.months) & month_mask(other.months)
    return tuple(month for month in range(1, 13) if both >> month & 1)


def have_met(city: City, other: City) -> bool:
    """Whether either of them says that they met before."""
    return other.id in city.met_before or city.id in other.met_before


def why_not(city: City, other: City, *, weights: Weights | None = None) -> tuple[Reason, ...]:
    """The hard limits that bar this pair, () when none does.

    `barred_not_with` is private to the city that asked for it: show it to that city only.
    """
    weights = weights or Weights()
    found = []
    if city.id == other.id:
        found.append("barred_self")
    if other.id in city.not_with or city.id in other.not_with:
        found.append("barred_not_with")
    if language_fit(city, other) is None:
        found.append("barred_language")
    if not common_months(city, other):
        found.append("barred_months")
    if met_share(city.needs, other.offers, weights) == 0:
        found.append("barred_nothing")
    return tuple(Reason(code=code) for code in found)


def pair_terms(city: City, other: City, weights: Weights) -> dict[str, float]:
    """Each term of `Weights`, 0 to 1, before weighing; the two cities are taken not to be barred."""
    ours = met_share(city.needs, other.offers, weights)
    theirs = met_share(other.needs, city.offers, weights)
    km = distance_km(city, other)
    met = have_met(city, other)
    return {
        "needs": ours,
        "reciprocity": reciprocity(ours, theirs),
        "context": context_likeness(city, other),
        "language": language_fit(city, other) or 0.0,
        "nearness": 0.0 if km is None else 2.0 ** (-km / weights.half_distance_km),
        "first_meeting": 0.0 if met else 1.0,
        "met_before": 1.0 if met else 0.0,
    }


def _shows(city: City, other: City, weights: Weights, code: str, worth: float) -> list[Reason]:
    """One reason for each need of `city` that `other` meets, strongest first; `worth`: points of all."""
    total = sum(need.urgency for need in city.needs)
    found = []
    for need in city.needs:
        value, offer = best_offer(need, other.offers, weights)
        if offer is None:
            continue
        groups = tuple(sorted(need.target_groups & offer.target_groups))
        values: tuple[tuple[str, str | tuple[str, ...]], ...] = (
            ("theme", need.theme),
            ("evidence", offer.evidence.name),
        )
        if groups:
            values = (*values, ("groups", groups))
        points = worth * need.urgency * value / total
        found.append(Reason(code=f"{code}_groups" if groups else code, values=values, points=points))
    return sorted(found, key=lambda reason: (-reason.points, reason.values))


def _tongue(city: City, other: City, points: float) -> Reason:
    shared = city.languages & other.languages
    if shared:
        return Reason(code="language", values=(("languages", tuple(sorted(shared))),), points=points)
    if not city.languages or not other.languages:
        return Reason(code="language_not_told")
    through = tuple(sorted(interpretable(city, other)))
    return Reason(code="interpreted", values=(("languages", through),), points=points)


def _likeness(city: City, other: City, points: float) -> list[Reason]:
    """Shared tags and similar size; the points of the term are split as the term's mean is."""
    tags, size = tags_likeness(city, other) or 0.0, size_likeness(city, other) or 0.0
    found = []
    if tags > 0:
        shared = tuple(sorted(city.context & other.context))
        found.append(Reason(code="alike", values=(("context", shared),), points=points * tags / (tags + size)))
    if size >= 0.5:
        found.append(Reason(code="size_alike", points=points * size / (tags + size)))
    return found


def pair_reasons(city: City, other: City, weights: Weights) -> tuple[Reason, ...]:
    """Why these two fit, in the order to read them: what they show us, what we show them, then the rest.

    What we can show them earns its points through `both_learn`.
    """
    points = {
        name: value * getattr(weights, name) / weights.total for name, value in pair_terms(city, other, weights).items()
    }
    found = _shows(city, other, weights, "shows_us", weights.needs / weights.total)
    found += _shows(other, city, weights, "shown_them", 0.0)
    if points["reciprocity"] > 0:
        found.append(Reason(code="both_learn", points=points["reciprocity"]))
    found.append(_tongue(city, other, points["language"]))
    found += _likeness(city, other, points["context"])
    km = distance_km(city, other)
    if km is not None:
        found.append(Reason(code="distance", values=(("km", round(km)),), points=points["nearness"]))
    meeting = "met_before" if have_met(city, other) else "first_meeting"
    found.append(Reason(code=meeting, points=points[meeting]))
    months = common_months(city, other)
    if len(months) < 12:
        found.append(Reason(code="months", values=(("months", months),)))
    return tuple(found)
