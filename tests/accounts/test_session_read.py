"""A session and its account are read by one statement; whose the session is, it alone says, being signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from letters import ADDRESS, signed_in, text
from serai.accounts.models import Account

OTHER = "other@arbreva.example"


@pytest.fixture
def browser(client: Client, account: Account) -> Client:
    return signed_in(client)


def reads(browser: Client) -> int:
    """How many statements on a page look for who is signed in."""
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/kept-safe/").status_code == 200
    return sum('"django_session"' in query["sql"] or '"serai_account"' in query["sql"] for query in asked)


def test_one_statement_tells_who_is_signed_in(browser: Client) -> None:
    assert ADDRESS in text(browser.get("/account/"))
    assert reads(browser) == 1


def test_the_note_of_sign_ins_makes_nobody_someone_else(browser: Client) -> None:
    other = Account.objects.create(email=OTHER)
    UserSession.objects.update(user=other)
    page = text(browser.get("/account/"))
    assert ADDRESS in page
    assert OTHER not in page
    UserSession.objects.all().delete()
    assert ADDRESS in text(browser.get("/account/")), "without a note the session is looked for alone"
    assert reads(browser) == 3


def test_what_ended_meanwhile_opens_nothing(browser: Client, account: Account) -> None:
    Account.objects.update(is_active=False)
    assert browser.get("/account/").status_code == 302
    Account.objects.update(is_active=True)
    assert signed_in(browser).get("/account/").status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert browser.get("/account/").status_code == 302


def test_a_session_whose_words_were_changed_opens_nothing(browser: Client, account: Account) -> None:
    kept = Session.objects.get(session_key=browser.cookies["sessionid"].value)
    words, signature = kept.session_data.rsplit(":", 1)
    Session.objects.update(session_data=f"{words}:{signature[::-1]}")
    assert browser.get("/account/").status_code == 302
