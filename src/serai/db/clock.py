"""What time it is: the machine's, or in the demo world the time of its stage, ticking on from there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings

_started = datetime.now(UTC)


def _shift() -> timedelta:
    stage: datetime | None = settings.CLOCK
    return stage - _started if stage else timedelta(0)


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC) + _shift()


def told() -> str:
    """What PostgreSQL is told: nothing where its own clock is right, else the demo's time to the second."""
    return now().isoformat(timespec="seconds") if settings.CLOCK else ""
