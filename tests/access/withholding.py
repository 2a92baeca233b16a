"""What keeps a row from those who could read it: what it is part of, who is named in it, who left whom a link asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from access.rowmaking import TODAY, Row, ids
from serai.core.audience import Directory, sources_of
from serai.exchanges import models as exchanges
from serai.stories.models import Passage, PassageTranslation

WITHIN = {  # by the column that leads to what a row is part of
    Passage: "story_id",
    exchanges.Photo: "takeaway_id",
    exchanges.ProgrammeRelease: "exchange_id",
    exchanges.SafetyCheck: "exchange_id",
    exchanges.Weighing: "takeaway_id",
}
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


def questions(row: Row, namings: Iterable[Row]) -> frozenset[str]:
    """The questions put to those named in a passage, or in what a row translates."""
    return ids(*(n.id for n in namings if n["passage_id"] in (row.id, row["original_id"])))


def _who(named: Iterable[Row]) -> frozenset[str]:
    return ids(*(n[c] for n in named for c in ("organisation_id", "person_id")))


def reported_to(contact: str, reports: Iterable[Row], versions: Iterable[Row]) -> frozenset[str]:
    """What a data-protection contact is to look at: the records reported to them, of a practice its versions too."""
    found = ids(*(r["record_id"] for r in reports if str(r["contact_id"]) == contact and r["settled_at"] is None))
    return found | ids(*(v.id for v in versions if str(v["practice_id"]) in found))


def left(link: Row, asked: Iterable[Row], facts: Directory) -> bool:
    """Whether whom this link was made for is outside an organisation in whose name it asks."""
    whom = str(link["person_id"])
    bodies = ids(*(question["organisation_id"] for question in asked if question.id in link["record_ids"]))
    return link["person_id"] is not None and not bodies <= sources_of(facts, whom, TODAY) - {whom}
