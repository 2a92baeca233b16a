"""One-step mends: a single change to a programme that takes one trouble away and brings no new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, product

from serai.core.agenda.clock import ClockChange
from serai.core.agenda.ground import Ground, Span, prepare
from serai.core.agenda.habits import troubles
from serai.core.agenda.model import Agenda, Kind, Placed, Programme, Session
from serai.core.agenda.troubles import Code, Trouble


class Step(StrEnum):
    """What a mend does. The last three change the wishes, so they are offered after the others."""

    MOVE = "move"
    SWAP = "swap"
    PLACE = "place"
    INTERPRETER = "interpreter"
    ATTEND = "attend"
    STAY_AWAY = "stay away"
    ADD = "add"
    EXCUSE = "excuse"
    LEAVE_OUT = "leave out"


STEPS = tuple(Step)
MOVES_LOOKED_AT = 60


@dataclass(frozen=True, kw_only=True)
class Mend:
    """One step. `start` and `place` are where `session` goes; `other` is the session it swaps with, the person
    who comes, stays away or is excused, or the interpreter of `language`; a session that was not in comes with its
    `interpreters`; ADD adds `minutes` of `kind`."""

    step: Step
    session: str
    start: int | None = None
    place: str | None = None
    other: str | None = None
    language: str | None = None
    kind: Kind | None = None
    minutes: int | None = None
    interpreters: tuple[tuple[str, str], ...] = ()


def apply(agenda: Agenda, programme: Programme, mend: Mend) -> tuple[Agenda, Programme]:
    """The agenda and programme after a mend (the agenda only changes for ADD, EXCUSE and LEAVE_OUT)."""
    placed = {item.session: item for item in programme.placed}
    item = placed.get(mend.session)
    sessions = {session.id: session for session in agenda.sessions}
    if mend.step is Step.ADD:
        assert mend.kind is not None
        assert mend.minutes is not None
        assert mend.start is not None
        sessions[mend.session] = Session(id=mend.session, kind=mend.kind, minutes=mend.minutes)
        end = mend.start + mend.minutes
        placed[mend.session] = Placed(
            session=mend.session, start=mend.start, end=end, place=mend.place, attending=frozenset()
        )
    elif mend.step is Step.LEAVE_OUT:
        placed.pop(mend.session, None)
        sessions[mend.session] = replace(sessions[mend.session], must=False)
        for name, session in sessions.items():
            sessions[name] = replace(session, after=session.after - {mend.session})
    elif mend.step is Step.SWAP:
        placed |= _swapped(placed[mend.session], placed[str(mend.other)])
    else:
        placed[mend.session] = _changed(sessions[mend.session], item, mend)
        if mend.step is Step.EXCUSE:
            session = sessions[mend.session]
            sessions[mend.session] = replace(session, required=session.required - {str(mend.other)})
    order = sorted(placed.values(), key=lambda one: (one.start, one.session))
    left_out = tuple(name for name in sessions if name not in placed)
    return replace(agenda, sessions=tuple(sessions.values())), Programme(placed=tuple(order), left_out=left_out)


def _swapped(one: Placed, other: Placed) -> dict[str, Placed]:
    """Each at the other's start, lengths and places kept."""
    return {
        one.session: replace(one, start=other.start, end=other.start + one.end - one.start),
        other.session: replace(other, start=one.start, end=one.start + other.end - other.start),
    }


def _changed(session: Session, item: Placed | None, mend: Mend) -> Placed:
    start = mend.start if mend.start is not None else (item.start if item else 0)
    if item is None:
        item = Placed(
            session=session.id,
            start=start,
            end=start,
            place=mend.place,
            attending=session.required,
            interpreters=mend.interpreters,
        )
    item = replace(item, start=start, end=start + session.minutes)
    if mend.step in (Step.MOVE, Step.PLACE):
        return replace(item, place=mend.place)
    who = frozenset({str(mend.other)})
    if mend.step is Step.ATTEND:
        return replace(item, attending=item.attending | who)
    if mend.step in (Step.STAY_AWAY, Step.EXCUSE):
        return replace(item, attending=item.attending - who)
    others = tuple(pair for pair in item.interpreters if pair[0] != mend.language)
    return replace(item, interpreters=(*others, (str(mend.language), str(mend.other))))


def mends(ground: Ground, programme: Programme, trouble: Trouble, *, most: int = 2) -> tuple[Mend, ...]:
    """Up to `most` of each kind of step that takes `trouble` away and brings no new one, the smallest first."""
    known = set(troubles(ground, programme))
    found: list[Mend] = []
    count: dict[Step, int] = dict.fromkeys(Step, 0)
    for mend in _candidates(ground, programme, trouble):
        if count[mend.step] >= most:
            continue
        agenda, after = apply(ground.agenda, programme, mend)
        there = ground if agenda == ground.agenda else prepare(agenda)
        left = set(troubles(there, after))
        if trouble not in left and left <= known:
            found.append(mend)
            count[mend.step] += 1
    return tuple(sorted(found, key=lambda mend: STEPS.index(mend.step)))


def _candidates(ground: Ground, programme: Programme, trouble: Trouble) -> Iterator[Mend]:
    """Every step worth a look, for each kind the nearest first."""
    placed = {item.session: item for item in programme.placed}
    for name in trouble.sessions:
        session, item = ground.sessions[name], placed.get(name)
        yield from _moves(ground, session, item, ground.days)
        if item is None:
            continue
        for place in session.places:
            if place != item.place:
                yield Mend(step=Step.PLACE, session=name, place=place, start=item.start)
        yield from _interpreters(ground, session, trouble)
        for other in placed:
            if other not in trouble.sessions:
                yield Mend(step=Step.SWAP, session=name, other=other)
        yield from _people(session, item, trouble)
    if len(trouble.sessions) == 2 and set(trouble.sessions) <= placed.keys():
        yield Mend(step=Step.SWAP, session=trouble.sessions[0], other=trouble.sessions[1])
    yield from _for_the_day(ground, programme, trouble)
    if trouble.code is not Code.NOT_AFTER:
        for name in trouble.sessions:
            yield Mend(step=Step.LEAVE_OUT, session=name)


def _moves(ground: Ground, session: Session, item: Placed | None, spans: tuple[Span, ...]) -> Iterator[Mend]:
    """Other starts within the spans at the same place, or any place for a session not in, the nearest first."""
    clock, step = ground.clock, ground.agenda.step
    places = ground.options(session) if item is None or not session.places else (item.place,)
    found: list[tuple[int, int, str | None]] = []
    was = spans[0][0]
    if item is not None:
        with suppress(ClockChange):
            was = clock.elapsed(item.start)
    for place in places:
        for low, high in ground.starts(session, place):
            grid = range(-(-low // step) * step, high + 1, step) if session.start is None else (low,)
            found += [(abs(start - was), start, place) for start in grid if any(a <= start < b for a, b in spans)]
    for _, start, place in sorted(found, key=lambda one: one[:2])[: MOVES_LOOKED_AT * len(places)]:
        for team in _teams(ground, session) if item is None else ((),):
            yield Mend(step=Step.MOVE, session=session.id, start=clock.wall(start), place=place, interpreters=team)


def _teams(ground: Ground, session: Session) -> Iterator[tuple[tuple[str, str], ...]]:
    """A few ways to have every language of a session interpreted."""
    languages = sorted(session.languages)
    able = [[who for who, k in ground.interpreters.items() if spoken in k.languages] for spoken in languages]
    for chosen in islice(product(*able), 4):
        yield tuple(zip(languages, chosen, strict=True))


def _interpreters(ground: Ground, session: Session, trouble: Trouble) -> Iterator[Mend]:
    for language in sorted(session.languages):
        for who, interpreter in ground.interpreters.items():
            if language in interpreter.languages and who not in trouble.people:
                yield Mend(step=Step.INTERPRETER, session=session.id, other=who, language=language)


def _people(session: Session, item: Placed, trouble: Trouble) -> Iterator[Mend]:
    there = item.attending
    concerned = trouble.people or tuple(sorted(there & session.wished))
    for person in concerned:
        if person in session.required:
            if person not in there:
                yield Mend(step=Step.ATTEND, session=session.id, other=person)
            yield Mend(step=Step.EXCUSE, session=session.id, other=person)
        elif person in there:
            yield Mend(step=Step.STAY_AWAY, session=session.id, other=person)


def _for_the_day(ground: Ground, programme: Programme, trouble: Trouble) -> Iterator[Mend]:
    """A day without reflection or informal time, or with too many presentations in a row: move or add one."""
    kind = {Code.NO_REFLECTION: Kind.REFLECTION, Code.NO_INFORMAL: Kind.INFORMAL, Code.ROW: Kind.REFLECTION}
    wanted = kind.get(trouble.code)
    if wanted is None or trouble.day is None:
        return
    low, high = ground.days[trouble.day]
    for session in ground.agenda.sessions:
        if session.kind is wanted:
            yield from _moves(ground, session, programme.of(session.id), ((low, high),))
    step = ground.agenda.step
    place = next(iter(ground.places))
    for start in reversed(range(-(-low // step) * step, high - 30 + 1, 6 * step)):
        yield Mend(
            step=Step.ADD,
            session=f"{wanted} on day {trouble.day + 1}",
            start=ground.clock.wall(start),
            place=place,
            kind=wanted,
            minutes=30,
        )
