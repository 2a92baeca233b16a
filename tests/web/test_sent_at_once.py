"""Two connections bring the same form at the same moment: one writes, the other waits and is led to the same place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from accounts.second import eventually
from serai.accounts.models import Account
from serai.db.acting import acting_as, person
from serai.db.embedded import Cluster
from serai.exchanges.models import Exchange, Session
from serai.exchanges.views import programme
from served import copy_database
from web.forms_sent import hidden

NAME = "serai_sent_at_once"


@pytest.fixture(scope="module")
def ground(demo_world: str, cluster: Cluster) -> Iterator[Cluster]:
    """A copy of the demo world, to be written in; with `demo_world` for the clock and the way back."""
    for alias in ("default", "apart"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = NAME
    copy_database(cluster, demo_world, NAME)
    yield cluster
    connections.close_all()
    with psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())


class Form:
    """A filled in form of Arbreva's coordinator that adds a session."""

    def __init__(self) -> None:
        self.account = Account.objects.get(email__startswith="arbreva@")
        assert self.account.person_id
        self.asker = person(self.account.person_id)
        with acting_as(self.asker):
            exchange = Exchange.objects.filter(state__in=("planned", "released", "live")).order_by("id").last()
            exchange = exchange or Exchange.objects.order_by("id").last()
        assert exchange
        self.address = f"/exchanges/{exchange.pk}/sessions/new/"
        self.exchange = exchange
        typed = {"title": "Debate", "kind": "site_visit"}
        self.browser = self.signed_in()
        self.fields: dict[str, Any] = {**hidden(self.browser.get(self.address), 'name="title"'), **typed}

    def signed_in(self) -> Client:
        browser = Client()
        browser.force_login(self.account)
        return browser

    def count(self) -> int:
        with acting_as(self.asker):
            return Session.objects.filter(exchange=self.exchange, title="Debate").count()


def both(
    ground: Cluster, form: Form, monkeypatch: pytest.MonkeyPatch, ends: Callable[[], None] | None = None
) -> list[HttpResponse]:
    """The second is sent when the first has written and is not committed: it must wait. What both were answered."""
    wrote, may_go = threading.Event(), threading.Event()
    adds = programme.actions.add_session

    def slowly(*told: Any, **more: Any) -> Session:
        made = adds(*told, **more)
        if not wrote.is_set():
            wrote.set()
            assert may_go.wait(20)
            if ends:
                ends()
        return made

    monkeypatch.setattr(programme.actions, "add_session", slowly)

    def send(browser: Client) -> HttpResponse:
        try:
            return browser.post(form.address, form.fields)  # type: ignore[return-value]
        finally:
            connections.close_all()

    browsers = [form.signed_in(), form.signed_in()]
    for browser in browsers:
        browser.raise_request_exception = False
    with ThreadPoolExecutor(2) as threads, psycopg.connect(ground.admin_url(), autocommit=True) as admin:
        first = threads.submit(send, browsers[0])
        assert wrote.wait(20), first.result(1).content.decode()
        second = threads.submit(send, browsers[1])
        waits = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
        try:
            eventually(lambda: admin.execute(waits, [NAME]).fetchone() or second.done(), what="nobody waited")
            assert not second.done(), "the second did not wait for the first"
        finally:
            may_go.set()
        return [first.result(20), second.result(20)]


def test_of_two_sendings_at_once_one_writes(ground: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    form = Form()
    before = form.count()
    first, second = both(ground, form, monkeypatch)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert form.count() == before + 1


def test_where_the_first_fails_the_second_writes(ground: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    form = Form()
    before = form.count()

    def breaks() -> None:
        raise RuntimeError("the first broke down")

    first, second = both(ground, form, monkeypatch, breaks)
    assert (first.status_code, second.status_code) == (500, 302)
    assert form.count() == before + 1
