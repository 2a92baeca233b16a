"""The line on every page that is not public: who can read this, and why can I."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from serai.db.rows import Protected
from serai.sharing.nouns import noun_of
from serai.sharing.queries import Readers, count_readers, readers_of, who_may_read
from serai.sharing.words import readers_in_words
from serai.web.pages import Here

MOST_MARKS = 120


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a page says about its readers."""

    sentence: str
    label: str
    readers: Readers
    noun: str
    id: str
    illustrative: bool


def reading(here: Here, record: Protected, *, marks: bool = False) -> Reading:
    """The readers of the record this page is about; counted, so that the sentence is true today.

    With `marks` also by organisation, for one mark each; where they are too many to tell apart, without.
    """
    readers = count_readers(who_may_read(record), record.source_id)
    if marks and readers.people <= MOST_MARKS:
        readers = readers_of(who_may_read(record), record.source_id)
    return Reading(
        sentence=hidden_in_words() if record.hidden_at else readers_in_words(readers),
        label=record.audience.label,
        readers=readers,
        noun=noun_of(record).name,
        id=str(record.pk),
        illustrative=record.illustrative,
    )


def hidden_in_words() -> str:
    """The line on what was reported: see sharing/policies.sql."""
    return _("Hidden after a report: only its source and the data-protection contact can read this.")
