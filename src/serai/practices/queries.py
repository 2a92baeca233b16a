"""Reads of practices: the library, one practice with its versions, and what other cities made of it."""

from __future__ import annotations

import difflib
import uuid
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.db.models import F, Func, Prefetch, QuerySet, TextField, Value

from serai.db.ready import Ready
from serai.practices.models import Practice, PracticeVersion
from serai.sharing.readable import Gaps, gaps, given, readable

MOST_LINES = 100


def practices_readable(*, found: Gaps | None = None) -> QuerySet[PracticeVersion]:
    """The latest version of each practice the asker may read, by title."""
    latest = PracticeVersion.objects.filter(number=F("practice__latest"))
    lines = readable(latest, "practice", found=found)
    return lines.select_related("practice__city", "practice__organisation").order_by("title", "id")


class Line(NamedTuple):
    """What a line of the library says of a practice, by its latest version."""

    practice: uuid.UUID
    title: str
    summary: str
    themes: str  # their codes, with a space between
    language: str
    city: str | None


@cache
def _lines(found: Gaps) -> Ready[Line]:
    themes = Func("themes", Value(" "), function="array_to_string", output_field=TextField())
    said = ("practice_id", "title", "summary", themes, "language", "practice__city__name")
    return Ready(Line, lambda: practices_readable(found=found).select_related(None).values_list(*said)[:MOST_LINES])


def library_lines() -> tuple[Line, ...]:
    """The practices the asker may read, by title; at most `MOST_LINES`."""
    return tuple(_lines(gaps()).all(**given()))


def practice_with_versions(id: uuid.UUID) -> Practice:
    """One practice with its versions, the latest first."""
    versions = PracticeVersion.objects.order_by("-number")
    return (
        Practice.objects.select_related("city", "organisation", "audience")
        .prefetch_related(Prefetch("versions", versions))
        .get(pk=id)
    )


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of text in a difference: `kind` is same, added or removed."""

    text: str
    kind: str


FIELDS = (
    "title",
    "summary",
    "description",
    "did_not_work",
    "safeguards",
    "core_elements",
    "adaptable_elements",
    "staff",
    "cost",
)


def difference(old: PracticeVersion, new: PracticeVersion) -> dict[str, list[Piece]]:
    """Field by field, what changed between two versions, word by word; fields that stayed are left out."""
    found = {}
    for name in FIELDS:
        before, after = text_of(getattr(old, name)), text_of(getattr(new, name))
        if before != after:
            found[name] = _pieces(before, after)
    return found


def text_of(value: str | list[str]) -> str:
    """What stands in a field, a list as its lines."""
    return "\n".join(value) if isinstance(value, list) else value


def _pieces(before: str, after: str) -> list[Piece]:
    old, new = before.split(" "), after.split(" ")
    pieces = []
    for kind, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(text=" ".join(old[a:b]) + " ", kind="same"))
            continue
        if b > a:
            pieces.append(Piece(text=" ".join(old[a:b]) + " ", kind="removed"))
        if d > c:
            pieces.append(Piece(text=" ".join(new[c:d]) + " ", kind="added"))
    return pieces
