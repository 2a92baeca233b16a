"""A validator that Django has answered is answered again without it: while nothing was committed, and only if alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.conf import settings

from serai.db.committed import Committed
from serai.web import validators
from serai.web.validators import Again

ASKED = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/library/", "QUERY_STRING": "", "HTTP_HOST": "localhost:8000",
    "wsgi.url_scheme": "http", "HTTP_IF_NONE_MATCH": 'W/"a"', "HTTP_ACCEPT_LANGUAGE": "en",
}  # fmt: skip
HEADERS = [("ETag", 'W/"a"'), ("Cache-Control", "no-cache"), ("Vary", "Cookie")]


class Behind:
    """In the place of Django: counts what reaches it."""

    def __init__(self) -> None:
        self.reached = 0
        self.status, self.headers = "304 Not Modified", list(HEADERS)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.reached += 1
        start_response(self.status, self.headers)
        return [] if self.status.startswith("304") else [b"page"]


class Moment:
    """The moment there is; None where nothing may be kept."""

    now: tuple[Committed, int] | None = (Committed(server=1, snapshot=b"1:1:"), 7)


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    there = Moment()
    monkeypatch.setattr(validators, "moment", lambda: there.now)
    return there


def asked(application: Again, **changed: str | None) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and text of one answer; None takes a header away."""
    given: list[tuple[str, list[tuple[str, str]]]] = []
    environ = {name: value for name, value in (ASKED | changed).items() if value is not None}
    text = b"".join(application(environ, lambda *answer: given.append(answer[:2])))
    return (*given[0], text)


def test_the_same_question_is_answered_once_by_django(moment: Moment) -> None:
    behind = Behind()
    application = Again(behind)
    answers = [asked(application) for _ in range(5)]
    assert behind.reached == 1
    assert answers == [("304 Not Modified", HEADERS, b"")] * 5


@pytest.mark.parametrize(
    "changed",
    [
        {"PATH_INFO": "/stories/"},
        {"HTTP_HOST": "127.0.0.1:8000"},
        {"wsgi.url_scheme": "https"},
        {"HTTP_IF_NONE_MATCH": 'W/"b"'},
        {"HTTP_IF_NONE_MATCH": None},
        {"HTTP_ACCEPT_LANGUAGE": "ar-x-pseudo"},
        {"HTTP_ACCEPT_LANGUAGE": None},
        {"QUERY_STRING": "language=ar-x-pseudo"},
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_COOKIE": "sessionid=x"},
        {"HTTP_AUTHORIZATION": "x"},
        {"HTTP_HX_REQUEST": "true"},
        {"HTTP_IF_MATCH": "*"},
        {"HTTP_RANGE": "bytes=0-1"},
    ],
    ids=lambda changed: "-".join(f"{name}-{value}" for name, value in changed.items()),
)
def test_another_question_is_django_s(moment: Moment, changed: dict[str, str | None]) -> None:
    behind = Behind()
    application = Again(behind)
    asked(application)
    asked(application, **changed)
    assert behind.reached == 2


def test_the_proxy_s_word_for_https_is_part_of_the_question(moment: Moment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SECURE_PROXY_SSL_HEADER", ("HTTP_X_PROTO", "https"), raising=False)
    behind = Behind()
    application = Again(behind)
    asked(application, HTTP_X_PROTO="https")
    asked(application, HTTP_X_PROTO="http")
    asked(application)
    assert behind.reached == 3


def test_at_another_moment_everything_is_asked_anew(moment: Moment) -> None:
    behind = Behind()
    application = Again(behind)
    first = moment.now
    asked(application)
    for now in ((Committed(server=1, snapshot=b"2:2:"), 7), (Committed(server=2, snapshot=b"2:2:"), 7), None, first):
        moment.now = now
        asked(application)
    assert behind.reached == 5


def test_what_was_asked_before_a_commit_is_not_kept_after_it(moment: Moment) -> None:
    behind = Behind()
    application = Again(behind)

    def meanwhile(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        application._application = behind
        moment.now = (Committed(server=1, snapshot=b"9:9:"), 7)
        asked(application, PATH_INFO="/other/")  # another thread sees the new moment
        return behind(environ, start_response)

    application._application = meanwhile
    asked(application)
    reached = behind.reached
    asked(application)
    assert behind.reached == reached + 1


@pytest.mark.parametrize(
    ("status", "headers"), [("200 OK", HEADERS), ("404 Not Found", []), ("304 Not Modified", [("set-cookie", "a=b")])]
)
def test_nothing_else_is_kept(moment: Moment, status: str, headers: list[tuple[str, str]]) -> None:
    behind = Behind()
    behind.status, behind.headers = status, headers
    application = Again(behind)
    asked(application)
    assert asked(application)[0] == status
    assert behind.reached == 2


def test_it_stays_bounded(moment: Moment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validators, "MOST_PAGES", 2)
    application = Again(Behind())
    for number in range(5):
        asked(application, PATH_INFO=f"/{number}/")
    assert len(application._answered) == 2
