"""A season to be planned, and a plan: the values a page, a job and the API hand in and get back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Literal

from serai.core.season.city import City, DuplicateCityError, SeasonError
from serai.core.season.pair import Weights

Scope = Literal["every compatible pair", "the shortlist"]
ALL_MONTHS = frozenset(range(1, 13))


class BadSeasonError(SeasonError):
    """A limit, cost or reward of the season cannot be true, or names a city that is not in it."""


class ContradictionError(SeasonError):
    """No plan can keep all limits; `limits` names some that contradict each other; `smallest`: it is proven that no
    fewer do."""

    def __init__(self, limits: tuple[str, ...], *, smallest: bool = False) -> None:
        super().__init__("These limits contradict each other: " + "; ".join(limits) + ".")
        self.limits, self.smallest = limits, smallest


class NotFoundError(SeasonError):
    """The effort given did not find a plan that keeps the quotas of "at least", nor proved that none exists."""


def _amount(name: str, value: object) -> None:
    """Refuses an amount that is not a finite number of zero or more."""
    if not (isinstance(value, Real) and math.isfinite(value) and float(value) >= 0):
        raise BadSeasonError(f"{name} must be zero or more, not {value!r}.")


def _count(name: str, value: object) -> None:
    """Refuses a count that is not a whole number of zero or more."""
    if not isinstance(value, Integral) or value < 0:
        raise BadSeasonError(f"{name} must be a whole number of zero or more, not {value!r}.")


@dataclass(frozen=True, kw_only=True)
class Hosting:
    """What a city can host in the season: exchanges (one a month at most), guest cities in each, months.

    No month named: the city's own months.
    """

    exchanges: int = 1
    guests: int = 2
    months: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        _count("The number of exchanges", self.exchanges)
        _count("The number of guests", self.guests)
        if not self.months <= ALL_MONTHS:
            raise BadSeasonError("Months are numbers from 1 to 12.")


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What one guest city's visit costs, in the money of the budgets: `visit + per_km x km`.

    km: great circle, one way; `unknown_km` where a place is not told. known: (guest id, host id) to the cost.
    """

    visit: float = 300.0
    per_km: float = 0.30
    unknown_km: float = 1000.0
    known: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("visit", "per_km", "unknown_km"):
            _amount(f"Cost {name}", getattr(self, name))
        for pair, cost in self.known.items():
            _amount(f"The cost of {pair[0]} to {pair[1]}", cost)


@dataclass(frozen=True, kw_only=True)
class Funder:
    """A budget that pays only for guests of some countries or hubs, or for some themes (empty: all).

    A visit may be paid by several funders together.
    """

    name: str
    budget: float
    countries: frozenset[str] = frozenset()
    hubs: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _amount(f"The budget of {self.name}", self.budget)

    def pays(self, guest: City, theme: str) -> bool:
        """Whether it may pay for this guest to learn of this theme."""
        return (
            (not self.countries or guest.country in self.countries)
            and (not self.hubs or guest.hub in self.hubs)
            and (not self.themes or theme in self.themes)
        )


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How many visits the cities of a country or hub make (`guest`) or receive (`host`): at least, at most."""

    side: Literal["guest", "host"]
    by: Literal["country", "hub"]
    key: str
    least: int = 0
    most: int | None = None

    def __post_init__(self) -> None:
        _count("A quota", self.least)
        if self.most is not None:
            _count("A quota", self.most)

    def holds(self, city: City) -> bool:
        """Whether the quota counts this city."""
        return (city.country if self.by == "country" else city.hub) == self.key


@dataclass(frozen=True, kw_only=True)
class Rewards:
    """What counts, in points. A best possible visit is 100 points of learning.

    fairness: a city's first visit of the season; newcomer: that visit, if the city never met another;
    first_meeting: a visit of two cities that never met; reciprocal: a pair that visits both ways.
    language_loss, context_loss: the share of learning lost without a common language, without any likeness.
    """

    fairness: float = 200.0
    newcomer: float = 10.0
    first_meeting: float = 5.0
    reciprocal: float = 10.0
    language_loss: float = 0.2
    context_loss: float = 0.2

    def __post_init__(self) -> None:
        for name in ("fairness", "newcomer", "first_meeting", "reciprocal", "language_loss", "context_loss"):
            _amount(f"Reward {name}", getattr(self, name))
        if self.language_loss + self.context_loss > 1:
            raise BadSeasonError("Language and context cannot take more than all of the learning.")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One guest city goes to one host in one month, for its need number `need` (its place in `City.needs`)."""

    guest_id: str
    host_id: str
    need: int
    month: int


@dataclass(frozen=True, kw_only=True)
class Season:
    """The whole question: who could visit whom, under which limits, and what counts.

    visits: most visits a city makes, in all or by id. budget: of all visits, None for no limit; hub_budgets:
    of the visits of a hub's cities. hosting: by id, `host` for the others. kept: visits that stand already
    and stay; they use up capacity, budgets and quotas.
    """

    cities: tuple[City, ...]
    months: frozenset[int] = ALL_MONTHS
    visits: int = 2
    visits_of: Mapping[str, int] = field(default_factory=dict)
    host: Hosting = Hosting()
    hosting: Mapping[str, Hosting] = field(default_factory=dict)
    costs: Costs = Costs()
    budget: float | None = None
    funders: tuple[Funder, ...] = ()
    hub_budgets: Mapping[str, float] = field(default_factory=dict)
    quotas: tuple[Quota, ...] = ()
    rewards: Rewards = Rewards()
    weights: Weights = field(default_factory=Weights)
    kept: tuple[Visit, ...] = ()

    def __post_init__(self) -> None:
        ids = {city.id for city in self.cities}
        if len(ids) < len(self.cities):
            raise DuplicateCityError("A city stands in the season twice.")
        if not self.months or not self.months <= ALL_MONTHS:
            raise BadSeasonError("A season has months, numbered from 1 to 12.")
        _count("The number of visits", self.visits)
        for count in self.visits_of.values():
            _count("The number of visits", count)
        if self.budget is not None:
            _amount("The budget", self.budget)
        for hub, budget in self.hub_budgets.items():
            _amount(f"The budget of {hub}", budget)
        if len({funder.name for funder in self.funders}) < len(self.funders):
            raise BadSeasonError("Two funders carry the same name.")
        self._check_names(ids)

    def _check_names(self, ids: set[str]) -> None:
        """Every id that a limit names is a city of the season."""
        named = {*self.visits_of, *self.hosting, *(one for pair in self.costs.known for one in pair)}
        named |= {one for visit in self.kept for one in (visit.guest_id, visit.host_id)}
        if named - ids:
            raise BadSeasonError(f"{min(named - ids)} is not a city of the season.")
        needs = {city.id: len(city.needs) for city in self.cities}
        for visit in self.kept:
            if not 0 <= visit.need < needs[visit.guest_id]:
                raise BadSeasonError(f"{visit.guest_id} has no need number {visit.need}.")
            if visit.guest_id == visit.host_id:
                raise BadSeasonError(f"{visit.guest_id} cannot visit itself.")
            if visit.month not in self.months:
                raise BadSeasonError(f"A visit that stands is in month {visit.month}, which the season has not.")

    def visits_by(self, city: City) -> int:
        """Most visits this city makes."""
        return self.visits_of.get(city.id, self.visits)

    def hosting_of(self, city: City) -> Hosting:
        """What this city can host."""
        return self.hosting.get(city.id, self.host)

    def guest_months(self, city: City) -> frozenset[int]:
        """Months of the season in which this city can travel."""
        return (city.months or ALL_MONTHS) & self.months

    def host_months(self, city: City) -> frozenset[int]:
        """Months of the season in which this city can host."""
        return (self.hosting_of(city).months or city.months or ALL_MONTHS) & self.months


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much work, in deterministic units: the same effort gives the same plan on every machine.

    flows: min-cost flows at most. gap: stop when this relative gap is certified. partners: hosts kept for each
    need; None keeps every compatible pair. exact_below: seasons of fewer cities are finished by a mixed
    integer programme of at most `nodes` branch-and-bound nodes.
    """

    flows: int = 120
    gap: float = 1e-6
    partners: int | None = None
    exact_below: int = 500
    nodes: int = 2000

    def __post_init__(self) -> None:
        _amount("A gap", self.gap)
        if self.flows < 1 or self.nodes < 1 or (self.partners is not None and self.partners < 1):
            raise BadSeasonError("An effort is at least one flow, one node and one partner.")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a progress callback hears: flows so far, best value (points), certified bound."""

    flows: int
    value: float
    bound: float


@dataclass(frozen=True, kw_only=True)
class PlannedVisit:
    """A visit of a plan. learning: points without rewards; cost: money; paid: (funder, amount) in money.

    also: numbers of the guest's other needs which the host could show something for.
    """

    visit: Visit
    learning: float
    cost: float
    paid: tuple[tuple[str, float], ...]
    reciprocal: bool
    first_meeting: bool
    also: tuple[int, ...]
    kept: bool


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """The visits to one host in one month: two or more guests make a multi-city exchange."""

    host_id: str
    month: int
    guest_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Price:
    """The shadow price of one limit: points that one more unit (money, or one visit) would bring at most."""

    limit: str
    unit: Literal["money", "visit"]
    points: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The visits of a season with their certificate.

    value: points, all rewards included; learning: without them. bound: no plan has more (over every compatible
    pair, or only over the shortlist if `scope` says so). gap: (bound - value) / bound. stopped: `stop()` ended
    the search early. prices: of the limits; host_prices: points that one more guest place at that host is
    worth; both describe the relaxed model of docs/measures/season.md.
    """

    visits: tuple[PlannedVisit, ...]
    exchanges: tuple[Exchange, ...]
    value: float
    learning: float
    cost: float
    bound: float
    gap: float
    scope: Scope
    flows: int
    stopped: bool
    prices: tuple[Price, ...]
    host_prices: Mapping[str, float]
