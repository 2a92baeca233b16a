"""Who is signed in, read at every request: the session with its account, by statements that are written once."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, OuterRef, QuerySet, Subquery, UUIDField, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from serai.accounts.models import Account
from serai.db.ready import Gap, Ready


class Read(NamedTuple):
    """A session as it is stored, signed, and the account that signed in by it, in the order of the model's fields."""

    data: str | None
    password: str
    last_login: datetime | None
    id: UUID
    email: str
    person_id: UUID | None
    is_active: bool
    language: str
    created_at: datetime


class Nobodys(NamedTuple):
    """A session by which nobody signed in yet."""

    data: str


COLUMNS = Read._fields[1:]


def _lasting(key: Any) -> QuerySet[Session, Any]:
    lasts = Session.objects.filter(session_key=key, expire_date__gt=Gap("now", DateTimeField()))
    return lasts.values_list("session_data")


# allauth notes which account signed in by which session, for the list of sign-ins.
_SIGNED_IN = Ready(
    Read,
    lambda: UserSession.objects.filter(session_key=Gap("key", CharField())).values_list(
        Subquery(_lasting(OuterRef("session_key"))), *(f"user__{name}" for name in COLUMNS)
    ),
)
_NOBODYS = Ready(Nobodys, lambda: _lasting(Gap("key", CharField())))
_ACCOUNT = Ready(
    Read,
    lambda: Account.objects.filter(pk=Gap("id", UUIDField())).values_list(Value(None, CharField()), *COLUMNS),
)
# What came with the session of this request, while Django looks for its account.
_with_session: ContextVar[Read | None] = ContextVar("account_with_session", default=None)


class SessionStore(db.SessionStore):
    """Django's sessions in the database; only reading one is ours."""

    read: Read | None = None

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, where it has ended or never was."""
        asked = {"key": self.session_key, "now": timezone.now()}
        self.read = _SIGNED_IN.first(**asked)
        kept = self.read or _NOBODYS.first(**asked)
        if kept is None or kept.data is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(kept.data)
        return found


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's; only reading the account of a session is ours."""

    def get_user(self, user_id: UUID) -> Account | None:
        """The account with this id, if it may sign in."""
        found = _with_session.get()
        if found is None or found.id != user_id:
            found = _ACCOUNT.first(id=user_id)
        account = Account.from_db("default", COLUMNS, found[1:]) if found else None
        return account if account and self.user_can_authenticate(account) else None


class SignedIn(AuthenticationMiddleware):
    """Django's; only the account that came with the session is not read once more."""

    def process_request(self, request: HttpRequest) -> None:
        """Who is signed in, looked for when first asked."""
        super().process_request(request)
        request.user = SimpleLazyObject(  # type: ignore[assignment]
            lambda: _signed_in(request)
        )


def _signed_in(request: HttpRequest) -> Any:
    request.session.get(SESSION_KEY)  # reads it
    token = _with_session.set(request.session.read)  # type: ignore[attr-defined]
    try:
        return get_user(request)
    finally:
        _with_session.reset(token)
