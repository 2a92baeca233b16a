"""Improving a draft: filling what is free, swapping visits, and saving where it costs more than there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from serai.core.season.draft import CENT, Draft, Placed
from serai.core.season.ground import Flags
from serai.core.season.prepare import Floats, Ints

MOST_ROUNDS = 60
ROOM = 3
"""Visits that may go for one that a quota of "at least" asks for."""

LEAST_GAIN = 1e-9
"""Points: smaller gains are rounding."""


class Pool:
    """The options a draft may use, with what each would bring."""

    def __init__(self, draft: Draft, which: Ints) -> None:
        options, ground = draft.options, draft.ground
        self.draft, self.which = draft, which
        self.need = options.need[which].astype(np.int64)
        self.host = options.host[which].astype(np.int64)
        self.guest = ground.needs.city[self.need]
        self.value, self.cost = options.value[which], options.cost[which]
        self.n = len(ground.cities)

    def returns(self) -> Floats:
        """The reward for a visit back: points, for options whose host visits the guest in the draft."""
        reward = self.draft.ground.season.rewards.reciprocal
        if reward == 0 or not self.draft.met:
            return np.zeros(len(self.which))
        met = np.array(sorted(host * self.n + guest for guest, host in self.draft.met), dtype=np.int64)
        code = self.guest * self.n + self.host
        at = np.minimum(np.searchsorted(met, code), len(met) - 1)
        return np.where(met[at] == code, reward, 0.0)

    def open(self) -> Flags:
        """Options whose host has room."""
        return np.asarray(self.draft.slots[self.host] > 0)

    def free(self) -> Ints:
        """Positions of options that could be added: room at the host, a visit left, the need not served."""
        draft = self.draft
        taken = np.zeros(len(draft.ground.needs.city), dtype=np.bool_)
        taken[list(draft.placed)] = True
        return np.flatnonzero(self.open() & (draft.visits_left[self.guest] > 0) & ~taken[self.need])


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Possible swaps: an option of the pool comes, the visit of a need goes. gain: points; extra: money."""

    position: Ints
    goes: Ints
    gain: Floats
    extra: Floats

    def take(self, which: Ints | Flags) -> Moves:
        """Some of the moves."""
        return Moves(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


def fill(pool: Pool, score: Floats) -> int:
    """Adds options to cities that have a visit left, highest score first; how many were added."""
    free = pool.free()
    order = free[np.argsort(-(score + pool.returns())[free], kind="stable")]
    return sum(pool.draft.add(int(pool.which[at])) for at in order)


def swaps(pool: Pool) -> Moves:
    """Every exchange of one visit of a city for an option whose host has room, good or bad."""
    draft, options = pool.draft, pool.draft.options
    needs = np.array(sorted(draft.placed), dtype=np.int64)
    out = np.array([draft.placed[int(need)].option for need in needs], dtype=np.int64)
    reward = draft.ground.season.rewards.reciprocal
    lost = np.array(
        [reward * ((one.host, one.guest) in draft.met) for need in needs if (one := draft.placed[int(need)])]
    )
    served = np.zeros(len(draft.ground.needs.city), dtype=np.bool_)
    served[needs] = True
    number = np.cumsum(served) - 1
    widest = max((len(held) for held in draft.of_city), default=0)
    table = np.full((pool.n, widest), -1, dtype=np.int64)
    for city, held in enumerate(draft.of_city):
        table[city, : len(held)] = held
    open_, returns = pool.open(), pool.returns()
    nothing, zero = np.empty(0, np.int64), np.empty(0)
    columns = [Moves(position=nothing, goes=nothing, gain=zero, extra=zero)]
    for column in range(widest):
        goes = table[pool.guest, column]
        at = np.flatnonzero(open_ & (goes >= 0) & (~served[pool.need] | (goes == pool.need)))
        leaving = number[goes[at]]
        old = out[leaving]
        gain = pool.value[at] + returns[at] - options.value[old] - lost[leaving]
        columns.append(Moves(position=at, goes=goes[at], gain=gain, extra=pool.cost[at] - options.cost[old]))
    return Moves(
        **{field.name: np.concatenate([getattr(one, field.name) for one in columns]) for field in fields(Moves)}
    )


def _common_budget(draft: Draft) -> float:
    """Money left in the tightest budget that pays for every visit; infinite when there is none."""
    common = draft.limits.money & draft.limits.need_members.all(axis=1)
    return float(draft.slack[common].min(initial=np.inf))


def swap(pool: Pool) -> int:
    """One round: each city may swap one visit for a better one, best gain first; how many did."""
    moves = swaps(pool)
    moves = moves.take((moves.gain > LEAST_GAIN) & (moves.extra <= _common_budget(pool.draft) + CENT))
    moved: set[int] = set()
    for at in np.argsort(-moves.gain, kind="stable"):
        guest = int(pool.guest[moves.position[at]])
        if guest not in moved and _done(pool, moves, int(at)):
            moved.add(guest)
    return len(moved)


def _done(pool: Pool, moves: Moves, at: int) -> bool:
    """Makes one move, or leaves all as it was. No limit may be further from its "at least" than before."""
    draft, need = pool.draft, int(moves.goes[at])
    option = int(pool.which[moves.position[at]])
    if need not in draft.placed:
        return False
    before = np.minimum(draft.slack, 0.0)
    old = draft.remove(need)
    if draft.add(option):
        if not np.any(draft.slack < before - CENT):
            return True
        draft.remove(int(draft.options.need[option]))
    draft.restore(old)
    return False


def improve(pool: Pool, score: Floats, *, enough: Callable[[], bool]) -> None:
    """Fills and swaps until nothing gains or it is enough, for MOST_ROUNDS at most."""
    for _ in range(MOST_ROUNDS):
        if not fill(pool, score) + swap(pool) or enough():
            return


def meet_quotas(pool: Pool, score: Floats) -> None:
    """Adds visits that quotas of "at least" still miss, if need be in place of visits no such quota counts."""
    draft, rows = pool.draft, pool.draft.limits
    for row in np.flatnonzero((rows.sign < 0) & (draft.slack < -CENT)):
        free = pool.free()
        counts = rows.need_members[row][pool.need[free]] | rows.host_members[row][pool.host[free]]
        order = free[counts][np.argsort(-score[free[counts]], kind="stable")]
        for at in order:
            if draft.slack[row] >= -CENT:
                break
            draft.add(int(pool.which[at]))
        victims = _victims(draft)
        tries = ROOM * int(np.ceil(max(0.0, -float(draft.slack[row]))))
        for at in order[:tries]:
            if draft.slack[row] >= -CENT:
                break
            _make_room(draft, int(pool.which[at]), victims)


def _victims(draft: Draft) -> list[int]:
    """Needs whose visits no quota of "at least" counts, the least worth for its cost first."""
    guarded = draft.limits.sign < 0
    worth = {
        need: draft.points_of(need) / max(CENT, float(draft.options.cost[placed.option]))
        for need, placed in draft.placed.items()
        if not np.any(draft.use(placed.option)[guarded] < 0)
    }
    return sorted(worth, key=lambda need: (worth[need], need))


def _make_room(draft: Draft, option: int, victims: list[int]) -> None:
    """Adds an option after taking out up to ROOM visits that share a limit it exceeds; else changes nothing."""
    use = draft.use(option)
    gone: list[Placed] = []
    for need in victims:
        short = (draft.slack < use - CENT) & (use > 0)
        if not np.any(short) or len(gone) == ROOM:
            break
        if need in draft.placed and np.any(draft.use(draft.placed[need].option)[short] > 0):
            gone.append(draft.remove(need))
    if not gone or not draft.add(option):
        for placed in reversed(gone):
            draft.restore(placed)


def repair(pool: Pool) -> None:
    """Brings a draft that overdraws the common budget back within it.

    By swaps that lose least for the money they save; when none saves any more, the visits with the least value
    for their cost go.
    """
    draft = pool.draft
    while (missing := -_common_budget(draft)) > CENT:
        moves = swaps(pool)
        moves = moves.take(moves.extra < 0)
        ratio = -moves.gain / np.minimum(-moves.extra, missing)
        done = False
        for at in np.argsort(ratio, kind="stable"):
            done |= _done(pool, moves, int(at))
            if _common_budget(draft) >= -CENT:
                return
        if not done:
            drop(draft)


def drop(draft: Draft) -> None:
    """Takes out the visits with the least value for their cost until the common budget is kept."""
    worth = {
        need: draft.points_of(need) / max(CENT, float(draft.options.cost[placed.option]))
        for need, placed in draft.placed.items()
    }
    for need in sorted(worth, key=lambda need: (worth[need], need)):
        if _common_budget(draft) >= -CENT:
            return
        draft.remove(need)
