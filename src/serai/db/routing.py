"""Sends the cache table to the connection that is outside the request's transaction."""

from typing import Any


class CacheApart:
    """Reads and writes of Django's cache table go to `apart`, everything else where it was going."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """`apart` for the cache table."""
        return "apart" if model._meta.app_label == "django_cache" else None

    db_for_write = db_for_read
