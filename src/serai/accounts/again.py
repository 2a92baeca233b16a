"""Before the first passkey or app is added: show by a mailed code that it is you, unless you have just signed in.

Whoever has a passkey or an app is asked for that by the sign-in package; for all others it asks nothing, and somebody
at a browser that was left open could make a way in of their own.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from serai.accounts import codes
from serai.accounts.forms import ShowAgain
from serai.accounts.models import Account
from serai.db.cache import hit
from serai.web.pages import Here, member_page, posted, show

KEPT = "show_again"
PURPOSE = "again"
MAILS, MAILS_SECONDS = 5, 900
# Where one goes on: words of the address, so that no page of elsewhere can be named.
ONWARD = {"passkey": "mfa_add_webauthn", "app": "mfa_activate_totp", "address": "account_address"}


def shown_lately(request: HttpRequest) -> bool:
    """Whether this browser signed in, or showed again who it is, within the last minutes."""
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)


def shown_again(onward: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Asks for a mailed code before a view that adds a way in; afterwards it goes on there (a word of `ONWARD`)."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            account = request.user
            if account.is_authenticated and not get_reauthentication_flows(account) and not shown_lately(request):
                return redirect("account_again", onward)
            return view(request, *args, **kwargs)

        return answer

    return wrap


@member_page
def again(request: HttpRequest, here: Here, onward: str) -> HttpResponse:
    """A button that mails a code, then the field to type it in."""
    account = request.user
    assert isinstance(account, Account)
    if onward not in ONWARD:
        raise Http404
    if "send" in request.POST:
        return _sent(request, account, onward)
    browser = str(request.session.get(KEPT, ""))
    form = ShowAgain(posted(request), right=lambda code: codes.use(PURPOSE, browser, code) is not None)
    if request.method == "POST" and form.is_valid():
        request.session.pop(KEPT, None)
        record_authentication(request, account, "code", email=account.email, reauthenticated=True)
        return redirect(ONWARD[onward])
    waiting = codes.waits(PURPOSE, browser)
    if form.errors and browser and not waiting:
        messages.warning(request, _("This code works no more. Ask for a new one."))
    told = {"form": form if waiting else None, "account": account, "onward": onward}
    return show(request, "accounts/again.html", told, status=422 if request.method == "POST" else 200)


def _sent(request: HttpRequest, account: Account, onward: str) -> HttpResponse:
    if hit("again", str(account.pk), seconds=MAILS_SECONDS) > MAILS:
        response = render(request, "429.jinja", status=429)
        response["Retry-After"] = str(MAILS_SECONDS)
        return response
    browser = secrets.token_urlsafe(16)
    code = codes.make(PURPOSE, browser)
    request.session[KEPT] = browser
    get_adapter().send_mail("account/email/again_code", account.email, {"code": code})
    messages.success(request, _("A code is on its way to %(address)s.") % {"address": account.email})
    return redirect("account_again", onward)
