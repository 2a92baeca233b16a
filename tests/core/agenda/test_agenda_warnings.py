"""Warnings: the same troubles an independent reader finds, each mend truly mends, and every text is there."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programme_checker import faults
from visits import hours, small_agendas, two_days

from serai.core.agenda.clock import at, spoken
from serai.core.agenda.ground import UnknownName, prepare
from serai.core.agenda.habits import troubles
from serai.core.agenda.mends import Step, apply
from serai.core.agenda.model import Agenda, Placed, Programme
from serai.core.agenda.solve import Effort, plan_programme
from serai.core.agenda.troubles import Code, Trouble
from serai.core.agenda.warnings import MEND_WORDS, WORDS, Warning, mend_words, warnings, words

BASE = two_days()


@cache
def good() -> Programme:
    planned = plan_programme(BASE, effort=Effort(units=0.3))
    assert planned.programme is not None
    return planned.programme


def with_placed(name: str, **changes) -> Programme:
    placed = tuple(replace(item, **changes) if item.session == name else item for item in good().placed)
    return replace(good(), placed=placed)


def moved(name: str, start: int) -> Programme:
    item = good().of(name)
    assert item is not None
    return with_placed(name, start=start, end=start + item.end - item.start)


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[Agenda, Programme]:
    """A programme put together by hand, well or badly."""
    agenda = draw(small_agendas())
    placed = []
    for session in agenda.sessions:
        if draw(st.integers(0, 5)) == 0:
            continue
        start = at(draw(st.integers(1, 2)), "08:30") + 15 * draw(st.integers(0, 18))
        everyone = sorted(session.required | session.wished)
        skipped = draw(st.sets(st.sampled_from(everyone), max_size=1)) if everyone else set()
        placed.append(
            Placed(
                session=session.id,
                start=start,
                end=start + session.minutes + draw(st.sampled_from([0, 0, 0, 15])),
                place=draw(st.sampled_from(["x", "y"])),
                attending=frozenset(everyone) - skipped,
                interpreters=tuple((language, "i") for language in session.languages) if draw(st.booleans()) else (),
            )
        )
    return agenda, Programme(placed=tuple(placed))


@given(spoiled())
@settings(max_examples=90, deadline=None, suppress_health_check=list(HealthCheck))
def test_troubles_are_those_an_independent_reader_finds(made: tuple[Agenda, Programme]) -> None:
    agenda, programme = made
    found, read = troubles(prepare(agenda), programme), faults(agenda, programme)
    assert bool(found) == bool(read), (found, read)
    about = {name for trouble in found for name in trouble.sessions}
    named = {name for fault in read if not fault.startswith("day ") for name in re.findall(r"s\d", fault)}
    assert named <= about


@given(spoiled())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_mend_takes_its_trouble_away_and_brings_no_other(made: tuple[Agenda, Programme]) -> None:
    agenda, programme = made
    before = faults(agenda, programme)
    for warning in warnings(agenda, programme):
        for mend in warning.mends:
            wishes, after = apply(agenda, programme, mend)
            left = troubles(prepare(wishes), after)
            assert warning.trouble not in left
            assert faults(wishes, after) <= before


def found_in(programme: Programme, code: Code, agenda: Agenda = BASE) -> Warning:
    return next(warning for warning in warnings(agenda, programme) if warning.trouble.code is code)


def pace(**changes) -> Agenda:
    return replace(BASE, pace=replace(BASE.pace, **changes))


def less(name: str) -> Programme:
    return replace(good(), placed=tuple(item for item in good().placed if item.session != name))


@pytest.mark.parametrize(
    ("programme", "code", "steps"),
    [
        (less("centre"), Code.MISSING, {Step.MOVE}),
        (with_placed("tea 1", end=at(1, "17:55")), Code.LENGTH, {Step.MOVE}),
        (moved("tea 2", at(2, "20:00")), Code.OUTSIDE_DAY, {Step.MOVE}),
        (moved("lunch 1", at(1, "10:00")), Code.OUTSIDE_HOURS, {Step.MOVE}),
        (with_placed("debate", place="room"), Code.WRONG_PLACE, {Step.PLACE}),
        (moved("centre", at(1, "10:00")), Code.PLACE_CLOSED, {Step.MOVE}),
        (with_placed("centre", attending=frozenset({"youth", "ngo", "press", "mayor"})), Code.SITE_GROUP, set()),
        (with_placed("centre", attending=frozenset({"youth", "police"})), Code.SITE_BARRED, {Step.STAY_AWAY}),
        (with_placed("debate", attending=frozenset({"ngo"})), Code.PERSON_MISSING, {Step.ATTEND, Step.EXCUSE}),
        (moved("opening", at(1, "09:00")), Code.PERSON_AWAY, {Step.MOVE, Step.EXCUSE}),
        (with_placed("debate", interpreters=()), Code.NO_INTERPRETER, set()),
        (with_placed("city 1", interpreters=(("sq", "two"),)), Code.WRONG_INTERPRETER, {Step.INTERPRETER}),
        (moved("opening", at(1, "13:20")), Code.OPENING_NOT_FIRST, set()),
        (less("reflection 1"), Code.NO_REFLECTION, {Step.MOVE, Step.ADD}),
        (less("tea 2"), Code.NO_INFORMAL, {Step.MOVE}),
    ],
)
def test_warnings_of_a_visit_and_their_mends(programme: Programme, code: Code, steps: set[Step]) -> None:
    warning = found_in(programme, code)
    assert steps <= {mend.step for mend in warning.mends}
    assert warning.blocks == (code in (Code.SITE_GROUP, Code.SITE_BARRED, Code.SITE_PAUSE, Code.SITE_VISITS))


def test_too_many_presentations_in_a_row_and_a_short_night() -> None:
    agenda = pace(presentations_in_a_row=2, night=20 * 60)
    talk = [
        replace(good().of(f"city {n}"), start=at(1, s), end=at(1, e), place=p)
        for n, s, e, p in ((1, "15:30", "16:15", "hall"), (2, "16:15", "17:00", "room"), (3, "17:10", "17:55", "hall"))
    ]
    others = [item for item in good().placed if item.session not in {"city 1", "city 2", "city 3", "tea 1"}]
    programme = Programme(placed=(*others, *talk))
    assert found_in(programme, Code.ROW, agenda).trouble.sessions == ("city 1", "city 2", "city 3")
    assert found_in(programme, Code.SHORT_NIGHT, agenda)


def test_what_blocks_comes_first_and_a_good_programme_has_no_warnings() -> None:
    assert warnings(BASE, good()) == ()
    spoilt = with_placed("centre", attending=frozenset({"police"}))
    listed = warnings(BASE, spoilt)
    assert [warning.blocks for warning in listed] == sorted((w.blocks for w in listed), reverse=True)
    assert listed[0].trouble.code is Code.SITE_BARRED


def test_mends_stop_when_told() -> None:
    spoilt = with_placed("centre", attending=frozenset({"police"}))
    assert all(warning.mends == () for warning in warnings(BASE, spoilt, stop=lambda: True))


def test_unknown_names_in_a_programme() -> None:
    with pytest.raises(UnknownName, match="party"):
        warnings(BASE, replace(good(), placed=(replace(good().placed[0], session="party"),)))
    with pytest.raises(UnknownName, match="nobody"):
        warnings(BASE, with_placed("debate", attending=frozenset({"nobody"})))
    with pytest.raises(UnknownName, match="cellar"):
        warnings(BASE, with_placed("debate", place="cellar"))


def test_a_session_on_the_hour_that_comes_twice_is_a_warning() -> None:
    late = replace(BASE, first_day=two_days().first_day.replace(month=10, day=26))
    spoilt = moved("tea 2", at(2, "02:30"))
    assert any(w.trouble.code is Code.CLOCK_CHANGE for w in warnings(late, spoilt))


def test_every_trouble_and_step_has_words_of_under_twenty() -> None:
    assert set(WORDS) == set(Code)
    assert set(MEND_WORDS) == set(Step)
    for text in (*WORDS.values(), *MEND_WORDS.values()):
        assert len(text.split()) < 20
        assert text.endswith(".")
    trouble = Trouble(Code.PERSON_TWICE, ("debate", "tea 1"), ("ngo", "youth"))
    assert words(trouble, str, str) == "ngo, youth would be at debate and tea 1 at once."
    warning = found_in(moved("opening", at(1, "09:00")), Code.PERSON_AWAY)
    said = [mend_words(mend, str, str, spoken) for mend in warning.mends]
    assert said[0].startswith("Move opening to day 1, 10:")
    assert all("%" not in text and "None" not in text for text in said)


def test_a_window_of_a_person_is_a_warning_not_a_wall() -> None:
    away = tuple(replace(p, free=(hours(1, "09:00", "10:00"),)) if p.id == "press" else p for p in BASE.people)
    codes = {w.trouble.code for w in warnings(replace(BASE, people=away), good())}
    assert codes == {Code.PERSON_AWAY}
