"""Changing one's own e-mail address: a code to the new one proves it, a mail to the old one tells of it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.accounts import codes
from serai.accounts.again import MAILS, MAILS_SECONDS, shown_again
from serai.accounts.forms import ShowAgain
from serai.accounts.models import Account
from serai.db.cache import hit
from serai.web.pages import Here, member_page, posted, show

KEPT = "new_address"
PURPOSE = "address"


class AddressInUse(ValueError):
    """The address became another account's meanwhile."""


class NewAddress(forms.Form):
    """Where mail goes from now on."""

    email = forms.EmailField(
        label=gettext_lazy("Your new e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": gettext_lazy("Write your new e-mail address."),
            "invalid": gettext_lazy("This is not a whole e-mail address. It looks like name@example.org."),
        },
    )

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._present = present

    def clean_email(self) -> str:
        """In small letters, as addresses are kept."""
        email = str(self.cleaned_data["email"]).lower()
        if email == self._present:
            raise forms.ValidationError(_("This is your address already."))
        return email


@member_page
@shown_again("address")
def change_address(request: HttpRequest, here: Here) -> HttpResponse:
    """Asks for the new address, then for the code that went there. Whoever signed in long ago shows again who it is."""
    answer: HttpResponse = _fresh(request)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def _fresh(request: HttpRequest) -> HttpResponse:
    account = request.user
    assert isinstance(account, Account)
    if "other" in request.POST:
        request.session.pop(KEPT, None)
        return redirect("account_address")
    wanted = str(request.session.get(KEPT, ""))
    if wanted and "send" in request.POST:
        return _sent(request, account, wanted)
    if wanted and "email" not in request.POST:
        return _typed(request, account, wanted)
    form = NewAddress(posted(request), present=account.email)
    if request.method == "POST" and form.is_valid():
        return _sent(request, account, form.cleaned_data["email"])
    status = 422 if request.method == "POST" else 200
    return show(request, "accounts/address.html", {"form": form, "account": account}, status=status)


def _sent(request: HttpRequest, account: Account, wanted: str) -> HttpResponse:
    """The page says the same whether or not somebody has that address here; only its mailbox learns that."""
    if hit("address", str(account.pk), seconds=MAILS_SECONDS) > MAILS:
        response = render(request, "429.jinja", status=429)
        response["Retry-After"] = str(MAILS_SECONDS)
        return response
    code = codes.make(PURPOSE, f"{account.pk}:{wanted}")  # for every address: whether one waits gives nobody away
    if Account.objects.filter(email=wanted).exists():
        get_adapter().send_mail("account/email/address_taken", wanted, {})
    else:
        get_adapter().send_mail("account/email/address_code", wanted, {"code": code})
    request.session[KEPT] = wanted
    messages.success(request, _("A mail is on its way to %(address)s.") % {"address": wanted})
    return redirect("account_address")


def _typed(request: HttpRequest, account: Account, wanted: str) -> HttpResponse:
    about = f"{account.pk}:{wanted}"
    form = ShowAgain(posted(request), right=lambda code: codes.use(PURPOSE, about, code) is not None)
    if request.method == "POST" and form.is_valid():
        del request.session[KEPT]
        try:
            move(request, account, wanted)
        except AddressInUse:
            again = NewAddress({"email": wanted}, present=account.email)
            again.add_error("email", _("This address cannot be used. Take another one."))
            return show(request, "accounts/address.html", {"form": again, "account": account}, status=422)
        messages.success(request, _("Your address is changed. Other browsers are signed out."))
        return redirect("account_home")
    waits = codes.waits(PURPOSE, about)
    context = {"form": form if waits else None, "account": account, "wanted": wanted}
    return show(request, "accounts/address.html", context, status=422 if form.errors else 200)


def move(request: HttpRequest, account: Account, wanted: str) -> None:
    """Changes the address of who asks, tells the old one, and signs out every other browser.

    Raises `AddressInUse` where another account was quicker.
    """
    old = account.email
    try:
        with transaction.atomic():
            get_adapter().send_mail("account/email/address_changed", old, {"new": _half(wanted)})
            account.email = wanted
            account.set_unusable_password()  # sessions are bound to it: all but this one end
            account.save(update_fields=["email", "password"])
    except IntegrityError as error:
        account.refresh_from_db()
        raise AddressInUse(wanted) from error
    end_other_sessions(request, account)
    before = request.session.session_key
    update_session_auth_hash(request, account)
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def _half(address: str) -> str:
    """Enough of the new address to know one's own by; the old mailbox may be somebody else's by now."""
    name, _at, domain = address.partition("@")
    return f"{name[:2]}…@{domain}"
