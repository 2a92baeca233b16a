"""Sees that a real browser is there for the journeys: Debian's chromium, installed where we may; says what is missing.

Run by `make test` before the suite. In CI a missing browser is a failure; elsewhere the journeys are skipped, and the
last line of this program says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

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


def install() -> None:
    """Asks Debian for chromium, where we are root and on Debian."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    sys.stdout.write("Installing chromium for the journeys ...\n")
    told = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-core"]):
        subprocess.run(step, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def main() -> int:
    """0 where the journeys can run or may be skipped."""
    if chromium() is None:
        install()
    if chromium() is not None:
        return 0
    sys.stdout.write("No browser: the journeys and axe will be SKIPPED. Install chromium to run them.\n")
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
