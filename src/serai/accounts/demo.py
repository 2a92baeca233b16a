"""Only in the demo: the Outbox with every mail, and "look around as …". A real site has neither page nor function."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from serai.accounts.models import Account
from serai.web.pages import Here, page, show

SEEING_AS = "seeing_as"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A mail as the Outbox shows it."""

    id: uuid.UUID
    address: str
    subject: str
    body: str
    at: datetime
    to: str  # the person's name, or ""


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """Someone of the demo world one may look around as."""

    account: uuid.UUID
    name: str
    role: str
    organisation: str
    city: str  # "" for those of a network or a country


def outbox_mails() -> list[Shown]:
    """Every mail of the demo, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, address, subject, body, created_at, name FROM serai_outbox()")
        rows = cursor.fetchall()
    return [Shown(id=i, address=a, subject=s, body=b, at=at, to=n or "") for i, a, s, b, at, n in rows]


def everybody() -> list[Somebody]:
    """Everyone of the demo with an account, by city and name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, name, role, organisation, city FROM serai_everybody()")
        rows = cursor.fetchall()
    return [Somebody(account=a, name=n, role=r or "", organisation=o or "", city=c or "") for a, n, r, o, c in rows]


def _only_here() -> None:
    if not settings.DEMO:
        raise Http404


@page
def outbox(request: HttpRequest, here: Here) -> HttpResponse:
    """What a real site would have sent."""
    _only_here()
    return show(request, "accounts/outbox.html", {"mails": outbox_mails()})


@page
def look_around(request: HttpRequest, here: Here) -> HttpResponse:
    """Choose who to be; pressing the button signs in as them."""
    _only_here()
    if request.method != "POST":
        groups = [(city, list(people)) for city, people in groupby(everybody(), key=lambda s: s.city)]
        return show(request, "accounts/look_around.html", {"groups": groups})
    account = get_object_or_404(Account, pk=_id(request.POST.get("account", "")), is_active=True)
    request.session.pop(SEEING_AS, None)
    login(request, account)
    UserSession.objects.create_from_request(request)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error
