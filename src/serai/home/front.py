"""What everyone may see: the world drawn from its cities, the exchanges on it, the latest story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from serai.directory.models import City
from serai.exchanges.models import Exchange
from serai.exchanges.queries import exchanges_readable
from serai.web import dates
from serai.web.arcs import CityArc, LitCity


@dataclass(frozen=True, kw_only=True)
class Sky:
    """The cities lit on the map, the arcs between them, and the same as rows of a table."""

    lit: tuple[LitCity, ...]
    arcs: tuple[CityArc, ...]
    rows: tuple[dict[str, Any], ...]


def sky() -> Sky:
    """Exchanges everyone may read, as arcs between their cities; real cities only."""
    cities: dict[int, City] = {}
    arcs: dict[tuple[str, str], CityArc] = {}
    rows: dict[str, dict[str, Any]] = {}
    for exchange in exchanges_readable()[:200]:
        taking = [p.city for p in exchange.parties.all() if p.city and not p.city.fictive]
        if len(taking) < 2:
            continue
        cities |= {city.id: city for city in taking}
        last = taking[-1]
        for city in taking[:-1]:
            start, end = sorted((str(city.id), str(last.id)))
            arcs[(start, end)] = CityArc(start=start, end=end)
        _add_row(rows, exchange, taking)
    lit = tuple(
        LitCity(key=str(c.id), name=c.name, latitude=c.latitude, longitude=c.longitude) for c in cities.values()
    )
    return Sky(lit=lit, arcs=tuple(arcs.values()), rows=tuple(rows.values()))


def _add_row(rows: dict[str, dict[str, Any]], exchange: Exchange, taking: list[City]) -> None:
    key = ",".join(sorted(str(c.id) for c in taking))
    when = exchange.when or (dates.days(exchange.starts_on, exchange.ends_on) if exchange.starts_on else _("Earlier"))
    row = rows.setdefault(key, {"cities": [c.name for c in taking], "exchanges": [], "when": when})
    row["exchanges"].append(exchange)
