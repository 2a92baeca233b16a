"""The first administrator, and one who lost every way in: a one-time link that only this machine prints.

The link is a signed token, not a row: printed by whoever runs the site, it proves that they do. It works once:
the first administrator's until there is one, any other until its account signs in the next time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import login
from django.core import signing
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from serai.accounts.forms import FirstAdministrator
from serai.accounts.mail import address_of
from serai.accounts.models import Account, Administrator
from serai.audit.actions import Actor
from serai.db import clock
from serai.db.acting import acting_as, person
from serai.db.rows import new_id
from serai.directory.actions import introduce_oneself
from serai.web.pages import Here, page, posted, show

SALT = "serai.accounts.first"
LASTS = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A token that still works: whose it is, or None for the first administrator's."""

    account: Account | None

    @property
    def asks_name(self) -> bool:
        """Whether whoever follows it has to say who they are."""
        return self.account is None or self.account.person_id is None


def one_time_link(email: str | None, *, now: datetime) -> str:
    """The link for the administrator with this address, or for the first; empty where none is due.

    Whoever runs the machine may name any address: with the owner's database address at hand it becomes an
    administrator's. Without, only the link of one who is an administrator already is printed.
    """
    if email is None:
        return _link({"first": True}, now) if _no_administrator() else ""
    account = Account.objects.filter(email=email.lower()).first()
    if "owner" in connections:
        account = account or Account.objects.using("owner").create(email=email)
        Administrator.objects.using("owner").get_or_create(account_id=account.pk)
    return _link({"account": str(account.pk), "last": _last(account)}, now) if account else ""


def _link(told: dict[str, Any], now: datetime) -> str:
    token = signing.dumps({**told, "until": int((now + LASTS).timestamp())}, salt=SALT, compress=True)
    return address_of(reverse("account_first", args=[token]))


def _last(account: Account) -> str:
    return account.last_login.isoformat() if account.last_login else ""


def _no_administrator() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_no_administrator()")
        return bool(cursor.fetchone()[0])


def opened(token: str, *, now: datetime) -> Opened | None:
    """What the token opens; None where it was used, ran out, or is none of ours."""
    try:
        told = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    if told["until"] < now.timestamp():
        return None
    if told.get("first"):
        return Opened(account=None) if _no_administrator() else None
    account = Account.objects.filter(pk=told["account"], is_active=True).first()
    return Opened(account=account) if account and _last(account) == told["last"] else None


@page
def begin(request: HttpRequest, here: Here, token: str) -> HttpResponse:
    """A page with a button: only pressing it changes anything."""
    found = opened(token, now=clock.now())
    if found is None:
        return show(request, "accounts/first_used.html", status=410)
    form = FirstAdministrator(posted(request), account=found.account) if found.asks_name else None
    if request.method != "POST" or (form and not form.is_valid()):
        status = 422 if request.method == "POST" else 200
        return show(request, "accounts/first.html", {"form": form, "account": found.account}, status=status)
    account = _made(form.cleaned_data, found.account, here.now) if form else found.account
    if account is None:
        return show(request, "accounts/first_used.html", status=410)
    login(request, account)
    record_authentication(request, account, "one-time link")
    UserSession.objects.create_from_request(request)
    messages.success(request, _("You are signed in. Add a passkey now: then you need this machine no more."))
    return redirect("account_home")


def _made(told: dict[str, str], known: Account | None, now: datetime) -> Account | None:
    """The account with its person's card; None where someone else became the first administrator meanwhile.

    The card comes before the account: an account opens only a card that its writer has.
    """
    account = known or Account.objects.filter(email=told["email"].lower()).first()
    id = account.person_id if account and account.person_id else new_id()
    with acting_as(person(id)), connection.cursor() as cursor:
        if account is None or account.person_id is None:
            introduce_oneself(Actor(person=id), name=told["name"], now=now)
        if account is None:
            account = Account.objects.create(email=told["email"], person_id=id)
        elif account.person_id is None:
            account.person_id = id
            account.save(update_fields=["person_id"])
        if known is None:
            cursor.execute("SELECT serai_first_administrator()")
            if not cursor.fetchone()[0]:
                return None
    return account
