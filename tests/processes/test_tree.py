"""The tree: a dead child comes back, a dead supervisor leaves nobody, a second one is refused."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from clusters import ended, own_environment, throwaway_state
from serai import confine, processes
from serai.confine import LINUX, ConfineError, Confinement, closed_above, for_service, needed
from serai.processes import LockedError, Member, Tree, end_leftovers, lock
from serai.service_user import ServiceUser, named
from serai.state import State

ROOT = os.geteuid() == 0


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "300"], preexec_fn=Confinement().applied())


@pytest.fixture
def state() -> Iterator[State]:
    with throwaway_state() as state:
        yield state


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def tree(state: State, said: list[str]) -> Iterator[Tree]:
    tree = Tree(state, said.append)
    yield tree
    tree.stop()


def pids(state: State) -> list[int]:
    return [pid for pid, _ in json.loads(state.children.read_text())]


def tended(tree: Tree, state: State, other_than: int, *, seconds: float = 5) -> int:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        tree.tend()
        if pids(state) and pids(state) != [other_than]:
            return pids(state)[0]
        time.sleep(0.02)
    raise AssertionError("nobody came back")


def test_a_killed_member_comes_back(tree: Tree, state: State, said: list[str]) -> None:
    first = tree.add(Member(name="web", start=sleeper))
    os.kill(first.pid, signal.SIGKILL)
    second = tended(tree, state, first.pid)
    assert psutil.Process(second).is_running()
    assert said == ["web ended (signal SIGKILL) and will be started again."]


def test_patience_grows_with_each_fall_and_is_forgiven(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(processes.time, "monotonic", lambda: now[0])
    starts: list[float] = []

    def start() -> subprocess.Popen[bytes]:
        starts.append(now[0])
        process = subprocess.Popen(["true"])
        process.wait()
        return process

    tree.add(Member(name="web", start=start))
    while now[0] < 1100:
        tree.tend()
        now[0] += 0.1
    waits = [round(b - a, 1) for a, b in itertools.pairwise(starts)]
    assert waits[:5] == sorted(waits[:5])
    assert waits[0] < 0.5
    assert 29 <= waits[4] <= 31


def test_a_start_that_fails_is_tried_again(tree: Tree, state: State, said: list[str]) -> None:
    tries: list[int] = []

    def start() -> subprocess.Popen[bytes]:
        tries.append(1)
        if len(tries) == 2:
            raise OSError(28, "No space left on device")
        return sleeper()

    first = tree.add(Member(name="database", start=start))
    first.kill()
    tended(tree, state, first.pid)
    assert len(tries) == 3
    assert any("No space left" in line for line in said)


def test_a_single_run_is_not_repeated(tree: Tree, said: list[str]) -> None:
    failing = tree.add(Member(name="backup", start=lambda: subprocess.Popen(["false"]), once=True))
    assert tree.waiting("backup", 60)
    failing.wait()
    tree.tend()
    assert said == ["backup failed (status 1)."]
    assert tree.waiting("backup", 60)
    assert not tree.waiting("backup", 0)


def test_stopping_goes_backwards_and_kills_who_will_not(tree: Tree, state: State) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(300)"
    stubborn = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert stubborn.stdout is not None
    stubborn.stdout.readline()
    tree.add(Member(name="database", start=sleeper))
    tree.add(Member(name="web", start=lambda: stubborn, grace=0.3))
    tree.stop()
    assert stubborn.poll() == -signal.SIGKILL
    assert pids(state) == []
    stubborn.stdout.close()


def test_a_second_supervisor_is_refused_with_the_first_ones_number(state: State) -> None:
    with lock(state), pytest.raises(LockedError, match=str(os.getpid())):
        lock(state)
    lock(state).close()


@pytest.mark.skipif(not LINUX, reason="the kernel's promise is Linux's")
def test_nobody_outlives_a_killed_supervisor_and_the_lock_is_free(state: State) -> None:
    code = f"""
import os, signal, subprocess, sys
from pathlib import Path
from serai.confine import Confinement
from serai.processes import Member, Tree, lock
from serai.state import State
state = State(root=Path({str(state.root)!r}))
held = lock(state)
tree = Tree(state, print)
for name in ("web", "worker"):
    tree.add(Member(name=name, start=lambda: subprocess.Popen(["sleep", "300"], preexec_fn=Confinement().applied())))
print("up", flush=True)
signal.pause()
"""
    supervisor = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=own_environment())
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == b"up\n"
    children = psutil.Process(supervisor.pid).children()
    assert len(children) == 2
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert all(ended(child) for child in children)
    lock(state).close()


def test_what_a_dead_supervisor_wrote_down_is_ended_and_a_stranger_spared(state: State) -> None:
    ours = subprocess.Popen([sys.executable, "-c", "import subprocess; subprocess.run(['sleep', '300'])"])
    stranger = subprocess.Popen(["sleep", "300"])
    try:
        while not (grandchildren := psutil.Process(ours.pid).children()):
            time.sleep(0.02)
        marks = [(ours.pid, psutil.Process(ours.pid).create_time()), (stranger.pid, 12345.0), (2**22 - 1, 1.0)]
        state.children.write_text(json.dumps(marks))
        assert end_leftovers(state) == 2
        assert ended(grandchildren[0])
        assert stranger.poll() is None
    finally:
        for process in (ours, stranger):
            process.kill()
            process.wait()


def test_a_broken_record_is_no_obstacle(state: State) -> None:
    assert end_leftovers(state) == 0
    state.children.write_text("[[12, 3")
    assert end_leftovers(state) == 0


@pytest.mark.skipif(not (ROOT and LINUX), reason="only root drops to another user")
def test_a_child_is_the_service_user_with_one_power_left_and_sees_no_closed_folder(tmp_path: Path) -> None:
    user = named("nobody")
    closed = tmp_path / "closed"
    shown = closed / "deep" / "program"
    shown.mkdir(parents=True)
    (shown / "code").write_text("code\n")
    (closed / "private").write_text("private")
    closed.chmod(0o700)
    where = closed_above(user, shown)
    assert where is not None
    assert shown.is_relative_to(where)
    script = (
        f"id -u; id -G; cat {shown}/code; cat {closed}/private || echo hidden; touch {shown}/new || echo no; "
        "grep -E 'CapEff|NoNewPrivs' /proc/self/status"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", script], capture_output=True, text=True, check=False, cwd="/", env={"PATH": os.defpath},
        preexec_fn=Confinement(user=user, shown={where: [shown]}, low_port=True).applied(),
    )  # fmt: skip
    lines = done.stdout.split()
    assert lines[:5] == [str(user.uid), str(user.gid), "code", "hidden", "no"]
    assert lines[5:] == ["CapEff:", "0000000000000400", "NoNewPrivs:", "1"]
    assert (closed / "private").read_text() == "private"
    assert oct(closed.stat().st_mode & 0o777) == "0o700"


@pytest.mark.skipif(not ROOT, reason="only root drops to another user")
def test_this_python_runs_as_the_service_user() -> None:
    user = named("nobody")
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import granian, os, serai; print(os.getuid())"], capture_output=True, text=True,
        check=False, cwd="/", env=own_environment(), preexec_fn=Confinement(user=user, shown=needed(user)).applied(),
    )  # fmt: skip
    assert done.stdout == f"{user.uid}\n", done.stderr


def test_where_python_cannot_be_shown_a_site_is_refused_and_a_demo_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    user = ServiceUser(name="serai", uid=990, gid=990)
    closed = {Path("/root"): [Path("/root/python")]}
    monkeypatch.setattr(confine, "needed", lambda _: closed)
    monkeypatch.setattr(confine, "can_show", lambda: True)
    assert for_service(user, demo=False, low_port=True) == Confinement(user=user, shown=closed, low_port=True)
    monkeypatch.setattr(confine, "can_show", lambda: False)
    with pytest.raises(ConfineError, match="cannot read /root/python"):
        for_service(user, demo=False)
    assert for_service(user, demo=True).user is None
    monkeypatch.setattr(confine, "needed", lambda _: {})
    assert for_service(user, demo=False).user == user
