"""What a release of the programme changes against the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from serai.exchanges.checked import snapshot
from serai.exchanges.models import Exchange, ProgrammeRelease


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One line of what a release changes: `kind` is added, moved, changed or dropped."""

    kind: str
    title: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def session(self) -> str:
        """The id of the session."""
        return str((self.after or self.before or {})["id"])

    @property
    def is_told(self) -> bool:
        """Whether anyone goes by what changes: that sessions are meant to overlap concerns those who plan alone."""
        before, after = ({**(row or {}), "beside": None} for row in (self.before, self.after))
        return before != after


def unreleased(exchange: Exchange) -> list[Difference]:
    """What releasing now would change against the last release."""
    last = ProgrammeRelease.objects.filter(exchange=exchange).order_by("-number").first()
    return difference(last.programme if last else [], snapshot(exchange))


def digest_of(lines: Sequence[Difference]) -> str:
    """Stands for what someone saw that a release changes."""
    return hashlib.sha256(json.dumps([asdict(line) for line in lines], sort_keys=True).encode()).hexdigest()


def difference(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[Difference]:
    """What changed between two programmes, in the order of the later one, what was dropped at the end."""
    old = {row["id"]: row for row in before}
    lines = []
    for row in after:
        was = old.pop(row["id"], None)
        if was is None:
            lines.append(Difference(kind="added", title=row["title"], before=None, after=row))
            continue
        was = row | was  # what the release before did not keep has not changed
        if was != row:
            moved = any(was[k] != row[k] for k in ("starts_at", "ends_at", "where", "site"))
            lines.append(Difference(kind="moved" if moved else "changed", title=row["title"], before=was, after=row))
    return lines + [Difference(kind="dropped", title=row["title"], before=row, after=None) for row in old.values()]
