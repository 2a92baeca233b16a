"""Who is signed in, read at every request: the session and its account, by statements that are written once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, UUIDField
from django.utils import timezone

from serai.accounts.models import Account
from serai.db.ready import Gap, Ready


class Kept(NamedTuple):
    """A session as it is stored, signed."""

    data: str


_SESSION = Ready(
    Kept,
    lambda: Session.objects.filter(
        session_key=Gap("key", CharField()), expire_date__gt=Gap("now", DateTimeField())
    ).values_list("session_data"),
)


class Columns(NamedTuple):
    """An account as it is stored, in the order of the model's fields."""

    password: str
    last_login: datetime | None
    id: UUID
    email: str
    person_id: UUID | None
    is_active: bool
    language: str
    created_at: datetime


_ACCOUNT = Ready(Columns, lambda: Account.objects.filter(pk=Gap("id", UUIDField())).values_list(*Columns._fields))


class SessionStore(db.SessionStore):
    """Django's sessions in the database; only reading one is ours."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, where it has ended or never was."""
        kept = _SESSION.first(key=self.session_key, now=timezone.now())
        if kept is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(kept.data)
        return found


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's; only reading the account of a session is ours."""

    def get_user(self, user_id: UUID) -> Account | None:
        """The account with this id, if it may sign in."""
        found = _ACCOUNT.first(id=user_id)
        account = Account.from_db("default", Columns._fields, found) if found else None
        return account if account and self.user_can_authenticate(account) else None
