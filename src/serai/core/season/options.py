"""Every compatible (need, host) of a season: what it would teach, what it costs, in which months it could be."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from serai.core.season.ground import Flags, Ground
from serai.core.season.pair import EARTH_KM, SIZE_RANGE
from serai.core.season.prepare import Floats, Ints

CELLS = 2_000_000
"""Pairs looked at in one go: keeps the memory of a block near 50 MB."""

THREADS = 2
"""Blocks looked at side by side: numpy works outside Python's lock."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Possible visits, sorted by need and then by place.

    need, place, host: for what, into which slot, whose slot (place is the host until months are chosen).
    value: points, without the first-visit and reciprocal rewards. cost: money. months: bits in which both can.
    """

    need: NDArray[np.int32]
    place: NDArray[np.int32]
    host: NDArray[np.int32]
    value: Floats
    cost: Floats
    months: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.need)

    def take(self, which: Ints | Flags) -> Options:
        """Some of the options, in the order asked."""
        return Options(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


def joined(parts: list[Options]) -> Options:
    """The options of all parts, sorted by need and then by place."""
    if not parts:
        ints, floats = np.empty(0, np.int32), np.empty(0)
        return Options(need=ints, place=ints, host=ints, value=floats, cost=floats, months=np.empty(0, np.uint16))
    whole = {field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Options)}
    parts.clear()
    order = np.argsort(whole["need"].astype(np.int64) << 32 | whole["place"], kind="stable")
    return Options(**{name: column[order] for name, column in whole.items()})


def _possible(ground: Ground, needs: Ints, hosts: Ints) -> tuple[Ints, Ints]:
    """Rows and columns of the (need, host) pairs that no hard limit bars."""
    guests = ground.needs.city[needs]
    can = ~np.isnan(ground.language)[np.ix_(ground.kind[guests], ground.kind[hosts])]
    can &= (ground.guest_months[guests][:, None] & ground.host_months[hosts][None, :]) != 0
    can &= guests[:, None] != hosts[None, :]
    rows, columns = np.nonzero(can)
    if len(ground.barred):
        codes = guests[rows] * len(ground.cities) + hosts[columns]
        free = ~np.isin(codes, ground.barred)
        rows, columns = rows[free], columns[free]
    return rows, columns


def _likeness(ground: Ground, guests: Ints, hosts: Ints) -> Floats:
    """`pair.context_likeness` of each pair."""
    prepared = ground.prepared
    shared = np.bitwise_count(prepared.context[guests] & prepared.context[hosts]).sum(axis=1)
    size = prepared.context_size
    told = (size[guests] > 0) & (size[hosts] > 0)
    every = np.maximum(1, size[guests] + size[hosts] - shared)
    total = np.where(told, shared / every, 0.0)
    apart = np.abs(prepared.log_population[guests] - prepared.log_population[hosts]) / SIZE_RANGE
    known = told.astype(np.float64) + ~np.isnan(apart)
    total += np.nan_to_num(np.maximum(0.0, 1 - apart))
    return np.divide(total, known, out=np.zeros_like(total), where=known > 0)


def visit_costs(ground: Ground, guests: Ints, hosts: Ints) -> Floats:
    """What each visit costs (`model.Costs`), in money."""
    costs, direction = ground.season.costs, ground.prepared.direction
    chord = np.sqrt(((direction[guests] - direction[hosts]) ** 2).sum(axis=1))
    km = 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1.0))
    paid = costs.visit + costs.per_km * np.where(np.isnan(km), costs.unknown_km, km)
    if costs.known:
        n = len(ground.cities)
        known = {ground.index[a] * n + ground.index[b]: cost for (a, b), cost in costs.known.items()}
        codes = guests * n + hosts
        for at in np.flatnonzero(np.isin(codes, np.array(sorted(known), dtype=np.int64))):
            paid[at] = known[int(codes[at])]
    return np.asarray(paid)


def visit_values(ground: Ground, needs: Ints, hosts: Ints, strength: Floats) -> tuple[Floats, Flags]:
    """Points of learning of each visit (0 to 100), and whether it would be a first meeting. A visit that stands
    although no language is possible counts as one whose language is not told."""
    rewards, guests = ground.season.rewards, ground.needs.city[needs]
    language = np.nan_to_num(ground.language[ground.kind[guests], ground.kind[hosts]])
    quality = 1.0 - rewards.language_loss * (1 - language)
    quality -= rewards.context_loss * (1 - _likeness(ground, guests, hosts))
    new = ~np.isin(guests * len(ground.cities) + hosts, ground.met)
    return 100.0 * ground.needs.share[needs] * strength * quality, new


def _block(ground: Ground, needs: Ints, offers: Ints) -> Options:
    """Options of some needs with some offers of their theme; a host's best offer counts."""
    table, hosts = ground.offers, ground.offers.city[offers]
    rows, columns = _possible(ground, needs, hosts)
    need, offer, host = needs[rows], offers[columns], hosts[columns]
    asked, offered = ground.needs.groups[need], table.groups[offer]
    shared = np.bitwise_count(asked & offered).sum(axis=1)
    told = (ground.needs.sizes[need] > 0) & (table.sizes[offer] > 0)
    reached = np.where(told, 0.5 + 0.5 * shared / np.maximum(1, ground.needs.sizes[need]), 1.0)
    strength = table.worth[offer] * reached
    twice = (np.diff(need, prepend=-1) == 0) & (np.diff(host, prepend=-1) == 0)
    if twice.any():
        first = np.flatnonzero(~twice)
        strength = np.maximum.reduceat(strength, first)
        need, host = need[first], host[first]
    guest = ground.needs.city[need]
    value, new = visit_values(ground, need, host, strength)
    return Options(
        need=need.astype(np.int32),
        place=host.astype(np.int32),
        host=host.astype(np.int32),
        value=value + ground.season.rewards.first_meeting * new,
        cost=visit_costs(ground, guest, host),
        months=ground.guest_months[guest] & ground.host_months[host],
    )


def blocks(
    ground: Ground, among: Flags | None = None, *, reduced: Callable[[Options], Options] = lambda part: part
) -> list[Options]:
    """All options of the season, theme by theme, in blocks; each need's options stand in one block.

    among: needs to look at, all when None. reduced: what is kept of a block. Two threads work on the blocks; the
    order is that of the themes.
    """
    needs, offers = ground.needs, ground.offers
    wanted = needs.open & (ground.visits[needs.city] > 0)
    wanted = wanted if among is None else wanted & among
    room = ground.slots[offers.city] > 0
    work: list[tuple[Ints, Ints]] = []
    for theme in range(len(ground.prepared.themes.number)):
        asking = np.flatnonzero((needs.theme == theme) & wanted)
        showing = np.flatnonzero((offers.theme == theme) & room)
        if len(asking) and len(showing):
            step = max(1, CELLS // len(showing))
            work += [(asking[start : start + step], showing) for start in range(0, len(asking), step)]
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return list(pool.map(lambda pair: reduced(_block(ground, *pair)), work))


def every_option(ground: Ground) -> Options:
    """All compatible options."""
    return joined(blocks(ground))


def best_of_each_need(need: NDArray[np.int32], score: Floats, partners: int) -> Ints:
    """Positions of the `partners` highest scores of each need (ascending ids), ascending; ties to the earlier."""
    if not len(need):
        return np.empty(0, dtype=np.int64)
    first = np.flatnonzero(np.diff(need, prepend=-1))
    counts = np.diff(np.append(first, len(need)))
    width = int(counts.max())
    if width <= partners:
        return np.arange(len(need))
    row = np.repeat(np.arange(len(first)), counts)
    table = np.full((len(first), width), -np.inf)
    table[row, np.arange(len(need)) - first[row]] = score
    least = np.partition(table, width - partners, axis=1)[:, width - partners]
    above, equal = score > least[row], score == least[row]
    room = partners - np.bincount(row, above, minlength=len(first))
    counted = np.cumsum(equal)
    before = (counted - equal)[first]
    return np.flatnonzero(above | (equal & (counted - before[row] <= room[row])))


def shortlist(ground: Ground, score: Callable[[Options], Floats], partners: int) -> Options:
    """The `partners` options of highest score of each need."""
    return joined(blocks(ground, reduced=lambda part: part.take(best_of_each_need(part.need, score(part), partners))))
