"""The pace of a visit as constraints: presentations in a row, reflection and informal time each day, the night."""

from __future__ import annotations

from itertools import combinations, pairwise

from ortools.sat.python import cp_model

from serai.core.agenda.model import Kind
from serai.core.agenda.puzzle import Literal, Moving, Puzzle


def add_pace(puzzle: Puzzle) -> None:
    """All rules of the agenda's pace."""
    pace = puzzle.ground.agenda.pace
    if pace.presentations_in_a_row is not None:
        _rows(puzzle, pace.presentations_in_a_row)
    for wanted, kind in (
        (pace.reflection_each_day, Kind.REFLECTION),
        (pace.informal_each_day, Kind.INFORMAL),
    ):
        if wanted:
            _each_day(puzzle, kind)
    _nights(puzzle, pace.night)


def _each_day(puzzle: Puzzle, kind: Kind) -> None:
    for number, (_, evening) in enumerate(puzzle.ground.days):
        if evening <= puzzle.since:
            continue
        that_day = [item.on[number] for item in _of(puzzle, kind) if number in item.on]
        puzzle.model.add(sum(that_day) >= 1)


def _of(puzzle: Puzzle, kind: Kind) -> list[Moving]:
    return [item for item in puzzle.moving.values() if item.session.kind is kind and item.at]


def _nights(puzzle: Puzzle, night: int) -> None:
    """The first session of a day begins a night after the last one of the day before."""
    model = puzzle.model
    for number, ((_, evening), (morning, bedtime)) in enumerate(pairwise(puzzle.ground.days)):
        late = max((item.end for item in _standing(puzzle, number)), default=evening)
        if morning - max(evening, late) >= night or bedtime <= puzzle.since:
            continue
        ends = model.new_int_var(puzzle.ground.days[number][0], max(evening, late), f"evening {number}")
        begins = model.new_int_var(morning, bedtime, f"morning {number + 1}")
        for item in puzzle.moving.values():
            if number in item.on:
                model.add(ends >= item.end).only_enforce_if(item.on[number])
            if number + 1 in item.on and item.session.id not in puzzle.facts:
                model.add(begins <= item.start).only_enforce_if(item.on[number + 1])
        model.add(begins - ends >= night)


def _standing(puzzle: Puzzle, number: int) -> list[Moving]:
    """Sessions of that day that have begun."""
    return [item for name, item in puzzle.moving.items() if name in puzzle.facts and number in item.on]


def _rows(puzzle: Puzzle, most: int) -> None:
    """Of any `most` + 1 presentations on one day, something else begins between the first and the last."""
    talks = _of(puzzle, Kind.PRESENTATION)
    others = [item for item in puzzle.moving.values() if item.session.kind is not Kind.PRESENTATION and item.at]
    for number in range(len(puzzle.ground.days)):
        today = [talk for talk in talks if number in talk.on]
        breaks = [item for item in others if number in item.on]
        for group in combinations(today, most + 1):
            if all(talk.session.id in puzzle.facts for talk in group):
                continue
            split = [_between(puzzle, group, item, number) for item in breaks]
            not_all = [_not(talk.on[number]) for talk in group]
            puzzle.model.add_bool_or([*not_all, *split])


def _between(puzzle: Puzzle, group: tuple[Moving, ...], item: Moving, number: int) -> Literal:
    """True only if `item` is that day, after one of the group has begun and before another of it does."""
    model = puzzle.model
    split = model.new_bool_var("")
    model.add_bool_or([_begins(puzzle, talk, item) for talk in group] + [split.negated()])
    model.add_bool_or([_begins(puzzle, item, talk) for talk in group] + [split.negated()])
    on = item.on[number]
    if not isinstance(on, int):
        model.add_implication(split, on)
    return split


def _begins(puzzle: Puzzle, one: Moving, other: Moving) -> cp_model.IntVar:
    """True only if `one` begins before `other` does."""
    key = (one.session.id, other.session.id)
    known = puzzle.begins.get(key)
    if known is None:
        known = puzzle.model.new_bool_var(f"{key[0]} begins before {key[1]}")
        puzzle.model.add(one.start + 1 <= other.start).only_enforce_if(known)
        puzzle.begins[key] = known
    return known


def _not(literal: Literal) -> Literal:
    return 1 - literal if isinstance(literal, int) else literal.negated()
