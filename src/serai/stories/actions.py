"""A story is assembled from the thread, each one named is asked, then it is released to those who took part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from serai.audit.actions import Actor, ChangedMeanwhile, add, change, change_audience
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow, moved
from serai.directory.models import City, Organisation, Person
from serai.exchanges.actions import finish_tasks
from serai.exchanges.models import Exchange
from serai.stories.models import Naming, Passage, Story
from serai.translations.actions import follow


def begin_story(
    actor: Actor,
    *,
    title: str,
    exchange: Exchange,
    now: datetime,
    city: City | None = None,
    readers: Iterable[str] | None = None,
    byline: str = "",
    language: str = "en",
) -> Story:
    """Begins a story about an exchange; a draft is read by its source alone, unless said otherwise, until released."""
    story = Story(
        title=title,
        exchange=exchange,
        city=city,
        byline=byline,
        language=language,
        illustrative=exchange.illustrative,
    )
    return add(actor, story, verb="begin_story", groups=readers or _own(actor), now=now)


@transaction.atomic
def add_passage(
    actor: Actor,
    story: Story,
    text: str,
    *,
    now: datetime,
    noun: str = "",
    record_id: UUID | None = None,
    in_kind: str = "",
    organisations: Sequence[Organisation] = (),
    people: Sequence[Person] = (),
    because: str = "",
) -> Passage:
    """One paragraph, linked to the record it tells of; whoever it names is asked for a yes.

    Until each one named said yes, the database gives the passage to its source and those named alone; others
    get `in_kind` in its place, or nothing.
    """
    position = (story.passages.aggregate(last=Max("position"))["last"] or 0) + 1
    shared: dict[str, Any] = {
        "story": story,
        "position": position,
        "noun": noun,
        "record_id": record_id,
        "illustrative": story.illustrative,
    }
    groups = set(story.audience.groups)
    named = {group("organisation", o.id) for o in organisations} | {group("person", p.id) for p in people}
    said: dict[str, Any] = {"verb": "add_passage", "now": now, "because": because}
    passage = add(actor, Passage(text=text, **shared), groups=groups | named, **said)
    if in_kind and named:
        add(actor, Passage(text=in_kind, stands_in=True, **shared), groups=groups, **said)
    asked = [Naming(passage=passage, organisation=o, illustrative=story.illustrative) for o in organisations]
    asked += [Naming(passage=passage, person=p, illustrative=story.illustrative) for p in people]
    for naming in asked:
        _ask(actor, naming, now)
    return passage


def _own(actor: Actor) -> set[str]:
    return {group("organisation", actor.organisation) if actor.organisation else group("person", actor.person)}


def _ask(actor: Actor, naming: Naming, now: datetime) -> None:
    """Who was asked, and what they said, is theirs and the source's alone."""
    add(actor, naming, verb="ask_to_name", groups=_own(actor), now=now)


@transaction.atomic
def change_passage(actor: Actor, passage: Passage, *, expected: int, now: datetime, **fields: Any) -> Passage:
    """Mends a passage. A yes was said to the old words: with new ones, whoever is named is asked again.

    An answer that is on its way to the old words finds another version of the question.
    """
    held: list[Naming] = []
    if fields.get("text", passage.text) != passage.text:
        fields["wording"] = passage.wording + 1
        # Before the passage, as an answer holds them: neither waits for what the other has.
        held = list(passage.namings.select_for_update().order_by("id"))
    mended = change(actor, passage, verb="change_passage", now=now, expected=expected, **fields)
    for naming in {(n.organisation_id, n.person_id): n for n in held}.values():
        if naming.answer != "yes":
            change(actor, naming, verb="ask_to_name", now=now)
            continue
        again = Naming(
            passage=passage,
            organisation_id=naming.organisation_id,
            person_id=naming.person_id,
            illustrative=naming.illustrative,
        )
        _ask(actor, again, now)
    return mended


ANSWERS = {"asked": ("yes", "no"), "yes": ("yes", "withdrawn"), "no": ("yes",), "withdrawn": ("yes",)}  # after each


def answer_naming(
    actor: Actor | None,
    naming: Naming,
    answer: str,
    *,
    now: datetime,
    words_of: datetime | None = None,
    expected: int | None = None,
) -> Naming:
    """Yes, no, or withdrawn later: the passage is told in kind, or stays out, from that moment.

    A yes can be said again: to a translation that was written since. `words_of` is the moment whose words were read, if
    that is not now: a yes holds for no translation written later, and takes nothing from a younger yes. `actor` is
    None where a signed link answers; `expected` is the version that was seen. Raises `ChangedMeanwhile`.
    """
    if expected is not None and naming.version != expected:
        raise ChangedMeanwhile(naming)
    if answer not in ANSWERS[naming.answer]:
        raise NotAllowedNow(f"an answer that is {naming.answer} cannot become {answer}")
    at = words_of or now
    if answer == naming.answer and naming.answered_at is not None:
        at = max(at, naming.answered_at)
    fields: dict[str, Any] = {"answer": answer, "answered_at": at}
    return change(actor, naming, verb=f"naming_{answer}", now=now, expected=naming.version, **fields)


@transaction.atomic
def release_story(actor: Actor, story: Story, groups: Iterable[str], *, now: datetime) -> Story:
    """Releases a story to these readers; what is not agreed stays out or is told in kind, until it is."""
    names = set(groups)
    if not story.passages.exists():
        raise NotAllowedNow("a story without a passage cannot be released")
    state = moved("story", moved("story", story.state, "asking") if story.state == "draft" else story.state, "released")
    for passage in story.passages.select_related("audience").order_by("position"):
        namings = list(passage.namings.order_by("id"))
        named = {g for n in namings if (g := _group_named(n)) is not None}
        change_audience(actor, passage, names | named, now=now)
        follow(actor, passage, names | named, now=now)
    shared = change_audience(actor, story, names, now=now)
    follow(actor, story, names, now=now)
    if story.exchange_id is not None:
        finish_tasks(actor, story.exchange_id, ["tell_story"], now=now)
    return change(actor, shared, verb="release_story", now=now, state=state, released_at=now)


def _group_named(naming: Naming) -> str | None:
    if naming.organisation_id:
        return group("organisation", naming.organisation_id)
    return group("person", naming.person_id) if naming.person_id else None


@transaction.atomic
def withdraw_story(actor: Actor, story: Story, *, now: datetime) -> Story:
    """Takes a story back: from then on its source alone reads it, in the thread as well."""
    state = moved("story", story.state, "withdrawn")
    for passage in story.passages.order_by("position"):
        change_audience(actor, passage, _own(actor), now=now)
        follow(actor, passage, _own(actor), now=now)
    kept = change_audience(actor, story, _own(actor), now=now)
    follow(actor, story, _own(actor), now=now)
    return change(actor, kept, verb="withdraw_story", now=now, state=state)


def ask_naming_again(actor: Actor | None, naming: Naming, *, now: datetime) -> Naming:
    """The answer that was seen is taken back: the question is open again. Raises `ChangedMeanwhile`."""
    seen = naming.version
    return change(actor, naming, verb="ask_naming_again", now=now, expected=seen, answer="asked", answered_at=None)
