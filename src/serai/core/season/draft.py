"""A plan being drawn: visits with months, every limit kept at every step, improved by filling and swapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from serai.core.season.gates import offer_room
from serai.core.season.ground import Ground
from serai.core.season.limits import Limits, kept_terms
from serai.core.season.options import Options
from serai.core.season.prepare import Floats

NO_MONTHS: Mapping[int, int] = MappingProxyType({})

CENT = 1e-6
"""Limits are kept to a millionth of the unit of money: below it lies the rounding of sums."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A visit of the draft: option (its position), guest, host, month."""

    option: int
    guest: int
    host: int
    month: int


class Draft:
    """Visits chosen so far. Adding checks every limit of the season; nothing is ever added that breaks one."""

    def __init__(self, ground: Ground, limits: Limits, options: Options) -> None:
        season, cities = ground.season, ground.cities
        self.ground, self.limits, self.options = ground, limits, options
        self.placed: dict[int, Placed] = {}
        self.of_city: list[list[int]] = [[] for _ in cities]
        self.slack = limits.amount.copy()
        self.visits_left = ground.visits.copy()
        self.busy = [0] * len(cities)
        self.guests: list[dict[int, list[int]]] = [{} for _ in cities]
        hosting = [season.hosting_of(city) for city in cities]
        self.most_exchanges = [host.exchanges for host in hosting]
        self.most_guests = [host.guests for host in hosting]
        self.met: set[tuple[int, int]] = set()
        self.visit_to: dict[tuple[int, int], int] = {}
        self.fixed: set[tuple[int, int]] = set()
        self.room = offer_room(ground)
        self.barred = {(int(code) // len(cities), int(code) % len(cities)) for code in ground.barred}
        self.intended: dict[int, list[int]] = {}
        self.slots = np.zeros(len(cities), dtype=np.int64)
        self._uses: dict[int, Floats] = {}
        self._keep()
        self._count_slots(range(len(cities)))

    def _keep(self) -> None:
        """Enters the visits that stand already; their limits are taken off elsewhere."""
        need, host, _ = kept_terms(self.ground)
        for visit, one, at in zip(self.ground.season.kept, need, host, strict=True):
            guest = int(self.ground.needs.city[one])
            self.guests[int(at)].setdefault(visit.month, []).append(guest)
            self.busy[guest] |= 1 << visit.month
            self.met.add((guest, int(at)))
            self.fixed.add((int(at), visit.month))

    def _count_slots(self, hosts: Iterable[int]) -> None:
        """Guest places left at each host, over all its months."""
        for host in hosts:
            exchanges = self.guests[host]
            closed = max(0, self.most_exchanges[host] - len(exchanges))
            open_room = sum(max(0, self.most_guests[host] - len(guests)) for guests in exchanges.values())
            self.slots[host] = closed * self.most_guests[host] + open_room

    def month_for(self, option: int) -> int:
        """The month in which an option fits best, 0 for none: an exchange that is open already, else a new one.

        A new one opens in the month that suits most of the guests still intended for that host. Failing both,
        an open exchange moves to a month that suits all its guests and this one.
        """
        guest, host = self.guest(option), int(self.options.host[option])
        months = int(self.options.months[option]) & ~self.busy[guest]
        exchanges = self.guests[host]
        open_to = [
            (len(guests), month)
            for month, guests in exchanges.items()
            if len(guests) < self.most_guests[host] and self._welcome(guest, guests)
        ]
        fitting = [one for one in open_to if months >> one[1] & 1]
        if fitting:
            return max(fitting)[1]
        if len(exchanges) < self.most_exchanges[host] and self.most_guests[host]:
            month = self._new_month(host, months)
            if month:
                return month
        return next((moved for _, month in sorted(open_to) if (moved := self._move(host, month, months))), 0)

    def _free(self, option: int, month: int) -> bool:
        """Whether the option can be in this month as things stand (0: no)."""
        guest, host = self.guest(option), int(self.options.host[option])
        if not month or not (int(self.options.months[option]) & ~self.busy[guest]) >> month & 1:
            return False
        guests = self.guests[host].get(month)
        if guests is None:
            return len(self.guests[host]) < self.most_exchanges[host] and self.most_guests[host] > 0
        return len(guests) < self.most_guests[host] and self._welcome(guest, guests)

    def _welcome(self, guest: int, guests: list[int]) -> bool:
        """Whether no guest of an exchange asked not to be with this one."""
        return not self.barred or not any((guest, other) in self.barred for other in guests)

    def _new_month(self, host: int, months: int) -> int:
        """The month of `months` without an exchange that suits most of the intended guests; 0 for none."""
        taken = self.guests[host]
        masks = [int(self.options.months[one]) & ~self.busy[self.guest(one)] for one in self.intended.get(host, ())]
        best, suits = 0, -1
        for month in range(12, 0, -1):
            if months >> month & 1 and month not in taken:
                count = sum(mask >> month & 1 for mask in masks)
                if count > suits:
                    best, suits = month, count
                if count == len(masks):
                    break
        return best

    def _move(self, host: int, month: int, months: int) -> int:
        """Moves an exchange to one of `months` that suits all its guests; the new month, 0 for none."""
        if (host, month) in self.fixed:
            return 0
        guests = self.guests[host][month]
        needs = [self.visit_to[guest, host] for guest in guests]
        for need, guest in zip(needs, guests, strict=True):
            months &= int(self.options.months[self.placed[need].option]) & ~self.busy[guest]
        for taken in self.guests[host]:
            months &= ~(1 << taken)
        if not months:
            return 0
        moved = months.bit_length() - 1
        self.guests[host][moved] = self.guests[host].pop(month)
        for need, guest in zip(needs, guests, strict=True):
            self.busy[guest] ^= (1 << month) | (1 << moved)
            self.placed[need] = replace(self.placed[need], month=moved)
        return moved

    def guest(self, option: int) -> int:
        """The city that would travel."""
        return int(self.ground.needs.city[self.options.need[option]])

    def use(self, option: int) -> Floats:
        """What an option takes of each limit; not to be written to."""
        known = self._uses.get(option)
        if known is not None:
            return known
        need, host = self.options.need[option], self.options.host[option]
        rows = self.limits
        taken = np.where(rows.money, self.options.cost[option], 1.0) * rows.need_members[:, need]
        found: Floats = (taken + rows.host_members[:, host]) * rows.sign
        self._uses[option] = found
        return found

    def add(self, option: int, *, month: int = 0) -> bool:
        """Adds an option if every limit allows it, in the month named if that is free."""
        need, host, guest = int(self.options.need[option]), int(self.options.host[option]), self.guest(option)
        if need in self.placed or self.visits_left[guest] <= 0 or (guest, host) in self.met:
            return False
        offer = (host, int(self.ground.needs.theme[need]))
        if self.slots[host] <= 0 or self.room.get(offer, 1) <= 0:
            return False
        use = self.use(option)
        if np.any((self.slack < use - CENT) & (use > 0)):
            return False
        if not self._free(option, month):
            month = self.month_for(option)
            if not month:
                return False
        self.restore(Placed(option=option, guest=guest, host=host, month=month))
        return True

    def remove(self, need: int) -> Placed:
        """Takes a visit out again; `restore` puts it back as it was."""
        placed = self.placed.pop(need)
        guest, host = placed.guest, placed.host
        self.of_city[guest].remove(need)
        self.slack += self.use(placed.option)
        self.visits_left[guest] += 1
        self.busy[guest] &= ~(1 << placed.month)
        self.guests[host][placed.month].remove(guest)
        if not self.guests[host][placed.month]:
            del self.guests[host][placed.month]
        self.met.discard((guest, host))
        del self.visit_to[guest, host]
        offer = (host, int(self.ground.needs.theme[need]))
        if offer in self.room:
            self.room[offer] += 1
        self._count_slots((host,))
        return placed

    def restore(self, placed: Placed) -> None:
        """Puts back a visit just removed, in its month."""
        need = int(self.options.need[placed.option])
        self.placed[need] = placed
        self.of_city[placed.guest].append(need)
        self.slack -= self.use(placed.option)
        self.visits_left[placed.guest] -= 1
        self.busy[placed.guest] |= 1 << placed.month
        self.guests[placed.host].setdefault(placed.month, []).append(placed.guest)
        self.met.add((placed.guest, placed.host))
        self.visit_to[placed.guest, placed.host] = need
        offer = (placed.host, int(self.ground.needs.theme[need]))
        if offer in self.room:
            self.room[offer] -= 1
        self._count_slots((placed.host,))

    def points_of(self, need: int) -> float:
        """Points that would be lost without this visit."""
        placed = self.placed[need]
        first = self.ground.first[placed.guest] if len(self.of_city[placed.guest]) == 1 else 0.0
        back = (placed.host, placed.guest) in self.met
        reward = self.ground.season.rewards.reciprocal if back else 0.0
        return float(self.options.value[placed.option] + first + reward)

    def add_all(self, options: Iterable[int], months: Mapping[int, int] = NO_MONTHS) -> None:
        """Adds what fits. In the order given as far as budgets and quotas go; then host by host.

        Hosts with the most intended guests come first: their months are the hardest to find. months: of the
        options that have one chosen already.
        """
        left = self.slack.copy()
        for option in options:
            use = self.use(option)
            if not np.any((left < use - CENT) & (use > 0)):
                left -= use
                self.intended.setdefault(int(self.options.host[option]), []).append(option)
        for host in sorted(self.intended, key=lambda host: (-len(self.intended[host]), host)):
            for option in self.intended[host]:
                self.add(option, month=months.get(option, 0))
        self.intended = {}

    def value(self) -> float:
        """Points of the draft, without what the kept visits bring by themselves."""
        learnt = sum(float(self.options.value[one.option]) for one in self.placed.values())
        guests = sorted({one.guest for one in self.placed.values()})
        mutual = sum((one.host, one.guest) in self.met for one in self.placed.values())
        twice = sum((host, guest) in self.visit_to for guest, host in self.visit_to)
        reward = self.ground.season.rewards.reciprocal
        return learnt + float(self.ground.first[guests].sum()) + reward * (mutual - twice / 2)
