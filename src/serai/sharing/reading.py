"""The line on every page that is not public: who can read this, and why can I."""

from __future__ import annotations

from dataclasses import dataclass

from serai.db.rows import Protected
from serai.sharing.queries import Readers, readers_of
from serai.sharing.words import readers_in_words
from serai.web.pages import Here


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a page says about its readers."""

    sentence: str
    label: str
    readers: Readers
    noun: str
    id: str
    illustrative: bool


def reading(here: Here, record: Protected) -> Reading:
    """The readers of the record this page is about."""
    readers = readers_of(record.audience.groups, record.source_id)
    return Reading(
        sentence=readers_in_words(readers),
        label=record.audience.label,
        readers=readers,
        noun=type(record).__name__.lower(),
        id=str(record.pk),
        illustrative=record.illustrative,
    )
