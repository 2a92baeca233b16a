"""A form that is sent twice writes once: the second sending leads to where the first one led.

Each form holds a word of its own, which was there already: its token against forged requests is masked by chance each
time that one is drawn. Several steps carry the word of the first (`web/steps.py`). The same word with the same fields
from the same asker to the same address is the same sending, in whichever worker; a form that is opened anew, or mended
before it is sent again, is another. What is kept is a digest and an address of ours, for a week, written in the
transaction of what the form wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from django.contrib import messages
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CSRF_TOKEN_LENGTH
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from serai.audit.actions import entries_written
from serai.db.acting import Asker

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 -- the name of its field
WORD = "word"

# Two statements: what one reads is as it was when that one began, and the first must have ended by then.
_WAIT = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_LED = "SELECT value FROM serai_cache WHERE cache_key = %s"
_KEEP = """
    INSERT INTO serai_cache (cache_key, value, expires)
    VALUES (%s, %s, date_trunc('day', clock_timestamp()) + interval '8 days')"""  # the day alone, as a note tells it


class StillOnItsWay(Exception):
    """The first sending of this form takes longer than the second may wait; what becomes of it is not known yet."""


def word_of(request: HttpRequest) -> str:
    """The word of the form that was sent, or of the first one of its steps; empty where it brought none."""
    token = request.POST.get(TOKEN, "")
    masked = len(token) == CSRF_TOKEN_LENGTH  # the secret itself is taken as well, and is the same in each form
    return request.POST.get(WORD, "") or (hashlib.sha256(token.encode()).hexdigest()[:32] if masked else "")


def once(request: HttpRequest, asker: Asker, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to a form, inside its transaction. Sent before, it is not asked for: the way is the first one's.

    Where the first is still on its way, the second waits. What wrote nothing, or led nowhere, may be sent again; and
    what a signed link answered says by itself what became of it: its secret, where that leads, stands in no table.
    Raises `StillOnItsWay` where the wait is longer than the role's `lock_timeout`.
    """
    key = _key(request, asker)
    if key is None:
        return answer()
    with connection.cursor() as cursor:
        try:
            cursor.execute(_WAIT, [key])
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise StillOnItsWay from error
            raise
        cursor.execute(_LED, [key])
        led = cursor.fetchone()
        if led:
            messages.info(request, _("You sent this twice. It is kept once."))
            return HttpResponseRedirect(led[0])
        before = entries_written()
        response = answer()
        by_link = request.resolver_match is not None and "secret" in request.resolver_match.kwargs
        if response.status_code == 302 and entries_written() > before and not by_link:
            cursor.execute(_KEEP, [key, response["Location"]])
        return response


def _key(request: HttpRequest, asker: Asker) -> str | None:
    """What makes it the same sending; None for a form without a word."""
    word = word_of(request)
    if not word:
        return None
    digest = hashlib.sha256()
    for part in (asker.kind, str(asker.id), request.get_full_path(), word, *_fields(request)):
        digest.update(f"{len(part)}:{part}".encode())
    return f"sent:{digest.hexdigest()}"


def _fields(request: HttpRequest) -> Iterator[str]:
    for name, values in request.POST.lists():
        if name not in (TOKEN, WORD):
            yield from (name, str(len(values)), *values)
    for name, files in request.FILES.lists():
        for file in files:
            yield from (name, str(file.name), hashlib.sha256(b"".join(file.chunks())).hexdigest())
            file.seek(0)
