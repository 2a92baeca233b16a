"""Rooms and slots: every plan is checked by hand, small ones against every possible plan."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.core.agenda.rooms import BadRooms, Event, RoomPlan, Slot, assign_rooms


@st.composite
def conferences(draw: st.DrawFn) -> tuple[tuple[Slot, ...], tuple[Event, ...]]:
    """Up to six slots in up to three rooms (some overlap across rooms), up to four events."""
    slots = []
    for room in range(draw(st.integers(1, 3))):
        size = draw(st.sampled_from([10, 10, 30]))
        for part in range(2):
            start = 60 * part + draw(st.sampled_from([0, 0, 20]))
            slots.append(Slot(id=f"r{room}t{part}", room=f"r{room}", start=start, minutes=40, capacity=size))
    events = []
    for number in range(draw(st.integers(0, 4))):
        events.append(
            Event(
                id=f"e{number}",
                minutes=draw(st.sampled_from([30, 40])),
                demand=draw(st.integers(0, 40)),
                not_in=frozenset(draw(st.sets(st.sampled_from([s.id for s in slots]), max_size=2))),
                not_with=frozenset(
                    draw(st.sets(st.sampled_from([f"e{n}" for n in range(number)] or ["e0"]), max_size=2))
                )
                - {f"e{number}"},
                tags=frozenset(draw(st.sets(st.sampled_from(["women", "youth"]), max_size=1))),
            )
        )
    names = {event.id for event in events}
    return tuple(slots), tuple(replace(event, not_with=event.not_with & names) for event in events)


def good(slots, events, slot_of: dict[str, str]) -> bool:
    by_id = {slot.id: slot for slot in slots}
    if set(slot_of) != {event.id for event in events} or len(set(slot_of.values())) < len(slot_of):
        return False
    for event in events:
        mine = by_id[slot_of[event.id]]
        if mine.id in event.not_in or event.minutes > mine.minutes:
            return False
        for other in events:
            theirs = by_id[slot_of[other.id]]
            clash = other.id in event.not_with or event.id in other.not_with or bool(event.tags & other.tags)
            if (
                event is not other
                and clash
                and mine.start < theirs.start + theirs.minutes
                and theirs.start < mine.start + mine.minutes
            ):
                return False
    return True


def overflow(slots, events, slot_of: dict[str, str]) -> int:
    size = {slot.id: slot.capacity for slot in slots}
    return sum(event.demand - size[slot_of[event.id]] for event in events)


@given(conferences())
@settings(max_examples=60, deadline=None)
def test_small_conferences_are_solved_exactly(made) -> None:
    slots, events = made
    found = assign_rooms(slots, events)
    names = [event.id for event in events]
    plans = [dict(zip(names, chosen, strict=True)) for chosen in permutations([s.id for s in slots], len(events))]
    worths = [overflow(slots, events, plan) for plan in plans if good(slots, events, plan)]
    assert found.impossible == (not worths)
    if worths:
        assert found.slot_of is not None
        assert good(slots, events, found.slot_of)
        assert found.overflow == overflow(slots, events, found.slot_of) == min(worths)
        assert found.best


SLOT = Slot(id="a", room="hall", start=0, minutes=60, capacity=10)
EVENT = Event(id="talk", minutes=60, demand=5)


@pytest.mark.parametrize(
    ("slots", "events", "says"),
    [
        ((SLOT, SLOT), (EVENT,), "slot a is given twice"),
        ((SLOT,), (EVENT, EVENT), "event talk is given twice"),
        ((SLOT, replace(SLOT, id="b", start=30)), (EVENT,), "one room at one time"),
        ((replace(SLOT, minutes=0),), (EVENT,), "no time"),
        ((replace(SLOT, capacity=-1),), (EVENT,), "less than no room"),
        ((SLOT,), (replace(EVENT, demand=-1),), "less than nobody"),
        ((SLOT,), (replace(EVENT, not_in=frozenset({"z"})),), "names z"),
        ((SLOT,), (replace(EVENT, not_with=frozenset({"z"})),), "names z"),
    ],
)
def test_rooms_that_make_no_sense_are_named(slots, events, says: str) -> None:
    with pytest.raises(BadRooms, match=says):
        assign_rooms(slots, events)


def test_edges() -> None:
    assert assign_rooms((), ()) == RoomPlan(slot_of={}, overflow=0, bound=0)
    assert assign_rooms((), (EVENT,)).impossible
    assert assign_rooms((SLOT,), (EVENT, replace(EVENT, id="two"))).impossible
    stopped = assign_rooms((SLOT,), (EVENT,), stop=lambda: True)
    assert stopped.stopped
    assert not stopped.best


def test_alike_rooms_are_named_in_the_end() -> None:
    slots = tuple(replace(SLOT, id=f"s{n}", room=f"r{n}") for n in range(5))
    events = tuple(replace(EVENT, id=f"e{n}") for n in range(5))
    found = assign_rooms(slots, events)
    assert found.slot_of is not None
    assert sorted(found.slot_of.values()) == [slot.id for slot in slots]
    assert found.overflow == -25
