"""Every template the open ways in can ask for is ours, and every page renders; nothing else is reachable."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import allauth.account.internal.flows.login_by_code
import allauth.account.internal.flows.logout
import allauth.mfa.internal.flows.add
import allauth.mfa.recovery_codes.internal.flows
import allauth.mfa.totp.internal.flows
import allauth.mfa.webauthn.internal.flows
import allauth.usersessions.views
import pytest
from babel.messages.pofile import read_po
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.test_second_steps import at_the_second_step, with_app, with_passkey
from letters import ADDRESS, signed_in, text
from serai.web.texts import HOUSE, LOCALE, PSEUDO

# What the open flows mail and say: these modules name their templates as plain text.
FLOWS: tuple[ModuleType, ...] = (
    allauth.account.internal.flows.login_by_code,
    allauth.account.internal.flows.logout,
    allauth.mfa.internal.flows.add,
    allauth.mfa.recovery_codes.internal.flows,
    allauth.mfa.totp.internal.flows,
    allauth.mfa.webauthn.internal.flows,
    allauth.usersessions.views,
)
IN_BASE_CLASSES = ("account/email/unknown_account", "account/messages/logged_in.txt")  # adapter and signup flow
CLOSED = {"mfa_signup_webauthn", "account_reauthenticate", "account_change_password", "account_set_password",
          "account_reset_password", "account_email", "account_email_verification_sent", "mfa_trust"}  # fmt: skip


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every address of the house."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def sign_in_views() -> dict[str, Any]:
    """The sign-in package's view classes (or ours made of them) that an address leads to, by its name."""
    found = {}
    for pattern in patterns():
        view = inspect.unwrap(pattern.callback)
        kind = getattr(pattern.callback, "view_class", None) or getattr(view, "view_class", None)
        if pattern.name and kind is not None and any(k.__module__.startswith("allauth.") for k in kind.__mro__):
            found[pattern.name] = kind
    return found


def asked_for() -> set[str]:
    """Every template that the reachable views, mails and messages name."""
    wanted = {"429.jinja", "account/confirm_login_code.jinja"}
    for view in sign_in_views().values():
        for name in ("template_name", "template_name_signup_closed"):
            if getattr(view, name, None):
                wanted.add(getattr(view, name))
    for module in FLOWS:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named = re.fullmatch(r"(account|mfa|usersessions)/(messages/\w+\.txt|email/\w+)", node.value)
                if named:
                    wanted |= both(node.value)
    for name in IN_BASE_CLASSES:
        wanted |= both(name)
    # Asked for only where signing up is open.
    return wanted - both("account/email/account_already_exists") - {"account/signup.jinja"}


def both(name: str) -> set[str]:
    """The files behind a name: a mail has a subject and a body."""
    return {name} if name.endswith(".txt") else {f"{name}_subject.txt", f"{name}_message.txt"}


def test_every_template_is_there() -> None:
    wanted = asked_for()
    assert len(wanted) > 30
    for name in sorted(wanted):
        get_template(name)


def test_only_the_open_ways_in_have_an_address() -> None:
    names = {pattern.name for pattern in patterns()}
    assert not names & CLOSED
    assert set(sign_in_views()) == {
        "account_login", "account_request_login_code", "account_logout", "account_signup", "account_inactive",
        "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
        "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
        "mfa_edit_webauthn", "mfa_login_webauthn", "usersessions_list",
    }  # fmt: skip


def test_mails_and_what_is_said_after_an_act_can_be_translated() -> None:
    with (LOCALE / PSEUDO / "LC_MESSAGES" / "django.po").open("rb") as file:
        known = read_po(file)
    files = list(HOUSE.glob("templates/**/*.txt"))
    texts = {text for file in files for text in re.findall(r'(?:_|gettext)\("([^"]+)"', file.read_text())}
    assert len(texts) > 40
    assert {text for text in texts if not known.get(text) or not known[text].string} == set()


OPEN = ("/account/login/", "/account/login/code/", "/account/signup/", "/account/inactive/")
MINE = ("/account/", "/account/language/", "/account/logout/", "/account/2fa/", "/account/2fa/webauthn/",
        "/account/2fa/webauthn/add/", "/account/2fa/totp/activate/", "/account/2fa/recovery-codes/generate/",
        "/account/sign-ins/")  # fmt: skip


def sound(answer: Any) -> None:
    """A page of ours: one h1, its language, no inline script or style, no text left in the package's words."""
    assert answer.status_code == 200, text(answer)
    page = answer.content.decode()
    assert page.count("<h1") == 1
    assert '<html lang="en" dir="ltr">' in page
    assert not re.search(r"\sstyle=|\son[a-z]+=\"", page)
    for attributes in re.findall(r"<script([^>]*)>", page):
        assert "src=" in attributes or 'type="application/json"' in attributes


@pytest.mark.usefixtures("account")
def test_every_page_renders(client: Client) -> None:
    for path in OPEN:
        sound(client.get(path))
    client.post("/account/login/", {"login": ADDRESS})
    sound(client.get("/account/login/code/confirm/"))
    client.post("/account/logout/")
    signed_in(client)
    for path in MINE:
        sound(client.get(path))


@pytest.mark.usefixtures("account")
def test_every_page_renders_for_someone_with_a_passkey_and_an_app(client: Client) -> None:
    signed_in(client)
    with_app(client)
    for path in ("/account/", "/account/2fa/", "/account/2fa/reauthenticate/"):
        sound(client.get(path))
    sound(at_the_second_step().get("/account/2fa/authenticate/"))


@pytest.mark.usefixtures("account")
def test_the_pages_of_passkeys_render(client: Client) -> None:
    with_passkey(signed_in(client))
    for path in ("/account/2fa/webauthn/", "/account/2fa/webauthn/reauthenticate/", "/account/2fa/reauthenticate/"):
        sound(client.get(path))
