"""The first administrator, and one who lost every way in: a link that only the machine prints, once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.test import Client

from accounts.second import House
from letters import text
from serai.accounts.first import one_time_link
from serai.accounts.models import Account
from serai.db import clock
from serai.db.acting import acting_as, person
from serai.db.address import OWNER
from serai.directory.models import Person
from worlds import administrator

MAIL = "chief@example.org"


def path_of(address: str) -> str:
    """The path of a printed link."""
    return urlsplit(address).path


@pytest.fixture(autouse=True)
def _no_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The printing child has no owner's address here: tests write as the web role alone."""
    from django.db import connections

    monkeypatch.setattr(
        "serai.accounts.first.connections", {k: v for k, v in connections.settings.items() if k != "owner"}
    )


@pytest.fixture
def _nobody_yet() -> Iterator[None]:
    """Other tests commit administrators; here there are none for a while."""
    with psycopg.connect(os.environ["SERAI_OWNER_DATABASE"], autocommit=True) as owner:
        gone = owner.execute("DELETE FROM serai_administrator RETURNING account_id").fetchall()
        yield
        for row in gone:
            owner.execute("INSERT INTO serai_administrator (account_id) VALUES (%s)", row)


@pytest.mark.usefixtures("_nobody_yet")
def test_the_first_administrator_makes_themselves_once(client: Client) -> None:
    path = path_of(one_time_link(None, now=clock.now()))
    assert "You are the first administrator." in text(client.get(path))
    assert client.get("/account/").status_code == 302, "looking signs nobody in"
    wrong = client.post(path, {"email": "no address", "name": "Chief"})
    assert wrong.status_code == 422
    answer = client.post(path, {"email": MAIL, "name": "Administrator of the network"})
    assert answer["Location"] == "/account/"
    assert MAIL in text(client.get("/account/"))
    account = Account.objects.get(email=MAIL)
    assert account.person_id is not None
    with acting_as(person(account.person_id)):
        assert Person.objects.get(pk=account.person_id).name == "Administrator of the network"
    used = Client().post(path, {"email": "second@example.org", "name": "Second"})
    assert used.status_code == 410
    assert not Account.objects.filter(email="second@example.org").exists()
    assert one_time_link(None, now=clock.now()) == "", "nothing is printed once there is one"


@pytest.mark.usefixtures("_nobody_yet")
def test_a_printed_link_runs_out_and_cannot_be_forged(client: Client, settings: Any) -> None:
    path = path_of(one_time_link(None, now=clock.now()))
    assert client.get(path[:-2] + "x/").status_code == 410
    settings.CLOCK += timedelta(days=3, minutes=1)
    page = client.get(path)
    assert page.status_code == 410
    assert "its three days are over" in text(page)


def test_an_administrator_signs_in_once_by_a_printed_link(client: Client) -> None:
    actor = administrator()
    account = Account.objects.get(person_id=actor.person)
    path = path_of(one_time_link(account.email.upper(), now=clock.now()))
    assert "Sign in as administrator." in text(client.get(path))
    client.post(path)
    assert account.email in text(client.get("/account/"))
    assert Client().post(path).status_code == 410, "it works until the next sign-in"
    assert one_time_link("nobody@example.org", now=clock.now()) == ""


def test_whoever_runs_the_machine_makes_an_administrator(house: House) -> None:
    owner = house.installation.address(OWNER)
    code = (
        "import django; django.setup(); from serai.accounts.first import one_time_link; from serai.db import clock;"
        "print(one_time_link('Machine@Example.org', now=clock.now()), one_time_link(None, now=clock.now()) or 'none')"
    )
    printed = house.run("-c", code, role=OWNER, SERAI_OWNER_DATABASE=owner).split()
    assert "/account/first/" in printed[0]
    assert printed[1] == "none", "the first administrator's link is not printed once there is one"
    with house.asks() as asked:
        found = asked.execute(
            "SELECT email, person_id FROM serai_account JOIN serai_administrator ON account_id = id"
            " WHERE email LIKE 'machine%'"
        ).fetchall()
    assert found == [("machine@example.org", None)], "who they are, they say themselves"


def test_a_link_is_never_written_into_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get("/account/first/a-token/").status_code == 410
    assert client.get("/l/a-token/").status_code in (404, 410)
    assert "a-token" not in caplog.text
