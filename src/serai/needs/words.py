"""Reasons of a fit and answers of a city, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from django.utils.translation import get_language, gettext

from serai.core.season.reasons import Reason, plain_label, words
from serai.directory import vocabulary
from serai.needs.models import MatchAnswer

_WORDS = {"theme": dict(vocabulary.THEMES), "groups": dict(vocabulary.TARGET_GROUPS)}


def too_late(answer: MatchAnswer) -> str:
    """Why this city cannot answer now, in one or two sentences; empty where it can."""
    if answer.match.state == "withdrawn":
        return gettext("The question was taken back. Nothing is asked of your city any more.")
    if answer.match.state != "proposed":
        return gettext("The exchange is planned already, so the answer stays as it is. Speak to whoever asked.")
    if answer.answer in ("accepted", "declined"):
        return gettext("This question is answered. To answer differently, take the answer back first.")
    return ""


def answered(answer: MatchAnswer) -> str:
    """What a city said so far, in two or three words."""
    said = {"accepted": gettext("Takes part"), "declined": gettext("Said no"), "parked": gettext("Asked to wait")}
    return said.get(answer.answer, gettext("Has not answered yet"))


def language_name(code: str) -> str:
    """A language in the reader's language; its code where CLDR has no name."""
    locale = Locale.parse((get_language() or "en").split("-")[0])
    return str(locale.languages.get(code, code))


def _label(kind: str, code: str) -> str:
    if kind in _WORDS:
        return str(_WORDS[kind].get(code, code))
    return language_name(code) if kind == "languages" else plain_label(kind, code)


def reason_words(reason: Reason) -> str:
    """One reason as a sentence."""
    return words(reason, translate=gettext, label=_label)


def kept(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons as they are stored with a match: code and values."""
    return [{"code": r.code, "values": dict(r.values)} for r in reasons]


def from_kept(stored: Iterable[dict[str, Any]]) -> list[str]:
    """The sentences of stored reasons, in today's language."""
    found = []
    for entry in stored:
        values = tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in entry["values"].items())
        found.append(reason_words(Reason(code=entry["code"], values=values)))
    return found
