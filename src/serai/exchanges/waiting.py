"""Changes of released sessions that wait for the next release: rows of their own, which those who plan read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from serai.exchanges.models import CHANGED, Exchange, ProgrammeRelease, Session

EDITED = (
    "title", "kind", "starts_at", "ends_at", "where", "site_id", "city_id", "practice_id", "chatham",
    "open_to_invited", "beside",
)  # fmt: skip


def is_released(session: Session) -> bool:
    """Whether others go by it already: it stands in the last release of an exchange that is under way."""
    if session.is_draft or not session.exchange.under_way:
        return False
    releases = ProgrammeRelease.objects.filter(exchange=session.exchange_id).order_by("-number")
    last = releases.values_list("programme", flat=True).first()
    return any(row["id"] == str(session.pk) for row in last or ())


def waiting_for(session: Session) -> Session | None:
    """What waits to replace this session, as far as the asker may read it."""
    if not session.exchange.under_way:
        return None
    return Session.objects.filter(replaces=session.pk, position__lt=0).order_by("id").first()


def waiting_in(exchange: Exchange) -> list[tuple[Session, Session]]:
    """Every change of a released session that waits, with that session; a session is changed by its source alone."""
    sessions = Session.objects.filter(exchange=exchange).exclude(position=0).select_related("audience")
    rows = {row.pk: row for row in sessions.order_by("id")}
    pairs = [(row, rows[row.replaces]) for row in rows.values() if row.position < 0 and row.replaces in rows]
    return [(row, session) for row, session in pairs if row.source_id == session.source_id]


def values_of(session: Session) -> dict[str, Any]:
    """What a release carries over from what waits."""
    return {name: getattr(session, name) for name in EDITED}


def laid_over(rows: Iterable[Session]) -> list[Session]:
    """The programme as a release now would leave it: of what is replaced the new values, under the id it has."""
    all_rows = list(rows)
    waiting = {row.replaces: row for row in all_rows if row.position < 0}
    found = []
    for row in (row for row in all_rows if row.position > 0):
        new = waiting.get(row.pk)
        if new is None:
            found.append(row)
        elif new.position == CHANGED:
            new.pk, new.position = row.pk, row.position
            found.append(new)
    return found


def planned(exchange: Exchange) -> list[Session]:
    """The sessions of an exchange as a release now would leave them, as far as the asker may read."""
    return laid_over(exchange.sessions.exclude(position=0).order_by("id"))
