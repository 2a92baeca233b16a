"""An independent reader of programmes: rules from the words of the model, minutes counted one by one.

It shares nothing with the engine but the frozen values: its own clock (zoneinfo on real datetimes), its own ways.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from serai.core.agenda.model import Agenda, Kind, Placed, Programme, Session

CALM = {Kind.MEAL, Kind.PRAYER, Kind.INFORMAL}


def real(agenda: Agenda, wall: int) -> int | None:
    """Minutes of the epoch at a wall minute; None where that time is skipped or comes twice."""
    zone = ZoneInfo(agenda.zone)
    naive = datetime.combine(agenda.first_day, time()) + timedelta(minutes=wall)
    early, late = naive.replace(tzinfo=zone, fold=0), naive.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        return None
    return int(early.astimezone(UTC).timestamp()) // 60


def minutes_of(agenda: Agenda, windows) -> set[int]:
    found: set[int] = set()
    for window in windows:
        a, b = real(agenda, window.start), real(agenda, window.end)
        assert a is not None
        assert b is not None
        found |= set(range(a, b))
    return found


def ways(agenda: Agenda) -> dict[tuple[str | None, str | None], int]:
    names = [place.id for place in agenda.places]
    given = {(leg.origin, leg.destination): leg.minutes for leg in agenda.legs}
    way = {(a, b): given.get((a, b), given.get((b, a), 10**6)) for a in names for b in names}
    way |= {(name, name): 0 for name in names}
    for _ in names:
        for a in names:
            for b in names:
                way[a, b] = min([way[a, b], *(way[a, c] + way[c, b] for c in names)])
    return {**way, (None, None): 0}


class Reading:
    """A programme in real minutes."""

    def __init__(self, agenda: Agenda, programme: Programme) -> None:
        self.agenda = agenda
        self.sessions = {session.id: session for session in agenda.sessions}
        self.people = {person.id: person for person in agenda.people}
        self.interpreters = {person.id: person for person in agenda.interpreters}
        self.places = {place.id: place for place in agenda.places}
        self.way = ways(agenda)
        self.items = list(programme.placed)
        self.span: dict[str, tuple[int, int]] = {}
        self.days = [minutes_of(agenda, (day,)) for day in agenda.days]

    def begin(self, item: Placed) -> int:
        return self.span[item.session][0]

    def day(self, item: Placed) -> int | None:
        return next((n for n, day in enumerate(self.days) if self.begin(item) in day), None)


def faults(agenda: Agenda, programme: Programme) -> set[str]:
    """Everything wrong, each as a short text; empty for a good programme."""
    reading = Reading(agenda, programme)
    wrong: set[str] = set()
    names = [item.session for item in reading.items]
    assert len(names) == len(set(names))
    for item in reading.items:
        a, b = real(agenda, item.start), real(agenda, item.end)
        if a is None or b is None:
            return {f"{item.session}: at a time that does not exist once"}
        reading.span[item.session] = (a, b)
    for session in agenda.sessions:
        if session.must and session.id not in names:
            wrong.add(f"{session.id}: missing")
    for item in reading.items:
        wrong |= alone(reading, item, reading.sessions[item.session])
    for one, other in combinations(reading.items, 2):
        wrong |= together(reading, one, other)
    return wrong | daily(reading) | protocol(reading)


def alone(reading: Reading, item: Placed, session: Session) -> set[str]:
    agenda, name, wrong = reading.agenda, item.session, set()
    a, b = reading.span[name]
    mine = set(range(a, b))
    if b - a != session.minutes:
        wrong.add(f"{name}: length")
    if not any(mine <= day for day in reading.days):
        wrong.add(f"{name}: outside the day")
    if session.within and not mine <= minutes_of(agenda, session.within):
        wrong.add(f"{name}: outside its hours")
    if session.start is not None and session.start != item.start:
        wrong.add(f"{name}: not at its time")
    if not session.required <= item.attending:
        wrong.add(f"{name}: somebody is missing")
    if not item.attending <= session.required | session.wished:
        wrong.add(f"{name}: somebody came who was not asked")
    return (
        wrong
        | staffed(reading, item, session, mine)
        | (housed(reading, item, session, mine) if session.places else set())
    )


def housed(reading: Reading, item: Placed, session: Session, mine: set[int]) -> set[str]:
    name, wrong = item.session, set()
    place = reading.places[item.place]
    sizes = [s for s in (place.holds, place.rules.most_people) if s is not None]
    marks = {mark for person in item.attending for mark in reading.people[person].marks}
    if item.place not in session.places:
        wrong.add(f"{name}: wrong place")
    if place.opens and not mine <= minutes_of(reading.agenda, place.opens):
        wrong.add(f"{name}: closed")
    if any(len(item.attending) > size for size in sizes):
        wrong.add(f"{name}: full")
    if marks & place.rules.barred:
        wrong.add(f"{name}: barred")
    return wrong


def staffed(reading: Reading, item: Placed, session: Session, mine: set[int]) -> set[str]:
    agenda, name, wrong = reading.agenda, item.session, set()
    speaking = dict(item.interpreters)
    if not session.languages <= speaking.keys() or len(set(speaking.values())) < len(item.interpreters):
        wrong.add(f"{name}: not interpreted")
    for language, who in item.interpreters:
        if language not in reading.interpreters[who].languages:
            wrong.add(f"{name}: cannot interpret")
    everyone = [reading.people[p] for p in item.attending] + [reading.interpreters[k] for k in speaking.values()]
    for person in everyone:
        if person.free and not mine <= minutes_of(agenda, person.free):
            wrong.add(f"{name}: {person.id} not free")
    return wrong


def together(reading: Reading, one: Placed, other: Placed) -> set[str]:
    wrong: set[str] = set()
    if reading.begin(other) < reading.begin(one):
        one, other = other, one
    (_, end), (begin, _) = reading.span[one.session], reading.span[other.session]
    first, second = reading.sessions[one.session], reading.sessions[other.session]
    same = one.place == other.place and bool(first.places) and bool(second.places)
    if same and begin < end + reading.places[one.place].rules.minutes_between:
        wrong.add(f"{one.session}, {other.session}: one place")
    shared = (one.attending | {k for _, k in one.interpreters}) & (other.attending | {k for _, k in other.interpreters})
    pause = 0 if {first.kind, second.kind} & CALM else reading.agenda.pace.breather
    if shared and begin < end + reading.way[one.place, other.place] + pause:
        wrong.add(f"{one.session}, {other.session}: {min(shared)} cannot")
    return wrong


def daily(reading: Reading) -> set[str]:
    wrong: set[str] = set()
    pace = reading.agenda.pace
    last: int | None = None
    for number in range(len(reading.days)):
        today = [item for item in reading.items if reading.day(item) == number]
        kinds = {reading.sessions[item.session].kind for item in today}
        if pace.reflection_each_day and Kind.REFLECTION not in kinds:
            wrong.add(f"day {number}: no reflection")
        if pace.informal_each_day and Kind.INFORMAL not in kinds:
            wrong.add(f"day {number}: no informal time")
        wrong |= rows(reading, today, number)
        for place in reading.agenda.places:
            visits = [i for i in today if i.place == place.id and reading.sessions[i.session].places]
            most = place.rules.most_visits_a_day
            if most is not None and len(visits) > most:
                wrong.add(f"day {number}: too many visits to {place.id}")
        for who in reading.agenda.interpreters:
            mine = [item for item in today if who.id in {other for _, other in item.interpreters}]
            worked = sum(end - begin for begin, end in (reading.span[item.session] for item in mine))
            if who.most_minutes_a_day is not None and worked > who.most_minutes_a_day:
                wrong.add(f"{', '.join(sorted(item.session for item in mine))}: {who.id} works too long")
        begins = [reading.begin(item) for item in today]
        if begins and last is not None and min(begins) - last < pace.night:
            wrong.add(f"day {number}: short night")
        last = max((reading.span[item.session][1] for item in today), default=None)
    return wrong


def rows(reading: Reading, today: list[Placed], number: int) -> set[str]:
    most = reading.agenda.pace.presentations_in_a_row
    if most is None:
        return set()
    talk = [i for i in today if reading.sessions[i.session].kind is Kind.PRESENTATION]
    rest = [reading.begin(i) for i in today if i not in talk]
    for group in combinations(talk, most + 1):
        begins = [reading.begin(item) for item in group]
        if not any(min(begins) < moment < max(begins) for moment in rest):
            return {f"day {number}: presentations in a row"}
    return set()


def protocol(reading: Reading) -> set[str]:
    wrong: set[str] = set()
    there = {item.session: item for item in reading.items}
    for item in reading.items:
        for name in reading.sessions[item.session].after:
            if name not in there or reading.span[name][1] > reading.begin(item):
                wrong.add(f"{item.session}: not after {name}")
        if reading.agenda.opening_first and reading.sessions[item.session].kind is Kind.OPENING:
            for other in reading.items:
                kind = reading.sessions[other.session].kind
                if kind not in {*CALM, Kind.OPENING} and reading.begin(other) < reading.span[item.session][1]:
                    wrong.add(f"{other.session}: before the opening")
    return wrong
