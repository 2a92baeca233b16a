"""The forms of signing in, in our words: a code may be typed with blanks, dashes and any script's digits."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, RequestLoginCodeForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from serai.accounts.models import Account
from serai.db.cache import hit

ASKED_TOO_OFTEN = _("Too many codes were asked for. You can ask again in a few minutes, in an hour at the latest.")
LOCKED = _("That was wrong too often. You can try again in five minutes at the latest.")
TOO_OFTEN = ("too_many_login_attempts", "rate_limited")  # as the sign-in package says it
CODE_TRIES = app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS


def plain_digits(text: str) -> str:
    """The same text with the digits of every script as 0 to 9, and without what does not show."""
    shown = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Zs"))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in shown)


def _address(field: forms.Field) -> None:
    field.label = _("Your e-mail address")
    field.widget = forms.EmailInput(attrs={"autocomplete": "username webauthn", "inputmode": "email"})
    field.error_messages["required"] = _("Write the e-mail address you were invited with.")
    field.error_messages["invalid"] = _("This is not a whole e-mail address. It looks like name@example.org.")


class SignIn(LoginForm):  # type: ignore[misc]
    """Asks for the address that a code goes to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _address(self.fields["login"])


class AskForCode(RequestLoginCodeForm):  # type: ignore[misc]
    """The same question where a code was asked for before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _address(self.fields["email"])


class _Code(forms.Form):
    """A code someone typed."""

    code_label: Any = _("Code")
    code_help: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label, field.help_text = self.code_label, self.code_help
        field.widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})
        field.error_messages["required"] = _("Type the code.")

    def clean_code(self) -> str:
        """The code with plain digits, checked by the sign-in package."""
        self.cleaned_data["code"] = plain_digits(self.cleaned_data["code"])
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except forms.ValidationError as error:
            raise forms.ValidationError(LOCKED if error.code in TOO_OFTEN else error) from error


class TypeCode(_Code, ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code from the mail."""

    code_label = _("The code from the mail")
    code_help = _("Eight digits. The dash may be left out.")

    def clean_code(self) -> str:
        """As the package does, but its tries are counted in the session, where several at once count as one."""
        if self.expected_code:
            which = salted_hmac("serai.sign_in_code", self.expected_code).hexdigest()
            if hit("sign_in_code", which, seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT) > CODE_TRIES:
                raise get_adapter().validation_error("incorrect_code")
        return super().clean_code()


class ShowAgain(_Code):
    """The code from the mail, asked once more before a way in is added. `right` says whether it is the one."""

    code = forms.CharField(max_length=40)
    code_label = _("The code from the mail")
    code_help = _("Eight digits. The dash may be left out.")

    def __init__(self, *args: Any, right: Callable[[str], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._right = right

    def clean_code(self) -> str:
        """The digits alone."""
        code = plain_digits(self.cleaned_data["code"]).replace("-", "")
        if not self._right(code):
            raise forms.ValidationError(
                _("This is not the code we sent. Look at the newest mail from us and type it again.")
            )
        return code


class SecondStep(_Code, AuthenticateForm):  # type: ignore[misc]
    """The code of the app, or a recovery code."""

    code_label = _("The code your app shows now")
    code_help = _("A recovery code works too.")


class SecondStepAgain(_Code, ReauthenticateForm):  # type: ignore[misc]
    """The same, asked again before something that matters."""

    code_label = _("The code your app shows now")
    code_help = _("A recovery code works too.")


class StartApp(_Code, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that was just set up."""

    code_label = _("The code your app shows now")


class Language(forms.Form):
    """The language of the pages and mails."""

    language = forms.ChoiceField(label=_("My language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = list(settings.LANGUAGES)  # type: ignore[attr-defined]


class FirstAdministrator(forms.Form):
    """Who the first administrator is."""

    email = forms.EmailField(label=_("Your e-mail address"))
    name = forms.CharField(
        label=_("What do we call you here?"),
        help_text=_("A role is enough, such as: Administrator of the network."),
        max_length=120,
    )

    def __init__(self, *args: Any, account: Account | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if account is not None:
            del self.fields["email"]
