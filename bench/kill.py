"""kill -9 at random moments: every process of the tree in turn, while clients write through HTTP.

Each client keeps its own list of what the site acknowledged. In the end that list must be whole in the database,
nothing may stand there twice, and exactly one generation of processes may be left.
"""

from __future__ import annotations

import http.client
import http.cookies
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil
import psycopg

from bench.table import Row, peak_memory_mb

KILLS = int(os.environ.get("SERAI_KILLS", "120"))
CLIENTS = 3
SEED = 20_241_126
SOURCES = Path(__file__).parents[1] / "src"
EXPECTED = {"demo": 1, "web main": 1, "web worker": 2, "worker": 1, "keeper": 1, "postgres main": 1}


def line(mark: str) -> str:
    """What a client writes under its mark, in letters: digits in a row would be asked about as somebody's number."""
    return f"kept {mark.translate(str.maketrans('0123456789-', 'ghijklmnopq'))}"


@dataclass(kw_only=True)
class Site:
    """The demo at stage `live`, with a supervisor that is started again whenever it was killed (as systemd does)."""

    root: Path
    port: int
    stage: str = "live"
    supervisor: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def keep_up(self) -> None:
        """Starts the supervisor if there is none."""
        if self.supervisor is None or self.supervisor.poll() is not None:
            words = ["demo", "--stage", self.stage, "--serve", "--port", str(self.port)]
            self.supervisor = subprocess.Popen(
                [sys.executable, "-P", "-m", "serai", *words],
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCES), "SERAI_STATE": str(self.root)}
                | ({"SERAI_SERVICE_USER": "nobody"} if os.geteuid() == 0 else {}),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(self.root.parent / "said").open("ab"),
                cwd="/",
            )  # fmt: skip
            self.starts += 1

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Every living process of this state folder, whoever its parent is, by what it does."""
        found: dict[str, list[psutil.Process]] = {}
        data = str(self.root / "postgres")
        for process in psutil.process_iter():
            try:
                if process.status() != psutil.STATUS_ZOMBIE and (kind := _kind(process, self.root, data)):
                    found.setdefault(kind, []).append(process)
            except psutil.Error:
                continue
        return found

    def answers(self) -> bool:
        """Whether a page comes."""
        try:
            return Client(site=self, number=0).get("/styleguide/") == 200
        except OSError:
            return False

    def whole(self, *, seconds: float) -> Counter[str]:
        """Counts by kind, once one whole generation stands, or whatever stands after `seconds`."""
        until = time.monotonic() + seconds
        while True:
            self.keep_up()
            counts = Counter({kind: len(group) for kind, group in self.processes().items()})
            counts.pop("postgres child", None)
            if (counts == Counter(EXPECTED) and self.answers()) or time.monotonic() > until:
                return counts
            time.sleep(0.2)


def _kind(process: psutil.Process, root: Path, data: str) -> str:
    line = process.cmdline()
    if data in line:
        return "postgres main"
    if process.name() == "postgres" and process.cwd() == data:
        return "postgres child"
    if "serai" not in line or process.environ().get("SERAI_STATE") != str(root):
        return ""
    word = line[line.index("serai") + 1]
    if word == "serve":
        parent = process.parent()
        return "web worker" if parent is not None and "serve" in parent.cmdline() else "web main"
    return {"work": "worker", "keep": "keeper"}.get(word, word)


@dataclass(kw_only=True)
class Client:
    """A delegate on a phone: writes one line after another, each until it is acknowledged, and keeps a list."""

    site: Site
    number: int
    acknowledged: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    cookies: dict[str, str] = field(default_factory=dict)
    body: str = ""
    place: str = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> int:
        """One request on a connection of its own; the status, the body and cookies kept. OSError when cut off."""
        connection = http.client.HTTPConnection("localhost", self.site.port, timeout=10)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        data = None
        if form is not None:
            data = urlencode({**form, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            self.body = answer.read().decode(errors="replace")
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        self.place = answer.headers.get("Location", "")
        return answer.status

    def get(self, path: str) -> int:
        """A page's status."""
        return self.ask("GET", path)

    def sign_in(self) -> str:
        """Looks around as somebody of the demo who takes part in its exchange; the exchange's address."""
        self.get("/demo/as/")
        accounts = list(dict.fromkeys(re.findall(r'name="account"[^>]*value="([0-9a-f-]{36})"', self.body)))
        for account in accounts[self.number :] + accounts[: self.number]:
            self.cookies.pop("sessionid", None)
            self.get("/demo/as/")
            if self.ask("POST", "/demo/as/", {"account": account}) != 302:
                continue
            self.get("/exchanges/")
            for exchange in dict.fromkeys(re.findall(r"/exchanges/([0-9a-f-]{36})/", self.body)):
                if self.get(f"/exchanges/{exchange}/capture/") == 200:
                    return f"/exchanges/{exchange}/capture/"
        raise RuntimeError("nobody of the demo may capture anything")

    def write_until(self, ending: threading.Event, path: str) -> None:
        """Writes until told to end. What the site did not acknowledge is sent again under the same mark."""
        while not ending.is_set():
            mark = str(uuid.uuid4())
            while not ending.is_set():
                try:
                    status = self.ask("POST", path, {"text": line(mark), "sent_id": mark, "session": ""})
                except OSError as error:
                    self.answers[type(error).__name__] += 1
                    time.sleep(0.1)
                    continue
                self.answers[str(status)] += 1
                if status == 302 and self.place == path:
                    self.acknowledged.append(mark)
                    break
                time.sleep(0.1)


@contextmanager
def running(stage: str = "live") -> Iterator[Site]:
    """A demo world of its own, gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="serai-kill-", dir="/tmp"))
    home.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = Site(root=home / "s", port=port, stage=stage)
    site.root.mkdir()
    try:
        counts = site.whole(seconds=300)
        if counts != Counter(EXPECTED):
            raise RuntimeError(f"the demo does not stand: {counts}; {(home / 'said').read_text()[-500:]}")
        yield site
    finally:
        if site.supervisor is not None:
            site.supervisor.terminate()
            site.supervisor.wait(120)
        for group in site.processes().values():
            for process in group:
                process.kill()
        shutil.rmtree(home, ignore_errors=True)


def kill(site: Site, clients: list[Client], chance: random.Random, kills: int) -> Counter[str]:
    """Kills `kills` processes, the kinds in random order, each at a random moment after one of it lives.

    Half of them fall while the last one is being recovered from, half once clients are acknowledged again.
    """
    done: Counter[str] = Counter()
    kinds = [*EXPECTED, "postgres child"]
    while sum(done.values()) < kills:
        kind = min(kinds, key=lambda name: done[name] + chance.random() * 2)
        until = time.monotonic() + 60
        before = sum(len(client.acknowledged) for client in clients)
        recovered = before + CLIENTS if chance.random() < 0.5 else 0
        while time.monotonic() < until:
            site.keep_up()
            if sum(len(client.acknowledged) for client in clients) >= recovered and kind in site.processes():
                break
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 1.5))
        living = site.processes().get(kind)
        if not living:
            continue
        try:
            os.kill(chance.choice(living).pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        done[kind] += 1
        print(f"... {sum(done.values())} {kind}", file=sys.stderr, flush=True)
        if kind == "demo" and site.supervisor is not None:
            site.supervisor.wait()
    return done


def stored(site: Site) -> Counter[str]:
    """How often each mark stands in the database, seen by its owner."""
    password = (site.root / "secrets" / "serai_owner").read_text().strip()
    url = f"postgresql://serai_owner:{password}@/serai?host={site.root / 'run'}"
    with psycopg.connect(url) as owner:
        rows = owner.execute("SELECT capture::text, text FROM serai_takeaway WHERE text LIKE 'kept %'").fetchall()
    return Counter(capture for capture, text in rows if text == line(capture))


def rows() -> Iterator[Row]:
    """One row: what was acknowledged, lost, doubled, and what is left."""
    chance = random.Random(SEED)
    with running() as site:
        clients = [Client(site=site, number=number) for number in range(CLIENTS)]
        ending = threading.Event()
        paths = [client.sign_in() for client in clients]
        threads = [
            threading.Thread(target=client.write_until, args=(ending, path), daemon=True)
            for client, path in zip(clients, paths, strict=True)
        ]
        for thread in threads:
            thread.start()
        done = kill(site, clients, chance, KILLS)
        left = site.whole(seconds=120)
        ending.set()
        for thread in threads:
            thread.join(30)
        there = stored(site)
    heard = dict(sum((client.answers for client in clients), Counter[str]()))
    acknowledged = [mark for client in clients for mark in client.acknowledged]
    lost = [mark for mark in acknowledged if mark not in there]
    doubled = [mark for mark, times in there.items() if times > 1]
    one = left == Counter(EXPECTED)
    yield Row(
        engine="kill -9",
        size=f"{sum(done.values())} kills, {site.starts} starts, {CLIENTS} clients",
        ours=f"{len(acknowledged)} acknowledged, {len(lost)} lost, {len(doubled)} doubled",
        peer="-",
        ratio="-",
        bound=f"one generation left: {'yes' if one else dict(left)}",
        target="none lost, one left",
        met=sum(done.values()) >= 100 and len(acknowledged) >= 100 and not lost and not doubled and one,
        memory_mb=peak_memory_mb(),
        note=f"killed {json.dumps(dict(sorted(done.items())))}; answers {json.dumps(heard)}",
    )
