"""A person changes their own e-mail address: proved by a code to the new one, told to the old one."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.test_again import aged, wrong
from accounts.test_second_steps import with_passkey
from letters import ADDRESS, code_in, newest, signed_in, text
from serai.accounts import address, codes
from serai.accounts.demo import outbox_mails
from serai.accounts.models import Account

PAGE = "/account/address/"
NEW = "new@arbreva.example"
pytestmark = pytest.mark.usefixtures("account")


def test_the_address_changes_by_a_code_to_the_new_one_and_the_old_one_is_told(client: Client, account: Account) -> None:
    elsewhere = signed_in(Client())
    signed_in(client)
    assert "Change my address" in text(client.get("/account/"))
    page = client.post(PAGE, {"email": NEW.upper()}, follow=True)
    assert f"We wrote to {NEW}" in text(page)
    code = code_in(newest(NEW))
    assert client.post(PAGE, {"code": wrong(code)}).status_code == 422
    assert Account.objects.get(pk=account.pk).email == ADDRESS, "nothing changes before"
    answer = client.post(PAGE, {"code": code}, follow=True)
    assert "Your address is changed." in text(answer)
    assert NEW in text(answer)
    assert Account.objects.get(pk=account.pk).email == NEW
    told = newest(ADDRESS)
    assert "another address from now on: ne…@arbreva.example" in told.body
    assert NEW not in told.body
    assert elsewhere.get("/account/").status_code == 302, "signed out elsewhere"
    assert client.get("/account/sign-ins/").status_code == 200
    assert UserSession.objects.filter(user=account).count() == 1
    assert "1 browser" in text(client.get("/account/"))
    assert signed_in(Client(), NEW).get("/account/").status_code == 200
    with pytest.raises(AssertionError):
        signed_in(Client(), ADDRESS)


def test_a_browser_that_was_left_open_changes_no_address(client: Client) -> None:
    aged(signed_in(client))
    mails = len(outbox_mails())
    for answer in (client.get(PAGE), client.post(PAGE, {"email": NEW}), client.post(PAGE, {"code": "1"})):
        assert (answer.status_code, answer["Location"]) == (302, "/account/again/address/")
    assert len(outbox_mails()) == mails
    client.post("/account/again/address/", {"send": "1"})
    answer = client.post("/account/again/address/", {"code": code_in(newest(ADDRESS))})
    assert answer["Location"] == PAGE
    assert client.get(PAGE).status_code == 200


def test_who_has_a_passkey_shows_it_again_first(client: Client, account: Account) -> None:
    with_passkey(signed_in(client))
    aged(client)
    for answer in (client.get(PAGE), client.post(PAGE, {"email": NEW})):
        assert answer.status_code == 302
        assert "reauthenticate" in answer["Location"]
    assert not [mail for mail in outbox_mails() if mail.address == NEW]


def test_an_address_of_somebody_here_looks_the_same_and_is_not_taken(client: Client, account: Account) -> None:
    Account.objects.create(email="other@lipovar.example")
    signed_in(client).get(PAGE)  # what signing in had to say is said
    fresh = client.post(PAGE, {"email": NEW}, follow=True)
    client.post(PAGE, {"other": "1"})
    taken = client.post(PAGE, {"email": "other@lipovar.example"}, follow=True)
    assert text(taken) == text(fresh).replace(NEW, "other@lipovar.example")
    tries = [client.post(PAGE, {"code": "0000-0001"}) for _ in range(codes.TRIES)]
    assert "This is not the code we sent." in text(tries[0])
    assert "That code works no more." in text(tries[-1]), "as for a free address"
    mail = newest("other@lipovar.example")
    assert "in use" in mail.subject
    assert ADDRESS not in mail.body
    assert client.post(PAGE, {"code": "0000-0001"}).status_code == 422
    assert Account.objects.get(pk=account.pk).email == ADDRESS


def test_a_code_that_works_no_more_says_so_and_is_sent_again(client: Client, account: Account) -> None:
    signed_in(client).post(PAGE, {"email": NEW})
    for old in (lambda: None, lambda: client.post(PAGE, {"send": "1"})):
        old()
        code = code_in(newest(NEW))
        assert "Send it again" in text(client.get(PAGE))
        pages = [text(client.post(PAGE, {"code": wrong(code)})) for _ in range(codes.TRIES)]
        assert "This is not the code we sent." in pages[-2]
        assert "That code works no more. Ask for a new one." in pages[-1]
        assert "That code works no more." in text(client.post(PAGE, {"code": code}))
        assert Account.objects.get(pk=account.pk).email == ADDRESS
    client.post(PAGE, {"send": "1"})
    assert "Your address is changed." in text(client.post(PAGE, {"code": code_in(newest(NEW))}, follow=True))


def test_an_address_that_someone_takes_meanwhile_is_refused_and_nobody_is_told_otherwise(
    client: Client, account: Account
) -> None:
    signed_in(client)
    client.post(PAGE, {"email": NEW})
    code = code_in(newest(NEW))
    Account.objects.create(email=NEW)
    page = client.post(PAGE, {"code": code})
    assert page.status_code == 422
    assert "This address cannot be used." in text(page)
    assert Account.objects.get(pk=account.pk).email == ADDRESS
    assert "was changed" not in newest(ADDRESS).subject
    assert client.get("/account/").status_code == 200


def test_wrong_addresses_come_back_and_mails_are_limited(client: Client) -> None:
    signed_in(client)
    for typed, said in (("", "Write your new"), ("x", "not a whole e-mail"), (ADDRESS.upper(), "your address already")):
        answer = client.post(PAGE, {"email": typed})
        assert answer.status_code == 422
        assert said in text(answer)
    sent = [client.post(PAGE, {"email": f"n{n}@example.org"}).status_code for n in range(address.MAILS + 1)]
    assert sent == [302] * address.MAILS + [429]
    assert client.post(PAGE, {"code": code_in(newest("n0@example.org"))}).status_code == 422, "of another address"
    assert Client().get(PAGE).status_code == 302


def test_a_code_that_went_to_the_old_address_signs_nobody_in(client: Client, account: Account) -> None:
    waiting = Client()
    waiting.post("/account/login/", {"login": ADDRESS})
    old = code_in(newest(ADDRESS))
    signed_in(client)
    client.post(PAGE, {"email": NEW})
    client.post(PAGE, {"code": code_in(newest(NEW))})
    answer = waiting.post("/account/login/code/confirm/", {"code": old})
    assert answer["Location"] == "/account/login/"
    assert waiting.get("/account/").status_code == 302
