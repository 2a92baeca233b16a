"""The cache and the throttles: rows that outlive a crash, written by single statements outside the request.

Every write is one statement, so that two workers cannot both believe they were first; nothing that still counts is
ever thrown out to make room. The keeper removes what has expired; no backup takes any of it along.
"""

from __future__ import annotations

import base64
import hashlib
import pickle
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections

APART = "apart"
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)

_SET = """
    INSERT INTO serai_cache (cache_key, value, expires) VALUES (%s, %s, %s)
    ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"""
_ADD = _SET + " WHERE serai_cache.expires <= clock_timestamp()"
_TOUCH = "UPDATE serai_cache SET expires = %s WHERE cache_key = %s AND expires > clock_timestamp()"
_HIT = """
    INSERT INTO serai_cache AS old (cache_key, value, expires)
    VALUES (%(key)s, '1', clock_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (cache_key) DO UPDATE SET
      value = CASE WHEN old.expires <= clock_timestamp() THEN '1' ELSE (old.value::bigint + 1)::text END,
      expires = CASE WHEN old.expires <= clock_timestamp() THEN excluded.expires ELSE old.expires END
    RETURNING value::bigint"""


class Cache(DatabaseCache):
    """Django's database cache with atomic writes and without culling."""

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        until = self.get_backend_timeout(timeout)
        expires = FOREVER if until is None else datetime.fromtimestamp(until, UTC)
        with connections[APART].cursor() as cursor:
            if mode == "touch":
                cursor.execute(_TOUCH, [expires, key])
            else:
                pickled = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("ascii")
                cursor.execute(_ADD if mode == "add" else _SET, [key, pickled, expires])
            return bool(cursor.rowcount == 1)


def hit(what: str, who: str, *, seconds: int) -> int:
    """Counts one more attempt of `who` at `what` and returns how many there were in the running window.

    Holds over workers, restarts and requests that fail; `who` is kept as a digest only.
    """
    digest = hashlib.sha256(who.encode()).hexdigest()[:32]
    with connections[APART].cursor() as cursor:
        cursor.execute(_HIT, {"key": f"count:{what}:{digest}", "seconds": seconds})
        return int(cursor.fetchone()[0])


def forget_expired(alias: str = "default") -> int:
    """Removes what has expired, the keeper's part; how many rows went."""
    with connections[alias].cursor() as cursor:
        cursor.execute("DELETE FROM serai_cache WHERE expires < clock_timestamp() - interval '1 minute'")
        return int(cursor.rowcount)
