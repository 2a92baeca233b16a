"""What a visit wishes for, and the programme that answers: frozen values, the same for pages, jobs and the API.

All times are minutes since the visit's first midnight on the wall clock of the place (see `clock`). Ids are the
caller's; a person here is somebody taking part in a role, known by id only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from serai.core.agenda.clock import Window


class Kind(StrEnum):
    """Types of session (product.md)."""

    OPENING = "opening"
    PRESENTATION = "presentation"
    DEBATE = "debate"
    WORKSHOP = "workshop"
    SITE_VISIT = "site visit"
    PRACTITIONERS = "practitioners"
    REFLECTION = "reflection"
    PLANNING = "action planning"
    INFORMAL = "informal"
    MEAL = "meal"
    PRAYER = "prayer"


UNHURRIED = frozenset({Kind.INFORMAL, Kind.MEAL, Kind.PRAYER})


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody taking part. `free` empty: always. `marks` are what sites may bar ("uniform", "press")."""

    id: str
    free: tuple[Window, ...] = ()
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """Interprets one of `languages` at a time; `most_minutes_a_day` of sessions, as long as they last in the end."""

    id: str
    languages: frozenset[str]
    free: tuple[Window, ...] = ()
    most_minutes_a_day: int | None = None


@dataclass(frozen=True, kw_only=True)
class SiteRules:
    """What a site's host allows: people at once, visits a day, minutes between visits, marks that may not come."""

    most_people: int | None = None
    most_visits_a_day: int | None = None
    minutes_between: int = 0
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Place:
    """A venue or site: one session at a time. `opens` empty: always. `host` is told of changes there."""

    id: str
    opens: tuple[Window, ...] = ()
    holds: int | None = None
    rules: SiteRules = field(default_factory=SiteRules)
    host: str | None = None


@dataclass(frozen=True, kw_only=True)
class Leg:
    """Minutes from door to door; also the way back unless that is given on its own."""

    origin: str
    destination: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A goal of the exchange, served when a session for it is in the programme."""

    id: str
    weight: int = 1


@dataclass(frozen=True, kw_only=True)
class Session:
    """One thing to happen. `places` empty: anywhere, without taking up a room. `required` people are there or the
    session is not; `wished` people come if they can. One interpreter for each of `languages`. The sessions named
    in `after` are in the programme and over before it begins. `start` fixes it; `must` False lets it be left out,
    at the cost of its `worth`."""

    id: str
    kind: Kind
    minutes: int
    places: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    wished: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    goals: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    within: tuple[Window, ...] = ()
    start: int | None = None
    must: bool = True
    worth: int = 1


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How much people can take. Presentations are in a row when nothing else begins between the first and the
    last of them that day. `night` is from the end of a day's last session to the next day's first; `breather`
    is left between two sessions of one person, on top of the way, except around meals, prayer and informal time.
    """

    presentations_in_a_row: int | None = 2
    reflection_each_day: bool = True
    informal_each_day: bool = True
    night: int = 11 * 60
    breather: int = 0


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """A visit's wishes. `days` are the hours of each day (a late dinner may run past midnight); every session
    lies within one of them. Sessions begin at whole multiples of `step` minutes unless their start is fixed."""

    first_day: date
    zone: str
    days: tuple[Window, ...]
    sessions: tuple[Session, ...]
    people: tuple[Person, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()
    places: tuple[Place, ...] = ()
    legs: tuple[Leg, ...] = ()
    goals: tuple[Goal, ...] = ()
    pace: Pace = field(default_factory=Pace)
    opening_first: bool = True
    step: int = 5


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A session in the programme: wall times, place (None only in a visit without places), who comes, and which
    interpreter for which language."""

    session: str
    start: int
    end: int
    place: str | None
    attending: frozenset[str]
    interpreters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Programme:
    """The answer: what happens in order of time, and what was left out."""

    placed: tuple[Placed, ...]
    left_out: tuple[str, ...] = ()

    def of(self, session: str) -> Placed | None:
        """Where a session stands, or None."""
        return next((item for item in self.placed if item.session == session), None)
