"""Programmes: read by an independent checker, and for tiny visits compared with every programme there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from programme_checker import faults
from visits import CALM_PACE, hours, small_agendas, two_days

from serai.core.agenda.clock import Window, at
from serai.core.agenda.ground import prepare
from serai.core.agenda.habits import troubles
from serai.core.agenda.model import Agenda, Kind, Leg, Person, Place, Placed, Programme, Session
from serai.core.agenda.solve import Effort, plan_programme
from serai.core.agenda.worth import most, worth

QUICK = Effort(units=0.3)


def every_worth(agenda: Agenda) -> list[int]:
    """What each good programme of a tiny visit is worth, by trying every start, place, guest and interpreter."""
    ground = prepare(agenda)
    choices: list[list[Placed | None]] = []
    for session in agenda.sessions:
        mine: list[Placed | None] = [] if session.must else [None]
        guests = sorted(session.wished)
        for place in session.places or ("x", "y"):
            for low, high in ground.starts(session, place):
                for start in range(-(-low // agenda.step) * agenda.step, high + 1, agenda.step):
                    for coming in product((False, True), repeat=len(guests)):
                        there = {guest for guest, comes in zip(guests, coming, strict=True) if comes}
                        mine.append(
                            Placed(
                                session=session.id,
                                start=start,
                                end=start + session.minutes,
                                place=place,
                                attending=session.required | there,
                                interpreters=tuple((spoken, "i") for spoken in session.languages),
                            )
                        )
        choices.append(mine)
    count = 1
    for mine in choices:
        count *= max(1, len(mine))
    assume(count <= 1_200)
    found = []
    for combination in product(*choices):
        programme = Programme(placed=tuple(item for item in combination if item))
        if not faults(agenda, programme):
            found.append(worth(agenda, programme))
    return found


@given(small_agendas(step=60))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_tiny_visits_are_solved_to_the_best(agenda: Agenda) -> None:
    worths = every_worth(agenda)
    planned = plan_programme(agenda, effort=Effort(units=5))
    assert planned.impossible == (not worths)
    if worths:
        assert planned.programme is not None
        assert planned.value == max(worths) == worth(agenda, planned.programme)
        assert planned.best


@given(small_agendas())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_limit_is_ever_broken(agenda: Agenda) -> None:
    planned = plan_programme(agenda, effort=QUICK)
    if planned.programme is None:
        return
    assert faults(agenda, planned.programme) == set()
    assert troubles(prepare(agenda), planned.programme) == ()
    assert planned.value <= planned.bound <= most(agenda)


@given(small_agendas(), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_order_of_the_wishes_changes_nothing(agenda: Agenda, random) -> None:
    sessions, people = list(agenda.sessions), list(agenda.people)
    random.shuffle(sessions)
    random.shuffle(people)
    one = plan_programme(agenda, effort=Effort(units=5))
    other = plan_programme(replace(agenda, sessions=tuple(sessions), people=tuple(people)), effort=Effort(units=5))
    assert one.impossible == other.impossible
    if one.best and other.best:
        assert one.value == other.value


def test_two_days_with_every_rule() -> None:
    agenda = two_days()
    planned = plan_programme(agenda, effort=QUICK)
    assert planned.programme is not None
    assert faults(agenda, planned.programme) == set()
    opening = planned.programme.of("opening")
    assert opening is not None
    assert opening.start >= at(1, "10:00")
    again = plan_programme(agenda, effort=QUICK)
    assert again == planned


def test_what_little_effort_found_is_not_called_the_best() -> None:
    """More is wished for than fits; a longer search finds more, and the short one's bound allowed for it."""
    base = two_days()
    spare = tuple(
        Session(
            id=f"spare {n}",
            kind=Kind.WORKSHOP,
            minutes=60 + 15 * (n % 3),
            places=("room",),
            required=frozenset({("ngo", "youth")[n % 2]}),
            wished=frozenset({"police", "press"}),
            must=False,
            worth=1 + n % 4,
        )
        for n in range(14)
    )
    crowded = replace(base, sessions=(*base.sessions, *spare))
    short, longer = (plan_programme(crowded, effort=Effort(units=units)) for units in (0.01, 0.05))
    assert 0 < short.value < longer.value <= min(short.bound, longer.bound)
    assert not short.best
    assert short.gap > 0


def test_a_stopped_run_says_so_and_claims_nothing() -> None:
    planned = plan_programme(two_days(), stop=lambda: True)
    assert planned.stopped
    assert planned.programme is None
    assert not planned.best
    asked = []

    def after_a_while() -> bool:
        asked.append(1)
        return len(asked) > 4

    planned = plan_programme(two_days(), effort=Effort(units=1000), stop=after_a_while)
    assert planned.stopped or planned.best


def test_progress_gets_better_and_stays_within_its_bound() -> None:
    seen = []
    planned = plan_programme(two_days(), effort=QUICK, progress=seen.append)
    assert seen
    assert [step.value for step in seen] == sorted(step.value for step in seen)
    for step in seen:
        assert faults(two_days(), step.programme) == set()
        assert step.value <= step.bound
    assert planned.value >= seen[-1].value


def test_a_hint_is_where_the_search_begins() -> None:
    first = plan_programme(two_days(), effort=QUICK)
    assert first.programme is not None
    seen = []
    plan_programme(two_days(), effort=QUICK, hint=first.programme, progress=seen.append)
    assert seen[0].value >= first.value


def one_session(**changes) -> Agenda:
    session = Session(id="s", kind=Kind.DEBATE, minutes=60, required=frozenset({"p"}))
    return Agenda(
        first_day=date(2019, 11, 25),
        zone="Europe/Skopje",
        days=(hours(1, "09:00", "18:00"),),
        sessions=(replace(session, **changes),),
        people=(Person(id="p"),),
        pace=CALM_PACE,
    )


def test_the_mayor_is_there_on_day_one_from_ten_to_twelve() -> None:
    agenda = replace(one_session(), people=(Person(id="p", free=(hours(1, "10:00", "12:00"),)),))
    planned = plan_programme(agenda)
    assert planned.programme is not None
    assert at(1, "10:00") <= planned.programme.placed[0].start <= at(1, "11:00")
    assert plan_programme(replace(agenda, sessions=one_session(minutes=121).sessions)).impossible


def test_a_dinner_may_run_past_midnight() -> None:
    late = Window(start=at(1, "23:00"), end=at(1, "24:30"))
    agenda = replace(one_session(minutes=90, within=(late,)), days=(hours(1, "18:00", "25:00"),))
    planned = plan_programme(agenda)
    assert planned.programme is not None
    assert planned.programme.placed[0].end == at(1, "24:30") == at(2, "00:30")
    assert faults(agenda, planned.programme) == set()


@pytest.mark.parametrize(("first_day", "lost"), [(date(2019, 3, 30), 60), (date(2019, 10, 26), -60)])
def test_a_night_is_as_long_as_it_really_is_when_the_clocks_change(first_day: date, lost: int) -> None:
    """Evening until 22:00, nine hours of night: in spring the next day begins an hour later, in autumn earlier."""
    base = one_session()
    evening = replace(base.sessions[0], id="dinner", start=at(1, "21:00"))
    morning = replace(base.sessions[0], id="visit", within=(hours(2, "05:00", "18:00"),))
    agenda = replace(
        base,
        first_day=first_day,
        days=(hours(1, "09:00", "22:00"), hours(2, "05:00", "18:00")),
        sessions=(evening, morning),
        pace=replace(CALM_PACE, night=9 * 60),
    )
    early = at(2, "07:00") + lost
    for fixed, possible in ((early, True), (early - 5, False)):
        pinned = replace(agenda, sessions=(evening, replace(morning, within=(), start=fixed)))
        planned = plan_programme(pinned)
        assert planned.impossible is not possible
        if planned.programme:
            assert faults(pinned, planned.programme) == set()


def test_a_session_over_the_skipped_hour_ends_later_on_the_wall() -> None:
    agenda = replace(
        one_session(minutes=60),
        first_day=date(2019, 3, 30),
        days=(Window(start=at(1, "25:30"), end=at(1, "28:00")),),
        sessions=one_session(start=at(1, "25:30")).sessions,
    )
    planned = plan_programme(agenda)
    assert planned.programme is not None
    assert planned.programme.placed[0].end == at(1, "27:30")
    assert faults(agenda, planned.programme) == set()


def test_nothing_is_announced_in_the_hour_that_comes_twice() -> None:
    night = Window(start=at(1, "25:00"), end=at(1, "29:00"))
    agenda = replace(one_session(minutes=60), first_day=date(2019, 10, 26), days=(night,))
    planned = plan_programme(agenda)
    assert planned.programme is not None
    item = planned.programme.placed[0]
    assert item.end <= at(1, "26:00") or item.start >= at(1, "27:00")
    assert plan_programme(replace(agenda, sessions=one_session(minutes=130).sessions)).impossible


def test_the_way_is_the_shortest_way_and_may_differ_back() -> None:
    places = (Place(id="x"), Place(id="y"), Place(id="z"))
    legs = (
        Leg(origin="x", destination="y", minutes=10),
        Leg(origin="y", destination="z", minutes=10),
        Leg(origin="x", destination="z", minutes=60),
        Leg(origin="z", destination="x", minutes=5),
    )
    way = prepare(replace(one_session(), places=places, legs=legs)).way
    assert way["x"]["z"] == 20
    assert way["z"]["x"] == 5
    assert way["z"]["y"] == 10
