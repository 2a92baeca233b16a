"""In a real browser, under our content policy: a passkey made, used and removed, and a mailed code beside it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect, sync_playwright

from accounts.second import House, eventually, free_port
from accounts.test_throttles import answers
from serai.db.address import OWNER, WEB

ADDRESS = "someone@example.org"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def served(house: House) -> Iterator[str]:
    """The real server on localhost, and someone who can sign in: an administrator with a card."""
    port = free_port()
    address = f"http://localhost:{port}"
    owner = house.installation.address(OWNER)
    code = (
        "import django; django.setup(); from serai.accounts.first import one_time_link; from serai.db import clock;"
        f"print(one_time_link({ADDRESS!r}, now=clock.now()))"
    )
    told = {"SERAI_PUBLIC_ADDRESS": address}
    printed = house.run("-c", code, role=OWNER, SERAI_OWNER_DATABASE=owner, **told).strip()
    words = ("serve", "--host", "127.0.0.1", "--port", str(port))
    with house.running(*words, role=WEB, SERAI_WEB_WORKERS="1", **told):
        eventually(lambda: answers(port), seconds=30, what="the server never answered")
        yield printed


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of Debian's browser; every complaint of its console fails the test."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        made = browser.new_page()
        made.set_default_timeout(15000)
        made.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        made.on("pageerror", lambda error: complaints.append(str(error)))
        yield made
        browser.close()
    assert complaints == []


def key_of(page: Page) -> tuple[CDPSession, str]:
    """Gives the browser a passkey store that says yes until it is told otherwise; and its name."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session, made["authenticatorId"]


def code_from(house: House) -> str:
    """The code of the last mail."""
    with house.asks() as owner:
        row: Any = owner.execute("SELECT body FROM serai_mail ORDER BY created_at DESC LIMIT 1").fetchone()
    found = re.search(r"\d{4}-\d{4}", row[0])
    assert found
    return found[0]


def signs_out(page: Page, origin: str) -> None:
    """Out of this browser, and back before the question how to come in."""
    page.goto(f"{origin}/account/logout/")
    page.click("main >> role=button[name='Sign out']")
    page.goto(f"{origin}/account/login/")


@pytest.mark.browser
def test_a_passkey_in_a_real_browser(house: House, served: str, page: Page) -> None:
    origin = served.split("/account/")[0]
    session, key = key_of(page)
    page.goto(served)
    page.fill("[name=name]", f"Administrator {uuid.uuid4().hex[:4]}")
    page.click("text=Begin")
    page.wait_for_url("**/account/")
    page.click("main >> role=link[name='Add a passkey']")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.fill("[name=name]", "This test")
    page.press("[name=name]", "Enter")
    expect(page.locator("#passkey_trouble")).to_contain_text("This device was not added.")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.press("[name=name]", "Enter")
    page.wait_for_url("**/recovery-codes/")
    assert page.locator("main code").count() == 10

    signs_out(page, origin)
    page.click("main >> role=button[name='Use my passkey']")
    page.wait_for_url("**/home/")
    page.goto(f"{origin}/account/2fa/webauthn/")
    assert "This test" in page.inner_text("main")
    assert "Last used" in page.inner_text("main")

    signs_out(page, origin)
    page.fill("[name=login]", ADDRESS)
    page.click("main >> role=button[name='Send me a code']")
    page.fill("[name=code]", code_from(house))
    page.click("main >> role=button[name='Sign in']")
    page.wait_for_url("**/home/")

    page.goto(f"{origin}/account/2fa/webauthn/")
    page.click("main >> role=link[name=/Remove/]")
    page.click("main >> role=button[name='Use my passkey']")  # shown once more
    page.click("main >> role=button[name='Remove it']")
    signs_out(page, origin)
    page.click("main >> role=button[name='Use my passkey']")
    expect(page.locator("#live")).to_contain_text("This passkey is not known here")
    page.goto(f"{origin}/account/")
    assert page.url.endswith("/login/?next=/account/"), "it opens nothing any more"


@pytest.mark.browser
def test_a_passkey_that_fails_is_said_on_the_page(house: House, served: str, page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {**AUTHENTICATOR, "isUserVerified": False}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(served.split("/account/")[0] + "/account/login/")
    assert not page.locator("#passkey_trouble").is_visible()
    page.click("main >> role=button[name='Use my passkey']")
    page.wait_for_selector("#passkey_trouble:visible")
    assert "take the other way on this page" in page.inner_text("#passkey_trouble")
