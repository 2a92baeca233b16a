"""How the sign-in package is bent to the house: no open sign-up, secrets encrypted, every mail one of our rows."""

from __future__ import annotations

import base64
import hashlib
import html
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.stages import AuthenticateStage
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from serai.accounts.forms import ASKED_TOO_OFTEN
from serai.accounts.mail import address_of, post
from serai.accounts.models import Account
from serai.accounts.qr import svg
from serai.db import clock
from serai.db.rows import new_id

CODE_MAILS = (
    "account/email/login_code",
    "account/email/again_code",
    "account/email/more_code",
    "account/email/address_code",
)


def display(account: Account) -> str:
    """What passkeys and mails call an account: its address, for it holds no name."""
    return str(account.email)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come by invitation only; mails are rows; a language once chosen follows the account."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This is not the code we sent. Look at the newest mail from us and type it again."),
        "too_many_login_attempts": ASKED_TOO_OFTEN,
        "rate_limited": ASKED_TOO_OFTEN,
        "account_inactive": _("This account is closed. Ask whoever invited you."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def get_login_stages(self) -> list[str]:
        """The package's own, but a second step is asked only of those who set up an app for it."""
        own = {"allauth.mfa.stages.AuthenticateStage": "serai.accounts.adapter.SecondStep"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Account) -> list[dict[str, Any]]:
        """How someone shows once more that it is them: by passkey first, unless they have an app for it."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not MFAAdapter().is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            methods.sort(key=lambda method: not method["id"].endswith("webauthn"))
        return methods

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Writes the mail as one of our rows, in the language of the account it goes to."""
        account = Account.objects.filter(email=email.lower()).first()
        now = clock.now()
        values = {"email": email, "site": settings.SITE_NAME, "sign_in_at": address_of("/account/login/"), **context}
        values["minutes"] = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
        lasts = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT) if template_prefix in CODE_MAILS else None
        with translation.override((account and account.language) or translation.get_language()):
            # Mail is plain text: what the template engine escaped for a page is turned back.
            subject = html.unescape(render_to_string(f"{template_prefix}_subject.txt", values)).strip()
            body = html.unescape(render_to_string(f"{template_prefix}_message.txt", values)).strip()
        post(
            f"{template_prefix}:{new_id()}",
            email,
            subject,
            body + "\n",
            account.person_id if account else None,
            now,
            until=now + lasts if lasts else None,
        )

    def send_notification_mail(
        self, template_prefix: str, user: Account, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tells the account's owner of a change to how they sign in."""
        self.send_mail(template_prefix, email or user.email, context or {})

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Without the page's context, which the package gives: that would read, and so lose, earlier messages."""
        if not message and message_template:
            message = html.unescape(render_to_string(message_template, message_context or {})).strip()
        if message:
            messages.add_message(request, level, message, extra_tags=extra_tags)

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        """After signing in, pages speak the language of the account."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if user.language:
            keep_language(response, user.language)
        return response


def keep_language(response: HttpResponse, language: str) -> None:
    """Lets this browser remember the language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


@receiver(authenticator_added, dispatch_uid="serai.accounts.just_shown")
def just_shown(request: HttpRequest, user: Account, authenticator: Authenticator, **_more: Any) -> None:
    """Whoever has just set up an app or a passkey has shown that it is them; they now see their recovery codes."""
    record_authentication(request, user, "mfa", type=authenticator.type, reauthenticated=True)


class SecondStep(AuthenticateStage):  # type: ignore[misc]
    """Asked after the mailed code of those with an app; a passkey alone is another way in, not a further lock."""

    def _should_handle(self, request: HttpRequest) -> bool:
        account = self.login.user
        if account is None or not MFAAdapter().is_mfa_enabled(account, [Authenticator.Type.TOTP]):
            return False
        return bool(super()._should_handle(request))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """TOTP secrets and recovery seeds stand encrypted in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not the code, or it was used already. Type the one your app shows now."),
        "cannot_generate_recovery_codes": _("Recovery codes are for a second step. Set up an app or a passkey first."),
    }

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:
        """How a device is called until its owner says otherwise."""
        return gettext("Passkey %(n)d") % {"n": Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}

    def build_totp_svg(self, url: str) -> str:
        """The QR code as an inline drawing."""
        return svg(url, title=_("The same key as a QR code"))

    def _box(self) -> Fernet:
        digest = hashlib.sha256(b"mfa:" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(digest))

    def encrypt(self, text: str) -> str:
        """The secret as it is stored."""
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret as it is used."""
        return self._box().decrypt(encrypted_text.encode()).decode()
