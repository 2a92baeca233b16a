"""Tells PostgreSQL who asks, for the whole request and in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from serai.db.acting import VISITOR, Asker, acting_as, person

SEEING_AS = "seeing_as"
LOOKING = ("GET", "HEAD")  # a request that changes nothing


def asker_of(request: HttpRequest) -> Asker:
    """The person signed in (perhaps seeing as another), or the visitor."""
    account = request.user
    if not account.is_authenticated or account.person_id is None:
        return VISITOR
    also = request.session.get(SEEING_AS)
    return person(account.person_id, also=UUID(also) if also else None)


class AskerMiddleware:
    """Runs after authentication. A failing view must not commit half its work: ATOMIC_REQUESTS stays on for views of
    packages, ours take back what a POST did (web/pages.py), and a GET that fails takes back everything.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asker = asker_of(request)
        request.asker = asker  # type: ignore[attr-defined]
        with acting_as(asker):
            response = self.get_response(request)
            if request.method in LOOKING and response.status_code >= 400:
                transaction.set_rollback(True)
            return response
