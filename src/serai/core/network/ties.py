"""From reports to ties: which layer, from which step on, and whether one side's word is enough."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from serai.core.network.errors import (
    BadRule,
    DifferentRosters,
    DuplicateReport,
    SelfReport,
    UnknownOrganisation,
)
from serai.core.network.roster import LADDER, TRUST_TOP, Bools, Ints, Roster, Wave

Layer = Literal["work", "channel", "goal", "place", "trust"]
Count = Literal["either", "both", "reported"]
LAYERS: tuple[Layer, ...] = get_args(Layer)
COUNTS: tuple[Count, ...] = get_args(Count)
DEFAULT_STEP: dict[Layer, float] = {"work": 2, "channel": 1, "goal": 1, "place": 1, "trust": 50}


@dataclass(frozen=True, kw_only=True)
class TieRule:
    """When a pair counts as tied.

    `layer`: the ladder of working together, or one of the four things that can be missing. `at_least`: ladder 1 to
    4 (default 2, cooperation), trust above 0 up to 100 (default 50); yes-no layers have none. `count`: "either"
    (one side's word, undirected), "both" (confirmed, undirected), "reported" (directed, as said).
    """

    layer: Layer = "work"
    at_least: float | None = None
    count: Count = "either"

    def __post_init__(self) -> None:
        if self.layer not in LAYERS or self.count not in COUNTS:
            raise BadRule(f"There is no tie rule {self.layer!r}, {self.count!r}.")
        step = self.at_least
        if step is None:
            return
        fits = {"work": step in range(1, len(LADDER)), "trust": 0 < step <= TRUST_TOP}
        if not fits.get(self.layer, step == 1):
            raise BadRule(f"A tie of the layer {self.layer!r} cannot start at {step!r}.")

    @property
    def step(self) -> float:
        """The smallest answer that counts as a tie."""
        return DEFAULT_STEP[self.layer] if self.at_least is None else self.at_least

    @property
    def directed(self) -> bool:
        """Whether the ties run from who reports to whom it is about."""
        return self.count == "reported"


@dataclass(frozen=True, kw_only=True, eq=False)
class Ties:
    """The ties of one wave under one rule: `u`, `v` (m,) positions on the roster, each tie once, sorted.

    Undirected ties have u < v; directed ones run u to v. `answered` (n,) says whose reports could be heard.
    """

    roster: Roster
    count: Count
    u: Ints
    v: Ints
    answered: Bools

    @property
    def n(self) -> int:
        """Organisations on the roster."""
        return self.roster.n

    @property
    def m(self) -> int:
        """Number of ties."""
        return len(self.u)

    @property
    def directed(self) -> bool:
        """Whether ties have a direction."""
        return self.count == "reported"

    @cached_property
    def keys(self) -> Ints:
        """Each tie as one sorted number, u * n + v."""
        return self.u * self.n + self.v

    @cached_property
    def out_degree(self) -> Ints:
        """Ties that start at each organisation; its degree when undirected."""
        degree = np.bincount(self.u, minlength=self.n)
        return degree if self.directed else degree + np.bincount(self.v, minlength=self.n)

    @cached_property
    def in_degree(self) -> Ints:
        """Ties that end at each organisation; its degree when undirected."""
        return np.bincount(self.v, minlength=self.n) if self.directed else self.out_degree


def _sealed(on: Roster, count: Count, keys: Ints, answered: Bools) -> Ties:
    u, v = keys // on.n, keys % on.n
    for array in (u, v):
        array.setflags(write=False)
    return Ties(roster=on, count=count, u=u, v=v, answered=answered)


def ties(wave: Wave, rule: TieRule) -> Ties:
    """The ties of a wave under a rule."""
    return _counted(wave, rule, _meets(wave, rule))


def told(wave: Wave, rule: TieRule) -> Ties:
    """The pairs about which the rule's question was answered at all, in the rule's way of counting.

    For the ladder this is every reported pair; for the four things, those with an answer.
    """
    if rule.layer == "work":
        return _counted(wave, rule, np.ones(len(wave.source), dtype=np.bool_))
    if rule.layer == "trust":
        return _counted(wave, rule, ~np.isnan(wave.trust))
    answers: Ints = getattr(wave, rule.layer)
    return _counted(wave, rule, answers >= 0)


def _meets(wave: Wave, rule: TieRule) -> Bools:
    answers = wave.ladder if rule.layer == "work" else getattr(wave, rule.layer)
    meets: Bools = answers >= rule.step  # trust not answered is NaN and meets nothing
    return meets


def _counted(wave: Wave, rule: TieRule, which: Bools) -> Ties:
    n = wave.roster.n
    source, target = wave.source[which], wave.target[which]
    if rule.count == "reported":
        return _sealed(wave.roster, rule.count, np.sort(source * n + target), wave.answered)
    keys, sides = np.unique(np.minimum(source, target) * n + np.maximum(source, target), return_counts=True)
    return _sealed(wave.roster, rule.count, keys[sides == 2] if rule.count == "both" else keys, wave.answered)


def ties_from_pairs(on: Roster, u: Ints, v: Ints, *, directed: bool = False, answered: Bools | None = None) -> Ties:
    """Ties given as pairs of positions, each once; undirected ones count as reported by either side.

    Raises SelfReport, DuplicateReport (the other way round too when undirected) or UnknownOrganisation.
    """
    a, b = np.asarray(u, dtype=np.int64), np.asarray(v, dtype=np.int64)
    if a.shape != b.shape or (a.size and (min(a.min(), b.min()) < 0 or max(a.max(), b.max()) >= on.n)):
        raise UnknownOrganisation(f"A tie points outside the roster of {on.n} organisations.")
    if (a == b).any():
        raise SelfReport("A tie joins an organisation with itself.")
    keys = np.sort(a * on.n + b if directed else np.minimum(a, b) * on.n + np.maximum(a, b))
    if (keys[1:] == keys[:-1]).any():
        raise DuplicateReport("A tie is given twice.")
    heard = np.ones(on.n, dtype=np.bool_) if answered is None else np.array(answered, dtype=np.bool_)
    if len(heard) != on.n:
        raise UnknownOrganisation(f"{len(heard)} marks of who answered for {on.n} organisations.")
    heard.setflags(write=False)
    return _sealed(on, "reported" if directed else "either", keys, heard)


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """How far the two sides of a pair agree.

    `union`: pairs that at least one side reports; `confirmed`: both do; `share` = confirmed / union (None without
    ties). `heard`: union pairs of which both sides answered, the only ones that could be confirmed; `share_heard` =
    confirmed / heard. A low share is a gap in perception.
    """

    union: int
    confirmed: int
    heard: int
    share: float | None
    share_heard: float | None


def confirmation(wave: Wave, rule: TieRule) -> Confirmation:
    """Union, confirmed and their ratio for the rule's layer and step (its way of counting is not used)."""
    either = ties(wave, TieRule(layer=rule.layer, at_least=rule.at_least, count="either"))
    both = ties(wave, TieRule(layer=rule.layer, at_least=rule.at_least, count="both"))
    heard = int((wave.answered[either.u] & wave.answered[either.v]).sum())
    return Confirmation(
        union=either.m,
        confirmed=both.m,
        heard=heard,
        share=both.m / either.m if either.m else None,
        share_heard=both.m / heard if heard else None,
    )


def require_same_roster(first: Roster, second: Roster) -> None:
    """Raises DifferentRosters unless both are the same roster."""
    if not first.same_as(second):
        raise DifferentRosters("The two do not share one roster; compare them on their common roster.")
