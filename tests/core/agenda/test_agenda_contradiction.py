"""Contradictions: small, true, irreducible, and dropping what is said to be enough is enough."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from visits import CALM_PACE, hours, small_agendas, two_days

from serai.core.agenda import contradiction
from serai.core.agenda.clock import at
from serai.core.agenda.contradiction import Ask, Wish, explain, wishes_of, without
from serai.core.agenda.model import Agenda, Session
from serai.core.agenda.solve import Effort, plan_programme

BASE = two_days()


def changed(name: str, **changes) -> Agenda:
    sessions = tuple(replace(s, **changes) if s.id == name else s for s in BASE.sessions)
    return replace(BASE, sessions=sessions)


def possible(agenda: Agenda) -> bool:
    planned = plan_programme(agenda, effort=Effort(units=2))
    assert planned.impossible or planned.programme is not None
    return not planned.impossible


def only(agenda: Agenda, wishes: tuple[Wish, ...]) -> Agenda:
    """The agenda with these wishes alone; people of a wish are those it names."""
    every = set(wishes_of(agenda))
    kept = {(w.ask, w.session): set(w.others) for w in wishes}
    dropped = {w for w in every if (w.ask, w.session) not in kept or (w.ask is not Ask.PEOPLE and w not in wishes)}
    for wish in every - dropped:
        spare = set(wish.others) - kept[wish.ask, wish.session]
        dropped |= {Wish(wish.ask, wish.session, tuple(sorted(spare)))} if spare else set()
    return without(agenda, frozenset(dropped))


@given(small_agendas())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_contradiction_is_one_and_each_part_is_needed(agenda: Agenda) -> None:
    found = explain(agenda, units=2)
    if possible(agenda):
        assert found is None
        return
    assert found is not None
    assert found.certain
    assert not possible(only(agenda, found.wishes))
    for wish in found.wishes:
        rest = tuple(other for other in found.wishes if other != wish)
        assert possible(only(agenda, rest))
    for way in found.ways:
        assert way.drop in found.wishes
        assert possible(without(agenda, frozenset({way.drop}))) == way.all_else
    assert found.smallest
    assert every_few_can_be_met(agenda, len(found.wishes) - 1)


def every_few_can_be_met(agenda: Agenda, count: int) -> bool:
    """Whether any `count` wishes of the agenda can be met together, by trying them all.

    What can be met with others besides is not tried again: fewer wishes allow what more allow.
    """
    wishes = wishes_of(agenda)
    met: list[frozenset[Wish]] = []

    def can(kept: frozenset[Wish]) -> bool:
        return possible(without(agenda, frozenset(wishes) - kept))

    for few in map(frozenset, combinations(wishes, count)):
        if any(few <= known for known in met):
            continue
        if not can(few):
            return False
        for wish in wishes:
            few = few | {wish} if can(few | {wish}) else few
        met.append(few)
    return True


def test_trying_all_finds_a_contradiction_of_fewer() -> None:
    """A test of the test: the opening at nine contradicts in three wishes, so not any three can be met."""
    agenda = changed("opening", start=at(1, "09:00"))
    few = replace(agenda, sessions=agenda.sessions[:1], pace=CALM_PACE)
    assert every_few_can_be_met(few, 2)
    assert not every_few_can_be_met(few, 3)


def test_fewer_wishes_are_found_where_sparing_one_after_the_other_would_end_with_more() -> None:
    """Twice a session that must wait for one fixed after it; between them one in a language nobody interprets."""
    talk = replace(BASE.sessions[1], languages=frozenset(), required=frozenset(), wished=frozenset())
    early, late = {"start": at(1, "11:00")}, {"start": at(2, "16:00")}
    agenda = replace(
        BASE,
        sessions=(
            replace(talk, id="a", **late),
            replace(talk, id="b", after=frozenset({"a"}), **early),
            replace(talk, id="odd", languages=frozenset({"ur"})),
            replace(talk, id="c", **late),
            replace(talk, id="d", after=frozenset({"c"}), **early),
        ),
        pace=CALM_PACE,
    )
    search = contradiction._Search(agenda, 0.5, 0, lambda: False)
    assert len(search.core(search.wishes)) > 2
    assert len(search.core(tuple(reversed(search.wishes)))) > 2
    found = explain(agenda)
    assert found is not None
    assert found.smallest
    assert [wish.ask for wish in found.wishes] == [Ask.HAPPENS, Ask.LANGUAGE]


@pytest.mark.parametrize(
    ("agenda", "asks"),
    [
        (changed("opening", start=at(1, "09:00")), {Ask.HAPPENS, Ask.FIXED, Ask.PEOPLE}),
        (replace(BASE, sessions=tuple(s for s in BASE.sessions if s.id != "reflection 2")), {Ask.REFLECTION}),
        (changed("debate", languages=frozenset({"ur"})), {Ask.HAPPENS, Ask.LANGUAGE}),
        (changed("centre", required=frozenset({"police"}), wished=frozenset()), {Ask.HAPPENS, Ask.PEOPLE}),
        (changed("debate", within=(hours(1, "10:00", "11:00"),)), {Ask.HAPPENS, Ask.HOURS}),
        (changed("city 1", after=frozenset({"debate"})), {Ask.HAPPENS, Ask.ORDER}),
    ],
)
def test_what_contradicts_is_named(agenda: Agenda, asks: set[Ask]) -> None:
    found = explain(agenda)
    assert found is not None
    assert {wish.ask for wish in found.wishes} == asks
    assert any(way.all_else for way in found.ways)


def test_only_the_people_who_matter_are_named() -> None:
    found = explain(changed("opening", start=at(1, "09:00"), required=frozenset({"mayor", "ngo"}), wished=frozenset()))
    assert found is not None
    assert [w.others for w in found.wishes if w.ask is Ask.PEOPLE] == [("mayor",)]


def test_two_contradictions_leave_one_after_the_first() -> None:
    agenda = changed("opening", start=at(1, "09:00"))
    agenda = replace(agenda, sessions=tuple(s for s in agenda.sessions if s.id != "tea 1"))
    found = explain(agenda)
    assert found is not None
    assert not any(way.all_else for way in found.ways)


def test_nothing_to_explain() -> None:
    assert explain(BASE) is None
    assert (
        explain(
            replace(
                BASE, sessions=(Session(id="a", kind=BASE.sessions[1].kind, minutes=600, must=False), *BASE.sessions)
            )
        )
        is None
    )


def test_a_stopped_search_says_so() -> None:
    found = explain(changed("opening", start=at(1, "09:00")), stop=lambda: True)
    assert found is not None
    assert found.stopped
    assert not found.certain
    assert not found.smallest
