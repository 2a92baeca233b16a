"""What this version carries for the database: its policy files in their order, and all migrations. Loads no Django."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
HOUSE = HERE.parent
DOMAINS = (
    "accounts",
    "directory",
    "audit",
    "sharing",
    "translations",
    "needs",
    "practices",
    "partnerships",
    "exchanges",
    "plans",
    "stories",
)

# Other installed apps with migrations; a test compares with Django's own list.
PACKAGES = (
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "procrastinate.contrib.django",
)


def policy_files(*, demo: bool) -> list[Path]:
    """Functions, then each domain's policies, then what needs them all."""
    rule = sorted((HERE / "sql").glob("[0-8]*.sql"))
    last = sorted((HERE / "sql").glob("9*.sql"))
    domains = [HOUSE / domain / "policies.sql" for domain in DOMAINS]
    if demo:
        domains.append(HOUSE / "accounts" / "demo.sql")
    return rule + [path for path in domains if path.exists()] + last


def digest(*, demo: bool) -> str:
    """A fingerprint of the policy files as they are run: names, order and text."""
    found = hashlib.sha256()
    for path in policy_files(demo=demo):
        found.update(f"{path.relative_to(HOUSE).as_posix()}\n".encode() + path.read_bytes())
    return found.hexdigest()


def migrations() -> list[str]:
    """The names of the house's own migrations, the oldest first."""
    return sorted(path.stem for path in (HOUSE / "migrations").glob("[0-9]*.py"))


def others() -> list[str]:
    """The migrations of the packages we stand on, each with its package: their files are looked at, never loaded.

    Raises `ModuleNotFoundError` where one is not installed.
    """
    found: list[str] = []
    for package in PACKAGES:
        top, *inner = package.split(".")
        spec = find_spec(top)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(f"{top} is not installed", name=top)
        folder = Path(spec.submodule_search_locations[0], *inner, "migrations")
        found += sorted(f"{package}.{path.stem}" for path in folder.glob("[0-9]*.py"))
    return found
