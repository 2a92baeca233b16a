"""Pairs and three-cycles beside kep-solver 4 (its cycle formulation with CBC), on the same made-up networks."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable

import numpy as np

from bench.peers import PEER_PATIENCE, asked
from bench.table import Row, peak_memory_mb, timed
from serai.core.season.cycles import Aim, CyclePlan, Effort, Teaching, best_cycles

SMALL = [(size, seed) for size in (20, 40, 80, 120) for seed in range(5)]


def network(cities: int, seed: int) -> list[Teaching]:
    """Cities with 3 needs and 3 offers of 40 themes; an own language of 24 and, for 40 %, a shared one."""
    random = np.random.default_rng(seed)
    needs = np.zeros((cities, 40), np.int64)
    offers = np.zeros((cities, 40), np.int64)
    for city in range(cities):
        needs[city, random.choice(40, 3, replace=False)] = 1
        offers[city, random.choice(40, 3, replace=False)] = 1
    language = np.zeros((cities, 24), np.int64)
    language[np.arange(cities), random.integers(0, 24, cities)] = 1
    language[:, 0] |= random.random(cities) < 0.4
    teaches = (offers @ needs.T > 0) & (language @ language.T > 0)
    np.fill_diagonal(teaches, False)
    givers, learners = np.nonzero(teaches)
    worth = random.integers(1, 100, len(givers))
    return [
        Teaching(giver=int(g), learner=int(r), learning=float(w))
        for g, r, w in zip(givers, learners, worth, strict=True)
    ]


def kep_solver(cities: int, arcs: list[Teaching]) -> tuple[int, float] | None:
    """Covered cities and seconds of the peer in a process of its own; None when it gives no answer in time."""
    question = {"cities": cities, "arcs": [(arc.giver, arc.learner) for arc in arcs]}
    found = asked("bench.cycles", question)
    return found and (int(found[0]), float(found[1]))


def _as_peer() -> None:
    """Runs in the peer's process: only its model building and solving are timed, not reading the instance."""
    from kep_solver.entities import Donor, Instance, Transplant
    from kep_solver.model import TransplantCount
    from kep_solver.programme import Programme

    question = json.load(sys.stdin)
    instance = Instance()
    donors = []
    for city in range(question["cities"]):
        recipient = instance.recipient(str(city))
        donor = Donor(str(city))
        donor.recipient = recipient
        recipient.addDonor(donor)
        instance.addDonor(donor)
        donors.append(donor)
    for giver, learner in question["arcs"]:
        instance.addTransplant(Transplant(donors[giver], instance.recipient(str(learner)), 1.0))
    programme = Programme([TransplantCount()], 3, 0, "pairs and three-cycles", full_details=False)
    start = time.perf_counter()
    solution, _ = programme.solve_single(instance)
    seconds = time.perf_counter() - start
    print(json.dumps([round(solution.values[0]), seconds]))


def _covered(cities: int, arcs: list[Teaching]) -> tuple[CyclePlan, float]:
    return timed(lambda: best_cycles(cities, arcs))


def _same_optimum() -> Row:
    """Twenty networks that the peer solves: is every optimum equal and proven?"""
    ours = theirs = 0.0
    equal = solved = 0
    for size, seed in SMALL:
        arcs = network(size, seed)
        peer = kep_solver(size, arcs)
        plan, seconds = _covered(size, arcs)
        if peer is None:
            continue
        solved += 1
        equal += plan.proven and round(plan.value) == peer[0]
        ours, theirs = ours + seconds, theirs + peer[1]
    return Row(
        engine="cycles",
        size="20 networks of 20 to 120 cities",
        ours=f"{equal} equal and proven, {ours:.2f} s",
        peer=f"kep-solver: {solved} solved, {theirs:.2f} s",
        ratio=f"{theirs / ours:.1f}x",
        bound="proven",
        target="equal optimum on all it solves",
        met=equal == solved if solved == len(SMALL) else None,
        memory_mb=peak_memory_mb(),
    )


def _beside_peer(cities: int, seed: int) -> Row:
    arcs = network(cities, seed)
    plan, seconds = _covered(cities, arcs)
    print(f"cycles {cities} seed {seed}: {seconds:.2f} s; now kep-solver", file=sys.stderr, flush=True)
    peer = kep_solver(cities, arcs)
    equal = peer is not None and plan.proven and round(plan.value) == peer[0]
    return Row(
        engine="cycles",
        size=f"{cities} cities, {len(arcs):,} arcs, {plan.possible:,} cycles (seed {seed})",
        ours=f"{plan.value:.0f} covered in {seconds:.2f} s",
        peer="kep-solver: no answer" if peer is None else f"kep-solver: {peer[0]} in {peer[1]:.1f} s",
        ratio="-" if peer is None else f"{peer[1] / seconds:.1f}x",
        bound="proven" if plan.proven else f"gap {plan.gap:.2%}",
        target="equal, >= 10x",
        met=None if peer is None else equal and peer[1] >= 10 * seconds,
        memory_mb=peak_memory_mb(),
        note="" if peer else f"the peer gave no answer in {PEER_PATIENCE:.0f} s",
    )


def _alone(cities: int, aim: Aim, target: str, *, within: float, gap: float) -> Row:
    arcs = network(cities, 1)
    plan, seconds = timed(lambda: best_cycles(cities, arcs, aim=aim, effort=Effort()))
    unit = "covered" if aim is Aim.COVER else "learning"
    return Row(
        engine=f"cycles, {unit}",
        size=f"{cities:,} cities, {len(arcs):,} arcs, {plan.possible:,} cycles",
        ours=f"{plan.value:,.0f} {unit} in {seconds:.2f} s",
        peer="- (a limit in seconds)",
        ratio="-",
        bound="proven" if plan.proven else f"gap {plan.gap:.2%}",
        target=target,
        met=seconds <= within and plan.gap <= gap,
        memory_mb=peak_memory_mb(),
    )


def rows() -> Iterable[Row]:
    """Equal optimum on small networks, speed at 500, proof at 2,000, the weighted gap at 500."""
    yield _alone(2_000, Aim.COVER, "proven <= 30 s", within=30, gap=0.0)
    yield _alone(500, Aim.LEARNING, "gap <= 0.5 % <= 30 s", within=30, gap=0.005)
    yield _same_optimum()
    for seed in (1, 2):
        yield _beside_peer(500, seed)


if __name__ == "__main__":
    _as_peer()
