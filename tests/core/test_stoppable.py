"""A programme that would run for minutes ends soon after `stop()` says so; slices change no answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import LinearConstraint

from core.season.seasons import season
from serai.core import stoppable
from serai.core.agenda.rooms import Event, Slot, assign_rooms
from serai.core.season.cycles import Effort, Teaching, best_cycles
from serai.core.season.plan import plan_season
from serai.core.stoppable import never, whole_numbers


def market_split(shops: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Shares that no choice of shops meets exactly, and that branching takes very long to refute (Cornuejols, Dawande
    1998)."""
    weight = np.random.default_rng(seed).integers(0, 100, (shops, 10 * (shops - 1)))
    return weight, weight.sum(axis=1) // 2


def asked(answers: int) -> tuple[Callable[[], bool], list[int]]:
    """A stop that says yes at that question, and the questions so far."""
    heard: list[int] = []

    def stop() -> bool:
        heard.append(1)
        return len(heard) >= answers

    return stop, heard


def test_a_long_programme_is_ended_in_twice_the_time_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stoppable, "FIRST_SLICE", 0.1)
    weight, share = market_split(5)
    start, wanted = time.perf_counter(), []

    def stop() -> bool:
        spent = time.perf_counter() - start
        wanted.append(spent) if spent > 0.2 else None
        return bool(wanted)

    _, stopped = whole_numbers(
        np.zeros(weight.shape[1]),
        constraints=LinearConstraint(weight, share, share),
        integrality=np.ones(weight.shape[1]),
        options={"node_limit": 20_000},  # some ten seconds: were the yes not heard, the test would fail, not hang
        stop=stop,
    )
    assert stopped
    assert len(wanted) == 1
    assert time.perf_counter() - start < 5  # slices of 0.1, 0.2 (and perhaps 0.4) s


def test_slices_give_the_answer_of_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stoppable, "FIRST_SLICE", 0.002)
    weight, _ = market_split(4, seed=3)
    stop, heard = asked(10**6)
    programme = {
        "cost": -weight[0].astype(float),
        "constraints": LinearConstraint(weight[1:], -np.inf, weight[1:].sum(axis=1) // 3),
        "integrality": np.ones(weight.shape[1]),
        "options": {"node_limit": 200},
    }
    (once, _), (sliced, stopped) = whole_numbers(**programme), whole_numbers(**programme, stop=stop)
    assert heard
    assert not stopped
    assert np.array_equal(once.x, sliced.x)
    assert (once.status, once.mip_dual_bound) == (sliced.status, sliced.mip_dual_bound)


def test_without_a_stop_there_is_one_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def solver(*args: object, options: dict[str, float], **more: object) -> object:
        seen.append(options)
        return type("Found", (), {"status": 0})

    monkeypatch.setattr(stoppable, "milp", solver)
    whole_numbers(np.zeros(1), constraints=[], integrality=np.ones(1), options={"node_limit": 5}, stop=never)
    assert seen == [{"node_limit": 5}]


SLOTS = tuple(Slot(id=f"s{n}", room="hall", start=60 * n, minutes=60, capacity=10) for n in range(6))
EVENTS = tuple(Event(id=f"e{n}", minutes=60, demand=n) for n in range(6))
RING = [Teaching(giver=a, learner=(a + step) % 5) for a in range(5) for step in (1, 4)]
SEASON = season(random.Random(7), 10)
ENGINES: dict[str, Callable[[Callable[[], bool]], Any]] = {
    "rooms": lambda stop: assign_rooms(SLOTS, EVENTS, stop=stop),
    "cycles": lambda stop: best_cycles(5, RING, effort=Effort(swaps=0, programmes=0), stop=stop),
    "season": lambda stop: plan_season(SEASON, stop=stop),
}


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_asks_while_its_programme_runs(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With slices too short for any programme it asks more often than with one long slice, and ends at any yes."""
    run, questions = ENGINES[engine], {}
    for seconds in (60.0, 1e-6):
        monkeypatch.setattr(stoppable, "FIRST_SLICE", seconds)
        stop, heard = asked(10**6)
        whole = run(stop)
        questions[seconds] = len(heard)
        assert not whole.stopped
    assert questions[1e-6] > questions[60.0]
    for question in range(1, questions[1e-6], 3):
        found = run(asked(question)[0])
        assert found.stopped
        if engine == "rooms":
            assert found.bound <= whole.overflow
        else:
            assert found.value <= whole.value <= found.bound + 1e-6
