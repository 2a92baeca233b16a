"""How long until the first page: the first start, which builds the demo world, and the next ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from bench.kill import running
from bench.table import Row, peak_memory_mb

NEXT = 3


def rows() -> Iterator[Row]:
    """Two rows: first and next start, from the command to an answered page."""
    began = time.perf_counter()
    with running("a-year-later") as site:
        first = time.perf_counter() - began
        times = []
        for _ in range(NEXT):
            assert site.supervisor is not None
            site.supervisor.terminate()
            site.supervisor.wait(120)
            began = time.perf_counter()
            site.keep_up()
            while not site.answers():
                time.sleep(0.05)
            times.append(time.perf_counter() - began)
    for name, seconds, target in (("first start", first, 180.0), ("next start", median(times), 5.0)):
        yield Row(
            engine=name, size="demo, last stage", ours=f"{seconds:.1f} s", peer="-", ratio="-", bound="-",
            target=f"< {target:.0f} s", met=seconds < target, memory_mb=peak_memory_mb(),
        )  # fmt: skip
