"""What a person of a test does with their mail: reads it, types the code, and reads the page as text."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from serai.accounts.demo import Shown, outbox_mails
from serai.accounts.models import Account
from worlds import World

ADDRESS = "coordinator@arbreva.example"


def opened_account(world: World) -> Account:
    """The account with which the coordinator of Arbreva signs in."""
    with world["Arbreva"].asks():
        return Account.objects.create(email=ADDRESS.title(), person_id=world["Arbreva"].person.id)


def newest(address: str = "") -> Shown:
    """The last mail (to this address)."""
    return next(mail for mail in outbox_mails() if address in ("", mail.address))


def code_in(mail: Shown) -> str:
    """The sign-in code a mail carries."""
    found = re.search(r"\d{4}-\d{4}", mail.body)
    assert found
    return found[0]


def signed_in(client: Client, address: str = ADDRESS) -> Client:
    """The same browser, signed in with a mailed code."""
    client.post("/account/login/", {"login": address})
    answer = client.post("/account/login/code/confirm/", {"code": code_in(newest(address))})
    assert answer.status_code == 302, answer.content
    return client


def text(answer: Any) -> str:
    """What a page says, without its tags."""
    page = answer.content.decode()
    body = re.sub(r"<(script|style|template|title)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#39;", "'").split())
