"""Signing in with a mailed code: what works, and how each thing that goes wrong says how to go on."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import translation

from letters import ADDRESS, code_in, newest, signed_in, text
from serai.accounts.demo import outbox_mails
from serai.accounts.devices import in_words
from serai.accounts.models import Account

LOGIN, CONFIRM = "/account/login/", "/account/login/code/confirm/"
pytestmark = pytest.mark.usefixtures("account")


def test_a_mailed_code_signs_in_and_the_page_asks_for_no_password(client: Client) -> None:
    page = client.get(LOGIN)
    assert page.status_code == 200
    assert b'type="password"' not in page.content
    answer = client.post(LOGIN, {"login": ADDRESS.upper()})
    assert answer["Location"] == CONFIRM
    mail = newest()
    assert mail.address == ADDRESS
    assert "15 minutes" in mail.body
    code = code_in(mail)
    assert client.get("/account/").status_code == 302
    answer = client.post(CONFIRM, {"code": f" {code.replace('-', ' ')} "})
    assert answer["Location"] == "/home/"
    home = client.get("/account/")
    assert home.status_code == 200
    assert ADDRESS in text(home)


def test_digits_of_every_script_are_a_code(client: Client) -> None:
    client.post(LOGIN, {"login": ADDRESS})
    arabic = code_in(newest()).translate({ord(str(n)): chr(0x0660 + n) for n in range(10)})
    assert client.post(CONFIRM, {"code": arabic})["Location"] == "/home/"


def test_an_unknown_address_looks_the_same_and_is_told_by_mail(client: Client) -> None:
    known = client.post(LOGIN, {"login": ADDRESS})
    known_page = text(client.get(CONFIRM)).replace(ADDRESS, "X")
    other = Client()
    unknown = other.post(LOGIN, {"login": "nobody@example.org"})
    assert (unknown.status_code, unknown["Location"]) == (known.status_code, known["Location"])
    assert text(other.get(CONFIRM)).replace("nobody@example.org", "X") == known_page
    assert "no account" in newest().body
    assert newest().address == "nobody@example.org"
    assert "Type the code" in text(other.post(CONFIRM, {"code": "1234-5678"}))


def test_a_wrong_code_says_so_and_the_third_ends_it(client: Client) -> None:
    client.post(LOGIN, {"login": ADDRESS})
    code = code_in(newest())
    wrong = "0000-0000" if code != "0000-0000" else "1111-1111"
    page = client.post(CONFIRM, {"code": wrong})
    assert "Look at the newest mail" in text(page)
    assert b'aria-invalid="true"' in page.content
    client.post(CONFIRM, {"code": wrong})
    answer = client.post(CONFIRM, {"code": wrong}, follow=True)
    assert "this code works no more. Ask for a new one." in text(answer)
    assert "Send me a new code" in text(answer)
    assert f'value="{ADDRESS}"' in answer.content.decode(), "nobody types their address again"
    answer = client.post(CONFIRM, {"code": code}, follow=True)
    assert "Ask for a new one" in text(answer)
    assert client.get("/account/").status_code == 302


def test_tries_that_all_read_the_same_session_are_counted_all_the_same(client: Client) -> None:
    client.post(LOGIN, {"login": ADDRESS})
    code = code_in(newest())
    at_first = client.session["account_login"]
    for typed in ("0000-0001", "0000-0002", "0000-0003", code):
        session = client.session
        session["account_login"] = at_first  # as a request reads it that came at the same moment as the first
        session.save()
        assert client.post(CONFIRM, {"code": typed}).status_code == 200
    assert client.get("/account/").status_code == 302
    signed_in(Client())  # another code is not touched by it


def test_a_code_that_ran_out_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post(LOGIN, {"login": ADDRESS})
    later = SimpleNamespace(time=lambda: time.time() + 16 * 60)
    monkeypatch.setattr("allauth.account.internal.flows.code_verification.time", later)
    answer = client.post(CONFIRM, {"code": code_in(newest())}, follow=True)
    assert "That code has run out. Ask for a new one." in text(answer)
    assert "Send me a new code" in text(answer)
    assert client.get("/account/").status_code == 302


def test_a_code_works_once_and_in_its_own_browser(client: Client) -> None:
    signed_in(client)
    code = code_in(newest())
    client.post("/account/logout/")
    answer = client.post(CONFIRM, {"code": code}, follow=True)
    assert "it was used already. Ask for a new one." in text(answer)
    assert client.get("/account/").status_code == 302
    stranger = Client()
    assert "Ask for a new one" in text(stranger.post(CONFIRM, {"code": code}, follow=True))


def test_asking_for_codes_too_often_is_refused_on_the_page(client: Client) -> None:
    for _ in range(3):
        client.post(LOGIN, {"login": ADDRESS})
        client.post("/account/logout/")
    before = len(outbox_mails())
    page = client.post(LOGIN, {"login": ADDRESS})
    assert "You can ask again in a few minutes, in an hour at the latest." in text(page)
    assert len(outbox_mails()) == before


def test_a_code_is_sent_again_on_request(client: Client) -> None:
    client.post(LOGIN, {"login": ADDRESS})
    first = code_in(newest())
    client.post(CONFIRM, {"action": "resend"})
    second = code_in(newest())
    assert second != first
    assert client.post(CONFIRM, {"code": second})["Location"] == "/home/"


def test_nobody_signs_up_and_nobody_has_a_password(client: Client, account: Account) -> None:
    for answer in (client.get("/account/signup/"), client.post("/account/signup/", {"email": "new@example.org"})):
        assert "People come by invitation." in text(answer)
    assert not Account.objects.filter(email="new@example.org").exists()
    account.set_password("secret")
    account.save()
    assert not account.has_usable_password()
    assert not client.login(email=ADDRESS, password="secret")


def test_a_closed_account_gets_no_code(client: Client, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(is_active=False)
    client.post(LOGIN, {"login": ADDRESS})
    assert "no account" in newest().body


def test_where_one_is_signed_in_is_listed_and_ended(client: Client) -> None:
    signed_in(client)
    other = signed_in(Client(HTTP_USER_AGENT="A telephone"))
    page = client.get("/account/sign-ins/")
    assert "2 browsers are signed in." in text(page)
    assert "A telephone" in text(page)
    answer = client.post("/account/sign-ins/", follow=True)
    assert "The other browsers are signed out." in text(answer)
    assert other.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_signing_out_everywhere_ends_also_what_no_list_knows(client: Client, account: Account) -> None:
    signed_in(client)
    unlisted = Client()
    unlisted.force_login(account)
    assert unlisted.get("/account/").status_code == 200
    assert client.get("/account/everywhere/").status_code == 405
    answer = client.post("/account/everywhere/", follow=True)
    assert "You are signed out everywhere." in text(answer)
    assert client.get("/account/").status_code == 302
    assert unlisted.get("/account/").status_code == 302


def test_signing_out_needs_a_press(client: Client) -> None:
    signed_in(client)
    assert "Sign out of this browser?" in text(client.get("/account/logout/"))
    assert client.get("/account/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/account/").status_code == 302


def test_my_language_follows_me_to_pages_and_mails(client: Client, account: Account) -> None:
    signed_in(client)
    answer = client.post("/account/language/", {"language": "ar-x-pseudo"})
    assert answer.cookies["django_language"].value == "ar-x-pseudo"
    account.refresh_from_db()
    assert account.language == "ar-x-pseudo"
    fresh = signed_in(Client())
    assert fresh.cookies["django_language"].value == "ar-x-pseudo"
    page = client.post("/account/language/", {"language": "xx"})
    assert page.status_code == 422
    account.refresh_from_db()
    assert account.language == "ar-x-pseudo"


def test_a_mail_is_written_in_the_language_of_its_account(
    client: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    Account.objects.filter(pk=account.pk).update(language="ar-x-pseudo")
    spoken: list[str | None] = []

    def listen(*args: object, **kwargs: object) -> str:
        spoken.append(translation.get_language())
        return "x"

    monkeypatch.setattr("serai.accounts.adapter.render_to_string", listen)
    client.post(LOGIN, {"login": ADDRESS})
    assert spoken[:2] == ["ar-x-pseudo", "ar-x-pseudo"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36",
         "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
         "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1",
         "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, Linux"),
        ("curl/8.5", "curl/8.5"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_called_by_its_name(said: str, shown: str) -> None:
    assert in_words(said) == shown
