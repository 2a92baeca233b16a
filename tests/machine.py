"""Sees that what the suite needs besides Python is there: a real browser, and the oldest PostgreSQL that is served.

Run by `make test` before the suite. Debian's packages are installed where we may: the browser anywhere, the server in
CI alone, which is nobody's own machine. In CI what is missing is a failure; elsewhere the tests that need it are
skipped, and the last lines of this program say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql/15/bin")

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The browser's program, if the machine has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def install(*packages: str) -> None:
    """Asks Debian for them, where we are root and on Debian."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    sys.stdout.write(f"Installing {', '.join(packages)} for the suite ...\n")
    told = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        subprocess.run(step, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def install_server() -> None:
    """PostgreSQL 15 as programs alone: Debian would also make and start a server of its own."""
    if os.geteuid() == 0 and shutil.which("apt-get") is not None:
        ours = Path("/etc/postgresql-common/createcluster.d/no-server.conf")
        ours.parent.mkdir(parents=True, exist_ok=True)
        ours.write_text("create_main_cluster = false\n", "ascii")
    install("postgresql-15", "postgresql-contrib")


def main() -> int:
    """0 where everything can run, or what is missing may be skipped."""
    in_ci = bool(os.environ.get("CI"))
    if chromium() is None:
        install("chromium", "fonts-noto-core")
    if not DEBIAN.exists() and in_ci:
        install_server()
    missing = 0
    if chromium() is None:
        missing += 1
        sys.stdout.write("No browser: the journeys and axe will be SKIPPED. Install chromium to run them.\n")
    if not DEBIAN.exists():
        missing += 1
        sys.stdout.write("No PostgreSQL 15: its tests will be SKIPPED. Install postgresql-15 to run them.\n")
    return 1 if missing and in_ci else 0


if __name__ == "__main__":
    sys.exit(main())
