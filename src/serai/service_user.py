"""Whom serving processes run as: root hands all work to an ordinary user that can read only what it needs."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "serai"
FALLBACK = "nobody"


@dataclass(frozen=True, kw_only=True)
class ServiceUser:
    """An account of the machine, by name and numbers."""

    name: str
    uid: int
    gid: int


def named(name: str) -> ServiceUser:
    """The account of that name. KeyError when the machine has none."""
    entry = pwd.getpwnam(name)
    return ServiceUser(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def service_user(root: Path | None = None) -> ServiceUser | None:
    """The account to drop to, None for everyone but root.

    A state folder that exists keeps the one it has. Else SERAI_SERVICE_USER names it (KeyError when unknown), else
    it is `serai`, made if the machine lets us, else `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if root is not None and (root / "files").exists():
        return named(pwd.getpwuid((root / "files").stat().st_uid).pw_name)
    if chosen := os.environ.get("SERAI_SERVICE_USER"):
        return named(chosen)
    try:
        return named(NAME)
    except KeyError:
        return named(NAME if _made() else FALLBACK)


def _made() -> bool:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return False
    command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def process_options(user: ServiceUser | None) -> dict[str, Any]:
    """What `subprocess` needs so that a child runs as `user`, with no group but its own."""
    if user is None:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}


def give(path: Path, user: ServiceUser | None) -> Path:
    """Makes `user` the owner of one path (nothing below it, nothing above it)."""
    if user is not None:
        os.chown(path, user.uid, user.gid, follow_symlinks=False)
    return path


def reaches(user: ServiceUser | None, path: Path) -> bool:
    """Whether `user` may read this file, or list and enter this folder; asked by trying, as that user."""
    return _tested(user, path, "-r") and (not path.is_dir() or _tested(user, path, "-x"))


def enters(user: ServiceUser | None, folder: Path) -> bool:
    """Whether `user` may pass through this folder, listing it or not."""
    return _tested(user, folder, "-x")


def _tested(user: ServiceUser | None, path: Path, check: str) -> bool:
    test = shutil.which("test", path="/usr/bin:/bin") or "/usr/bin/test"
    asked = [test, check, str(path)]
    return subprocess.run(asked, check=False, cwd="/", **process_options(user)).returncode == 0  # noqa: S603
