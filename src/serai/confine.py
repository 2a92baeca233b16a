"""What the kernel is asked before a child runs: that it dies with us, as the service user, seeing no home."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from serai.service_user import ServiceUser, enters

LINUX = sys.platform == "linux"
# Numbers from Linux's include/uapi: prctl.h, capability.h, sched.h and mount.h.
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 4, 8, 47, 2
PR_SET_NO_NEW_PRIVS = 38
CAP_NET_BIND_SERVICE, CAPABILITY_VERSION_3 = 10, 0x20080522
CLONE_NEWNS = 0x00020000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18

_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


class ConfineError(Exception):
    """The service user cannot run this program; the text says the way out."""


@dataclass(frozen=True, kw_only=True)
class Confinement:
    """How a child is to be run. `shown`: folders it needs, by the closed folder above them to be covered."""

    user: ServiceUser | None = None
    shown: Mapping[Path, Sequence[Path]] = field(default_factory=dict)
    low_port: bool = False
    death: int = signal.SIGKILL

    def applied(self) -> Callable[[], None]:
        """The function that runs in the child between fork and exec; allocates nothing of the outside."""
        parent = os.getpid()

        def run() -> None:
            if self.shown:
                _cover(self.shown)
            if self.user is not None:
                _become(self.user, low_port=self.low_port)
            die_with(parent, self.death)

        return run


def die_with(parent: int, death: int = signal.SIGKILL) -> None:
    """The kernel sends this process `death` when the parent ends; ends at once if it already has.

    Other systems than Linux have no such call: there `orphan_watch` does it, or the next start.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, death, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def keep_environment_private() -> None:
    """No other process of the same user may read this one's memory or environment (the role's password)."""
    if _libc is not None:
        _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def closed_above(user: ServiceUser, path: Path) -> Path | None:
    """The topmost folder on the way to `path` that `user` may not enter."""
    for folder in [*reversed(path.parents), path]:
        if not enters(user, folder):
            return folder
    return None


@cache
def needed(user: ServiceUser | None) -> dict[Path, list[Path]]:
    """The folders of this Python and program that `user` cannot reach, by the closed folder above them.

    Raises ConfineError where such a folder is itself closed, so that showing it would not help.
    """
    found: dict[Path, list[Path]] = {}
    if user is None:
        return found
    for folder in _own_folders():
        closed = closed_above(user, folder)
        if closed == folder or (closed is not None and not LINUX):
            raise ConfineError(
                f"The user {user.name} cannot read {folder}: open it, or start Serai as an ordinary user."
            )
        if closed is not None and not any(folder.is_relative_to(other) for other in found.get(closed, [])):
            found.setdefault(closed, []).append(folder)
    return found


@cache
def can_show() -> bool:
    """Whether this machine allows a mount namespace (containers without CAP_SYS_ADMIN do not); asked by trying."""
    try:
        subprocess.run(["/bin/true"], check=True, preexec_fn=partial(_call, "unshare", CLONE_NEWNS))
    except (subprocess.SubprocessError, OSError):
        return False
    return True


def for_service(user: ServiceUser | None, *, demo: bool, low_port: bool = False) -> Confinement:
    """How a serving process is run. Raises ConfineError where the service user cannot be shown this Python.

    A demo then goes on as root (its world is made up, and listens on this machine only): where root in a container
    is all there is, it must still start.
    """
    shown = needed(user)
    if shown and user is not None and not can_show():
        folder = next(iter(shown.values()))[0]
        if not demo:
            raise ConfineError(
                f"The user {user.name} cannot read {folder}, and this machine lets us show it nothing: "
                "install Python and Serai where everyone may read."
            )
        return Confinement()
    return Confinement(user=user, shown=shown, low_port=low_port)


def _own_folders() -> list[Path]:
    """Program, environment and Python, the shortest first, links of the interpreter followed hop by hop."""
    folders = {Path(__file__).absolute().parents[1], Path(sys.prefix), Path(sys.base_prefix)}
    hop = Path(sys.executable)
    folders.add(hop.parent)
    while hop.is_symlink():
        hop = hop.parent / hop.readlink()
        folders.add(hop.parent)
    return sorted((Path(os.path.normpath(folder)) for folder in folders), key=lambda path: len(path.parts))


def _cover(shown: Mapping[Path, Sequence[Path]]) -> None:
    """In a mount namespace of the child's own: closed folders become empty, but for the folders shown."""
    _call("unshare", CLONE_NEWNS)
    _call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    os.umask(0o022)
    for closed, folders in shown.items():
        handles = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY) for folder in folders]
        _call("mount", b"tmpfs", os.fsencode(closed), b"tmpfs", MS_NOSUID | MS_NODEV, b"mode=0755,size=1m")
        for folder, handle in zip(folders, handles, strict=True):
            folder.mkdir(parents=True, exist_ok=True)
            _call("mount", b"/proc/self/fd/%d" % handle, os.fsencode(folder), None, MS_BIND | MS_REC, None)
            os.close(handle)


def _become(user: ServiceUser, *, low_port: bool) -> None:
    keep = low_port and _libc is not None
    if keep:
        _call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(user.gid)
    os.setuid(user.uid)
    if keep:
        _keep_low_port()
    if _libc is not None:
        _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _keep_low_port() -> None:
    """Of root's powers only the one to open a port below 1024 stays."""
    bit = 1 << CAP_NET_BIND_SERVICE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    _call("capset", header, data)
    _call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_BIND_SERVICE, 0, 0)


def _call(name: str, *arguments: object) -> None:
    assert _libc is not None
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
