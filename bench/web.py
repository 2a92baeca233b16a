"""The product's own web process beside pretalx, with equal rows: a programme of 36 sessions and a list of 36 practices.

Ours is the whole demo tree with two web workers, signed in by a real session, under row security and all middleware.
Ours and the peer take turns in every round, so that a busy machine slows both; the ratio is the median of the rounds.
pretalx's schedule and talk list are shells without rows: each signed-in page is held against the shell alone, and in a
row of its own against pretalx's fastest way to equal rows, its page that lists them or its shell and then the data a
browser asks for. Processor seconds a request, of all processes with the database, are printed too: another's work on
the machine does not stretch them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

import psutil

from bench import pretalx
from bench.kill import SOURCES, Client, Site, running
from bench.programme import ROWS
from bench.start import spent
from bench.table import Row
from serai.demo.stages import MOMENTS

STAGE = "need"
ROUNDS = int(os.environ.get("SERAI_ROUNDS", "9"))
SECONDS = 2
CONNECTIONS = 16
WARM = 1
AWHILE, IDLE = 0.25, 0.1  # seconds, and the share of one core that counts as idle


@dataclass(frozen=True, kw_only=True)
class Line:
    """One claim: our page, what goes with the request, the peer's page, and how many times as many a second."""

    name: str
    path: str
    headers: tuple[str, ...]
    peer: str
    times: float
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Requests a second and processor milliseconds a request."""

    per_second: float
    work_ms: float


def hammered(url: str, headers: tuple[str, ...], work: Callable[[], float], *, status: int, seconds: int) -> Rate:
    """What wrk gets from a page. Raises `RuntimeError` where one answer had another status than it should."""
    before = work()
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s"]
    for header in headers:
        words += ["-H", header]
    said = subprocess.run([*words, url], capture_output=True, text=True, check=True).stdout
    count, rate = re.search(r"(\d+) requests in", said), re.search(r"Requests/sec:\s+([\d.]+)", said)
    # wrk counts 304 as good, like 200: what we ask is looked at beforehand, and again in `Ours.asked`.
    if count is None or rate is None or "Non-2xx" in said:
        raise RuntimeError(f"{url} did not answer {status} throughout: {said}")
    spent = work() - before
    _until_idle(work)
    return Rate(per_second=float(rate[1]), work_ms=spent / max(int(count[1]), 1) * 1000)


def _until_idle(work: Callable[[], float]) -> None:
    """Waits for what was still being answered when wrk stopped: it would take time from whoever is measured next."""
    before, now = -1.0, work()
    while now - before > IDLE * AWHILE:
        time.sleep(AWHILE)
        before, now = now, work()


class Ours:
    """The demo with 36 sessions and 36 practices, and the lines to measure on it."""

    def __init__(self, site: Site) -> None:
        self.site, self.address = site, f"http://localhost:{site.port}"
        password = (site.root / "secrets" / "serai_web").read_text().strip()
        told = {
            "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(SOURCES), str(SOURCES.parent)]),
            "DJANGO_SETTINGS_MODULE": "serai.settings", "SERAI_STATE": str(site.root), "SERAI_SECRET_KEY": "bench",
            "SERAI_DATABASE": f"postgresql://serai_web:{password}@/serai?host={site.root / 'run'}",
            "SERAI_DEMO": "1", "SERAI_CLOCK": MOMENTS[STAGE].isoformat(),
        }  # fmt: skip
        words = [sys.executable, "-m", "bench.programme"]
        made = json.loads(subprocess.run(words, env=told, capture_output=True, check=True, text=True).stdout)
        self.programme, self.library = f"/exchanges/{made['exchange']}/programme/", "/library/"
        member = Client(site=site, number=0)
        member.get("/demo/as/")
        assert member.ask("POST", "/demo/as/", {"account": made["account"]}) == 302
        self.cookie = f"Cookie: sessionid={member.cookies['sessionid']}"

    def asked(self, path: str, *headers: str) -> tuple[int, dict[str, str], str]:
        """One page by curl's rules: status, headers, text."""
        import http.client

        connection = http.client.HTTPConnection("localhost", self.site.port, timeout=20)
        connection.request("GET", path, headers=dict(h.split(": ", 1) for h in headers))
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()

    def rows_on(self, path: str, *headers: str) -> int:
        """How many sessions or practices a page links to."""
        status, _, text = self.asked(path, *headers)
        assert status == 200, (path, status)
        noun = "sessions" if "programme" in path else "library"
        return len(set(re.findall(rf"/{noun}/[0-9a-f-]{{36}}/", text)))

    def lines(self) -> list[Line]:
        """The lines of the table, each looked at once: every page has its rows, and a validator gets 304."""
        lines = []
        for name, path, headers, peer, times in (
            ("programme, signed in", self.programme, (self.cookie,), "schedule", 6.0),
            ("practices, signed in", self.library, (self.cookie,), "talk list", 6.0),
            ("programme, visitor", self.programme, (), "schedule", 15.0),
        ):
            assert self.rows_on(path, *headers) == ROWS, name
            lines.append(Line(name=name, path=path, headers=headers, peer=peer, times=times))
        asks = (f"If-None-Match: {self.asked(self.programme)[1]['etag']}",)
        assert self.asked(self.programme, *asks)[0] == 304
        lines.append(
            Line(name="programme, 304", path=self.programme, headers=asks, peer="schedule", times=100.0, status=304)
        )
        return lines

    def measure(self, line: Line, seconds: int) -> Rate:
        """One round of one line."""
        rate = hammered(
            self.address + line.path,
            (pretalx.BROWSER, *line.headers),
            lambda: spent(self.site),
            status=line.status,
            seconds=seconds,
        )
        assert self.asked(line.path, *line.headers)[0] == line.status
        return rate

    def memory_mb(self) -> float:
        """Resident memory of the largest web worker, in MB."""
        return max(p.memory_info().rss for p in self.site.processes()["web worker"]) / 1024 / 1024


def blank(line: str, why: str) -> Row:
    """A row that says why nothing was measured."""
    columns = dict.fromkeys(("ours", "peer", "ratio", "bound", "target"), "-")
    return Row(engine=line, size=f"{ROWS} rows", met=None, memory_mb=0, note=why, **columns)


def rows() -> Iterator[Row]:
    """A row for each line; none is met where wrk or the peer is missing."""
    if not shutil.which("wrk"):
        yield blank("web", "wrk is missing: install it (Debian: apt-get install wrk).")
        return
    try:
        with pretalx.running() as peer, running(STAGE) as site:
            yield from compared(Ours(site), peer)
    except pretalx.NotThereError as error:
        yield blank("web", str(error))


def compared(ours: Ours, peer: pretalx.Peer) -> Iterator[Row]:
    """All lines and all of the peer's pages in turn, round by round."""
    lines = ours.lines()
    mine: dict[str, list[Rate]] = {line.name: [] for line in lines}
    theirs: dict[str, list[Rate]] = {name: [] for name in pretalx.PAGES}
    for turn in range(-1, ROUNDS):
        seconds = WARM if turn < 0 else SECONDS
        # One of ours, one of the peer's: what is held against each other is measured within seconds.
        for line, (name, path) in zip(lines, pretalx.PAGES.items(), strict=True):
            mine[line.name].append(ours.measure(line, seconds))
            theirs[name].append(
                hammered(peer.address + path, (pretalx.BROWSER,), peer.spent, status=200, seconds=seconds)
            )
    counted = {name: rates[1:] for name, rates in theirs.items()}
    note = versions()
    for line in lines:
        yield told(line, mine[line.name][1:], counted[line.peer], f"{line.peer}, a shell", ours, note)
        note = ""
        if "signed in" in line.name:
            yield told(line, mine[line.name][1:], with_rows(counted, line.peer), f"{pretalx.TALKS} rows", ours, note)


def with_rows(theirs: dict[str, list[Rate]], shell: str) -> list[Rate]:
    """Round by round the faster of its two ways to a page with rows: one that lists them, or the shell and its data."""
    both = [
        Rate(per_second=1 / (1 / page.per_second + 1 / data.per_second), work_ms=page.work_ms + data.work_ms)
        for page, data in zip(theirs[shell], theirs["data"], strict=True)
    ]
    listed = theirs["schedule with its rows"]
    return [max(pair, key=lambda rate: rate.per_second) for pair in zip(both, listed, strict=True)]


def told(line: Line, mine: list[Rate], beside: list[Rate], what: str, ours: Ours, note: str) -> Row:
    """One line of the table, held against the peer's rates round by round; `what` says what they are of."""
    ratios = [a.per_second / b.per_second for a, b in zip(mine, beside, strict=True)]
    ratio, work = median(ratios), median(r.work_ms for r in mine)
    peer_work = median(r.work_ms for r in beside)
    return Row(
        engine=line.name, size=f"{ROWS} rows, 2 workers",
        ours=f"{median(r.per_second for r in mine):.0f}/s",
        peer=f"{median(r.per_second for r in beside):.1f}/s ({what})",
        ratio=f"{ratio:.1f}x ({min(ratios):.1f}-{max(ratios):.1f})",
        bound=f"processor {work:.2f} against {peer_work:.1f} ms: {peer_work / work:.1f}x",
        target=f">= {line.times:.0f}x", met=ratio >= line.times, memory_mb=ours.memory_mb(),
        note=note,
    )  # fmt: skip


def versions() -> str:
    """What ran beside what."""
    own = ", ".join(f"{name} {version(name)}" for name in ("Django", "granian", "psycopg", "Jinja2"))
    wrk = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout.split("[")[0].strip()
    busy = psutil.getloadavg()[0]
    return f"ours: {own}; peer: {pretalx.versions()}; {wrk}; load {busy:.1f} on {psutil.cpu_count()} cores"
