"""How long until the first page: the first start, which builds the demo world, and the next ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import psutil

from bench.kill import Site, running
from bench.table import Row, peak_memory_mb

NEXT = 3


def spent(site: Site) -> float:
    """Processor seconds the tree used so far, its ended children among them: what a busy machine cannot stretch."""
    seconds = 0.0
    for group in site.processes().values():
        for process in group:
            try:
                seconds += sum(process.cpu_times()[:4])
            except psutil.Error:
                continue
    return seconds


def next_start(site: Site) -> tuple[float, float]:
    """Wall and processor seconds from the command to an answered page, on a world that stands."""
    assert site.supervisor is not None
    site.supervisor.terminate()
    site.supervisor.wait(120)
    began = time.perf_counter()
    site.keep_up()
    while not site.answers():
        time.sleep(0.05)
    return time.perf_counter() - began, spent(site)


def rows() -> Iterator[Row]:
    """Two rows: first and next start, from the command to an answered page."""
    began = time.perf_counter()
    with running("a-year-later") as site:
        first, first_work = time.perf_counter() - began, spent(site)
        times = [next_start(site) for _ in range(NEXT)]
    wall, work = (median(column) for column in zip(*times, strict=True))
    for name, seconds, used, target in (
        ("first start", first, first_work, 180.0), ("next start", wall, work, 5.0),
    ):  # fmt: skip
        yield Row(
            engine=name, size="demo, last stage", ours=f"{seconds:.1f} s", peer="-", ratio="-",
            bound=f"{used:.1f} s of processor time", target=f"< {target:.0f} s", met=seconds < target,
            memory_mb=peak_memory_mb(),
        )  # fmt: skip
