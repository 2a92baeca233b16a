"""Nobody makes a way in at a browser that was left open: the first passkey or app wants a fresh sign-in or a code."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.db import connection, connections
from django.test import Client

from accounts.test_second_steps import ADD, APP_ON, with_app, with_passkey
from letters import ADDRESS, code_in, newest, signed_in, text
from serai.accounts import codes

pytestmark = pytest.mark.usefixtures("account")
AGAIN = {ADD: "/account/again/passkey/", APP_ON: "/account/again/app/"}


def left_open(client: Client) -> Client:
    """A browser that signed in ten minutes ago."""
    return aged(signed_in(client))


def aged(client: Client) -> Client:
    """The same browser, ten minutes later."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {**record, "at": record["at"] - 600} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]
    ]
    session.save()
    return client


def wrong(code: str) -> str:
    """A code that is not this one."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


def test_just_after_signing_in_nothing_more_is_asked(client: Client) -> None:
    assert signed_in(client).get(ADD).status_code == 200
    with_passkey(client)
    assert Authenticator.objects.filter(type="webauthn").exists()


@pytest.mark.parametrize("path", [ADD, APP_ON])
def test_later_the_first_way_in_wants_a_mailed_code(client: Client, path: str) -> None:
    left_open(client)
    for asked in (client.get(path), client.post(path, {"code": "123456", "name": "x", "credential": "{}"})):
        assert (asked.status_code, asked["Location"]) == (302, AGAIN[path])
    before = newest()
    assert "Show once more that it is you." in text(client.get(AGAIN[path]))
    assert newest() == before, "looking sends nothing"
    page = client.post(AGAIN[path], {"send": "1"}, follow=True)
    assert f"It went to {ADDRESS}" in text(page)
    mail = newest()
    assert mail.address == ADDRESS
    assert "wants to change how you sign in" in mail.body
    refused = client.post(AGAIN[path], {"code": wrong(code_in(mail))})
    assert refused.status_code == 422
    assert "This is not the code we sent." in text(refused)
    assert client.get(path).status_code == 302
    answer = client.post(AGAIN[path], {"code": code_in(mail)})
    assert (answer.status_code, answer["Location"]) == (302, path)
    if path == ADD:
        with_passkey(client)
    else:
        with_app(client)
    assert Authenticator.objects.filter(type="webauthn" if path == ADD else "totp").exists()


def test_a_code_works_once_five_tries_long_and_in_the_browser_that_asked(client: Client) -> None:
    left_open(client)
    here = AGAIN[ADD]
    client.post(here, {"send": "1"})
    code = code_in(newest())
    other = left_open(Client())
    assert other.post(here, {"code": code}).status_code == 422, "another browser"
    for _ in range(5):
        assert client.post(here, {"code": wrong(code)}).status_code == 422
    page = client.post(here, {"code": code})
    assert page.status_code == 422, "after five tries"
    assert client.get(ADD).status_code == 302
    client.post(here, {"send": "1"})
    fresh = code_in(newest())
    assert client.post(here, {"code": fresh.replace("-", " ")}).status_code == 302
    assert client.get(ADD).status_code == 200
    assert client.post(here, {"code": fresh}).status_code == 422, "a second time"


def test_neither_the_session_nor_the_table_tells_the_code(client: Client) -> None:
    left_open(client).post(AGAIN[ADD], {"send": "1"})
    code = code_in(newest())
    with connections["apart"].cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM serai_cache c WHERE cache_key LIKE 'code:again:%'")
        kept = str(client.session["show_again"]) + str(cursor.fetchone()[0])
    assert '""left"": 5' in kept
    assert code not in kept
    assert code.replace("-", "") not in kept


def all_at_once(code: str, about: str, times: int) -> list[str | None]:
    """The same code tried by eight threads at once, each with its own connection."""

    def tried(_: int) -> str | None:
        try:
            return codes.use("test", about, code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(tried, range(times)))


def made(about: str) -> str:
    """A code whose row is committed: made by a thread of its own."""

    def make() -> str:
        try:
            return codes.make("test", about, told="kept")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(make).result()


def test_tries_at_once_are_five_and_a_right_one_counts_once() -> None:
    about = uuid.uuid4().hex
    code = made(about)
    assert all_at_once(code, about, 16).count("kept") == 1
    code = made(about)
    assert all_at_once(wrong(code), about, 4) == [None] * 4
    assert codes.waits("test", about), "four tries leave one"
    assert all_at_once(wrong(code), about, 8) == [None] * 8
    assert not codes.waits("test", about)
    assert codes.use("test", about, code) is None


def test_a_code_ends_after_its_time_and_where_a_newer_one_is_made() -> None:
    about = uuid.uuid4().hex
    first, second = made(about), made(about)
    assert codes.use("other", about, second) is None
    assert codes.use("test", about, first) is None
    with connections["apart"].cursor() as cursor:
        cursor.execute("UPDATE serai_cache SET expires = clock_timestamp() WHERE cache_key LIKE 'code:test:%'")
    assert not codes.waits("test", about)
    assert codes.use("test", about, second) is None


def test_mails_are_limited_and_nowhere_else_is_gone_on_to(client: Client) -> None:
    left_open(client)
    answers = [client.post(AGAIN[ADD], {"send": "1"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    for name in ("elsewhere", "account_logout"):
        assert client.get(f"/account/again/{name}/").status_code == 404
    assert Client().get(AGAIN[ADD]).status_code == 302


def test_who_has_a_passkey_is_asked_for_that(client: Client) -> None:
    with_passkey(signed_in(client))
    aged(client)
    where: Any = client.get(APP_ON)["Location"]
    assert "/again/" not in where
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mfa_authenticator WHERE type = 'totp'")
        assert cursor.fetchone() == (0,)
