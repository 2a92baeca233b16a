"""Repairs: what has begun stays, the rest keeps every rule, no change can be put back alone, and who is told what."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from programme_checker import faults
from visits import CALM_PACE, hours, small_agendas, two_days

from serai.core.agenda.clock import BadTime, at
from serai.core.agenda.ground import UnknownName
from serai.core.agenda.model import Agenda, Interpreter, Kind, Placed, Programme, Session
from serai.core.agenda.notices import News, notices
from serai.core.agenda.repair import Away, Cancelled, Change, Closed, Late, Repaired, Story, _Search, repair
from serai.core.agenda.solve import Effort, plan_programme

BASE = two_days()


@cache
def programme() -> Programme:
    planned = plan_programme(BASE, effort=Effort(units=0.3))
    assert planned.programme is not None
    return planned.programme


def judged(agenda: Agenda, changes: tuple[Change, ...], before: Programme, now: int) -> Agenda:
    """The agenda as it is after the changes, written for the checker alone: later sessions begin at `now` or later,
    people away are not free, closed places not open, and what has begun is as it was."""
    far = max(day.end for day in agenda.days)
    sessions, people, keepers, places = [], list(agenda.people), list(agenda.interpreters), list(agenda.places)
    for change in changes:
        window = getattr(change, "window", None)
        a, b = (window.start, window.end) if window else (now, far)
        if isinstance(change, Away):
            people = [cut(p, "free", a, b, far) if p.id == change.who else p for p in people]
            keepers = [cut(p, "free", a, b, far) if p.id == change.who else p for p in keepers]
        if isinstance(change, Closed):
            places = [cut(p, "opens", a, b, far) if p.id == change.place else p for p in places]
    for session in agenda.sessions:
        was = before.of(session.id)
        excused = frozenset(
            c.who
            for c in changes
            if isinstance(c, Away)
            and session.id not in c.needed
            and was is not None
            and was.start < (c.window.end if c.window else far)
            and (c.window.start if c.window else now) < was.end
        )
        sessions.append(
            replace(
                session,
                must=False,
                required=session.required - excused,
                wished=session.wished | (session.required & excused),
            )
        )
    return replace(
        agenda, sessions=tuple(sessions), people=tuple(people), interpreters=tuple(keepers), places=tuple(places)
    )


def cut(thing, name: str, a: int, b: int, far: int):
    windows = getattr(thing, name) or (hours(1, "00:00", "24:00"), hours(2, "00:00", "24:00"))
    kept = [
        replace(w, start=x, end=y)
        for w in windows
        for x, y in ((w.start, min(w.end, a)), (max(w.start, b), w.end))
        if x < y
    ]
    return replace(thing, **{name: tuple(kept) or (replace(windows[0], start=far + 9000, end=far + 9001),)})


def check(agenda: Agenda, before: Programme, now: int, changes: tuple[Change, ...], found: Repaired) -> None:
    """Everything a repair promises, read without the engine."""
    assert found.programme is not None
    after = {item.session: item for item in found.programme.placed}
    was = {item.session: item for item in before.placed}
    late = sum(change.minutes for change in changes if isinstance(change, Late))
    cancelled = {change.session for change in changes if isinstance(change, Cancelled)}
    for name, item in was.items():
        if item.start < now:
            assert (after[name].start, after[name].place) == (item.start, item.place)
            going_on = item.end > now
            assert after[name].end == (
                now if going_on and name in cancelled else item.end + late if going_on else item.end
            )
    for name, item in after.items():
        assert name in was
        assert item.start >= now or was[name].start < now
    assert set(found.lost) == (was.keys() - after.keys())
    assert set(found.changed) == {n for n in after if n in was and differs(agenda, was[n], after[n])}
    rules = judged(agenda, changes, before, now)
    begun = {name for name, item in was.items() if item.start < now}
    new = {fault for fault in faults(rules, found.programme) - faults(rules, before) if not about_only(fault, begun)}
    loose = ("no reflection", "no informal", "in a row", "short night") if found.unpaced else ()
    assert {fault for fault in new if not any(word in fault for word in loose)} == set()
    for name in (*found.lost, *found.changed):
        if name not in cancelled:
            assert not can_go_back(rules, found.programme, was[name], begun, earliest(before, now, late))
    assert found.notices == notices(agenda, before, found.programme, after=now)


def earliest(before: Programme, now: int, late: int) -> int:
    """When the next session can begin: late people who are in none yet are late for the next."""
    if not late or any(item.start < now < item.end for item in before.placed):
        return now
    return min((item.start for item in before.placed if item.start >= now), default=now) + late


def about_only(fault: str, begun: set[str]) -> bool:
    """About nothing but sessions that had begun (late people make those too long)."""
    names = fault.split(":")[0].split(", ")
    return set(names) <= begun


def differs(agenda: Agenda, one: Placed, other: Placed) -> bool:
    anywhere = not next(s for s in agenda.sessions if s.id == one.session).places
    return (
        one.start != other.start
        or (one.place != other.place and not anywhere)
        or set(one.interpreters) != set(other.interpreters)
    )


def can_go_back(rules: Agenda, now_in: Programme, was: Placed, begun: set[str], first: int) -> bool:
    """Whether one session alone could stand as it did, wished people staying away where they clash."""
    session = next(s for s in rules.sessions if s.id == was.session)
    if was.start < first:
        return False
    known = faults(rules, now_in)
    others = tuple(item for item in now_in.placed if item.session != was.session)
    for attending in (was.attending, session.required):
        trial = Programme(placed=(*others, replace(was, attending=attending)))
        if not {f for f in faults(rules, trial) - known if not about_only(f, begun)}:
            return True
    return False


SITUATIONS: list[tuple[int, tuple[Change, ...]]] = [
    (at(2, "10:40"), (Late(minutes=40),)),
    (at(1, "10:05"), (Late(minutes=60),)),
    (at(1, "08:00"), (Late(minutes=45),)),
    (at(1, "13:00"), (Closed(place="centre", window=hours(1, "13:00", "18:00")),)),
    (at(1, "08:00"), (Closed(place="hall", window=hours(1, "09:00", "13:00")),)),
    (at(1, "09:30"), (Away(who="one"),)),
    (at(1, "09:30"), (Away(who="ngo", window=hours(1, "12:00", "15:00")),)),
    (at(1, "09:30"), (Away(who="mayor", needed=frozenset({"opening"})),)),
    (at(1, "09:30"), (Cancelled(session="debate"),)),
    (at(1, "11:00"), (Late(minutes=20), Closed(place="room"), Away(who="three"))),
]


@pytest.mark.parametrize(("now", "changes"), SITUATIONS)
def test_repairs_of_a_visit(now: int, changes: tuple[Change, ...]) -> None:
    found = repair(BASE, programme(), now=now, changes=changes, units=0.5)
    check(BASE, programme(), now, changes, found)
    again = repair(BASE, programme(), now=now, changes=changes, units=0.5)
    assert again == found


@pytest.mark.parametrize(("now", "changes"), SITUATIONS)
def test_repairs_of_little_effort_are_minimal_too(now: int, changes: tuple[Change, ...]) -> None:
    """The solver ends at its first answers, which move more than need be; what can go back is put back."""
    found = repair(BASE, programme(), now=now, changes=changes, units=0.004)
    check(BASE, programme(), now, changes, found)


def test_what_was_moved_for_nothing_is_put_back() -> None:
    search = _Search(Story(BASE, programme(), at(1, "08:00"), (Late(minutes=5),)), 0.01, 0, lambda: False)
    moved = tuple(
        replace(item, start=item.start + 5, end=item.end + 5) if item.session in ("city 3", "walk", "tea 2") else item
        for item in programme().placed
    )
    assert moved != programme().placed
    assert search.put_back(Programme(placed=moved)).placed == programme().placed


def test_what_lasts_longer_is_longer_work_for_an_interpreter() -> None:
    """Two half hours fill the day of one who works for an hour: when the first lasts longer, the second has nobody."""
    languages = frozenset({"sq"})
    sessions = tuple(
        Session(id=name, kind=Kind.DEBATE, minutes=30, languages=languages, start=at(1, hour))
        for name, hour in (("one", "10:00"), ("two", "12:00"))
    )
    interpreter = Interpreter(id="i", languages=languages, most_minutes_a_day=60)
    agenda = replace(BASE, days=BASE.days[:1], sessions=sessions, interpreters=(interpreter,), pace=CALM_PACE)
    planned = plan_programme(agenda, effort=Effort(units=0.2)).programme
    assert planned is not None
    now, changes = at(1, "10:15"), (Late(minutes=15),)
    found = repair(agenda, planned, now=now, changes=changes)
    assert found.lost == ("two",)
    check(agenda, planned, now, changes, found)


@given(small_agendas(step=15), st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_repairs_of_small_visits(agenda: Agenda, data: st.DataObject) -> None:
    planned = plan_programme(agenda, effort=Effort(units=0.2))
    if planned.programme is None or not planned.programme.placed:
        return
    now = at(1, "08:00") + 15 * data.draw(st.integers(0, 24))
    names = [session.id for session in agenda.sessions]
    change = data.draw(
        st.one_of(
            st.builds(Late, minutes=st.sampled_from([15, 40])),
            st.builds(Closed, place=st.sampled_from(["x", "y"])),
            st.builds(Away, who=st.sampled_from(["i", *(p.id for p in agenda.people)])),
            st.builds(Cancelled, session=st.sampled_from(names)),
        )
    )
    found = repair(agenda, planned.programme, now=now, changes=(change,), units=0.3)
    check(agenda, planned.programme, now, (change,), found)


def fewest(agenda: Agenda, before: Programme, now: int, changes: tuple[Change, ...]) -> tuple[int, int, int] | None:
    """Fewest lost that must be, lost and changed over every possible rest of a tiny visit, by trying them all."""
    late = sum(change.minutes for change in changes if isinstance(change, Late))
    first = earliest(before, now, late)
    rules = judged(agenda, changes, before, now)
    wishes = {session.id: session for session in rules.sessions}
    musts = {session.id for session in agenda.sessions if session.must}
    gone = {change.session for change in changes if isinstance(change, Cancelled)}
    begun = [i for i in before.placed if i.start < now]
    facts = tuple(replace(i, end=i.end + late if i.end > now else i.end) for i in begun)
    names = [i.session for i in before.placed if i not in begun and i.session not in gone]
    choices: list[list[Placed | None]] = []
    for name in names:
        was, session = before.of(name), wishes[name]
        assert was is not None
        starts = {start for start in range(at(1, "09:00"), at(1, "13:00"), agenda.step) if start >= first} | (
            {was.start} if was.start >= first else set()
        )
        places = session.places or ("x", "y")
        choices.append(
            [None]
            + [
                replace(was, start=s, end=s + session.minutes, place=p, attending=session.required)
                for s in sorted(starts)
                for p in places
            ]
        )
    count = 1
    for mine in choices:
        count *= len(mine)
    assume(count <= 1500)
    known = {fault for fault in faults(rules, Programme(placed=facts)) if not fault.startswith("day ")}
    best = None
    for chosen in product(*choices):
        kept = tuple(item for item in chosen if item is not None)
        new = faults(rules, Programme(placed=(*facts, *kept))) - known
        if {fault for fault in new if not about_only(fault, {i.session for i in begun})}:
            continue
        lost = [n for n, item in zip(names, chosen, strict=True) if item is None]
        changed = sum(
            item is not None and differs(agenda, before.of(n), item) for n, item in zip(names, chosen, strict=True)
        )
        cost = (len(musts & set(lost)), len(lost), changed)
        best = cost if best is None or cost < best else best
    return best


@given(small_agendas(step=30), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_least_means_least(agenda: Agenda, data: st.DataObject) -> None:
    agenda = replace(agenda, days=agenda.days[:1])
    planned = plan_programme(agenda, effort=Effort(units=0.2))
    if planned.programme is None or not planned.programme.placed:
        return
    now = at(1, "08:30") + 30 * data.draw(st.integers(0, 6))
    changes = (
        data.draw(st.sampled_from([Late(minutes=30), Closed(place="x"), Away(who="i"), Cancelled(session="s0")])),
    )
    found = repair(agenda, planned.programme, now=now, changes=changes, units=1)
    if not found.least or found.unpaced:
        return
    gone = {change.session for change in changes if isinstance(change, Cancelled)}
    lost = set(found.lost) - gone
    musts = {session.id for session in agenda.sessions if session.must}
    best = fewest(agenda, planned.programme, now, changes)
    assert best == (len(lost & musts), len(lost), len(found.changed))


def test_nothing_happened_nothing_moves() -> None:
    found = repair(BASE, programme(), now=at(1, "11:00"), changes=())
    assert found.changed == found.lost == found.notices == ()
    assert found.least
    assert found.programme is not None
    assert set(found.programme.placed) == set(programme().placed)


def test_fixed_things_stay_fixed() -> None:
    dinner = programme().of("debate")
    assert dinner is not None
    pinned = replace(
        BASE, sessions=tuple(replace(s, start=dinner.start) if s.id == "debate" else s for s in BASE.sessions)
    )
    found = repair(pinned, programme(), now=dinner.start - 30, changes=(Late(minutes=20),))
    assert found.programme is not None
    there = found.programme.of("debate")
    assert there is None or there.start == dinner.start


def test_the_right_people_are_told_the_right_thing() -> None:
    before = Programme(
        placed=(
            Placed(
                session="centre",
                start=at(1, "14:00"),
                end=at(1, "15:00"),
                place="centre",
                attending=frozenset({"youth", "ngo"}),
            ),
            Placed(
                session="city 1",
                start=at(1, "15:30"),
                end=at(1, "16:15"),
                place="hall",
                attending=frozenset({"ngo"}),
                interpreters=(("sq", "one"),),
            ),
            Placed(
                session="tea 1", start=at(1, "17:00"), end=at(1, "17:30"), place="hall", attending=frozenset({"press"})
            ),
        )
    )
    centre, talk, tea = before.placed
    after = Programme(
        placed=(
            replace(centre, start=at(1, "14:30"), end=at(1, "15:30"), attending=frozenset({"youth", "press"})),
            replace(talk, interpreters=(("sq", "three"),), place="room"),
            replace(tea, place="room"),
        )
    )
    told = {(n.who, n.session, n.news, n.as_host) for n in notices(BASE, before, after)}
    assert told == {
        ("youth", "centre", News.MOVED, False),
        ("ngo", "centre", News.NOT_YOU, False),
        ("press", "centre", News.NOW_YOU, False),
        ("centre's host", "centre", News.MOVED, True),
        ("ngo", "city 1", News.ELSEWHERE, False),
        ("one", "city 1", News.NOT_YOU, False),
        ("three", "city 1", News.NOW_YOU, False),
    }
    gone = {
        (n.who, n.news) for n in notices(BASE, before, replace(after, placed=after.placed[1:])) if n.session == "centre"
    }
    assert gone == {("youth", News.OFF), ("ngo", News.OFF), ("centre's host", News.OFF)}
    assert notices(BASE, before, after, after=at(1, "18:00")) == ()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (Late(minutes=0), BadTime),
        (Late(minutes=-5), BadTime),
        (Closed(place="moon"), UnknownName),
        (Away(who="nobody"), UnknownName),
        (Away(who="ngo", needed=frozenset({"party"})), UnknownName),
        (Cancelled(session="party"), UnknownName),
    ],
)
def test_changes_that_make_no_sense_are_named(change: Change, error: type[Exception]) -> None:
    with pytest.raises(error):
        repair(BASE, programme(), now=at(1, "10:00"), changes=(change,))


def test_a_stopped_repair_says_so() -> None:
    found = repair(BASE, programme(), now=at(1, "10:00"), changes=(Late(minutes=30),), units=1000, stop=lambda: True)
    assert found.stopped or found.least
