"""Made-up visits for tests: a middling one, and small random ones."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from serai.core.agenda.clock import Window, at
from serai.core.agenda.model import (
    Agenda,
    Goal,
    Interpreter,
    Kind,
    Leg,
    Pace,
    Person,
    Place,
    Session,
    SiteRules,
)

CALM_PACE = Pace(presentations_in_a_row=None, reflection_each_day=False, informal_each_day=False, night=0)
ALL = frozenset({"mayor", "police", "youth", "ngo", "press"})


def hours(day: int, start: str, end: str) -> Window:
    return Window(start=at(day, start), end=at(day, end))


def two_days() -> Agenda:
    """A visit of two days with most rules in it, which can be met."""
    lunch = [
        Session(id=f"lunch {d}", kind=Kind.MEAL, minutes=60, required=ALL, within=(hours(d, "12:00", "14:00"),))
        for d in (1, 2)
    ]
    prayer = [
        Session(
            id=f"prayer {d}",
            kind=Kind.PRAYER,
            minutes=20,
            required=frozenset({"youth"}),
            within=(hours(d, "11:30", "13:30"),),
        )
        for d in (1, 2)
    ]
    quiet = [
        Session(id=f"reflection {d}", kind=Kind.REFLECTION, minutes=30, places=("hall",), required=ALL - {"mayor"})
        for d in (1, 2)
    ]
    tea = [Session(id=f"tea {d}", kind=Kind.INFORMAL, minutes=30, wished=ALL) for d in (1, 2)]
    talks = [
        Session(
            id=f"city {n}",
            kind=Kind.PRESENTATION,
            minutes=45,
            places=("hall", "room"),
            required=frozenset({"ngo"}),
            wished=frozenset({"police", "youth", "mayor"}),
            languages=frozenset({"sq"}) if n == 1 else frozenset(),
            goals=frozenset({"plans"}),
        )
        for n in (1, 2, 3)
    ]
    return Agenda(
        first_day=date(2019, 11, 25),
        zone="Europe/Skopje",
        days=(hours(1, "09:00", "18:00"), hours(2, "09:00", "18:00")),
        sessions=(
            Session(
                id="opening",
                kind=Kind.OPENING,
                minutes=30,
                places=("hall",),
                required=frozenset({"mayor"}),
                wished=ALL - {"mayor"},
            ),
            *talks,
            Session(
                id="debate",
                kind=Kind.DEBATE,
                minutes=90,
                places=("hall",),
                required=frozenset({"police", "ngo"}),
                wished=frozenset({"youth", "press"}),
                after=frozenset({"city 1"}),
                goals=frozenset({"trust"}),
                languages=frozenset({"sq", "mk"}),
            ),
            Session(
                id="centre",
                kind=Kind.SITE_VISIT,
                minutes=60,
                places=("centre",),
                required=frozenset({"youth"}),
                wished=frozenset({"police", "ngo", "press"}),
                goals=frozenset({"trust"}),
            ),
            Session(
                id="walk",
                kind=Kind.WORKSHOP,
                minutes=60,
                places=("room",),
                required=frozenset({"ngo", "youth"}),
                must=False,
                worth=3,
            ),
            *lunch,
            *prayer,
            *quiet,
            *tea,
        ),
        people=(
            Person(id="mayor", free=(hours(1, "10:00", "18:00"), hours(2, "09:00", "15:00"))),
            Person(id="police", marks=frozenset({"uniform"})),
            Person(id="youth"),
            Person(id="ngo"),
            Person(id="press", marks=frozenset({"press"})),
        ),
        interpreters=(
            Interpreter(id="one", languages=frozenset({"sq", "mk"}), most_minutes_a_day=150),
            Interpreter(id="two", languages=frozenset({"mk"}), free=(hours(1, "09:00", "18:00"),)),
            Interpreter(id="three", languages=frozenset({"sq"}), free=(hours(2, "09:00", "13:00"),)),
        ),
        places=(
            Place(id="hall", holds=30),
            Place(id="room", holds=4, opens=(hours(1, "09:00", "17:00"), hours(2, "09:00", "17:00"))),
            Place(
                id="centre",
                opens=(hours(1, "14:00", "18:00"), hours(2, "14:00", "18:00")),
                host="centre's host",
                rules=SiteRules(most_people=3, most_visits_a_day=1, minutes_between=30, barred=frozenset({"uniform"})),
            ),
        ),
        legs=(Leg(origin="hall", destination="room", minutes=5), Leg(origin="room", destination="centre", minutes=25)),
        goals=(Goal(id="plans"), Goal(id="trust", weight=2)),
        pace=Pace(breather=5),
    )


@st.composite
def small_agendas(draw: st.DrawFn, *, step: int = 30) -> Agenda:
    """One or two short days, a few sessions, tight enough that many cannot be."""
    days = draw(st.integers(1, 2))
    open_days = tuple(hours(d, "09:00", draw(st.sampled_from(["11:00", "12:00", "13:00"]))) for d in range(1, days + 1))
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    sessions = []
    for n in range(draw(st.integers(1, 4))):
        required = draw(st.sets(st.sampled_from(names)))
        rest = sorted(set(names) - required)
        sessions.append(
            Session(
                id=f"s{n}",
                kind=draw(st.sampled_from([Kind.OPENING, Kind.PRESENTATION, Kind.DEBATE, Kind.REFLECTION, Kind.MEAL])),
                minutes=draw(st.sampled_from([30, 60, 90])),
                places=draw(st.sampled_from([(), ("x",), ("y",), ("x", "y")])),
                required=frozenset(required),
                wished=frozenset(draw(st.sets(st.sampled_from(rest)))) if rest else frozenset(),
                languages=draw(st.sampled_from([frozenset(), frozenset({"sq"})])),
                after=frozenset({f"s{n - 1}"}) if n and draw(st.booleans()) else frozenset(),
                within=(hours(1, "09:30", "12:30"),) if draw(st.integers(0, 4)) == 0 else (),
                must=draw(st.booleans()),
                goals=frozenset({"g"}) if draw(st.booleans()) else frozenset(),
            )
        )
    return Agenda(
        first_day=date(2019, 11, 25),
        zone="Europe/Skopje",
        days=open_days,
        sessions=tuple(sessions),
        people=tuple(
            Person(
                id=name,
                free=(hours(1, "09:30", "13:00"),) if draw(st.integers(0, 3)) == 0 else (),
                marks=frozenset({"press"}) if name == "b" else frozenset(),
            )
            for name in names
        ),
        interpreters=(
            Interpreter(id="i", languages=frozenset({"sq"}), most_minutes_a_day=draw(st.sampled_from([None, 60]))),
        ),
        places=(
            Place(
                id="x",
                holds=draw(st.sampled_from([1, 2, 9])),
                opens=(hours(1, "09:00", "12:00"), hours(2, "09:00", "13:00")),
            ),
            Place(
                id="y",
                rules=SiteRules(
                    barred=frozenset({"press"}) if draw(st.booleans()) else frozenset(),
                    most_visits_a_day=draw(st.sampled_from([None, 1])),
                    minutes_between=draw(st.sampled_from([0, 30])),
                ),
            ),
        ),
        legs=(Leg(origin="x", destination="y", minutes=draw(st.sampled_from([0, 15, 40]))),),
        goals=(Goal(id="g"),),
        pace=draw(
            st.sampled_from(
                [
                    CALM_PACE,
                    Pace(
                        presentations_in_a_row=1,
                        reflection_each_day=False,
                        informal_each_day=False,
                        night=1200,
                        breather=10,
                    ),
                ]
            )
        ),
        step=step,
    )
