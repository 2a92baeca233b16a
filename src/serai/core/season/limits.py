"""The side limits of a season as linear rows: budgets, funders, hubs, quotas, with a price each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from serai.core.season.ground import Flags, Ground
from serai.core.season.model import BadSeasonError, Quota
from serai.core.season.options import Options, visit_costs
from serai.core.season.prepare import AnyInts, Floats, Ints

NO_ROWS: Ints = np.empty(0, dtype=np.int64)

MOST_FUNDER_ROWS = 256
"""Rows for the unions of funders that pay for the same needs; more overlap than this is refused."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Rows `sum over visits of (cost or 1) x sign <= amount`, what the kept visits use already taken off.

    Rows with a host member count visits by host, the others by need. need_members has shape (rows, needs),
    host_members (rows, cities); money says which rows count cost.
    """

    names: tuple[str, ...]
    money: Flags
    sign: Floats
    amount: Floats
    need_members: Flags
    host_members: Flags

    def __len__(self) -> int:
        return len(self.names)

    def common(self) -> Ints:
        """Rows that are budgets of every visit."""
        return np.flatnonzero(self.money & self.need_members.all(axis=1)) if len(self) else NO_ROWS

    def worth(self, options: Options, prices: Floats) -> Floats:
        """Value of each option after paying the price of each limit it uses."""
        if not len(self):
            return options.value
        signed = prices * self.sign
        by_money = (signed * self.money) @ self.need_members
        by_visit = (signed * ~self.money) @ self.need_members
        by_host = signed @ self.host_members
        worth = options.value - options.cost * by_money[options.need]
        worth -= by_visit[options.need]
        worth -= by_host[options.host]
        return np.asarray(worth)

    def usage(self, need: AnyInts, host: AnyInts, cost: Floats) -> Floats:
        """What visits use of each row, in money or visits, with the row's sign."""
        needs, hosts = self.need_members.shape[1], self.host_members.shape[1]
        spent = self.need_members @ np.bincount(need, cost, minlength=needs)
        made = self.need_members @ np.bincount(need, minlength=needs)
        received = self.host_members @ np.bincount(host, minlength=hosts)
        return np.asarray(np.where(self.money, spent, made + received) * self.sign)


@dataclass(frozen=True, kw_only=True)
class _Row:
    name: str
    money: bool
    sign: float
    amount: float
    needs: Flags | None = None
    hosts: Flags | None = None


def _funder_rows(ground: Ground) -> list[_Row]:
    """Visits that only some funders may pay cost no more than those funders have (Hall's condition).

    With one row for each union of payer sets that occur, it is exact when funders may share a visit.
    """
    funders, payers = ground.season.funders, ground.needs.payers
    kinds = [int(kind) for kind in np.unique(payers) if kind]
    unions: set[int] = set()
    for kind in kinds:
        unions |= {kind} | {kind | union for union in unions}
        if len(unions) > MOST_FUNDER_ROWS:
            raise BadSeasonError("The funders overlap in too many ways; merge some of them.")
    rows = []
    for union in sorted(unions):
        members = [funder for bit, funder in enumerate(funders) if union >> bit & 1]
        rows.append(
            _Row(
                name="the budget of " + " and ".join(funder.name for funder in members),
                money=True,
                sign=1.0,
                amount=sum(funder.budget for funder in members),
                needs=(payers & ~union) == 0,
            )
        )
    return rows


def _quota_rows(ground: Ground, quota: Quota) -> list[_Row]:
    """One row for "at most", one for "at least"."""
    cities = np.array([quota.holds(city) for city in ground.cities], dtype=np.bool_)
    needs = cities[ground.needs.city] if quota.side == "guest" else None
    hosts = cities if quota.side == "host" else None
    verb = "by" if quota.side == "guest" else "to"
    rows = []
    for word, count, sign in (("at least", quota.least or None, -1.0), ("at most", quota.most, 1.0)):
        if count is not None:
            name = f"{word} {count} visits {verb} cities of {quota.key}"
            rows.append(_Row(name=name, money=False, sign=sign, amount=sign * count, needs=needs, hosts=hosts))
    return rows


def _rows(ground: Ground) -> list[_Row]:
    season = ground.season
    rows = []
    if season.budget is not None:
        every = np.ones(len(ground.needs.city), dtype=np.bool_)
        rows.append(_Row(name="the whole budget", money=True, sign=1.0, amount=season.budget, needs=every))
    for hub, budget in sorted(season.hub_budgets.items()):
        cities = np.array([city.hub == hub for city in ground.cities], dtype=np.bool_)
        members = cities[ground.needs.city]
        name = f"the budget of hub {hub}"
        rows.append(_Row(name=name, money=True, sign=1.0, amount=budget, needs=members))
    rows += _funder_rows(ground)
    for quota in season.quotas:
        rows += _quota_rows(ground, quota)
    return rows


def kept_terms(ground: Ground) -> tuple[Ints, Ints, Floats]:
    """Need, host and cost of the kept visits, in the order of the season."""
    number = {
        (int(city), int(place)): row
        for row, (city, place) in enumerate(zip(ground.needs.city, ground.needs.number, strict=True))
    }
    index, kept = ground.index, ground.season.kept
    need = np.array([number[index[one.guest_id], one.need] for one in kept], dtype=np.int64)
    host = np.array([index[one.host_id] for one in kept], dtype=np.int64)
    guest = np.array([index[one.guest_id] for one in kept], dtype=np.int64)
    return need, host, visit_costs(ground, guest, host)


def _stack(members: Sequence[Flags | None], width: int) -> Flags:
    empty = np.zeros(width, dtype=np.bool_)
    return np.array([empty if one is None else one for one in members], dtype=np.bool_).reshape(len(members), width)


def limits(ground: Ground) -> Limits:
    """The rows of a season; negative amounts say that the kept visits break a limit already."""
    rows = _rows(ground)
    found = Limits(
        names=tuple(row.name for row in rows),
        money=np.array([row.money for row in rows], dtype=np.bool_),
        sign=np.array([row.sign for row in rows], dtype=np.float64),
        amount=np.array([row.amount for row in rows], dtype=np.float64),
        need_members=_stack([row.needs for row in rows], len(ground.needs.city)),
        host_members=_stack([row.hosts for row in rows], len(ground.cities)),
    )
    if len(found) and ground.season.kept:
        found.amount[:] -= found.usage(*kept_terms(ground))
    return found
