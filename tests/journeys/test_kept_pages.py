"""Pages kept for visitors, against real commits: never one too old, never one of somebody else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory

from serai.db import address, committed
from serai.db.committed import Watch
from serai.db.embedded import Cluster
from serai.web import validators

WRITE = "INSERT INTO kept_pages_test VALUES (1)"


@pytest.fixture(scope="module")
def writer(cluster: Cluster) -> Iterator[Callable[[], psycopg.Connection]]:
    """Opens connections of the owner, who writes as any other process might."""
    url = cluster.url(address.OWNER, address.DATABASE)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE TABLE kept_pages_test (n integer)")
        yield lambda: psycopg.connect(url)
        owner.execute("DROP TABLE kept_pages_test")


@pytest.fixture
def watch(writer: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """The process's watch with a pool, as in production; with a connection of its own."""
    fresh = Watch()
    monkeypatch.setattr(settings, "POOL", True)
    monkeypatch.setattr(validators, "watch", fresh)
    monkeypatch.setattr(validators.clock, "now", lambda: datetime(2019, 11, 26, 9, 40, 10, tzinfo=UTC))
    yield fresh
    fresh.close()


def test_every_end_of_a_writing_transaction_is_seen_and_none_comes_twice(
    watch: Watch, writer: Callable[[], psycopg.Connection]
) -> None:
    before, seen = watch.now(), set()
    assert before is not None
    assert watch.now() == before
    with writer() as one, writer() as two, writer() as three:
        for first, second in ((one, two), (two, one), (three, one), (two, three)) * 5:
            first.execute(WRITE)
            second.execute(WRITE)
            for ending in (first.commit, second.rollback, lambda: None):
                ending()
                seen.add(watch.now())
            first.execute("SELECT count(*) FROM kept_pages_test")
            first.commit()
            assert watch.now() in seen, "who only reads changes nothing"
    assert len(seen) == 40
    assert before not in seen


def test_inside_a_transaction_nothing_can_be_told(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committed, "connections", {"default": SimpleNamespace(in_atomic_block=True)})
    assert watch.now() is None


def test_after_a_lost_connection_nothing_kept_before_is_good(
    watch: Watch, writer: Callable[[], psycopg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committed, "WITHOUT", 0.0)
    before = watch.now()
    assert before is not None
    assert watch._connection is not None
    gone = watch._connection.info.backend_pid
    with psycopg.connect(os.environ["SERAI_DATABASE"], autocommit=True) as web:
        web.execute("SELECT pg_terminate_backend(%s, 2000)", [gone])
    assert watch.now() is None
    after = watch.now()
    assert after is not None
    assert after.server != before.server


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


def test_language_host_scheme_and_path_are_apart(watch: Watch) -> None:
    with drawing() as (ask, drawn):
        ask()
        ask("/other/")
        ask(HTTP_ACCEPT_LANGUAGE="ar-x-pseudo")
        ask(HTTP_HOST="another.example")
        ask(**{"wsgi.url_scheme": "https"})
        assert len(drawn) == 5
        ask(cookies=f"{settings.LANGUAGE_COOKIE_NAME}=ar-x-pseudo")
        assert len(drawn) == 5, "the same language, however it was asked for"


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
    monkeypatch.setattr(validators, "MOST_BYTES", 3)
    with drawing() as (ask, drawn):
        ask(), ask()
        assert len(drawn) == 2
