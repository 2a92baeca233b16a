"""A request for another host is refused, and said in one line with what to mend; not as if a setting were missing."""

from __future__ import annotations

import logging
from time import monotonic

from django.conf import settings

EVERY = 600.0  # seconds from one line to the next: whoever scans addresses would fill the log


class Said(logging.Filter):
    """Rewrites Django's advice, drops its stack, and says it once in ten minutes."""

    said_at = -EVERY

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is said now."""
        if monotonic() - self.said_at < EVERY:
            return False
        self.said_at = monotonic()
        told = (
            f"A request that does not name {settings.PUBLIC_ADDRESS} was refused: let the proxy pass the Host header."
        )
        record.msg, record.args, record.exc_info = told, (), None
        return True
