"""The demo's Outbox and "look around as …": there in the demo, nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from letters import ADDRESS, opened_account, text
from serai.accounts.models import Account
from serai.db.carried import policy_files
from serai.db.doors import DOORS, DemoDoorsOpen, refuse_doors
from worlds import World


def test_the_outbox_shows_every_mail_and_its_links_work(client: Client, world: World) -> None:
    opened_account(world)
    assert "An empty Outbox" in text(client.get("/demo/outbox/"))
    client.post("/account/login/", {"login": ADDRESS})
    page = text(client.get("/demo/outbox/"))
    assert "Coordinator of Arbreva" in page
    assert "The code is:" in page


def test_looking_around_signs_in_as_one_of_the_world_by_a_press(client: Client, world: World) -> None:
    account = opened_account(world)
    page = client.get("/demo/as/")
    assert "Arbreva" in text(page)
    assert "Coordinator of Arbreva" in text(page)
    assert client.get("/account/").status_code == 302, "looking signs nobody in"
    answer = client.post("/demo/as/", {"account": str(account.pk)})
    assert answer["Location"] == "/home/"
    assert ADDRESS in text(client.get("/account/"))
    assert "1 browser is signed in." in text(client.get("/account/sign-ins/"))


@pytest.mark.parametrize("wrong", ["", "nobody", "0190c7a5-5cc4-7b5e-9e2a-000000000000"])
def test_looking_around_as_nobody_is_not_found(client: Client, world: World, wrong: str) -> None:
    assert client.post("/demo/as/", {"account": wrong}).status_code == 404


def test_a_real_site_has_neither(client: Client, world: World, settings: Any) -> None:
    account = opened_account(world)
    settings.DEMO = False
    assert client.get("/demo/outbox/").status_code == 404
    assert client.get("/demo/as/").status_code == 404
    assert client.post("/demo/as/", {"account": str(account.pk)}).status_code == 404
    assert client.get("/account/").status_code == 302


def test_a_database_with_the_doors_is_not_served_for_real(settings: Any) -> None:
    refuse_doors("default")
    settings.DEMO = False
    assert not [path for path in policy_files(demo=False) if path.name == "demo.sql"]
    with pytest.raises(DemoDoorsOpen, match="Outbox"):
        refuse_doors("default")
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE proname = ANY(%s)", [list(DOORS)])
        assert {row[0] for row in cursor.fetchall()} == set(DOORS)


def test_a_closed_account_is_nobody_to_look_around_as(client: Client, world: World) -> None:
    account = opened_account(world)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert "Coordinator of Arbreva" not in text(client.get("/demo/as/"))
    assert client.post("/demo/as/", {"account": str(account.pk)}).status_code == 404
