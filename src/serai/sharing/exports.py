"""Everything that is kept about the asking person, as they take it along."""

from __future__ import annotations

import uuid
from base64 import b64encode
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, Q

from serai.accounts.models import Account, Mail
from serai.db.acting import Asker
from serai.db.rows import Protected, protected_models
from serai.directory.models import Person
from serai.sharing.models import Invitation

PERSONS = frozenset({"person_id", "actor_id", "contact_id"})  # columns that hold a person without a key
SECRET = frozenset({"digest", "password", "audience_id"})


def everything_about(asker: Asker) -> dict[str, Any]:
    """What names, belongs to, or was written by the asking person, by kind of record, as far as rows can be found.

    Ids, dates and numbers are texts, pictures base64. Secrets (the digest of a link) are left out.
    """
    me = asker.person
    if me is None:
        return {}
    found: dict[str, Any] = {"account": _account(me)}
    for model in protected_models():
        rows = model._default_manager.filter(_about(model, me)).select_related("audience").order_by("pk")
        found[model.__name__.lower()] = [_told(row, me) for row in rows]
    authored = (
        apps.get_model("serai", "NoteAuthor")._default_manager.filter(person_id=me).values_list("note_id", flat=True)
    )
    notes = apps.get_model("serai", "Note")._default_manager.filter(pk__in=list(authored)).order_by("pk")
    found["note"] += [_told(row, me) for row in notes]
    found["mail"] = [_plain(mail) for mail in Mail.objects.filter(person_id=me).order_by("pk")]
    return found


def _about(model: type[Protected], me: uuid.UUID) -> Q:
    about = Q(source_id=me)
    if model is Person:
        about |= Q(pk=me)
    if model.__name__ == "Photo":  # it carries no person: whose it is, its takeaway says
        about |= Q(takeaway__person_id=me)
    for field in model._meta.concrete_fields:
        if (isinstance(field, ForeignKey) and field.related_model is Person) or field.column in PERSONS:
            about |= Q(**{field.attname: me})
    return about


def _account(me: uuid.UUID) -> dict[str, Any]:
    account = Account.objects.filter(person_id=me).first()
    if account is None:
        return {}
    told = _plain(account)
    signed_in = apps.get_model("usersessions", "UserSession")._default_manager.filter(user_id=account.pk).order_by("pk")
    steps = apps.get_model("mfa", "Authenticator")._default_manager.filter(user_id=account.pk).order_by("pk")
    told["sign_ins"] = [
        {"ip": s.ip, "browser": s.user_agent, "since": s.created_at.isoformat(), "last": s.last_seen_at.isoformat()}
        for s in signed_in
    ]
    told["second_steps"] = [{"type": a.type, "since": a.created_at.isoformat()} for a in steps]
    return told


def _told(row: Protected, me: uuid.UUID) -> dict[str, Any]:
    told = _plain(row) | {"label": row.audience.label}
    if isinstance(row, Invitation) and row.person_id != me:
        told["address"] = row.told_address
    return told


def _plain(row: Model) -> dict[str, Any]:
    fields: list[Field[Any, Any]] = list(row._meta.concrete_fields)
    return {f.attname: _text(getattr(row, f.attname)) for f in fields if f.attname not in SECRET}


def _text(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    return [_text(one) for one in value] if isinstance(value, list) else value
