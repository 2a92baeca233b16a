"""The pure conference model: which event in which slot of which room, clashes and unavailability kept.

Rooms that are alike (same size, same hours, free for the same events) are counted, not named, until the end: that
takes the symmetry away which makes the plain model slow. Solved exactly by HiGHS through `scipy.optimize.milp`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.optimize import LinearConstraint

from serai.core.agenda.clock import BadAgenda
from serai.core.stoppable import Stop, never, whole_numbers


class BadRooms(BadAgenda):
    """Slots or events that make no sense; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A room for a time: `start` and `minutes` in whole minutes, `capacity` in people."""

    id: str
    room: str
    start: int
    minutes: int
    capacity: int


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something to place. `demand` in people; never in the slots `not_in`, never at the time of events `not_with`
    or of events that share one of its `tags`."""

    id: str
    minutes: int
    demand: int
    not_in: frozenset[str] = frozenset()
    not_with: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class RoomPlan:
    """`slot_of` each event, or None when there is no plan (`impossible`) or none was found. `overflow` is the sum
    of demand less capacity over all events, the smaller the better; no plan has less than `bound`."""

    slot_of: dict[str, str] | None
    overflow: int
    bound: float
    impossible: bool = False
    stopped: bool = False

    @property
    def best(self) -> bool:
        """No plan has less overflow."""
        return self.slot_of is not None and self.overflow <= self.bound + 1e-6


@dataclass(frozen=True)
class _Class:
    """Slots of the same time and size that the same events may use."""

    start: int
    end: int
    capacity: int
    slots: tuple[str, ...]
    events: tuple[int, ...]


def assign_rooms(
    slots: tuple[Slot, ...],
    events: tuple[Event, ...],
    *,
    nodes: int = 100_000,
    stop: Stop = never,
) -> RoomPlan:
    """Each event in one slot, one event a slot, least overflow. `nodes` of branch and bound; `stop` is asked before
    solving and between its slices (`core.stoppable`). BadRooms for doubled ids, unknown names or one room's slots
    that overlap."""
    _check(slots, events)
    if stop():
        return RoomPlan(slot_of=None, overflow=0, bound=-np.inf, stopped=True)
    classes = _classes(slots, events)
    pairs = [(event, number) for number, one in enumerate(classes) for event in one.events]
    if len({event for event, _ in pairs}) < len(events):
        return RoomPlan(slot_of=None, overflow=0, bound=np.inf, impossible=True)
    if not events:
        return RoomPlan(slot_of={}, overflow=0, bound=0)
    capacity = np.array([classes[number].capacity for _, number in pairs], np.float64)
    solved, stopped = whole_numbers(
        -capacity,
        constraints=_constraints(classes, pairs, events),
        integrality=np.ones(len(pairs)),
        options={"node_limit": nodes, "mip_rel_gap": 0.0},
        stop=stop,
    )
    if solved.status == 2:
        return RoomPlan(slot_of=None, overflow=0, bound=np.inf, impossible=True)
    demand = sum(event.demand for event in events)
    bound = demand + (float(solved.mip_dual_bound) if solved.mip_dual_bound is not None else -np.inf)
    if solved.x is None:
        return RoomPlan(slot_of=None, overflow=0, bound=bound, stopped=stopped)
    chosen = [pair for pair, value in zip(pairs, solved.x, strict=True) if value > 0.5]
    overflow = demand - sum(classes[number].capacity for _, number in chosen)
    slot_of = _named(classes, chosen, events)
    return RoomPlan(slot_of=slot_of, overflow=overflow, bound=min(bound, overflow), stopped=stopped)


def _check(slots: tuple[Slot, ...], events: tuple[Event, ...]) -> None:
    for what, names in (("slot", [s.id for s in slots]), ("event", [e.id for e in events])):
        if len(set(names)) < len(names):
            raise BadRooms(f"{what} {max(names, key=names.count)} is given twice")
    for slot in slots:
        if slot.minutes <= 0 or slot.capacity < 0:
            raise BadRooms(f"slot {slot.id} has no time or less than no room")
    for event in events:
        if event.minutes <= 0 or event.demand < 0:
            raise BadRooms(f"event {event.id} has no time or less than nobody")
        strange = (event.not_in - {s.id for s in slots}) | (event.not_with - {e.id for e in events})
        if strange:
            raise BadRooms(f"event {event.id} names {min(strange)}, which is not there")
    for one, other in pairwise(sorted(slots, key=lambda slot: (slot.room, slot.start))):
        if one.room == other.room and other.start < one.start + one.minutes:
            raise BadRooms(f"slots {one.id} and {other.id} are in one room at one time")


def _classes(slots: tuple[Slot, ...], events: tuple[Event, ...]) -> list[_Class]:
    alike: dict[tuple[int, int, int, tuple[int, ...]], list[str]] = defaultdict(list)
    for slot in slots:
        able = tuple(
            number
            for number, event in enumerate(events)
            if event.minutes <= slot.minutes and slot.id not in event.not_in
        )
        alike[slot.start, slot.start + slot.minutes, slot.capacity, able].append(slot.id)
    return [_Class(*key[:3], tuple(names), key[3]) for key, names in alike.items()]


def _constraints(
    classes: list[_Class], pairs: list[tuple[int, int]], events: tuple[Event, ...]
) -> list[LinearConstraint]:
    """Each event once; no more events than alike rooms; of events that clash, one at a time."""
    where = np.array(pairs)
    every = np.arange(len(pairs))
    ones = np.ones(len(pairs))
    once = sparse.csr_matrix((ones, (where[:, 0], every)), shape=(len(events), len(pairs)))
    rooms = sparse.csr_matrix((ones, (where[:, 1], every)), shape=(len(classes), len(pairs)))
    sizes = np.array([len(one.slots) for one in classes])
    found = [LinearConstraint(once, lb=1, ub=1), LinearConstraint(rooms, ub=sizes)]
    rows: list[np.ndarray] = []
    for together in _at_once(classes):
        inside = np.isin(where[:, 1], together)
        for group in _cliques(events):
            members = every[inside & np.isin(where[:, 0], group)]
            if len(set(where[members, 0].tolist())) > 1:
                rows.append(members)
    if rows:
        row = np.repeat(np.arange(len(rows)), [len(members) for members in rows])
        flat = np.concatenate(rows)
        clash = sparse.csr_matrix((np.ones(len(flat)), (row, flat)), shape=(len(rows), len(pairs)))
        found.append(LinearConstraint(clash, ub=np.ones(len(rows))))
    return found


def _at_once(classes: list[_Class]) -> list[list[int]]:
    """Largest sets of classes that all share a moment: those open at some start."""
    sets = {
        tuple(number for number, one in enumerate(classes) if one.start <= moment < one.end)
        for moment in {one.start for one in classes}
    }
    return [list(one) for one in sorted(sets) if not any(set(one) < set(other) for other in sets)]


def _cliques(events: tuple[Event, ...]) -> list[list[int]]:
    """Sets of events that all clash with each other, which cover every clash (larger sets bound better)."""
    place = {event.id: number for number, event in enumerate(events)}
    clash: list[set[int]] = [set() for _ in events]
    for number, event in enumerate(events):
        for other in [*(place[name] for name in event.not_with), *_tagged(events, number)]:
            if other != number:
                clash[number].add(other)
                clash[other].add(number)
    left = {(a, b) for a, others in enumerate(clash) for b in others if a < b}
    found: list[list[int]] = []
    while left:
        group = list(min(left))
        for other in sorted(clash[group[0]] & clash[group[1]], key=lambda n: (-len(clash[n]), n)):
            if all(other in clash[member] for member in group):
                group.append(other)
        group.sort()
        left -= {(a, b) for a in group for b in group if a < b}
        found.append(group)
    return found


def _tagged(events: tuple[Event, ...], number: int) -> Iterable[int]:
    tags = events[number].tags
    return (other for other, event in enumerate(events) if tags & event.tags) if tags else ()


def _named(classes: list[_Class], chosen: list[tuple[int, int]], events: tuple[Event, ...]) -> dict[str, str]:
    """Names the room of each event: alike rooms in the order given."""
    taken: dict[int, int] = defaultdict(int)
    slot_of: dict[str, str] = {}
    for event, number in sorted(chosen):
        slot_of[events[event].id] = classes[number].slots[taken[number]]
        taken[number] += 1
    return slot_of
