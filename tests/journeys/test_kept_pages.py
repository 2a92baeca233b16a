"""Pages kept for visitors, against real commits: never one too old, never one of somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from kept import WRITE

from serai.db import committed
from serai.db.acting import KEEPER, VISITOR, Asker, link, person
from serai.db.committed import Watch
from serai.web import pages, validators


@contextmanager
def drawing(view: Callable[[HttpRequest], HttpResponse] | None = None) -> Iterator[tuple[Callable, list[int]]]:
    """The middleware around a view that counts how often it draws; asks it for "/" as a visitor."""
    drawn: list[int] = []

    def draw(request: HttpRequest) -> HttpResponse:
        drawn.append(1)
        request.for_every_visitor = True
        return view(request) if view else HttpResponse(b"the same for all")

    kept = validators.Validators(draw)

    def ask(path: str = "/", method: str = "get", cookies: str = "", **headers: str) -> HttpResponse:
        told = {"HTTP_COOKIE": cookies, **headers} if cookies else headers
        return kept(getattr(RequestFactory(), method)(path, **told))

    yield ask, drawn


def test_a_page_is_drawn_once_and_anew_after_a_commit(watch: Watch, writer: Callable[[], psycopg.Connection]) -> None:
    with drawing() as (ask, drawn), writer() as owner:
        first, second = ask(), ask()
        assert len(drawn) == 1
        assert first.content == second.content
        assert dict(first.headers) == dict(second.headers)
        assert first["Cache-Control"] == "no-cache", "is never used without asking us"
        assert "Accept-Encoding" in first["Vary"]
        owner.execute(WRITE)
        ask()
        assert len(drawn) == 1, "not yet committed"
        owner.commit()
        ask()
        assert len(drawn) == 2


def test_a_page_during_which_was_written_is_not_kept(watch: Watch, writer: Callable[[], psycopg.Connection]) -> None:
    with writer() as owner:

        def view(request: HttpRequest) -> HttpResponse:
            if len(drawn) == 1:
                owner.execute(WRITE)
                owner.commit()
            return HttpResponse(b"x")

        with drawing(view) as (ask, drawn):
            ask(), ask(), ask()
            assert len(drawn) == 2


def test_a_page_begun_before_a_write_is_not_kept_for_the_moment_after_it(
    watch: Watch, writer: Callable[[], psycopg.Connection]
) -> None:
    """While one visitor's page is drawn, something is written, and another visitor's request moves the store on."""
    with writer() as owner:

        def view(request: HttpRequest) -> HttpResponse:
            if len(drawn) == 1:
                owner.execute(WRITE)
                owner.commit()
                ask("/other/")
                return HttpResponse(b"from before")
            return HttpResponse(b"from after")

        with drawing(view) as (ask, drawn):
            assert ask().content == b"from before"
            assert ask().content == b"from after"


def test_where_nothing_can_be_told_nothing_is_kept(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committed, "connections", {"default": SimpleNamespace(in_atomic_block=True)})
    with drawing() as (ask, drawn):
        etag = ask()["ETag"]
        assert ask(HTTP_IF_NONE_MATCH=etag).status_code == 304, "drawn, and found to be what the visitor has"
        assert len(drawn) == 2


def test_another_page_is_never_said_to_be_the_same(watch: Watch, writer: Callable[[], psycopg.Connection]) -> None:
    with drawing(lambda request: HttpResponse(b"x" * len(drawn))) as (ask, drawn), writer() as owner:
        etag = ask()["ETag"]
        assert etag.startswith("W/"), "compression sends the same page in other bytes"
        owner.execute(WRITE)
        owner.commit()
        answer = ask(HTTP_IF_NONE_MATCH=etag)
        assert (answer.status_code, answer.content) == (200, b"xx")
        assert answer["ETag"] != etag
        assert ask(HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304


def test_language_host_scheme_and_path_are_apart(watch: Watch) -> None:
    with drawing() as (ask, drawn):
        ask()
        ask("/other/")
        ask(HTTP_ACCEPT_LANGUAGE="ar-x-pseudo")
        ask(HTTP_HOST="another.example")
        ask(**{"wsgi.url_scheme": "https"})
        assert len(drawn) == 5
        ask(cookies=f"{settings.LANGUAGE_COOKIE_NAME}=ar-x-pseudo")
        ask(cookies=f"{settings.CSRF_COOKIE_NAME}=abc")
        assert len(drawn) == 5, "the same language, however it was asked for; and a form's token changes nothing"


@pytest.mark.parametrize(
    "told",
    [
        {"cookies": f"{settings.SESSION_COOKIE_NAME}=abc"},
        {"cookies": "messages=abc"},
        {"cookies": "anything=else; csrftoken=abc"},
        {"path": "/?q=x"},
        {"method": "post"},
        {"method": "head"},
        {"HTTP_HX_REQUEST": "true"},
        {"HTTP_AUTHORIZATION": "Basic eA=="},
    ],
    ids=str,
)
def test_whoever_is_not_just_a_visitor_neither_gets_nor_leaves_a_page(watch: Watch, told: dict[str, str]) -> None:
    with drawing() as (ask, drawn):
        etag = ask()["ETag"]
        answer = ask(**{"HTTP_IF_NONE_MATCH": etag, **told})
        assert len(drawn) == 2
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer
    with drawing() as (ask, drawn):
        ask(**told)
        ask()
        assert len(drawn) == 2


@pytest.mark.parametrize(
    ("asker", "marked", "same"),
    [
        (VISITOR, True, True),
        (VISITOR, False, False),
        (person(UUID(int=1)), True, False),
        (link(UUID(int=1)), True, False),
        (KEEPER, True, False),
    ],
)
def test_a_page_is_the_same_for_all_where_its_view_says_so_and_a_visitor_asks(
    asker: Asker, marked: bool, same: bool
) -> None:
    def view(request: HttpRequest, here: pages.Here) -> HttpResponse:
        return HttpResponse(b"x")

    request = RequestFactory().get("/")
    request.asker = asker
    response = pages.page(pages.same_for_visitors(view) if marked else view)(request)
    assert validators.same_for_all(request, response) is same


def _with(change: Callable[[HttpRequest, HttpResponse], object], status: int = 200) -> Callable:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(b"x", status=status)
        change(request, response)
        return response

    return view


@pytest.mark.parametrize(
    "view",
    [
        _with(lambda q, r: setattr(q, "for_every_visitor", False)),
        _with(lambda q, r: r.set_cookie("a", "b")),
        _with(lambda q, r: get_token(q)),
        _with(lambda q, r: None, status=404),
        _with(lambda q, r: None, status=500),
        _with(lambda q, r: setattr(q, "_messages", SimpleNamespace(added_new=True))),
        _with(lambda q, r: setattr(q, "_csp_nonce", "abc")),
        _with(lambda q, r: setattr(r, "_csp_update", {})),
        lambda q: StreamingHttpResponse([b"x"]),
    ],
)
def test_a_page_with_something_of_its_asker_is_not_kept(watch: Watch, view: Callable) -> None:
    with drawing(view) as (ask, drawn):
        answers = ask(), ask()
        assert len(drawn) == 2
        assert {a["Cache-Control"] for a in answers} == {"private, no-store"}
        assert not any("ETag" in a for a in answers)


def test_a_page_says_itself_how_it_may_be_stored(watch: Watch) -> None:
    with drawing(_with(lambda q, r: r.headers.setdefault("Cache-Control", "max-age=3"))) as (ask, drawn):
        assert ask()["Cache-Control"] == ask()["Cache-Control"] == "max-age=3"
        assert len(drawn) == 2


def test_the_next_minute_is_drawn_anew(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    with drawing() as (ask, drawn):
        ask()
        now = validators.clock.now()
        monkeypatch.setattr(validators.clock, "now", lambda: now + timedelta(seconds=49))
        ask()
        assert len(drawn) == 1
        monkeypatch.setattr(validators.clock, "now", lambda: now + timedelta(seconds=50))
        ask()
        assert len(drawn) == 2


def test_what_is_kept_has_bounds(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validators, "MOST_PAGES", 2)
    with drawing() as (ask, drawn):
        for path in ("/1/", "/2/", "/3/", "/1/", "/2/", "/3/"):
            ask(path)
        assert len(drawn) == 4


def test_the_bytes_kept_are_counted_once_each_and_anew_at_each_moment(
    watch: Watch, writer: Callable[[], psycopg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validators, "MOST_BYTES", 25)

    def view(request: HttpRequest) -> HttpResponse:
        if len(drawn) == 1:
            ask()  # two draw the same page at the same time
        return HttpResponse(b"ten bytes!")

    with drawing(view) as (ask, drawn), writer() as owner:
        for path in ("/", "/2/", "/3/", "/", "/2/", "/3/"):
            ask(path)
        assert len(drawn) == 5, "two pages have room, the third is drawn each time"
        owner.execute(WRITE)
        owner.commit()
        for path in ("/3/", "/2/", "/3/", "/2/"):
            ask(path)
        assert len(drawn) == 7
