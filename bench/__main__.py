"""make bench [TOPIC ...]: runs each bench in a process of its own and prints one table.

A topic is a file of this folder with `rows() -> Iterable[Row]`. A bench whose peer did not run, or that died,
counts as not measured, and the whole then ends with status 1.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from bench.table import Row, printed

HERE = Path(__file__).parent
NOT_TOPICS = {"__init__", "__main__", "table"}


def topics() -> list[str]:
    """Names of the benches, sorted: files that define `rows`."""
    files = sorted(path for path in HERE.glob("*.py") if path.stem not in NOT_TOPICS)
    return [path.stem for path in files if "\ndef rows(" in path.read_text()]


def run_topic(topic: str) -> list[Row]:
    """The rows of one bench, measured in its own process (memory counts apart; solvers cannot clash)."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--alone", topic],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "2"},
        check=False,
    )
    if done.returncode != 0:
        died = f"the bench ended with status {done.returncode}"
        blank = dict.fromkeys(("ours", "peer", "ratio", "bound", "target"), "-")
        return [Row(engine=topic, size="-", met=None, memory_mb=0, note=died, **blank)]
    return [Row(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]


def main(arguments: list[str]) -> int:
    """Runs the named topics, or all; 0 only if every target is met."""
    if arguments[:1] == ["--alone"]:
        for row in importlib.import_module(f"bench.{arguments[1]}").rows():
            print(json.dumps(asdict(row)), flush=True)
        return 0
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}", flush=True)
    rows: list[Row] = []
    for topic in arguments or topics():
        print(f"... {topic}", file=sys.stderr, flush=True)
        rows += run_topic(topic)
    print(printed(rows))
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
