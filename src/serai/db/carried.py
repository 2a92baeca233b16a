"""What this version carries for the database: its policy files in their order, and its migrations. Loads no Django."""

from __future__ import annotations

import hashlib
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
