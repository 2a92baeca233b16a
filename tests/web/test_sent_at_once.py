"""Two connections bring the same form at the same moment: one writes, the other waits and is led to the same place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from accounts.second import eventually
from at_once import NAME
from serai.accounts.models import Account
from serai.audit.actions import Actor
from serai.core.audience import group
from serai.db import clock
from serai.db.acting import acting_as, person
from serai.db.embedded import Cluster
from serai.directory.models import Membership, Organisation
from serai.exchanges.models import Exchange, Session
from serai.exchanges.views import sessions as sessions_view
from serai.needs import actions as needs
from serai.needs import answer_link
from serai.sharing import links
from serai.web import sent
from web.forms_sent import hidden

HOLD = "pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True, kw_only=True)
class Form:
    """A filled in form, and the action that writes what is in it."""

    address: str
    fields: dict[str, Any]
    actions: Any
    action: str
    account: Account | None = None

    def browser(self) -> Client:
        browser = Client()
        if self.account:
            browser.force_login(self.account)
        browser.raise_request_exception = False
        return browser


def coordinator(city: str) -> tuple[Account, Actor]:
    account = Account.objects.get(email__startswith=f"{city.lower()}@")
    assert account.person_id
    with acting_as(person(account.person_id)):
        mine = Membership.objects.get(person=account.person_id)
    return account, Actor(person=account.person_id, organisation=mine.organisation_id)


def of_a_session() -> Form:
    """Arbreva's coordinator adds a session to their exchange."""
    account, actor = coordinator("Arbreva")
    with acting_as(person(actor.person)):
        exchange = Exchange.objects.filter(organiser=actor.organisation).order_by("id")[0]
    address, browser = f"/exchanges/{exchange.pk}/sessions/new/", Client()
    browser.force_login(account)
    fields = {**hidden(browser.get(address), 'name="title"'), "title": "Debate", "kind": "site_visit"}
    return Form(address=address, fields=fields, actions=sessions_view.actions, action="add_session", account=account)


def sessions() -> int:
    with acting_as(person(coordinator("Arbreva")[1].person)):
        return Session.objects.filter(title="Debate").count()


def of_a_link() -> Form:
    """Lipovar's coordinator answers a match without signing in."""
    _account, arbreva = coordinator("Arbreva")
    _account, lipovar = coordinator("Lipovar")
    with acting_as(person(lipovar.person)):
        town = Organisation.objects.select_related("city").get(pk=lipovar.organisation)
    now = clock.now()
    with acting_as(person(arbreva.person)):
        home = Organisation.objects.select_related("city").get(pk=arbreva.organisation)
        assert home.city
        assert town.city
        readers = [group("organisation", home.pk), group("organisation", town.pk)]
        need = needs.state_need(
            arbreva, city=home.city, question="?", theme="youth_engagement", readers=readers, now=now
        )
        match = needs.propose_match(arbreva, need, {town.city: town}, reasons={}, now=now)
        records = [match.answers.get(), match, need]
        made = links.make(
            arbreva, kind="match", person=lipovar.person, address="lipovar@example.org", records=records, now=now
        )
    address = urlsplit(made.address).path
    fields = {**hidden(Client().get(address), 'name="answer"'), "answer": "parked"}  # type: ignore[arg-type]
    return Form(address=address, fields=fields, actions=answer_link.actions, action="answer_match")


def both(
    ground: Cluster, form: Form, monkeypatch: pytest.MonkeyPatch, ends: Callable[[], None] | None = None
) -> list[HttpResponse]:
    """The second is sent when the first has written and is not committed: it must wait. What both were answered."""
    wrote, may_go = threading.Event(), threading.Event()
    writes = getattr(form.actions, form.action)

    def slowly(*told: Any, **more: Any) -> Any:
        made = writes(*told, **more)
        if not wrote.is_set():
            wrote.set()
            assert may_go.wait(20)
            if ends:
                ends()
        return made

    monkeypatch.setattr(form.actions, form.action, slowly)

    def send(browser: Client) -> HttpResponse:
        try:
            return browser.post(form.address, form.fields)  # type: ignore[return-value]
        finally:
            connections.close_all()

    browsers = [form.browser(), form.browser()]
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
    form, before = of_a_session(), sessions()
    first, second = both(ground, form, monkeypatch)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert sessions() == before + 1


def test_where_the_first_fails_the_second_writes(ground: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    form, before = of_a_session(), sessions()

    def breaks() -> None:
        raise RuntimeError("the first broke down")

    first, second = both(ground, form, monkeypatch, breaks)
    assert (first.status_code, second.status_code) == (500, 302)
    assert sessions() == before + 1


def test_of_two_presses_at_once_on_a_link_one_counts(ground: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = both(ground, of_a_link(), monkeypatch)
    assert first.status_code == 302
    assert second.status_code == 409
    assert "Your answer is recorded." in second.content.decode()


def test_whoever_waits_too_long_for_the_first_is_told_to_look(ground: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    form, before = of_a_session(), sessions()
    monkeypatch.setattr(sent, "_key", lambda request, asker: "sent:held")
    monkeypatch.setattr(sent, "_WAIT", f"SELECT set_config('lock_timeout', '200ms', true), {HOLD}")
    with psycopg.connect(ground.admin_url(NAME)) as first:
        first.execute(f"SELECT {HOLD}", ["sent:held"])
        answer = form.browser().post(form.address, form.fields)
    assert answer.status_code == 409
    assert "This is still being saved." in answer.content.decode()
    assert sessions() == before
    assert form.browser().post(form.address, form.fields).status_code == 302
