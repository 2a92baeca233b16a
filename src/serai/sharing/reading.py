"""The line on every page that is not public: who can read this, and why can I."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

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
    return reading_of(
        who_may_read(record),
        record.source_id,
        marks=marks,
        noun=noun_of(record).name,
        id=record.pk,
        label=record.audience.label,
        hidden=bool(record.hidden_at),
        illustrative=record.illustrative,
    )


def reading_of(
    groups: Iterable[str], source: UUID | None, *, noun: str, id: UUID, label: str, hidden: bool, illustrative: bool,
    marks: bool = False,
) -> Reading:  # fmt: skip
    """The same of a record whose values are known: the groups that read it, its source, its marks."""
    readers = count_readers(groups, source)
    if marks and readers.people <= MOST_MARKS:
        readers = readers_of(groups, source)
    sentence = hidden_in_words() if hidden else readers_in_words(readers)
    return Reading(sentence=sentence, label=label, readers=readers, noun=noun, id=str(id), illustrative=illustrative)


def hidden_in_words() -> str:
    """The line on what was reported: see sharing/policies.sql."""
    return _("Hidden after a report: only its source and the data-protection contact can read this.")
