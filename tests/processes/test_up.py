"""`serai up` as people run it: one tree, once; what it says; nobody left behind. As root and as an ordinary user."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest

from clusters import ended, own_environment, serving_user
from serai.confine import Confinement, needed
from serai.db.address import DATABASE, OWNER
from serai.db.embedded import Cluster
from serai.service_user import give, named
from serai.state import State

ROOT = os.geteuid() == 0
TREE = {"serve": 3, "work": 1, "keep": 1, "postgres": 1}  # web's main with its two workers


def _listen(process: subprocess.Popen[str], said: list[str]) -> None:
    assert process.stderr is not None
    with process.stderr:
        said.extend(iter(process.stderr.readline, ""))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, kw_only=True)
class Site:
    """One state folder, and whom its commands are run by."""

    root: Path
    port: int
    confinement: Confinement

    @property
    def answers(self) -> list[str]:
        return ["--address", "https://a.example", "--behind", "127.0.0.1", "--port", str(self.port)]

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "serai", *words], env=own_environment(SERAI_STATE=str(self.root)), cwd="/",
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=self.confinement.applied(),
        )  # fmt: skip

    def up(self, *, until: str) -> tuple[subprocess.Popen[str], list[str]]:
        """A running supervisor and what it says, up to a line that holds `until` (a list that goes on growing)."""
        process = self.start("up", *self.answers)
        said: list[str] = []
        threading.Thread(target=_listen, args=(process, said), daemon=True).start()
        patience = time.monotonic() + 150
        while not any(until in line for line in said):
            assert process.poll() is None, said
            assert time.monotonic() < patience, said
            time.sleep(0.05)
        return process, said

    def tree(self) -> dict[str, list[psutil.Process]]:
        """The living processes of this state folder, whoever started them, by what they do."""
        found: dict[str, list[psutil.Process]] = {}
        ours: set[int] = set()
        # Parents first: whose environment is shut to us (all but root's) is ours where its parent is.
        for process in sorted(psutil.process_iter(), key=lambda one: one.pid):
            try:
                line = process.cmdline()
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                if str(self.root / "postgres") in line:
                    found.setdefault("postgres", []).append(process)
                elif "serai" in line and self._is_ours(process, ours):
                    ours.add(process.pid)
                    found.setdefault(line[line.index("serai") + 1], []).append(process)
            except psutil.Error:
                continue
        return found

    def _is_ours(self, process: psutil.Process, ours: set[int]) -> bool:
        try:
            return process.environ().get("SERAI_STATE") == str(self.root)
        except psutil.AccessDenied:
            return process.ppid() in ours

    def updates(self) -> int:
        """How often migrations and policies were run here."""
        return (self.root / "owner.log").read_text("utf-8").count(" migrate: ")

    def status(self, **headers: str) -> int:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/styleguide/", headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


@contextmanager
def site(*, as_root: bool) -> Iterator[Site]:
    root = Path(tempfile.mkdtemp(prefix="serai-", dir="/tmp"))
    user = named("nobody") if ROOT and not as_root else None
    give(root, user)
    made = Site(root=root, port=free_port(), confinement=Confinement(user=user, shown=needed(user)))
    try:
        yield made
    finally:
        for processes in made.tree().values():
            for process in processes:
                process.kill()
        shutil.rmtree(root, ignore_errors=True)


def counted(tree: dict[str, list[psutil.Process]]) -> dict[str, int]:
    return {name: len(processes) for name, processes in tree.items() if name != "up"}


def whole(site: Site, supervisor: subprocess.Popen[str], *, seconds: float = 30) -> dict[str, list[psutil.Process]]:
    """The tree once it is complete: everyone descends from this supervisor."""
    until = time.monotonic() + seconds
    while counted(tree := site.tree()) != TREE:  # a process just forked still bears its parent's name for a moment
        assert time.monotonic() < until, tree
        time.sleep(0.1)
    ours = {child.pid for child in psutil.Process(supervisor.pid).children(recursive=True)}
    assert {process.pid for name, group in tree.items() if name != "up" for process in group} <= ours
    return tree


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    said = process.communicate(timeout=60)[1]
    return process.returncode, said


@pytest.mark.skipif(not ROOT, reason="only root drops to another user")
def test_as_root_everyone_serves_as_the_service_user_and_a_kill_leaves_nobody() -> None:
    with site(as_root=True) as there:
        supervisor, _ = there.up(until="https://a.example/account/first/")
        tree = whole(there, supervisor)
        for name, processes in tree.items():
            assert {process.username() for process in processes} == {"root" if name == "up" else "nobody"}
        told = {name: processes[0].environ() for name, processes in tree.items() if name in ("serve", "work", "keep")}
        for name, role in {"serve": "serai_web", "work": "serai_worker", "keep": "serai_keeper"}.items():
            roles = set(re.findall(r"//(serai_[a-z]+):", " ".join(told[name].values())))
            assert roles == {role}, "a process knows its own role's password and no other"
        assert there.status(Host="a.example", **{"X-Forwarded-Proto": "https"}) == 200
        assert there.status(Host="other.example", **{"X-Forwarded-Proto": "https"}) == 400

        status, refusal = finished(there.start("up"))
        assert (status, refusal.count("\n")) == (1, 1)
        assert f"already runs on {there.root} (process {supervisor.pid})" in refusal

        supervisor.kill()
        supervisor.wait()
        assert all(ended(process) for name, processes in tree.items() if name != "up" for process in processes)

        assert there.updates() == 1
        supervisor, _ = there.up(until="Serai: https://a.example")
        assert there.updates() == 1, "nothing changed since, so nobody was told the owner's address"
        whole(there, supervisor)
        with psycopg.connect(Cluster(state=State(root=there.root), user=None).url(OWNER, DATABASE)) as owner:
            owner.execute("DROP POLICY both_read ON serai_need")
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(60) == 0
        assert there.tree() == {}
        supervisor, _ = there.up(until="Serai: https://a.example")
        assert there.updates() == 2, "a policy was gone"
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(60) == 0


def test_an_ordinary_user_runs_the_same_tree_and_brings_it_back_from_a_backup() -> None:
    with site(as_root=False) as there:
        with socket.create_server(("127.0.0.1", there.port)):
            status, refusal = finished(there.start("up", *there.answers))
            assert status == 1
            assert re.fullmatch(rf"serai: Port {there.port} .*name another by --port\.", refusal.splitlines()[-1])
        supervisor, said = there.up(until=".tar.age: ")  # the first night's backup is made at once
        assert any("/account/first/" in line for line in said)
        tree = whole(there, supervisor)
        assert len({process.uids().real for processes in tree.values() for process in processes}) == 1
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(60) == 0
        assert there.tree() == {}

        archive = next(there.root.joinpath("backups").glob("*.age"))
        with tempfile.TemporaryDirectory(dir="/tmp") as elsewhere:
            Path(elsewhere).chmod(0o755)
            saved, key = Path(elsewhere) / archive.name, Path(elsewhere) / "key"
            saved.write_bytes(archive.read_bytes())
            key.write_bytes((there.root / "backup-identity.txt").read_bytes())
            for path in there.root.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            status, said_back = finished(there.start("restore", str(saved), "--identity", str(key)))
            assert status == 0, said_back
            assert "every table counted" in said_back
        future(there)
        status, refusal = finished(there.start("up"))
        assert status == 1
        assert "written by a newer Serai" in refusal.splitlines()[-1]


def future(there: Site) -> None:
    """Writes into the restored database what only a newer program would have written."""
    state = State(root=there.root)
    cluster = Cluster(state=state, user=serving_user())
    process = cluster.start()
    cluster.wait_ready(process)
    with psycopg.connect(cluster.url(OWNER, DATABASE)) as owner:
        owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('serai', '9999_future', now())")
    cluster.stop(process)
