"""Gates and mutual pairs: a pair meets once, an offer takes so many guests, a visit back is rewarded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from serai.core.season.ground import Ground
from serai.core.season.limits import kept_terms
from serai.core.season.options import Options
from serai.core.season.prepare import Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Gates:
    """gate: of each option in the flow, -1 for none; slots: how many options pass each gate.

    A flow allows an option one gate. The limits behind them, each complete: pair: of options of one guest and
    host, of which one may be chosen; offer: of options that use one offer with room for `room` guests.
    """

    gate: NDArray[np.int32]
    slots: Ints
    pair: NDArray[np.int32]
    offer: NDArray[np.int32]
    room: Ints

    def take(self, which: Ints) -> Gates:
        """The gates of some of the options."""
        return Gates(
            gate=self.gate[which],
            slots=self.slots,
            pair=self.pair[which],
            offer=self.offer[which],
            room=self.room,
        )


def no_gates(count: int) -> Gates:
    """No gate for any of `count` options."""
    none, nothing = np.full(count, -1, dtype=np.int32), np.empty(0, dtype=np.int64)
    return Gates(gate=none, slots=nothing, pair=none, offer=none, room=nothing)


@dataclass(frozen=True, kw_only=True)
class Mutual:
    """Pairs that could visit both ways. pair: of each option, -1 for none; forward: from the earlier city.

    count: number of pairs; reward: points for a pair that does.
    """

    pair: NDArray[np.int32]
    forward: NDArray[np.bool_]
    count: int
    reward: float

    def take(self, which: Ints) -> Mutual:
        """The pairs of some of the options."""
        return Mutual(pair=self.pair[which], forward=self.forward[which], count=self.count, reward=self.reward)

    def shares(self, forward_share: Floats) -> Floats:
        """Points each option carries when a pair's reward is split into `forward_share` and the rest."""
        carried = np.where(self.forward, forward_share[self.pair], self.reward - forward_share[self.pair])
        return np.asarray(np.where(self.pair >= 0, carried, 0.0))


def pair_codes(ground: Ground, options: Options) -> Ints:
    """guest x n + host of each option."""
    return ground.needs.city[options.need] * len(ground.cities) + options.host


def offer_room(ground: Ground) -> dict[tuple[int, int], int]:
    """Guests that the offers of (host, theme) can still take, where they name a limit."""
    table = ground.offers
    room: dict[tuple[int, int], int] = {}
    endless = set()
    for city, theme, capacity in zip(table.city, table.theme, table.capacity, strict=True):
        key = (int(city), int(theme))
        if capacity < 0:
            endless.add(key)
        room[key] = room.get(key, 0) + max(0, int(capacity))
    limited = {key: count for key, count in room.items() if key not in endless}
    if limited:
        need, host, _ = kept_terms(ground)
        for one, at in zip(need, host, strict=True):
            key = (int(at), int(ground.needs.theme[one]))
            if key in limited:
                limited[key] = max(0, limited[key] - 1)
    return limited


def _numbered(codes: Ints, known: Ints) -> NDArray[np.int32]:
    """Place of each code among the known ones (ascending), -1 for the others."""
    if not len(known):
        return np.full(len(codes), -1, dtype=np.int32)
    at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return np.where(known[at] == codes, at, -1).astype(np.int32)


def gates(ground: Ground, options: Options) -> Gates:
    """Gates where they can bind: offers with less room than their host, and pairs with several options.

    An option has one gate in the flow: its offer's, else its pair's. The other limit is kept when the plan is
    drawn, and in the exact finish.
    """
    codes = pair_codes(ground, options)
    ordered = np.sort(codes)
    pair = _numbered(codes, np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))
    themes = len(ground.prepared.themes.number)
    tight = {key: room for key, room in offer_room(ground).items() if room < ground.slots[key[0]]}
    keys = np.array(sorted(host * themes + theme for host, theme in tight), dtype=np.int64)
    offer = _numbered(options.host.astype(np.int64) * themes + ground.needs.theme[options.need], keys)
    room = np.array([tight[int(key) // themes, int(key) % themes] for key in keys], dtype=np.int64)
    pairs = int(pair.max(initial=-1)) + 1
    gate = np.where(offer >= 0, pairs + offer, pair).astype(np.int32)
    slots = np.concatenate([np.ones(pairs, dtype=np.int64), room])
    return Gates(gate=gate, slots=slots, pair=pair, offer=offer, room=room)


def mutual(ground: Ground, options: Options) -> Mutual:
    """Pairs with options both ways; none when a visit back earns nothing."""
    reward, n = ground.season.rewards.reciprocal, len(ground.cities)
    none = np.full(len(options), -1, dtype=np.int32)
    flags = np.zeros(len(options), dtype=np.bool_)
    if reward == 0 or not len(options):
        return Mutual(pair=none, forward=flags, count=0, reward=reward)
    codes = pair_codes(ground, options)
    back = codes % n * n + codes // n
    known = np.unique(codes)
    both = known[np.isin(known, np.unique(back), assume_unique=True)]
    pairs = both[both // n < both % n]
    if not len(pairs):
        return Mutual(pair=none, forward=flags, count=0, reward=reward)
    forward = codes < back
    low = np.where(forward, codes, back)
    at = np.minimum(np.searchsorted(pairs, low), len(pairs) - 1)
    pair = np.where(pairs[at] == low, at, -1).astype(np.int32)
    return Mutual(pair=pair, forward=forward, count=len(pairs), reward=reward)


def sure_returns(ground: Ground, options: Options) -> Floats:
    """Points of options whose host visits the guest already, in a kept visit."""
    index, n = ground.index, len(ground.cities)
    back = [index[visit.host_id] * n + index[visit.guest_id] for visit in ground.season.kept]
    known = np.isin(pair_codes(ground, options), np.array(back, dtype=np.int64))
    return np.where(known, ground.season.rewards.reciprocal, 0.0)
