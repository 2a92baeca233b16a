"""Passkeys, the app's code as a second step, and recovery codes."""

from __future__ import annotations

import json
import re
import time
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection
from django.test import Client

from accounts.passkeys import Passkey
from letters import ADDRESS, code_in, newest, signed_in, text
from serai.accounts.models import Account

pytestmark = pytest.mark.usefixtures("account")
ADD, LIST = "/account/2fa/webauthn/add/", "/account/2fa/webauthn/"
APP_ON, APP_OFF, STEP = "/account/2fa/totp/activate/", "/account/2fa/totp/deactivate/", "/account/2fa/authenticate/"
RECOVERY = "/account/2fa/recovery-codes/"


def data_of(page: Any) -> dict[str, Any]:
    """The data a page hands to the sign-in package's script."""
    found = re.search(r'<script id="js_data" type="application/json">(.*?)</script>', page.content.decode())
    assert found
    return dict(json.loads(found[1]))


def app_code(secret: str, *, step: int = 0) -> str:
    """What an app shows for this secret, `step` half minutes from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step)))


def with_app(client: Client) -> str:
    """Turns the app's code on for whoever is signed in here; the secret."""
    page = client.get(APP_ON)
    secret = re.search(r"<bdi>([A-Z2-7]{32})</bdi>", page.content.decode())
    assert secret
    answer = client.post(APP_ON, {"code": app_code(secret[1])})
    assert answer.status_code == 302, text(answer)
    return secret[1]


def with_passkey(client: Client) -> Passkey:
    """Adds a passkey for whoever is signed in here."""
    passkey = Passkey("http://testserver", "testserver")
    credential = passkey.created(data_of(client.get(ADD))["creation_options"])
    answer = client.post(ADD, {"name": "My phone", "passwordless": "on", "credential": credential})
    assert answer.status_code == 302, text(answer)
    return passkey


def test_a_passkey_signs_in_without_any_mail(client: Client) -> None:
    passkey = with_passkey(signed_in(client))
    assert newest().subject == "A passkey was added to your account"
    assert "My phone" in text(client.get(LIST))
    fresh = Client()
    options = fresh.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    answer = fresh.post("/account/2fa/webauthn/login/", {"credential": passkey.got(options["request_options"])})
    assert answer["Location"] == "/home/"
    assert "Your account." in text(fresh.get("/account/"))


def test_a_passkey_of_someone_else_or_used_twice_opens_nothing(client: Client) -> None:
    passkey = with_passkey(signed_in(client))
    stranger = Passkey("http://testserver", "testserver", person=passkey.person)
    for wrong in (stranger, Passkey("https://other.example", "other.example", person=passkey.person)):
        fresh = Client()
        options = fresh.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
        credential = wrong.got(options["request_options"])
        answer = fresh.post("/account/2fa/webauthn/login/", {"credential": credential}, follow=True)
        assert "This passkey is not known here" in text(answer)
        assert "Send me a code" in text(answer)
        assert fresh.get("/account/").status_code == 302
    fresh = Client()
    options = fresh.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    credential = passkey.got(options["request_options"])
    fresh.post("/account/2fa/webauthn/login/", {"credential": credential})
    replay = Client()
    replay.post("/account/2fa/webauthn/login/", {"credential": credential})
    assert replay.get("/account/").status_code == 302


def test_who_waits_for_a_code_can_take_a_passkey_after_all_and_goes_on_where_they_wanted(client: Client) -> None:
    passkey = with_passkey(signed_in(client))
    fresh = Client()
    fresh.post("/account/login/", {"login": ADDRESS})
    options = fresh.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    posted = {"credential": "{}", "next": "/plans/"}
    assert fresh.post("/account/2fa/webauthn/login/", posted)["Location"] == "/account/login/?next=%2Fplans%2F"
    posted["credential"] = passkey.got(options["request_options"])
    assert fresh.post("/account/2fa/webauthn/login/", posted)["Location"] == "/plans/"


def test_another_s_passkey_is_refused_where_it_is_asked_for(client: Client) -> None:
    passkey = with_passkey(signed_in(Client()))
    signed_in(client)
    again = client.get(f"{LIST}add/")["Location"]
    stranger = Passkey("http://testserver", "testserver", person=passkey.person)
    credential = stranger.got(data_of(client.get(again))["request_options"])
    answer = client.post(again, {"credential": credential, "next": ADD}, follow=True)
    assert "This passkey is not one of this account." in text(answer)
    assert answer.redirect_chain[-1] == (again, 302), "the same question, and then on to where one wanted"
    assert "was not added" in text(with_passkey_refused(signed_in(Client())))


def with_passkey_refused(client: Client) -> Any:
    """What the page says where the device said nothing; of somebody who has no passkey yet."""
    Authenticator.objects.all().delete()
    return client.post(ADD, {"name": "My phone", "credential": ""})


def test_right_after_adding_a_passkey_the_recovery_codes_are_shown(client: Client) -> None:
    with_passkey(signed_in(client))
    assert client.get(RECOVERY).content.count(b"<code>") == 10
    assert signed_in(Client()).get(RECOVERY)["Location"].startswith("/account/2fa/webauthn/reauthenticate/")


def test_a_passkey_alone_leaves_the_mailed_code_enough(client: Client) -> None:
    with_passkey(signed_in(client))
    assert signed_in(Client()).get("/account/").status_code == 200


def test_a_passkey_is_renamed_and_removed_once_it_is_shown_again(client: Client) -> None:
    passkey = with_passkey(signed_in(Client()))
    signed_in(client)
    key = Authenticator.objects.get(type="webauthn")
    answer = client.get(f"{LIST}keys/{key.pk}/edit/", follow=True)
    assert "Show once more that it is you." in text(answer)
    page = client.get("/account/2fa/webauthn/reauthenticate/")
    credential = passkey.got(data_of(page)["request_options"])
    client.post("/account/2fa/webauthn/reauthenticate/", {"credential": credential})
    assert "another name" in text(client.get(f"{LIST}keys/{key.pk}/edit/"))
    client.post(f"{LIST}keys/{key.pk}/edit/", {"name": "Old phone"})
    assert "Old phone" in text(client.get(LIST))
    assert "Remove this passkey?" in text(client.get(f"{LIST}keys/{key.pk}/remove/"))
    answer = client.post(f"{LIST}keys/{key.pk}/remove/", follow=True)
    assert "That passkey does not open this account any more." in text(answer)
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_the_app_is_shown_as_a_drawing_and_its_secret_is_stored_encrypted(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    signed_in(client)
    page = client.get(APP_ON).content.decode()
    assert '<svg class="qr"' in page
    assert "data:image" not in page
    assert 'style="' not in page
    with django_capture_on_commit_callbacks(execute=True):
        secret = with_app(client)
    assert newest().subject == "A code from an app now protects your account"
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert "secret" in stored
    assert secret not in stored


def at_the_second_step() -> Client:
    """A fresh browser with the mailed code behind it."""
    fresh = Client()
    fresh.post("/account/login/", {"login": ADDRESS})
    answer = fresh.post("/account/login/code/confirm/", {"code": code_in(newest(ADDRESS))})
    assert answer["Location"] == STEP
    return fresh


def test_with_an_app_the_mailed_code_is_not_enough(client: Client) -> None:
    secret = with_app(signed_in(client))
    fresh = at_the_second_step()
    assert fresh.get("/account/").status_code == 302
    page = fresh.post(STEP, {"code": "000000"})
    assert "This is not the code, or it was used already. Type the one your app shows now." in text(page)
    code = app_code(secret, step=1)
    assert fresh.post(STEP, {"code": code})["Location"] == "/home/"
    assert at_the_second_step().post(STEP, {"code": code}).status_code == 200, "a code works once"


def test_guessing_the_app_code_locks_for_as_long_as_it_says(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = with_app(signed_in(client))
    fresh = at_the_second_step()
    locked = "That was wrong too often. You can try again in five minutes at the latest."
    for tries in range(5):
        page = fresh.post(STEP, {"code": "000000"})
        assert locked not in text(page), f"after {tries + 1} there is nothing to wait for"
        assert "Wait" not in text(page)
    code = app_code(secret, step=1)
    page = fresh.post(STEP, {"code": code})
    assert locked in text(page), "also the right one"
    assert "ask for a new code" not in text(page), "an app's code is asked of nobody"
    later = SimpleNamespace(time=lambda: time.time() + 5 * 60, monotonic=time.monotonic)
    monkeypatch.setattr("allauth.core.internal.ratelimit.time", later)
    assert fresh.post(STEP, {"code": code})["Location"] == "/home/"


def test_a_recovery_code_opens_once(client: Client) -> None:
    secret = with_app(signed_in(client))
    assert client.get(RECOVERY)["Location"].startswith("/account/2fa/reauthenticate/")
    client.post("/account/2fa/reauthenticate/", {"code": app_code(secret, step=1)})
    codes = re.findall(r"<code>(\d{8})</code>", client.get(RECOVERY).content.decode())
    assert len(codes) == 10
    saved = client.get(f"{RECOVERY}download/")
    assert saved.content.decode().split() == codes
    for attempt, expected in ((1, 302), (2, 200)):
        answer = at_the_second_step().post(STEP, {"code": codes[0]})
        assert answer.status_code == expected, attempt


def test_turning_the_app_off_asks_again_who_it_is(client: Client, account: Account) -> None:
    secret = with_app(signed_in(client))
    assert client.post(APP_OFF)["Location"].startswith("/account/2fa/reauthenticate/")
    assert Authenticator.objects.filter(user=account, type="totp").exists()
    client.post("/account/2fa/reauthenticate/", {"code": app_code(secret, step=1)})
    assert "Turn the app’s code off?" in text(client.get(APP_OFF))
    client.post(APP_OFF)
    assert not Authenticator.objects.filter(user=account).exists()
