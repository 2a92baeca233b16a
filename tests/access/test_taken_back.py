"""A request that fails leaves nothing half done: a GET takes back its whole transaction, a POST what its view did."""

from __future__ import annotations

import os
from collections.abc import Callable

import psycopg
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from access.test_connection import Someone, alone
from serai.core.lifecycle import NotAllowedNow
from serai.db.rows import new_id
from serai.web.middleware import AskerMiddleware
from serai.web.pages import Here, page


def left_by(method: str, view: Callable[[HttpRequest], HttpResponse], groups: list[str]) -> tuple[int, bool]:
    """The status of one request through the middleware, and whether the audience it wrote is there afterwards."""
    found: list[int] = []

    def run() -> None:
        request = RequestFactory().generic(method, "/")
        request.user = Someone()  # type: ignore[assignment]
        request.session = {}  # type: ignore[assignment]
        found.append(AskerMiddleware(view)(request).status_code)

    alone(run)
    with psycopg.connect(os.environ["SERAI_OWNER_DATABASE"], autocommit=True) as owner:
        there = owner.execute("DELETE FROM serai_audience WHERE groups = %s RETURNING id", [groups]).fetchall()
    return found[0], bool(there)


def written(groups: list[str]) -> None:
    """Something a view writes: an audience."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_intern(%s)", [groups])


@pytest.mark.parametrize(
    ("method", "status", "stays"),
    [("GET", 200, True), ("GET", 404, False), ("HEAD", 500, False), ("POST", 200, True), ("POST", 422, True)],
)
def test_what_a_failing_get_wrote_is_taken_back(method: str, status: int, stays: bool) -> None:
    groups = [f"person:{new_id()}"]

    def answer(request: HttpRequest) -> HttpResponse:
        written(groups)
        return HttpResponse(status=status)

    assert left_by(method, answer, groups) == (status, stays)


def test_what_a_post_did_before_it_was_refused_is_taken_back() -> None:
    groups = [f"person:{new_id()}"]

    @page
    def refused(request: HttpRequest, here: Here) -> HttpResponse:
        written(groups)
        raise NotAllowedNow("not any more")

    def answer(request: HttpRequest) -> HttpResponse:
        request.user = AnonymousUser()
        return refused(request)

    assert left_by("POST", answer, groups) == (409, False)
