"""docs/measures/agenda.md: its worked example is computed, not believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from programme_checker import faults
from visits import CALM_PACE, hours

from serai.core.agenda.clock import at
from serai.core.agenda.contradiction import Ask, explain
from serai.core.agenda.model import Agenda, Kind, Leg, Person, Place, Placed, Programme, Session
from serai.core.agenda.notices import News
from serai.core.agenda.repair import Late, repair
from serai.core.agenda.solve import plan_programme

PAGE = (Path(__file__).parents[3] / "docs" / "measures" / "agenda.md").read_text(encoding="utf-8")
FLAT = " ".join(PAGE.split())


def names(cell: str) -> frozenset[str]:
    return frozenset(name.strip() for name in cell.split(",") if name.strip())


def example() -> Agenda:
    rows = [
        line.strip().strip("|").split("|")
        for line in PAGE.split("<!-- example -->")[1].splitlines()
        if line.startswith("| ")
    ]
    sessions = tuple(
        Session(
            id=name.strip(),
            kind=Kind(kind.strip()),
            minutes=int(minutes),
            places=(place.strip(),),
            required=names(required),
            wished=names(wished),
            after=names(after),
        )
        for name, kind, minutes, place, required, wished, after in rows[1:5]
    )
    return Agenda(
        first_day=date(2019, 11, 25),
        zone="Europe/Skopje",
        days=(hours(1, "09:00", "18:00"),),
        sessions=sessions,
        people=(Person(id="mayor", free=(hours(1, "10:00", "12:00"),)), Person(id="police"), Person(id="youth")),
        places=(Place(id="hall"), Place(id="centre", opens=(hours(1, "14:00", "18:00"),))),
        legs=(Leg(origin="hall", destination="centre", minutes=20),),
        pace=CALM_PACE,
    )


def test_everything_can_be_had() -> None:
    planned = plan_programme(example())
    assert planned.programme is not None
    assert faults(example(), planned.programme) == set()
    assert planned.best
    assert f"worth {planned.value} of at most {planned.bound}, proven best" in FLAT
    welcome = planned.programme.of("welcome")
    assert welcome is not None
    assert welcome.start >= at(1, "10:00")


def test_the_contradiction_of_the_page() -> None:
    agenda = example()
    pinned = replace(agenda, sessions=(replace(agenda.sessions[0], start=at(1, "09:00")), *agenda.sessions[1:]))
    found = explain(pinned)
    assert found is not None
    assert [wish.ask for wish in found.wishes] == [Ask.HAPPENS, Ask.FIXED, Ask.PEOPLE]
    assert {wish.session for wish in found.wishes} == {"welcome"}
    assert all(way.all_else for way in found.ways)


def test_the_repair_of_the_page() -> None:
    agenda = example()
    begins = {"welcome": "10:00", "city": "10:30", "debate": "13:00", "centre visit": "14:20"}
    free = {"debate": frozenset({"police", "youth"}), "centre visit": frozenset({"police", "youth"})}
    placed = tuple(
        Placed(
            session=s.id,
            start=at(1, begins[s.id]),
            end=at(1, begins[s.id]) + s.minutes,
            place=s.places[0],
            attending=free.get(s.id, s.required | s.wished),
        )
        for s in agenda.sessions
    )
    before = Programme(placed=placed)
    assert faults(agenda, before) == set()
    found = repair(agenda, before, now=at(1, "13:10"), changes=(Late(minutes=40),))
    assert found.programme is not None
    visit, debate = found.programme.of("centre visit"), found.programme.of("debate")
    assert visit is not None
    assert debate is not None
    assert (debate.end, visit.start) == (at(1, "14:40"), at(1, "15:00"))
    assert found.changed == ("centre visit",)
    assert found.least
    told = {(notice.who, notice.session, notice.news) for notice in found.notices}
    assert told == {
        (who, session, news)
        for who in ("police", "youth")
        for session, news in (("debate", News.LONGER), ("centre visit", News.MOVED))
    }
