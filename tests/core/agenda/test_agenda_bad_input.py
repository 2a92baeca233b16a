"""Times and wishes that make no sense: a named error, or the right answer, never a wrong programme."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date

import pytest
from visits import hours, two_days

from serai.core.agenda.clock import BadAgenda, BadTime, Clock, ClockChange, Window, at, spoken
from serai.core.agenda.ground import NoWay, UnknownName, prepare
from serai.core.agenda.model import Goal, Leg, Person, Place, Session, SiteRules
from serai.core.agenda.solve import Effort, plan_programme

BASE = two_days()


def with_session(**changes):
    return replace(BASE, sessions=(replace(BASE.sessions[1], **changes), *BASE.sessions[2:]))


@pytest.mark.parametrize(
    ("agenda", "error", "says"),
    [
        (with_session(minutes=0), BadTime, "length of city 1"),
        (with_session(minutes=-30), BadTime, "length of city 1"),
        (with_session(minutes=45.5), BadTime, "length of city 1"),
        (with_session(minutes=float("nan")), BadTime, "length of city 1"),
        (with_session(minutes=True), BadTime, "length of city 1"),
        (with_session(start=-5), BadTime, "start of city 1"),
        (with_session(worth=-1), BadTime, "worth of city 1"),
        (with_session(required=frozenset({"nobody"})), UnknownName, "nobody"),
        (with_session(required=frozenset({"one"})), UnknownName, "one"),
        (with_session(places=("cellar",)), UnknownName, "cellar"),
        (with_session(goals=frozenset({"fame"})), UnknownName, "fame"),
        (with_session(after=frozenset({"city 1"})), UnknownName, "city 1"),
        (with_session(wished=frozenset({"ngo"})), BadAgenda, "both required and wished"),
        (replace(BASE, sessions=(*BASE.sessions, BASE.sessions[1])), BadAgenda, "given twice"),
        (replace(BASE, people=(*BASE.people, Person(id="two"))), BadAgenda, "two is given twice"),
        (replace(BASE, places=(*BASE.places, Place(id="hall"))), BadAgenda, "hall is given twice"),
        (replace(BASE, goals=(*BASE.goals, Goal(id="plans"))), BadAgenda, "plans is given twice"),
        (replace(BASE, goals=(Goal(id="plans", weight=-1), Goal(id="trust"))), BadTime, "weight of goal plans"),
        (replace(BASE, places=(*BASE.places, Place(id="far"))), NoWay, "far"),
        (replace(BASE, legs=(*BASE.legs, Leg(origin="hall", destination="moon", minutes=9))), UnknownName, "moon"),
        (replace(BASE, legs=(Leg(origin="hall", destination="room", minutes=-9),)), BadTime, "way hall to room"),
        (replace(BASE, places=(Place(id="hall", rules=SiteRules(minutes_between=-1)),)), BadTime, "pause rule of hall"),
        (replace(BASE, places=(Place(id="hall", holds=float("nan")),)), BadTime, "size or rule of hall"),
        (
            replace(BASE, interpreters=(replace(BASE.interpreters[0], most_minutes_a_day=-1),)),
            BadTime,
            "minutes a day of one",
        ),
        (replace(BASE, step=0), BadTime, "step"),
        (replace(BASE, days=()), BadTime, "at least one day"),
        (replace(BASE, days=(hours(2, "09:00", "18:00"), hours(1, "09:00", "18:00"))), BadTime, "overlap or are not"),
        (replace(BASE, days=(hours(1, "09:00", "28:00"), hours(2, "03:00", "18:00"))), BadTime, "overlap or are not"),
        (replace(BASE, days=(Window(start=0, end=61 * 1440),)), BadTime, "sixty days"),
        (replace(BASE, zone="Skopje"), BadTime, "time zone"),
        (replace(BASE, zone="../etc/passwd"), BadTime, "time zone"),
    ],
)
def test_wishes_that_make_no_sense_are_named(agenda, error, says) -> None:
    with pytest.raises(error, match=says):
        plan_programme(agenda)


@pytest.mark.parametrize("units", [0, -1.0, float("nan"), float("inf"), None])
def test_efforts_that_are_none(units) -> None:
    with pytest.raises(BadAgenda, match="effort"):
        Effort(units=units)


@pytest.mark.parametrize("edge", [(at(1, "12:00"), at(1, "10:00")), (600, 600), (0.5, 9)])
def test_windows_that_are_none(edge) -> None:
    with pytest.raises(BadTime):
        Window(start=edge[0], end=edge[1])


def test_a_window_over_midnight_says_how_to_write_it() -> None:
    with pytest.raises(BadTime, match="1470"):
        Window(start=at(1, "22:00"), end=at(1, "02:00"))
    assert Window(start=at(1, "22:00"), end=at(2, "02:00")).end == at(1, "26:00")


@pytest.mark.parametrize("clock", ["²0:00", "", "10", "10:60", "48:00", "-1:00", "ten:00", "10:00:00"])
def test_clock_times_that_are_none(clock: str) -> None:
    with pytest.raises(BadTime):
        at(1, clock)


def test_overlapping_windows_are_one() -> None:
    twice = (hours(1, "09:00", "12:00"), hours(1, "11:00", "15:00"), hours(1, "15:00", "16:00"))
    ground = prepare(replace(BASE, people=(replace(BASE.people[0], free=twice), *BASE.people[1:])))
    assert ground.free["mayor"] == ((at(1, "09:00"), at(1, "16:00")),)


@pytest.mark.parametrize(
    ("first_day", "clock", "says"),
    [(date(2019, 10, 26), "02:30", "comes twice"), (date(2019, 3, 30), "02:30", "is skipped")],
)
def test_a_time_the_clocks_skip_or_repeat_is_refused_by_name(first_day: date, clock: str, says: str) -> None:
    fixed = replace(with_session(start=at(2, clock)), first_day=first_day)
    with pytest.raises(ClockChange, match=says):
        plan_programme(fixed)
    edge = (Window(start=at(2, clock), end=at(2, "12:00")),)
    with pytest.raises(ClockChange, match=says):
        plan_programme(replace(with_session(within=edge), first_day=first_day))


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Skopje",
        "Africa/Nairobi",
        "Asia/Karachi",
        "America/Montreal",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "UTC",
    ],
)
@pytest.mark.parametrize(
    "first_day",
    [date(2024, 3, 29), date(2024, 10, 4), date(2024, 10, 26), date(2024, 4, 5), date(2023, 4, 27), date(2024, 11, 2)],
)
def test_the_clock_agrees_with_the_calendar(zone: str, first_day: date) -> None:
    """Every half hour of four days: elapsed minutes are real minutes, and wall minutes come back."""
    clock = Clock(first_day, zone, 4 * 1440)
    zero = clock.moment(0).astimezone(UTC)
    for wall in range(0, 4 * 1440, 30):
        try:
            elapsed = clock.elapsed(wall)
        except ClockChange:
            continue
        moment = clock.moment(wall)
        assert (moment.astimezone(UTC) - zero).total_seconds() == 60 * elapsed
        assert (moment.hour, moment.minute) == (wall // 60 % 24, wall % 60)
        assert clock.wall(elapsed) == wall


def test_times_are_said_with_their_day() -> None:
    assert spoken(at(2, "09:05")) == "day 2, 09:05"


def test_a_visit_without_places_or_sessions_is_fine() -> None:
    empty = replace(BASE, sessions=(), pace=replace(BASE.pace, reflection_each_day=False, informal_each_day=False))
    planned = plan_programme(empty)
    assert planned.programme is not None
    assert planned.programme.placed == ()
    assert planned.best
    nowhere = replace(empty, places=(), legs=(), sessions=(Session(id="call", kind=BASE.sessions[1].kind, minutes=30),))
    planned = plan_programme(nowhere)
    assert planned.programme is not None
    assert planned.programme.placed[0].place is None
