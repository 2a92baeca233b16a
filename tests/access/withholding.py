"""To whom alone a passage, or a translation of one, is told while somebody named in it has not said yes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from access.rowmaking import Row, ids
from serai.stories.models import PassageTranslation

EVER = datetime(1970, 1, 1, tzinfo=UTC)


def withheld(row: Row, namings: Iterable[Row]) -> frozenset[str] | None:
    """Those named, while one of them has not said yes; of a translation, not since its words were written."""
    translated = row.model is PassageTranslation
    named = [n for n in namings if n["passage_id"] == (row["original_id"] if translated else row.id)]
    agreed = all(n["answer"] == "yes" for n in named)
    if translated:
        said = {(n["organisation_id"], n["person_id"]): EVER for n in named}
        for n in named:
            if n["answer"] == "yes" and n["answered_at"]:
                whom = (n["organisation_id"], n["person_id"])
                said[whom] = max(said[whom], n["answered_at"])
        agreed = all(at >= row["written_at"] for at in said.values())
    return None if agreed else _who(named)


def named_in(passage: UUID, namings: Iterable[Row]) -> frozenset[str]:
    """Those named in a passage."""
    return _who(n for n in namings if n["passage_id"] == passage)


def questions(passage: UUID, namings: Iterable[Row]) -> frozenset[str]:
    """The questions put to those named in a passage."""
    return ids(*(n.id for n in namings if n["passage_id"] == passage))


def _who(named: Iterable[Row]) -> frozenset[str]:
    return ids(*(n[c] for n in named for c in ("organisation_id", "person_id")))
