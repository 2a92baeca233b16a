"""A version of a practice in another language; when the original moves on, the translation stays with its version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from serai.audit.actions import Actor
from serai.directory.territories import language_name
from serai.practices.models import Practice, PracticeTranslation, PracticeVersion
from serai.practices.queries import FIELDS
from serai.translations import actions

Words = Mapping[str, str | Sequence[str]]  # by the names in FIELDS


def translate_practice(
    actor: Actor,
    version: PracticeVersion,
    language: str,
    words: Words,
    *,
    now: datetime,
    made: str = "human",
    because: str = "",
) -> PracticeTranslation:
    """Puts one version of a practice into another language; parts can be left for later.

    Raises `NotYours`, `ChangedMeanwhile`.
    """
    fresh = PracticeTranslation(
        original=version, language=language, made=made, illustrative=version.illustrative, **_columns(words)
    )
    return actions.write(actor, fresh, groups=version.audience.groups, now=now, because=because)


def mend_translation(
    actor: Actor,
    translation: PracticeTranslation,
    words: Words,
    *,
    made: str,
    expected: int,
    now: datetime,
    because: str = "",
) -> PracticeTranslation:
    """Gives a translation new words, which nobody has checked. Raises `NotYours`, `ChangedMeanwhile`."""
    return actions.mend(actor, translation, expected=expected, now=now, because=because, made=made, **_columns(words))


def check_translation(
    actor: Actor, translation: PracticeTranslation, *, expected: int, now: datetime
) -> PracticeTranslation:
    """A second person read it beside its original. Raises `NotFinished`, `NotAllowedNow`, `ChangedMeanwhile`."""
    if left_over(translation.original, translation):
        raise actions.NotFinished("a practice is vouched for once all of it is translated")
    return actions.check(actor, translation, expected=expected, now=now)


def _columns(words: Words) -> dict[str, Any]:
    return {"did_not_work": []} | {name: words[name] for name in FIELDS if name in words}


def translations_of(practice: Practice) -> dict[str, PracticeTranslation]:
    """By language, the translation of the youngest version that was translated into it."""
    rows = (
        PracticeTranslation.objects.filter(original__practice=practice)
        .select_related("original", "written_by", "audience")
        .order_by("language", "original__number")
    )
    return {row.language: row for row in rows}


def left_over(version: PracticeVersion, translation: PracticeTranslation) -> list[str]:
    """The parts of a version that have no words in a translation yet."""
    return [name for name in FIELDS if getattr(version, name) and not getattr(translation, name)]


def languages_of(practice: Practice) -> dict[int, list[str]]:
    """Into which languages each version was put, by its number, as the reader calls them."""
    rows = PracticeTranslation.objects.filter(original__practice=practice).order_by("original__number", "language")
    found: dict[int, list[str]] = {}
    for number, language in rows.values_list("original__number", "language"):
        found.setdefault(number, []).append(language_name(language))
    return found
