"""Small seasons for tests: drawn ones for properties, and one told by hand."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import strategies as st

from serai.core.season.city import City, Evidence, NeedTerm, OfferTerm
from serai.core.season.model import Costs, Funder, Hosting, Quota, Rewards, Season

THEMES = ("youth", "women", "returnees")
GROUPS = ("young_people", "teachers")
TONGUES = ("sq", "mk", "en")


def cities(draw: random.Random, count: int, *, months: int = 2, themes: int = 3) -> tuple[City, ...]:
    """Cities with one to three needs and offers; about one in ten asks not to be with another."""
    ids = [f"c{number}" for number in range(count)]
    found = []
    for one in ids:
        others = [other for other in ids if other != one]
        found.append(
            City(
                id=one,
                name=f"City {one}",
                latitude=draw.uniform(38, 48),
                longitude=draw.uniform(14, 26),
                country=draw.choice(("AL", "MK")),
                hub=draw.choice(("north", "south")),
                population=draw.choice((None, 20_000, 90_000, 400_000)),
                languages=frozenset(draw.sample(TONGUES, draw.randint(0, 2))),
                interpreted=frozenset(draw.sample(TONGUES, draw.randint(0, 1))),
                context=frozenset(draw.sample(("border", "port"), draw.randint(0, 2))),
                needs=tuple(_need(draw, themes) for _ in range(draw.randint(1, 3))),
                offers=tuple(_offer(draw, themes) for _ in range(draw.randint(0, 3))),
                months=frozenset(draw.sample(range(1, 5), months)),
                met_before=frozenset(draw.sample(others, draw.randint(0, 1))),
                not_with=frozenset(draw.sample(others, 1)) if draw.random() < 0.1 else frozenset(),
            )
        )
    return tuple(found)


def _need(draw: random.Random, themes: int) -> NeedTerm:
    return NeedTerm(
        theme=draw.choice(THEMES[:themes]),
        target_groups=frozenset(draw.sample(GROUPS, draw.randint(0, 2))),
        urgency=draw.choice((1.0, 2.0, 3.0)),
    )


def _offer(draw: random.Random, themes: int) -> OfferTerm:
    return OfferTerm(
        theme=draw.choice(THEMES[:themes]),
        target_groups=frozenset(draw.sample(GROUPS, draw.randint(0, 2))),
        evidence=draw.choice(tuple(Evidence)),
        capacity=draw.choice((None, None, 0, 1, 2)),
    )


def season(draw: random.Random, count: int) -> Season:
    """A season with every kind of limit, those of "at least" left out."""
    listed = cities(draw, count)
    budget = draw.choice((None, 0.0, 300.0 * count, 700.0 * count))
    funders = (
        Funder(name="A", budget=250.0 * count, countries=frozenset({"AL"})),
        Funder(name="B", budget=150.0 * count, hubs=frozenset({"north"})),
        Funder(name="C", budget=200.0 * count, themes=frozenset(THEMES[:2])),
    )
    return Season(
        cities=listed,
        visits=draw.randint(1, 2),
        visits_of={listed[0].id: draw.randint(0, 3)},
        host=Hosting(exchanges=1, guests=2),
        hosting={listed[1].id: Hosting(exchanges=2, guests=1), listed[-1].id: Hosting(exchanges=0)},
        costs=Costs(known={(listed[0].id, listed[1].id): 50.0}),
        budget=budget,
        funders=funders if draw.random() < 0.5 else (),
        hub_budgets={"south": 250.0 * count} if draw.random() < 0.5 else {},
        quotas=(Quota(side="guest", by="country", key="MK", most=count // 2),) if draw.random() < 0.5 else (),
        rewards=Rewards(fairness=draw.choice((0.0, 200.0)), reciprocal=draw.choice((0.0, 10.0))),
    )


def wide(count: int, seed: int = 3) -> Season:
    """A larger season without calendars: only visits, hosts and the budget."""
    listed = tuple(replace(city, months=frozenset()) for city in cities(random.Random(seed), count))
    return Season(cities=listed, budget=450.0 * count, rewards=Rewards(reciprocal=0.0))


def seasons(least: int, most: int) -> st.SearchStrategy[Season]:
    """Drawn seasons of `least` to `most` cities; the seed is what Hypothesis varies and shrinks."""
    return st.builds(
        lambda seed, count: season(random.Random(seed), count),
        st.integers(0, 2**32),
        st.integers(least, most),
    )


def relabelled(given: Season, draw: random.Random) -> tuple[Season, dict[str, str]]:
    """The same season with other ids and another order of its cities; names stay."""
    numbers = list(range(len(given.cities)))
    draw.shuffle(numbers)
    new = {city.id: f"x{number}" for city, number in zip(given.cities, numbers, strict=True)}
    listed = [
        replace(
            city,
            id=new[city.id],
            met_before=frozenset(new[one] for one in city.met_before),
            not_with=frozenset(new[one] for one in city.not_with),
        )
        for city in given.cities
    ]
    draw.shuffle(listed)
    costs = replace(given.costs, known={(new[a], new[b]): c for (a, b), c in given.costs.known.items()})
    again = replace(
        given,
        cities=tuple(listed),
        visits_of={new[one]: count for one, count in given.visits_of.items()},
        hosting={new[one]: hosting for one, hosting in given.hosting.items()},
        costs=costs,
    )
    return again, new


def illustrative() -> Season:
    """The worked example of docs/measures/season.md: three cities, one month, money for two visits."""
    return Season(
        cities=(
            City(
                id="arbreva",
                name="Arbreva",
                languages=frozenset({"sq"}),
                needs=(NeedTerm(theme="youth"),),
                offers=(OfferTerm(theme="women", evidence=Evidence.E3),),
            ),
            City(
                id="lipovar",
                name="Lipovar",
                languages=frozenset({"sq", "mk"}),
                needs=(NeedTerm(theme="women"),),
                offers=(OfferTerm(theme="youth", evidence=Evidence.E5),),
            ),
            City(
                id="valdora",
                name="Valdora",
                languages=frozenset({"mk"}),
                needs=(NeedTerm(theme="youth", urgency=1.0), NeedTerm(theme="women", urgency=2.0)),
            ),
        ),
        months=frozenset({5}),
        visits=1,
        costs=Costs(visit=400.0, per_km=0.0),
        budget=900.0,
        rewards=Rewards(fairness=200.0, newcomer=0.0, first_meeting=5.0, reciprocal=10.0),
    )
