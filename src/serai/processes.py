"""The supervisor's children: started, written down, restarted with patience, ended in order."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

import psutil

from serai.confine import Confinement
from serai.state import State, write_private

PATIENCE = (0.2, 1.0, 3.0, 10.0, 30.0)  # seconds before the first, second, … restart in a row
STEADY = 60.0  # a child that lived this long starts again with the first
Start = Callable[[], "subprocess.Popen[bytes]"]


class LockedError(Exception):
    """Another supervisor holds this state folder."""


def lock(state: State) -> IO[str]:
    """The state folder's exclusive lock, held while the answer is open; the kernel frees it on any death."""
    file = state.lock.open("a+", encoding="utf-8")
    state.lock.chmod(0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        with file:
            file.seek(0)
            holder = file.read().strip() or "?"
        raise LockedError(f"Serai already runs on {state.root} (process {holder}).") from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


@dataclass(frozen=True, kw_only=True)
class Command:
    """A `python -m serai …` to run: its words, its whole environment, its confinement."""

    words: tuple[str, ...]
    environment: Mapping[str, str]
    confinement: Confinement = field(default_factory=Confinement)

    def start(self) -> subprocess.Popen[bytes]:
        """The running process: its own session, so that a Ctrl-C reaches it through the supervisor only."""
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "serai", *self.words],
            env=dict(self.environment), stdin=subprocess.DEVNULL, cwd="/", start_new_session=True,
            preexec_fn=self.confinement.applied(),
        )  # fmt: skip


@dataclass(kw_only=True)
class Member:
    """One place in the tree. `soft` asks it to end; it is killed after `grace` seconds."""

    name: str
    start: Start
    soft: int = signal.SIGTERM
    grace: float = 15.0
    once: bool = False
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    falls: int = 0
    not_before: float = 0.0


class Tree:
    """The members in the order they start; they end in the opposite order."""

    def __init__(self, state: State, say: Callable[[str], None]) -> None:
        self._state = state
        self._say = say
        self._members: dict[str, Member] = {}
        self._begun: dict[str, float] = {}

    def add(self, member: Member) -> subprocess.Popen[bytes]:
        """Starts a member, which from now on is restarted when it dies (unless it is `once`)."""
        member.process = member.start()
        member.since = self._begun[member.name] = time.monotonic()
        self._members[member.name] = member
        self._write()
        return member.process

    def waiting(self, name: str, seconds: float) -> bool:
        """Whether a `once` of that name runs, or was started less than `seconds` ago."""
        return name in self._members or time.monotonic() - self._begun.get(name, -seconds) < seconds

    def run(self, name: str, command: Command) -> int:
        """Runs a command to its end; the status it ended with."""
        status = self.add(Member(name=name, start=command.start, once=True)).wait()
        del self._members[name]
        return status

    def tend(self) -> None:
        """Looks after everyone once: collects the dead, and starts again those whose time has come."""
        for member in list(self._members.values()):
            if member.process is not None and member.process.poll() is not None:
                self._fell(member, member.process.returncode)
            if member.process is None and member.name in self._members and time.monotonic() >= member.not_before:
                self._again(member)

    def stop(self) -> None:
        """Ends everyone, the last started first."""
        for member in reversed(self._members.values()):
            if member.process is not None:
                end(member.process, soft=member.soft, grace=member.grace)
        self._members.clear()
        self._write()

    def _fell(self, member: Member, status: int) -> None:
        member.process = None
        if member.once:
            del self._members[member.name]
            if status:
                self._say(f"{member.name} failed ({_reason(status)}).")
            return
        self._say(f"{member.name} ended ({_reason(status)}) and will be started again.")
        self._later(member)

    def _again(self, member: Member) -> None:
        """A full disk can refuse even a start: said, and tried again until there is room."""
        try:
            self.add(member)
        except Exception as error:
            self._say(f"{member.name} could not be started: {error}")
            self._later(member)

    def _later(self, member: Member) -> None:
        now = time.monotonic()
        member.falls = 0 if now - member.since > STEADY else member.falls
        member.not_before = now + PATIENCE[min(member.falls, len(PATIENCE) - 1)]
        member.falls += 1

    def _write(self) -> None:
        living = [member.process.pid for member in self._members.values() if member.process is not None]
        with suppress(OSError):
            write_private(self._state.children, json.dumps([mark for pid in living if (mark := _mark(pid))]))


def end(process: subprocess.Popen[bytes], *, soft: int = signal.SIGTERM, grace: float = 15.0) -> None:
    """Asks a child to end, and kills it after `grace` seconds."""
    if process.poll() is None:
        process.send_signal(soft)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def end_leftovers(state: State) -> int:
    """Kills what a dead supervisor of this folder wrote down, with its children; how many there were.

    Linux has ended them already. A process number that was given to someone else meanwhile is left alone: the
    time it started does not match.
    """
    try:
        marks = json.loads(state.children.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return 0
    left: list[psutil.Process] = []
    for pid, started in marks:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if abs(process.create_time() - started) < 1 and process.name() != "postgres":
                left += [process, *process.children(recursive=True)]
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=10)
    return len(left)


def _mark(pid: int) -> tuple[int, float] | None:
    try:
        return pid, psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def _reason(status: int) -> str:
    return f"status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"
