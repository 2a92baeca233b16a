"""Short codes that are typed back: kept as a digest in the database for fifteen minutes, five tries long, once.

Tries are counted by single statements outside the request's transaction: many at once, a request that fails and a
second browser all count. The table is the cache's, which a crash does not empty: tries that were made stay made.
"""

from __future__ import annotations

import hashlib
import json

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import connections
from django.utils.crypto import constant_time_compare, salted_hmac

from serai.accounts.forms import plain_digits
from serai.db.cache import APART

TRIES = 5
SECONDS = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT

_MAKE = """
    INSERT INTO serai_cache (cache_key, value, expires)
    VALUES (%s, %s, clock_timestamp() + make_interval(secs => %s))
    ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"""
_WAITS = """
    SELECT 1 FROM serai_cache
    WHERE cache_key = %s AND expires > clock_timestamp() AND (value::jsonb ->> 'left')::integer > 0"""
_TRY = """
    UPDATE serai_cache
    SET value = jsonb_set(value::jsonb, '{left}', to_jsonb((value::jsonb ->> 'left')::integer - 1))::text
    WHERE cache_key = %s AND expires > clock_timestamp() AND (value::jsonb ->> 'left')::integer > 0
    RETURNING value::jsonb ->> 'digest', value::jsonb ->> 'told'"""
_USE = "DELETE FROM serai_cache WHERE cache_key = %s AND value::jsonb ->> 'digest' = %s"


def make(purpose: str, about: str, *, told: str = "") -> str:
    """A new code of eight digits for this purpose; an earlier one for the same works no more.

    `about` is whom or what it is for and is kept as a digest; `told` is what its use gives back.
    """
    code = str(get_adapter().generate_login_code())
    kept = {"digest": _digest(purpose, about, code), "told": told, "left": TRIES}
    with connections[APART].cursor() as cursor:
        cursor.execute(_MAKE, [_key(purpose, about), json.dumps(kept), SECONDS])
    return code


def waits(purpose: str, about: str) -> bool:
    """Whether a code was made that can still be typed."""
    with connections[APART].cursor() as cursor:
        cursor.execute(_WAITS, [_key(purpose, about)])
        return cursor.fetchone() is not None


def use(purpose: str, about: str, typed: str) -> str | None:
    """What was told when the code was made, where this is it; else None, and one try less. It works once."""
    with connections[APART].cursor() as cursor:
        cursor.execute(_TRY, [_key(purpose, about)])
        row = cursor.fetchone()
        if row is None or not constant_time_compare(_digest(purpose, about, typed), row[0]):
            return None
        cursor.execute(_USE, [_key(purpose, about), row[0]])
        return str(row[1]) if cursor.rowcount else None


def _key(purpose: str, about: str) -> str:
    return f"code:{purpose}:{hashlib.sha256(about.encode()).hexdigest()[:32]}"


def _digest(purpose: str, about: str, code: str) -> str:
    """With the site's key: who reads the table learns no code by trying them all."""
    return salted_hmac(f"serai.code.{purpose}", f"{about}:{plain_digits(code).replace('-', '')}").hexdigest()
