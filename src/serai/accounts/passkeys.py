"""Passkeys where the sign-in package would speak of codes: what went wrong is said as it is, with the way on."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import passthrough_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from serai.accounts.forms import LOCKED, TOO_OFTEN

UNKNOWN = _("This passkey is not known here: perhaps it was removed. Take a code by mail, then add it again.")
NOT_YOURS = _("This passkey is not one of this account. Take another one, or the other way on this page.")
NOT_ADDED = _("This device was not added. Press the button again, and answer what your device asks.")


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]
    """A name for a new passkey. It signs in by itself: the page ticks `passwordless` and does not show it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What do you call this device?")
        self.fields["name"].help_text = _("For example: my phone, office computer.")
        for why in ("required", "invalid"):
            self.fields["credential"].error_messages[why] = NOT_ADDED

    def clean(self) -> dict[str, Any]:
        """As the package does; a device that did not say what it should is told of in our words."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError as error:
            raise ValidationError(NOT_ADDED) from error
        return cleaned


class RenamePasskey(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What do you call this device?")


class _Shown(Form):
    """A passkey someone showed. `unknown` is said where it does not open what it should."""

    unknown: Any = NOT_YOURS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for why in ("required", "invalid"):
            self.fields["credential"].error_messages[why] = self.unknown

    def clean_credential(self) -> Authenticator:
        """The passkey as it is kept here; too many tries are told with their wait."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError as error:
            said = {"incorrect_code": self.unknown} | dict.fromkeys(TOO_OFTEN, LOCKED)
            raise ValidationError(said.get(error.code or "", error)) from error


class PasskeyIn(_Shown, LoginWebAuthnForm):  # type: ignore[misc]
    """Signs in by a passkey alone."""

    unknown = UNKNOWN


class PasskeySecond(_Shown, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of the app's code, after the mailed one."""


class PasskeyAgain(_Shown, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey shown once more before something that matters."""


class SignInByPasskey(LoginWebAuthnView):  # type: ignore[misc]
    """A passkey that opens nothing leads back to the other way in, and from there to where one wanted to go."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever takes a passkey after all waits for no mailed code: else the package would send them back to it."""
        if not request.user.is_authenticated and (request.method == "POST" or get_adapter().is_ajax(request)):
            clear_login(request)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def form_invalid(self, form: PasskeyIn) -> HttpResponse:
        """Back to signing in."""
        _say(self, form)
        return redirect(passthrough_next_redirect_url(self.request, reverse("account_login"), REDIRECT_FIELD_NAME))


class ShowPasskeyAgain(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """A passkey that is not one's own is asked for again, here."""

    def form_invalid(self, form: PasskeyAgain) -> HttpResponse:
        """The same question once more."""
        _say(self, form)
        return redirect(self.passthrough_next_url(self.request.path))


def _say(view: Any, form: Form) -> None:
    for message in form.errors.get("credential", []):
        get_adapter().add_message(view.request, messages.ERROR, message=message)
