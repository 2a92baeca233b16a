"""What is shown after a post and not kept by us: a link, a spoken code. The browser carries it for five minutes.

So the page that shows it can be loaded again without posting again, and the secret stands in no table.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

COOKIE = "once"
SECONDS = 300


def shown_at(request: HttpRequest, path: str, told: dict[str, Any]) -> HttpResponse:
    """Leads to the page that shows it; nobody else's sign-in in this browser opens it there."""
    response = redirect(path)
    response.set_cookie(
        COOKIE,
        signing.dumps(told, salt=_salt(request, path), compress=True),
        max_age=SECONDS,
        path=path,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    add_never_cache_headers(response)
    return response


def told(request: HttpRequest) -> dict[str, Any] | None:
    """What was carried to this page by who asks for it; None after five minutes."""
    try:
        found: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_salt(request, request.path), max_age=SECONDS
        )
    except signing.BadSignature:
        return None
    return found


def _salt(request: HttpRequest, path: str) -> str:
    return f"serai.once:{request.user.pk}:{path}"
