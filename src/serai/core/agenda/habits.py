"""Protocol and pace of a programme, and the whole list of its troubles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from serai.core.agenda.ground import Ground
from serai.core.agenda.model import Kind, Programme
from serai.core.agenda.troubles import (
    Code,
    Held,
    Trouble,
    day_troubles,
    hold,
    pair_troubles,
    session_troubles,
)

FREE_OF_OPENING = frozenset({Kind.OPENING, Kind.MEAL, Kind.PRAYER, Kind.INFORMAL})


def troubles(ground: Ground, programme: Programme) -> tuple[Trouble, ...]:
    """Everything wrong with a programme, sorted. UnknownName for names that are not in the agenda."""
    held, found = hold(ground, programme)
    there = {item.session.id for item in held} | {sessions[0] for sessions in (t.sessions for t in found)}
    for session in ground.agenda.sessions:
        if session.must and session.id not in there:
            found.append(Trouble(Code.MISSING, (session.id,)))
    for item in held:
        found += session_troubles(ground, item)
    found += pair_troubles(ground, held)
    found += day_troubles(ground, held)
    found += _protocol(ground, held)
    found += _pace(ground, held)
    return tuple(sorted(found, key=_order))


def _order(trouble: Trouble) -> tuple[str, ...]:
    return (
        trouble.code,
        *trouble.sessions,
        *trouble.people,
        trouble.place or "",
        trouble.language or "",
        str(trouble.day),
    )


def _protocol(ground: Ground, held: list[Held]) -> Iterator[Trouble]:
    there = {item.session.id: item for item in held}
    for item in held:
        for name in sorted(item.session.after):
            if name not in there or there[name].end > item.start:
                yield Trouble(Code.NOT_AFTER, (item.session.id, name))
    if not ground.agenda.opening_first:
        return
    for opening in (item for item in held if item.session.kind is Kind.OPENING):
        for item in held:
            if item.session.kind not in FREE_OF_OPENING and item.start < opening.end:
                yield Trouble(Code.OPENING_NOT_FIRST, (opening.session.id, item.session.id))


def _pace(ground: Ground, held: list[Held]) -> Iterator[Trouble]:
    pace = ground.agenda.pace
    for day in range(len(ground.days)):
        today = [item for item in held if item.day == day]
        kinds = {item.session.kind for item in today}
        if pace.reflection_each_day and Kind.REFLECTION not in kinds:
            yield Trouble(Code.NO_REFLECTION, day=day)
        if pace.informal_each_day and Kind.INFORMAL not in kinds:
            yield Trouble(Code.NO_INFORMAL, day=day)
        if pace.presentations_in_a_row is not None:
            yield from _rows(today, pace.presentations_in_a_row, day)
    for day, (evening, morning) in enumerate(pairwise(_edges(ground, held))):
        if evening and morning and morning[0].start - evening[1].end < pace.night:
            yield Trouble(Code.SHORT_NIGHT, (evening[1].session.id, morning[0].session.id), day=day)


def _edges(ground: Ground, held: list[Held]) -> list[tuple[Held, Held] | None]:
    """First to begin and last to end of each day."""
    found: list[tuple[Held, Held] | None] = []
    for day in range(len(ground.days)):
        today = [item for item in held if item.day == day]
        found.append((today[0], max(today, key=lambda item: item.end)) if today else None)
    return found


def _rows(today: list[Held], most: int, day: int) -> Iterator[Trouble]:
    """Each `most` + 1 presentations that follow one another with nothing else beginning in between."""
    talks = [item for item in today if item.session.kind is Kind.PRESENTATION]
    breaks = [item.start for item in today if item.session.kind is not Kind.PRESENTATION]
    for number in range(len(talks) - most):
        group = talks[number : number + most + 1]
        if not any(group[0].start < moment < group[-1].start for moment in breaks):
            yield Trouble(Code.ROW, tuple(item.session.id for item in group), day=day)
