"""Which months each host opens, and the season with those months chosen: every slot a place of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from serai.core.season.draft import Draft
from serai.core.season.flow import Net, net
from serai.core.season.gates import no_gates
from serai.core.season.ground import Ground
from serai.core.season.lagrange import Relaxation
from serai.core.season.options import Options, joined
from serai.core.season.prepare import Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Slotted:
    """The season with months chosen. month: of each place; origin: each option's position before."""

    relaxation: Relaxation
    month: Ints
    origin: Ints


def _best_months(options: Options, gain: Floats, guests: Ints, closed: Ints, open_: Ints) -> None:
    """Opens one more month at each host that may: the one whose best guests gain most.

    gain: of each option over what its need gets now, used up (set to 0) for the guests a new month takes.
    closed: months each host may still open; open_: those that are open, as bits. Both are changed.
    """
    at = np.flatnonzero((gain > 0) & (closed[options.host] > 0))
    rows, columns = np.nonzero((options.months[at][:, None] >> np.arange(13, dtype=np.uint16)) & 1)
    option, host = at[rows], options.host[at[rows]].astype(np.int64)
    new = (open_[host] >> columns) & 1 == 0
    option, host, month = option[new], host[new], columns[new]
    order = np.lexsort((-gain[option], month, host))
    option, key = option[order], host[order] * 13 + month[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    place = np.arange(len(key)) - np.repeat(first, np.diff(np.append(first, len(key))))
    invited = place < guests[key // 13]
    total = np.bincount(key[invited], gain[option[invited]], minlength=13 * len(guests)).reshape(-1, 13)
    chosen = np.where((total.max(axis=1) > 0) & (closed > 0), total.argmax(axis=1), -1)
    hosts = np.flatnonzero(chosen >= 0)
    open_[hosts] |= np.int64(1) << chosen[hosts]
    closed[hosts] -= 1
    taken = invited & (chosen[key // 13] == key % 13)
    gain[option[taken]] = 0.0


def open_months(options: Options, gain: Floats, base: Draft, *, before: Ints | None, share: float) -> Ints:
    """Months each host opens, as bits: those of `base`, then those whose guests gain most.

    before: months opened so far; then only the `share` of the hosts that gain most by other months change.
    """
    open_ = np.array([sum(1 << month for month in used) for used in base.guests], dtype=np.int64)
    guests = np.array(base.most_guests, dtype=np.int64)
    closed = np.array(base.most_exchanges, dtype=np.int64) - np.bitwise_count(open_)
    left = np.maximum(gain, 0.0)
    for _ in range(int(max(closed.max(initial=0), 0))):
        _best_months(options, left, guests, closed, open_)
    if before is None:
        return open_
    within = [_gained(options, gain, guests, months) for months in (open_, before)]
    better = np.where(open_ != before, within[0] - within[1], 0.0)
    moved = np.flatnonzero(better > 0)
    moved = moved[np.argsort(-better[moved], kind="stable")][: int(np.ceil(share * len(moved)))]
    after = before.copy()
    after[moved] = open_[moved]
    return after


def _gained(options: Options, gain: Floats, guests: Ints, open_: Ints) -> Floats:
    """Points each host would gain with these months, each month with its best guests (one may be counted twice)."""
    total = np.zeros(len(open_))
    at = np.flatnonzero(gain > 0)
    for month in range(1, 13):
        there = at[((options.months[at] >> month) & (open_[options.host[at]] >> month) & 1) == 1]
        there = there[np.lexsort((-gain[there], options.host[there]))]
        host = options.host[there]
        first = np.flatnonzero(np.diff(host, prepend=-1))
        place = np.arange(len(host)) - np.repeat(first, np.diff(np.append(first, len(host))))
        invited = place < guests[host]
        total += np.bincount(host[invited], gain[there[invited]], minlength=len(open_))
    return total


def slotted(ground: Ground, before: Relaxation, open_: Ints, draft: Draft, shares: Floats) -> Slotted:
    """The season in which each host's months are `open_`: places are (host, month), without gates."""
    hosts, months = np.nonzero((open_[:, None] >> np.arange(13)) & 1)
    counts = np.bincount(hosts, minlength=len(open_))
    first = np.cumsum(counts) - counts
    options, parts, origins = before.options, list[Options](), list[Ints]()
    for number in range(int(counts.max(initial=0))):
        at = np.flatnonzero(counts[options.host] > number)
        place = first[options.host[at]] + number
        fits = (options.months[at] >> months[place].astype(np.uint16)) & 1 == 1
        at, place = at[fits], place[fits]
        parts.append(replace(options.take(at), place=place.astype(np.int32)))
        origins.append(at)
    every = np.concatenate([np.empty(0, np.int64), *origins])
    key = np.concatenate([np.empty(0, np.int64), *(part.place.astype(np.int64) for part in parts)])
    origin = every[np.lexsort((key, options.need[every]))]
    index = ground.index
    kept = Counter((index[visit.host_id], visit.month) for visit in ground.season.kept)
    slots = np.array(
        [draft.most_guests[host] - kept[int(host), int(month)] for host, month in zip(hosts, months, strict=True)],
        dtype=np.int64,
    )
    none = no_gates(len(origin))
    relaxation = Relaxation(
        net(ground.needs.city, ground.visits, ground.first, np.maximum(0, slots), none.slots),
        joined(parts),
        none,
        before.mutual.take(origin),
        before.limits,
    )
    relaxation.shares = shares.copy()
    return Slotted(relaxation=relaxation, month=months.astype(np.int64), origin=origin)


def alternatives(net: Net, options: Options, surplus: Floats, held: Ints) -> Floats:
    """Points each held option's city would still get for it if that host were gone.

    The best of: the same need at another host, another need of the city that nothing serves, or staying home
    (which costs the first-visit reward when it is the only visit). held: positions in `options`.
    """
    needs = len(net.need_city)
    host_held = np.full(needs, -1, dtype=np.int64)
    host_held[options.need[held]] = options.host[held]
    elsewhere = np.full(needs, -np.inf)
    other = options.host != host_held[options.need]
    np.maximum.at(elsewhere, options.need[other], surplus[other])
    served = host_held >= 0
    spare = np.full(len(net.visits), -np.inf)
    np.maximum.at(spare, net.need_city[~served], elsewhere[~served])
    city = net.need_city[options.need[held]]
    visits = np.bincount(city, minlength=len(net.visits))
    home = np.where(visits[city] == 1, -net.first[city], 0.0)
    return np.asarray(np.maximum(np.maximum(elsewhere[options.need[held]], spare[city]), home))
