"""Before the first passkey or app is added: show by a mailed code that it is you, unless you have just signed in.

Whoever has a passkey or an app is asked for that by the sign-in package; for all others it asks nothing, and somebody
at a browser that was left open could make a way in of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from serai.accounts.forms import ShowAgain
from serai.accounts.models import Account
from serai.db.cache import hit
from serai.web.pages import Here, member_page, posted, show

KEPT = "show_again"
TRIES = 5
MAILS, MAILS_SECONDS = 5, 900
# Where one goes on: words of the address, so that no page of elsewhere can be named.
ONWARD = {"passkey": "mfa_add_webauthn", "app": "mfa_activate_totp"}


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
    waiting = _waiting(request)
    form = ShowAgain(posted(request), right=lambda code: waiting is not None and _is(code, waiting))
    if request.method == "POST" and form.is_valid():
        request.session.pop(KEPT, None)
        record_authentication(request, account, "code", email=account.email, reauthenticated=True)
        return redirect(ONWARD[onward])
    if form.errors and waiting is not None:
        waiting = _one_try_less(request, waiting)
    told = {"form": form if waiting else None, "account": account, "onward": onward}
    return show(request, "accounts/again.html", told, status=422 if request.method == "POST" else 200)


def _sent(request: HttpRequest, account: Account, onward: str) -> HttpResponse:
    if hit("again", str(account.pk), seconds=MAILS_SECONDS) > MAILS:
        response = render(request, "429.jinja", status=429)
        response["Retry-After"] = str(MAILS_SECONDS)
        return response
    code = get_adapter().generate_login_code()
    request.session[KEPT] = {"code": _kept(code), "at": time.time(), "left": TRIES}
    get_adapter().send_mail("account/email/again_code", account.email, {"code": code})
    messages.success(request, _("A code is on its way to %(address)s.") % {"address": account.email})
    return redirect("account_again", onward)


def _waiting(request: HttpRequest) -> dict[str, Any] | None:
    """The code that this browser asked for, while it works."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    fresh = kept is not None and time.time() - kept["at"] < settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
    return kept if fresh else None


def _one_try_less(request: HttpRequest, waiting: dict[str, Any]) -> dict[str, Any] | None:
    left = waiting["left"] - 1
    if left > 0:
        request.session[KEPT] = {**waiting, "left": left}
        return waiting
    request.session.pop(KEPT, None)
    messages.warning(request, _("Too many tries. Ask for a new code."))
    return None


def _kept(code: str) -> str:
    """The code as it is kept in the session: nobody who reads that table learns it."""
    return salted_hmac("serai.accounts.again", code.replace("-", "")).hexdigest()


def _is(code: str, waiting: dict[str, Any]) -> bool:
    return constant_time_compare(_kept(code), waiting["code"])
