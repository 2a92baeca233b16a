"""How many answers stand behind a number, and what may be shown of it then."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from serai.core.sampling.reasons import N_, BadDesignError, Reason, because

RESIDENTS = 10
PROFESSIONALS = 5
LEAST_FLOOR = 5
BAND_BELOW = 30
LOW_BELOW = 50
FEW_EFFECTIVE = 30
WIDE = 0.30


class Drawn(StrEnum):
    """How the respondents came to answer: what may be said of the others depends on it."""

    RANDOM = "random"  # drawn by chance from a list or an area
    EVERYONE = "everyone"  # a closed group of known size, all of them asked
    OPT_IN = "opt-in"  # whoever wished to; says nothing of the others


class State(StrEnum):
    """What may be shown. HIDDEN: nothing. BAND: that 10 to 29 answered. LOW: the number with a warning."""

    HIDDEN = "hidden"
    BAND = "band"
    LOW = "low"
    FULL = "full"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """How a wave was drawn. `population` is the size of the group, needed when everyone was asked.

    `floor`: fewer answers than this are never shown (10 residents, 5 professionals; at least 5).
    `cluster_deff`: 1 + (m̄ − 1)·ICC, see weighting.cluster_design_effect.
    """

    drawn: Drawn
    population: int | None = None
    floor: int = RESIDENTS
    cluster_deff: float = 1.0
    level: float = 0.95

    def __post_init__(self) -> None:
        check_floor(self.floor)
        if not 0 < self.level < 1:
            raise BadDesignError(because("bad_level", N_("The level must lie between 0 and 1.")))
        if not (math.isfinite(self.cluster_deff) and self.cluster_deff >= 1):
            text = N_("The design effect of clusters is at least 1.")
            raise BadDesignError(because("bad_cluster", text))
        if self.population is None and self.drawn is Drawn.EVERYONE:
            text = N_("When everyone was asked, say how many they are.")
            raise BadDesignError(because("no_population", text))
        if self.population is not None and self.population < 1:
            raise BadDesignError(because("no_people", N_("The group has no people.")))


@dataclass(frozen=True, kw_only=True)
class Base:
    """What may be shown of a number, the band its count lies in (None: open), and why."""

    state: State
    band: tuple[int, int | None]
    reasons: tuple[Reason, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether the number itself may be shown."""
        return self.state in (State.LOW, State.FULL)


def check_floor(floor: int) -> None:
    """The floor can be raised, never set below 5."""
    if isinstance(floor, bool) or not isinstance(floor, int) or floor < LEAST_FLOOR:
        text = N_("The floor cannot be below %(least)d people.")
        raise BadDesignError(because("floor_too_low", text, least=LEAST_FLOOR))


def effective_base(n: int, n_eff: float, sample: Sample) -> float:
    """The simple random sample of endless people as exact as this: n_eff·(N−1)/(N−n); endless if n = N."""
    base = n_eff / sample.cluster_deff
    if sample.population is None or sample.drawn is Drawn.OPT_IN:
        return base
    if n > sample.population:
        text = N_("%(n)d answers came from a group of %(people)d people.")
        raise BadDesignError(because("more_than_all", text, n=n, people=sample.population))
    if n == sample.population:
        return math.inf
    return base * (sample.population - 1) / (sample.population - n)


def base_of(n: int, effective: float, sample: Sample, *, width: float | None = None) -> Base:
    """The state of a number that rests on `n` answers worth `effective`, its interval `width` of the scale.

    Residents and drawn samples go by n (10, 30, 50). A closed group goes by what its answers are worth, for
    18 of 24 people say more of the 24 than 18 of a town say of the town; never shown below the floor.
    """
    if n < sample.floor:
        text = N_("Fewer than %(floor)d people answered, so nothing is shown.")
        said = because("below_floor", text, floor=sample.floor)
        return Base(state=State.HIDDEN, band=(0, sample.floor - 1), reasons=(said,))
    worth = max(n, effective) if sample.drawn is Drawn.EVERYONE else n
    if worth < BAND_BELOW:
        text = N_("Between %(low)d and %(high)d people answered: too few to show a result.")
        said = because("count_only", text, low=sample.floor, high=BAND_BELOW - 1)
        return Base(state=State.BAND, band=(sample.floor, BAND_BELOW - 1), reasons=(said,))
    doubts = []
    if worth < LOW_BELOW:
        text = N_("Low base: fewer than %(count)d people answered.")
        doubts.append(because("low_base", text, count=LOW_BELOW))
    if effective < FEW_EFFECTIVE:
        text = N_("After weighting the answers tell as much as fewer than %(count)d.")
        doubts.append(because("few_effective", text, count=FEW_EFFECTIVE))
    if width is not None and width >= WIDE:
        text = N_("The interval is wide: %(points)d points of 100 or more.")
        doubts.append(because("wide", text, points=round(100 * WIDE)))
    state = State.LOW if doubts else State.FULL
    low = BAND_BELOW if n >= BAND_BELOW else sample.floor
    return Base(state=state, band=(low, None), reasons=tuple(doubts))
