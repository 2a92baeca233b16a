"""One measured claim as a row, and how rows print."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. `met` is None where the peer or the measurement did not run: not a pass."""

    engine: str
    size: str
    ours: str
    peer: str
    ratio: str
    bound: str
    target: str
    met: bool | None
    memory_mb: float
    note: str = ""


def timed(call: Callable[[], T], *, runs: int = 1) -> tuple[T, float]:
    """The last answer and the median of the wall seconds of `runs` calls."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        answer = call()
        seconds.append(time.perf_counter() - start)
    return answer, median(seconds)


def peak_memory_mb() -> float:
    """Peak resident memory of this process so far, in MB (Linux counts kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def printed(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table, a line under each unmet or unmeasured one saying why."""
    head = "| engine | size | Serai | peer | ratio | gap or bound | memory MB | target | met |"
    lines = [head, "|" + "---|" * 9]
    for row in rows:
        said = {True: "yes", False: "**no**", None: "**not measured**"}[row.met]
        v = asdict(row)
        lines.append(
            f"| {v['engine']} | {v['size']} | {v['ours']} | {v['peer']} | {v['ratio']} | {v['bound']} "
            f"| {row.memory_mb:.0f} | {v['target']} | {said} |"
        )
        if row.note:
            lines.append(f"| | {row.note} | | | | | | | |")
    return "\n".join(lines)
