"""A story in another language: title, by-line, and each passage by itself, withheld with the one it translates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from serai.audit.actions import Actor, ChangedMeanwhile
from serai.core.lifecycle import NotAllowedNow
from serai.stories.models import Passage, PassageTranslation, Story, StoryTranslation
from serai.translations import actions
from serai.translations.models import Translation


@dataclass(frozen=True, kw_only=True)
class Text:
    """A passage's words in the other language, and which wording of the passage its writer saw."""

    text: str
    of_wording: int


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A story in one language as far as it was put into it: its heading, and passages by the ids of their originals."""

    language: str
    heading: StoryTranslation | None
    passages: Mapping[UUID, PassageTranslation]

    @property
    def pieces(self) -> tuple[Translation, ...]:
        """Every row, the heading first."""
        return tuple(filter(None, (self.heading, *self.passages.values())))

    @property
    def version(self) -> int:
        """A number that moves on whenever any piece is written or changed; 0 where there is none."""
        return sum(piece.version for piece in self.pieces)


def sheets_of(story: Story, passages: Iterable[Passage]) -> dict[str, Sheet]:
    """What the asker may read of a story in other languages, by language: in two questions, however many there are."""
    headings = {row.language: row for row in story.translations.select_related("written_by").order_by("language")}
    texts: dict[str, dict[UUID, PassageTranslation]] = {}
    for row in PassageTranslation.objects.filter(original__in=list(passages)).order_by("id"):
        texts.setdefault(row.language, {})[row.original_id] = row
    return {
        code: Sheet(language=code, heading=heading, passages=texts.get(code, {})) for code, heading in headings.items()
    }


def sheet_of(story: Story, language: str) -> Sheet:
    """A story in one language as it stands."""
    return sheets_of(story, story.passages.all()).get(language) or Sheet(language=language, heading=None, passages={})


@transaction.atomic
def translate_story(
    actor: Actor,
    story: Story,
    language: str,
    *,
    title: str,
    byline: str,
    texts: Mapping[UUID, Text],
    expected: int,
    now: datetime,
    made: str = "human",
    because: str = "",
) -> Sheet:
    """Writes or mends a story in another language; `texts` by the ids of the passages, those left empty stay out.

    `made` is said of the words that change now; where none does, of all. `expected` is the version of the sheet the
    editor saw. Raises `ChangedMeanwhile` with the sheet as it stands now, `NotYours`.
    """
    before = sheet_of(story, language)
    if before.version != expected:
        raise ChangedMeanwhile(before)
    try:
        _write(actor, story, before, title=title, byline=byline, texts=texts, made=made, now=now, because=because)
        after = sheet_of(story, language)
        if after.version == before.version:
            for piece in before.pieces:
                actions.mend(actor, piece, expected=piece.version, now=now, made=made)
            after = sheet_of(story, language)
    except ChangedMeanwhile as meanwhile:
        raise ChangedMeanwhile(sheet_of(story, language)) from meanwhile
    return after


def _write(
    actor: Actor,
    story: Story,
    before: Sheet,
    *,
    title: str,
    byline: str,
    texts: Mapping[UUID, Text],
    made: str,
    now: datetime,
    because: str,
) -> None:
    """Each piece whose words are new, by itself: what stays as it is stays checked."""
    words = {"title": title, "byline": byline}
    if before.heading is None:
        heading = StoryTranslation(
            original=story, language=before.language, made=made, illustrative=story.illustrative, **words
        )
        actions.write(actor, heading, groups=story.audience.groups, now=now, because=because)
    else:
        _mend(actor, before.heading, words, made, now, because)
    for passage in story.passages.select_related("audience").order_by("position", "id"):
        given, there = texts.get(passage.pk), before.passages.get(passage.pk)
        if given is None or (there is None and not given.text):
            continue
        if there is not None:
            _mend(actor, there, {"text": given.text, "of_wording": given.of_wording}, made, now, because)
            continue
        fresh = PassageTranslation(
            original=passage,
            language=before.language,
            made=made,
            text=given.text,
            of_wording=given.of_wording,
            illustrative=story.illustrative,
        )
        actions.write(actor, fresh, groups=passage.audience.groups, now=now, because=because)


def _mend(
    actor: Actor, piece: Translation, words: Mapping[str, str | int], made: str, now: datetime, because: str
) -> None:
    if any(getattr(piece, name) != value for name, value in words.items()):
        actions.mend(actor, piece, expected=piece.version, now=now, because=because, made=made, **words)


def waiting(sheet: Sheet, person: UUID) -> list[Translation]:
    """The pieces this person can check: those that nobody checked and others wrote."""
    return [piece for piece in sheet.pieces if actions.may_check(person, piece)]


def untold(sheet: Sheet, passages: Iterable[Passage]) -> list[Passage]:
    """The passages that have no words in this language yet."""
    there = [(passage, sheet.passages.get(passage.pk)) for passage in passages]
    return [passage for passage, row in there if row is None or not row.text]


def lacks_byline(sheet: Sheet, story: Story) -> bool:
    """Whether the story has a by-line, and none in this language yet."""
    return bool(story.byline) and not (sheet.heading and sheet.heading.byline)


@transaction.atomic
def check_story(actor: Actor, story: Story, language: str, *, expected: int, now: datetime) -> Sheet:
    """A second person read it beside its original.

    Raises `NotFinished`, `NotAllowedNow`, `ChangedMeanwhile`, `NotYours`.
    """
    sheet = sheet_of(story, language)
    if sheet.version != expected:
        raise ChangedMeanwhile(sheet)
    if lacks_byline(sheet, story) or untold(sheet, story.passages.all()):
        raise actions.NotFinished("a story is vouched for once all of it is translated")
    found: Sequence[Translation] = waiting(sheet, actor.person)
    if not found:
        raise NotAllowedNow("a translation is checked once, by someone who did not write it")
    for piece in found:
        actions.check(actor, piece, expected=piece.version, now=now)
    return sheet_of(story, language)
