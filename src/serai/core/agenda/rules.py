"""Who and what can be only in one place at a time: people, interpreters, rooms; and the order of protocol."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from ortools.sat.python import cp_model

from serai.core.agenda.ground import Ground
from serai.core.agenda.model import Kind, Placed
from serai.core.agenda.pacing import add_pace
from serai.core.agenda.puzzle import Linear, Literal, Moving, Puzzle, no

Orders = dict[tuple[str, str], Literal]


def puzzle_of(
    ground: Ground,
    *,
    droppable: frozenset[str] = frozenset(),
    facts: Mapping[str, Placed] | None = None,
    since: int = 0,
) -> Puzzle:
    """The whole model of an agenda, with every rule. Impossible when a session has nowhere or no time to be."""
    puzzle = Puzzle(ground, droppable=droppable, facts=facts, since=since)
    for interpreter in ground.interpreters.values():
        _hours(puzzle, interpreter.id, interpreter.most_minutes_a_day)
    _orders(puzzle)
    _places(puzzle)
    _protocol(puzzle)
    add_pace(puzzle)
    return puzzle


def _hours(puzzle: Puzzle, who: str, most: int | None) -> None:
    if most is None:
        return
    for number in range(len(puzzle.ground.days)):
        minutes: list[Linear] = []
        over = 0
        for name, item in puzzle.moving.items():
            doing = [works for (other, _), works in item.interprets.items() if other == who]
            if not doing or number not in item.on:
                continue
            if name in puzzle.facts:
                over += item.minutes
            else:
                minutes.append(item.minutes * puzzle.both(sum(doing), item.on[number]))
        if minutes:
            puzzle.model.add(sum(minutes) <= max(0, most - over))


def _orders(puzzle: Puzzle) -> None:
    """No one is in two sessions at a time or on the way: such pairs are put in order."""
    orders: Orders = {}
    who = {name: _busy(puzzle, item) for name, item in puzzle.moving.items() if item.at}
    for one, other in combinations(who, 2):
        shared = sorted(set(who[one]) & set(who[other]))
        if not shared or _apart(puzzle, puzzle.moving[one], puzzle.moving[other]):
            continue
        if one in puzzle.facts and other in puzzle.facts:
            continue
        clauses = {
            frozenset(
                literal.index for literal in (who[one][name], who[other][name]) if not isinstance(literal, int)
            ): (who[one][name], who[other][name])
            for name in shared
        }
        first, second = _ordered(puzzle, orders, one, other), _ordered(puzzle, orders, other, one)
        for mine, theirs in clauses.values():
            puzzle.model.add_bool_or([first, second, no(mine), no(theirs)])
    for name in sorted({person for everyone in who.values() for person in everyone}):
        spells = [
            _spell(puzzle, puzzle.moving[session], everyone[name])
            for session, everyone in who.items()
            if name in everyone and session not in puzzle.facts
        ]
        if len(spells) > 1:
            puzzle.model.add_no_overlap(spells)


def _busy(puzzle: Puzzle, item: Moving) -> dict[str, Literal]:
    """Everyone who may be at a session, people and interpreters, with the literal that says so."""
    everyone = dict(item.attends)
    for who in sorted({who for who, _ in item.interprets}):
        doing = [works for (other, _), works in item.interprets.items() if other == who]
        if len(doing) == 1:
            everyone[who] = doing[0]
        else:
            works = puzzle.model.new_bool_var(f"{who} works at {item.session.id}")
            puzzle.model.add(works == sum(doing))
            everyone[who] = works
    return everyone


def _spell(puzzle: Puzzle, item: Moving, there: Literal) -> cp_model.IntervalVar:
    return puzzle.model.new_optional_fixed_size_interval_var(item.start, item.minutes, there, "")


def _apart(puzzle: Puzzle, one: Moving, other: Moving) -> bool:
    """Always far enough apart, whatever is chosen."""
    gap = puzzle.ground.breather(one.session, other.session)
    far = max((puzzle.ground.way[a][b] for a in one.at for b in other.at), default=0)
    back = max((puzzle.ground.way[b][a] for a in one.at for b in other.at), default=0)
    return one.high + one.minutes + far + gap <= other.low or other.high + other.minutes + back + gap <= one.low


def _ordered(puzzle: Puzzle, orders: Orders, one: str, other: str) -> Literal:
    """A literal that makes `other` begin after `one`, the way and the breather."""
    if (one, other) in orders:
        return orders[one, other]
    first, then = puzzle.moving[one], puzzle.moving[other]
    gap = puzzle.ground.breather(first.session, then.session)
    literal: Literal = puzzle.model.new_bool_var(f"{one} before {other}")
    if first.low + first.minutes + gap > then.high:
        literal = 0
    else:
        ways = {place: _way(puzzle, first, place) for place in then.at}
        least = min(puzzle.ground.way[here][place] for here in first.at for place in then.at)
        puzzle.model.add(then.start >= first.end + gap + least).only_enforce_if(literal)
        for place, way in ways.items():
            if not isinstance(way, int) or way > least:
                puzzle.model.add(then.start >= first.end + gap + way).only_enforce_if(literal, then.at[place])
    orders[one, other] = literal
    return literal


def _way(puzzle: Puzzle, item: Moving, place: str | None) -> Linear:
    """Minutes from wherever this session is to that place: a number, or a variable no less than it."""
    ways = {puzzle.ground.way[here][place] for here in item.at}
    if len(ways) == 1:
        return min(ways)
    if place not in item.leaving:
        way = puzzle.model.new_int_var(min(ways), max(ways), "")
        for here, literal in item.at.items():
            puzzle.model.add(way >= puzzle.ground.way[here][place]).only_enforce_if(literal)
        item.leaving[place] = way
    return item.leaving[place]


def _places(puzzle: Puzzle) -> None:
    """One session at a time in a place, the pause its rules want, and so many visits a day."""
    for name, place in puzzle.ground.places.items():
        here = [item for item in puzzle.moving.values() if item.session.places and name in item.at]
        between = place.rules.minutes_between
        over = [item for item in here if item.session.id in puzzle.facts]
        here = [item for item in here if item.session.id not in puzzle.facts]
        if len(here) > 1:
            puzzle.model.add_no_overlap(
                puzzle.model.new_optional_fixed_size_interval_var(item.start, item.minutes + between, item.at[name], "")
                for item in here
            )
        for fact in over:
            for item in here:
                puzzle.model.add(item.start >= fact.end + between).only_enforce_if(item.at[name])
        _visits(puzzle, place.rules.most_visits_a_day, name, here, over)


def _visits(puzzle: Puzzle, most: int | None, name: str | None, here: list[Moving], over: list[Moving]) -> None:
    if most is None:
        return
    for number in range(len(puzzle.ground.days)):
        done = sum(number in item.on for item in over)
        visits = [puzzle.both(item.at[name], item.on[number]) for item in here if number in item.on]
        puzzle.model.add(sum(visits) <= max(0, most - done))


def _protocol(puzzle: Puzzle) -> None:
    """Openings first; what a session needs is in the programme and over before it."""
    judged = [item for name, item in puzzle.moving.items() if name not in puzzle.facts]
    for item in judged:
        for name in sorted(item.session.after):
            needed = puzzle.moving[name]
            puzzle.model.add(needed.present >= item.present)
            if item.at and needed.at:
                puzzle.model.add(item.start >= needed.end).only_enforce_if(item.present)
    if not puzzle.ground.agenda.opening_first:
        return
    openings = [item for item in puzzle.moving.values() if item.session.kind is Kind.OPENING and item.at]
    for item in judged:
        if item.session.kind in (Kind.OPENING, Kind.MEAL, Kind.PRAYER, Kind.INFORMAL) or not item.at:
            continue
        for opening in openings:
            rule = puzzle.model.add(item.start >= opening.end)
            rule.only_enforce_if(item.present, opening.present)
