"""The peer of bench/web.py: pretalx as its own documentation installs it, in an environment of its own.

Needs Python's venv module, and Node.js with npm for pretalx's own build step. Everything lies in .pretalx/ and is
kept for the next run; it is made anew when requirements/pretalx.lock changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".pretalx"
LOCK = ROOT / "requirements" / "pretalx.lock"
BIN = FOLDER / "venv" / "bin"
TALKS = 36  # what `create_test_event --seed 1` schedules
EVENT = "/democon"
PAGES = {
    "schedule": f"{EVENT}/schedule/",  # a shell without rows: a browser then asks for the data
    "talk list": f"{EVENT}/talk/",  # another
    "data": f"{EVENT}/schedule/widgets/schedule.json",  # the rows of both
    "schedule with its rows": f"{EVENT}/schedule/nojs",
}


BROWSER = "Accept: text/html"  # without it the schedule comes as plain text, drawn on the spot


class NotThereError(RuntimeError):
    """The peer cannot run here; the text is one sentence that says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """pretalx, answering."""

    address: str
    main: psutil.Process

    def spent(self) -> float:
        """Processor seconds of its main process and workers so far."""
        return sum(sum(p.cpu_times()[:2]) for p in [self.main, *self.main.children(recursive=True)])

    def memory_mb(self) -> float:
        """Resident memory of its largest worker, in MB."""
        return max(p.memory_info().rss for p in self.main.children()) / 1024 / 1024


def _run(*words: str | Path, **more: str) -> str:
    told = {k: v for k, v in os.environ.items() if not k.startswith(("SERAI_", "PYTHON", "DJANGO_"))}
    told |= {"PRETALX_CONFIG_FILE": str(FOLDER / "pretalx.cfg"), **more}
    done = subprocess.run([str(w) for w in words], env=told, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode:
        (FOLDER / "log").write_text(done.stdout + done.stderr)
        raise NotThereError(f"pretalx could not be set up: {words[-1]} failed, see {FOLDER.name}/log.")
    return done.stdout


def versions() -> str:
    """What the peer is made of."""
    names = ("pretalx", "Django", "gunicorn")
    code = f"from importlib.metadata import version as v; print(', '.join(n + ' ' + v(n) for n in {names}))"
    return _run(BIN / "python", "-c", code).strip()


def _configured(port: int) -> None:
    (FOLDER / "pretalx.cfg").write_text(
        f"[filesystem]\ndata={FOLDER / 'data'}\nstatic={FOLDER / 'data' / 'static'}\n"
        f"[site]\ndebug=false\nurl=http://localhost:{port}\n"
        f"[database]\nbackend=sqlite3\nname={FOLDER / 'data' / 'db.sqlite3'}\n"
    )


def _made(port: int) -> None:
    """Installs pretalx and makes its test event, unless that was done before. Raises `NotThereError`."""
    digest, stamp = hashlib.sha256(LOCK.read_bytes()).hexdigest(), FOLDER / "made"
    if stamp.exists() and stamp.read_text() == digest:
        _configured(port)
        return
    if not shutil.which("npm"):
        raise NotThereError(
            "pretalx's own build step needs Node.js and npm: install them (Debian: apt-get install npm)."
        )
    print("... pretalx is installed (two or three minutes)", file=sys.stderr, flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "data").mkdir(parents=True)
    _configured(port)
    python = BIN / "python"
    _run(sys.executable, "-m", "venv", FOLDER / "venv")
    # Two of its requirements come as source only, so wheels alone would not do.
    _run(python, "-m", "pip", "install", "-q", "--prefer-binary", "--require-hashes", "-r", LOCK)
    _run(python, "-m", "pretalx", "migrate")
    _run(python, "-m", "pretalx", "rebuild")
    first = {"DJANGO_SUPERUSER_EMAIL": "first@localhost.example", "DJANGO_SUPERUSER_PASSWORD": "only for the bench"}
    named = {"PRETALX_INIT_ORGANISER_NAME": "Bench", "PRETALX_INIT_ORGANISER_SLUG": "bench"}
    _run(python, "-m", "pretalx", "init", "--noinput", **first, **named)
    _run(python, "-m", "pretalx", "create_test_event", "--seed", "1")
    stamp.write_text(digest)


@contextmanager
def running() -> Iterator[Peer]:
    """pretalx under gunicorn with two sync workers, ended afterwards. Raises `NotThereError`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _made(port)
    words = [BIN / "gunicorn", "pretalx.wsgi", "-w", "2", "-b", f"127.0.0.1:{port}", "--no-control-socket"]
    told = {"PATH": os.environ["PATH"], "PRETALX_CONFIG_FILE": str(FOLDER / "pretalx.cfg")}
    with (FOLDER / "log").open("ab") as log:
        process = subprocess.Popen([str(w) for w in words], env=told, cwd=FOLDER, stdout=log, stderr=log)
    try:
        address = f"http://localhost:{port}"  # under any other name it answers 404
        until = time.monotonic() + 60
        while not _rows(address):
            if time.monotonic() > until or process.poll() is not None:
                raise NotThereError(f"pretalx does not answer with its {TALKS} talks, see {FOLDER.name}/log.")
            time.sleep(0.3)
        yield Peer(address=address, main=psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def _page(url: str) -> str:
    name, value = BROWSER.split(": ")
    with urllib.request.urlopen(urllib.request.Request(url, headers={name: value}), timeout=20) as answer:
        return str(answer.read().decode())


def _rows(address: str) -> bool:
    """Whether every page comes, and its talks are as many as ours in the page that lists them and in the data."""
    try:
        shown = {name: _page(address + path) for name, path in PAGES.items()}
    except (urllib.error.URLError, OSError):
        return False
    links = set(re.findall(rf"{EVENT}/talk/([A-Z0-9]+)/", shown["schedule with its rows"]))
    data = {talk["code"] for talk in json.loads(shown["data"])["talks"] if talk.get("code")}
    return len(links) == len(data) == TALKS
