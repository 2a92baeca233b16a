"""A translation is written, mended, and read by a second person; it goes where its original goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from serai.audit.actions import Actor, ChangedMeanwhile, add, change, change_audience
from serai.core.lifecycle import NotAllowedNow
from serai.db.rows import Protected
from serai.translations.models import Translation

T = TypeVar("T", bound=Translation)


class NotFinished(NotAllowedNow):
    """Parts of the original have no words in this language yet: nobody vouches for half a text."""


def write(actor: Actor, fresh: T, *, groups: Iterable[str], now: datetime, because: str = "") -> T:
    """Saves a new translation for the readers of its original.

    Raises `NotYours` for all but the source of the original, `ChangedMeanwhile` where that language is there already.
    """
    fresh.written_by_id = actor.person
    fresh.written_at = now
    try:
        with transaction.atomic():
            return add(actor, fresh, verb="translate", groups=groups, now=now, because=because)
    except IntegrityError as error:
        there = type(fresh)._default_manager.get(original_id=fresh.original_id, language=fresh.language)  # type: ignore[attr-defined]
        raise ChangedMeanwhile(there) from error


def mend(actor: Actor, translation: T, *, expected: int, now: datetime, because: str = "", **words: Any) -> T:
    """Gives it new words; nobody has checked these. Words that stay as they are change nothing.

    Raises `ChangedMeanwhile` where it is not the version the editor saw, `NotYours`.
    """
    if translation.version == expected and all(getattr(translation, name) == text for name, text in words.items()):
        return translation
    return change(
        actor,
        translation,
        verb="mend_translation",
        now=now,
        expected=expected,
        because=because,
        written_by_id=actor.person,
        written_at=now,
        checked_by_id=None,
        checked_at=None,
        **words,
    )


def may_check(person: object, translation: Translation) -> bool:
    """Whether it waits for a second reader, and this person is one."""
    return translation.checked_by_id is None and translation.written_by_id != person


def check(actor: Actor, translation: T, *, expected: int, now: datetime) -> T:
    """A second person read it beside its original, as it stood in version `expected`; that it is whole is the caller's.

    Raises `NotAllowedNow` for whoever wrote its words, and where it was checked already; `ChangedMeanwhile`.
    """
    if not may_check(actor.person, translation):
        raise NotAllowedNow("a translation is checked once, by someone who did not write it")
    return change(
        actor,
        translation,
        verb="check_translation",
        now=now,
        expected=expected,
        checked_by_id=actor.person,
        checked_at=now,
    )


def follow(actor: Actor, original: Protected, groups: Iterable[str], *, now: datetime) -> None:
    """Gives the translations of a record the readers it was given."""
    names = list(groups)
    for translation in original.translations.order_by("language"):  # type: ignore[attr-defined]
        change_audience(actor, translation, names, now=now)
