"""What a safety check stands for, whether it is complete, and the programme as a release keeps it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from serai.exchanges.models import Exchange, SafetyCheck
from serai.exchanges.waiting import planned


def programme_digest(exchange: Exchange) -> str:
    """A digest of what must be checked anew when it changes: sites, open sessions, the place."""
    sessions = planned(exchange)
    parts = sorted(f"{s.site_id}:{s.open_to_invited}" for s in sessions if s.site_id is not None or s.open_to_invited)
    return hashlib.sha256(json.dumps([str(exchange.place_id), *parts]).encode()).hexdigest()


def said(exchange: Exchange) -> list[SafetyCheck]:
    """What each person said last of the programme as it is."""
    checks = exchange.safety_checks.filter(programme_digest=programme_digest(exchange)).order_by("id")
    return list({check.person_id: check for check in checks}.values())


def is_checked(exchange: Exchange) -> bool:
    """Whether two people of different organisations said go, and nobody stop, for the programme as it is."""
    checks = said(exchange)
    if any(check.decision == "stop" for check in checks):
        return False
    return len({check.source_id for check in checks}) >= 2


def snapshot(exchange: Exchange) -> list[dict[str, Any]]:
    """The programme as a release now would leave it, as it is kept with a release."""
    sessions = sorted(planned(exchange), key=lambda s: (s.starts_at is None, s.starts_at or s.created_at, s.position))
    return [
        {
            "id": str(s.id),
            "title": s.title,
            "kind": s.kind,
            "starts_at": s.starts_at.isoformat() if s.starts_at else None,
            "ends_at": s.ends_at.isoformat() if s.ends_at else None,
            "where": s.where,
            "site": str(s.site_id) if s.site_id else None,
            "open": s.open_to_invited,
            "chatham": s.chatham,
            "beside": s.beside,
        }
        for s in sessions
    ]
