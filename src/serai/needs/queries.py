"""Reads of needs, offers and matches, and the loader that feeds the fit."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from serai.core.season.city import City as SeasonCity
from serai.core.season.city import Evidence, NeedTerm, OfferTerm
from serai.core.season.fit import Fit, rank
from serai.directory.models import City, Network, NetworkCity
from serai.directory.queries import cities_of
from serai.needs.models import Match, MatchAnswer, Need, Offer
from serai.sharing.readable import readable

URGENCY = {"now": 3.0, "year": 2.0, "open": 1.0}


def needs_readable() -> QuerySet[Need]:
    """The needs the asker may read, newest first."""
    return readable(Need.objects.select_related("city", "audience")).order_by("-id")


def offers_readable() -> QuerySet[Offer]:
    """The offers the asker may read, newest first."""
    return readable(Offer.objects.select_related("city", "audience")).order_by("-id")


def need_with_matches(id: uuid.UUID) -> Need:
    """One need with its matches and their answers. Raises `Need.DoesNotExist` for what the asker may not read."""
    answers = MatchAnswer.objects.select_related("city", "organisation").order_by("id")
    matches = Match.objects.prefetch_related(Prefetch("answers", answers)).order_by("-id")
    return Need.objects.select_related("city", "audience").prefetch_related(Prefetch("matches", matches)).get(pk=id)


def match_with_answers(id: uuid.UUID) -> Match:
    """One match with its need, cities and answers."""
    answers = MatchAnswer.objects.select_related("city", "organisation", "recorded_by").order_by("id")
    return (
        Match.objects.select_related("need__city", "proposed_by", "audience")
        .prefetch_related(Prefetch("answers", answers))
        .get(pk=id)
    )


def answers_waiting_for(organisations: list[uuid.UUID]) -> QuerySet[MatchAnswer]:
    """The questions to these organisations that nobody answered yet."""
    return (
        MatchAnswer.objects.filter(organisation__in=organisations, answer="asked", match__state="proposed")
        .select_related("match__need__city", "city")
        .order_by("id")
    )


def answered_matches(organisation: uuid.UUID) -> list[Match]:
    """What this organisation proposed and every asked city answered, with the answers; the newest five.

    Where a need was asked about again, what came of it before is no longer told.
    """
    asked = MatchAnswer.objects.filter(match=OuterRef("pk"), answer="asked")
    later = Match.objects.filter(need=OuterRef("need"), id__gt=OuterRef("id"))
    mine = Match.objects.filter(source_id=organisation, state="proposed", need__state__in=("open", "matched"))
    found = mine.filter(~Exists(asked), ~Exists(later)).select_related("need__city").order_by("-id")
    answers = MatchAnswer.objects.select_related("city").order_by("id")
    return list(found.prefetch_related(Prefetch("answers", answers))[:5])


def askable(need: Need, network: Network, *, without: Iterable[int], limit: int = 40) -> list[City]:
    """Cities of the network for which somebody answers, though they have not said that they can help; by name."""
    places = NetworkCity.objects.filter(network=network).exclude(coordinator=None).exclude(city=need.city_id)
    found = places.exclude(city__in=list(without)).select_related("city").order_by("city__name", "city_id")
    return [place.city for place in found[:limit]]


def met_before(cities: list[int]) -> Mapping[int, frozenset[str]]:
    """For each city, the cities it agreed a match with, as far as the asker may read."""
    met: dict[int, set[str]] = defaultdict(set)
    done = MatchAnswer.objects.filter(answer="accepted")
    for city, other in done.filter(city_id__in=cities).values_list("city_id", "match__need__city_id"):
        met[city].add(str(other))
        met[other].add(str(city))
    return {city: frozenset(others) for city, others in met.items()}


def fit_problem(need: Need, network: Network) -> tuple[SeasonCity, tuple[SeasonCity, ...]]:
    """The asking city and every other one of the network, with what the asker may read of them."""
    cities = list(cities_of(network))
    ids = [c.id for c in cities]
    needs, offers = defaultdict(list), defaultdict(list)
    for other in Need.objects.filter(city_id__in=ids, state="open").order_by("id"):
        needs[other.city_id].append(_need_term(other))
    for offer in Offer.objects.filter(city_id__in=ids).order_by("id"):
        offers[offer.city_id].append(offer)
    met = met_before(ids)
    seen = {
        c.id: _season_city(c, tuple(needs[c.id]), offers[c.id], met.get(c.id, frozenset()))
        for c in [*cities, need.city]
    }
    return seen[need.city_id], tuple(city for id, city in seen.items() if id != need.city_id)


def partners(need: Need, network: Network, *, limit: int = 12) -> tuple[Fit, ...]:
    """The cities of the network that could help with this need, best first, with reasons in both directions."""
    home, candidates = fit_problem(need, network)
    return rank(home, candidates, need=_need_term(need), limit=limit)


def _need_term(need: Need) -> NeedTerm:
    return NeedTerm(theme=need.theme, target_groups=frozenset(need.target_groups), urgency=URGENCY[need.urgency])


def _season_city(city: City, needs: tuple[NeedTerm, ...], offers: list[Offer], met: frozenset[str]) -> SeasonCity:
    return SeasonCity(
        id=str(city.id),
        name=city.name,
        latitude=city.latitude,
        longitude=city.longitude,
        country=city.country,
        population=city.population,
        languages=frozenset(city.languages),
        needs=needs,
        offers=tuple(
            OfferTerm(
                theme=o.theme,
                target_groups=frozenset(o.target_groups),
                evidence=Evidence[o.evidence],
                capacity=o.capacity,
            )
            for o in offers
        ),
        months=frozenset(month for o in offers for month in o.months),
        met_before=met,
    )
