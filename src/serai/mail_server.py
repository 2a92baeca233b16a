"""The server by which mail goes out: told once, kept, asked by the doctor whether it answers."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

LOCAL = ("localhost", "127.0.0.1", "::1")
WAYS = {"smtp": ("", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}
PASSWORD = "mail"  # noqa: S105 -- its file's name among the secrets
SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed over, and how: `tls` is starttls, tls or empty, as SERAI_MAIL_TLS says it."""

    host: str
    port: int
    tls: str
    user: str

    def environment(self, password: str) -> dict[str, str]:
        """What the worker is told of it."""
        return {
            "SERAI_MAIL_HOST": self.host,
            "SERAI_MAIL_PORT": str(self.port),
            "SERAI_MAIL_TLS": self.tls,
            "SERAI_MAIL_USER": self.user,
            "SERAI_MAIL_PASSWORD": password,
        }

    def why_not(self, password: str) -> str:
        """Why it would take no mail from us, in its own words; empty where it would. Nothing is sent."""
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, password)
                server.noop()
        except smtplib.SMTPResponseException as error:
            return f"{error.smtp_code} {error.smtp_error!r}"
        except (OSError, smtplib.SMTPException) as error:
            return str(error) or type(error).__name__
        return ""

    def _connected(self) -> smtplib.SMTP:
        if self.tls == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        if self.tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        return server


def mail_server(text: str) -> MailServer:
    """The server this address names. Raises ValueError with a sentence for people."""
    form = "smtps://user@mail.example.org, smtp+starttls://… or smtp://localhost"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{text!r} is no mail server: it looks like {form}.") from error
    if parts.scheme not in WAYS or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(f"{text!r} is no mail server: it looks like {form}.")
    if parts.password:
        raise ValueError("Leave the password out of --mail: it is asked for, or read from SERAI_MAIL_PASSWORD.")
    tls, usual = WAYS[parts.scheme]
    user = unquote(parts.username or "")
    if user and not tls and parts.hostname not in LOCAL:
        raise ValueError("A password never goes out unencrypted: say smtps:// or smtp+starttls://.")
    return MailServer(host=parts.hostname, port=port or usual, tls=tls, user=user)


def of_environment(told: Mapping[str, str] = os.environ) -> MailServer:
    """The server that these settings name, as serai/settings.py reads them."""
    return MailServer(
        host=told.get("SERAI_MAIL_HOST", "localhost"),
        port=int(told.get("SERAI_MAIL_PORT", "25")),
        tls=told.get("SERAI_MAIL_TLS", ""),
        user=told.get("SERAI_MAIL_USER", ""),
    )
