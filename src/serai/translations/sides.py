"""Two languages on one page: which one is read first, which one stands beside it, and what each of them is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from serai.directory.models import Person
from serai.directory.territories import language_name
from serai.translations.models import Translation

ASKED = "in"  # the part of an address that says which language comes first


@dataclass(frozen=True, kw_only=True)
class Side:
    """One language of a page: its words, and what is said about them. `original` tells it from its translations.

    A part that has no words in it yet is read in the original, see components/tongues.html.
    """

    language: str
    name: str
    words: Any
    original: bool
    said: str = ""
    by: str = ""

    @property
    def href(self) -> str:
        """This page with this language first."""
        return f"?{ASKED}={self.language}"


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The languages of a page: the one read first, the one beside it if there is any, and every one there is."""

    first: Side
    second: Side | None
    every: tuple[Side, ...]

    @property
    def shown(self) -> tuple[Side, ...]:
        """What the page shows, in order."""
        return (self.first, self.second) if self.second else (self.first,)

    @property
    def translations(self) -> tuple[Side, ...]:
        """Every language but the original's."""
        return tuple(side for side in self.every if not side.original)


def order(original: str, translated: Sequence[str], *, asked: str, reader: str) -> tuple[str, str]:
    """The languages that come first and second; the second is empty where there is one alone.

    First comes what is asked for, else the reader's own language, else the original. Either the first or the second
    is the original.
    """
    others = [code for code in translated if code != original]
    every = [original, *others]
    own = next((code for code in every if _base(code) == _base(reader)), "")
    first = asked if asked in every else own or original
    if first != original:
        return first, original
    return original, own if own in others else next(iter(others), "")


def _base(code: str) -> str:
    return code.split("-")[0].lower()


def sides(original: Any, translations: Mapping[str, Side], *, asked: str) -> Sides:
    """The sides of a page about a record with a `language`, for whoever reads the interface now."""
    mine = Side(
        language=original.language,
        name=language_name(original.language),
        words=original,
        original=True,
    )
    every = {mine.language: mine} | {code: side for code, side in translations.items() if code != mine.language}
    first, second = order(mine.language, list(every), asked=asked, reader=get_language() or "en")
    return Sides(first=every[first], second=every.get(second), every=tuple(every.values()))


def side(language: str, words: Any, pieces: Sequence[Translation], *, left: int = 0, old: str = "") -> Side:
    """A translation as a side. `pieces` are the rows it consists of, `old` says that the original moved on.

    `left`: how many parts of the page have no words in it yet.
    """
    return Side(
        language=language,
        name=language_name(language),
        words=words,
        original=False,
        said=" ".join(filter(None, (_unfinished(left), state_in_words(weakest(pieces)), old))),
        by=_role(pieces[0].written_by) if pieces else "",
    )


def _unfinished(left: int) -> str:
    if not left:
        return ""
    said = ngettext(
        "Not finished: %(n)d part is read in the original.", "Not finished: %(n)d parts are read in the original.", left
    )
    return said % {"n": left}


def weakest(pieces: Sequence[Translation]) -> str:
    """The state of a text in several pieces: that of the one fewest people looked at."""
    states = {piece.state for piece in pieces}
    return next((state for state in ("machine", "human") if state in states), "checked")


def state_in_words(state: str) -> str:
    """A state as a sentence."""
    return {
        "machine": _("Translated by a machine. Nobody has checked it."),
        "human": _("Translated by a person. Nobody else has checked it."),
        "checked": _("Checked by a second person."),
    }[state]


def _role(person: Person | None) -> str:
    """The role of someone whose card the reader may see; nobody is named."""
    return person.role if person else ""
