"""A story is assembled from the thread, each one named is asked, then it is released to those who took part."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from serai.audit.actions import Actor, add, change, change_audience
from serai.core.lifecycle import NotAllowedNow, moved
from serai.directory.models import City, Organisation, Person
from serai.exchanges.models import Exchange
from serai.stories.models import Naming, Passage, Story


def begin_story(
    actor: Actor,
    *,
    title: str,
    exchange: Exchange,
    readers: Iterable[str],
    now: datetime,
    city: City | None = None,
    byline: str = "",
    language: str = "en",
) -> Story:
    """Begins a story about an exchange; a draft is read by its source alone until it is released."""
    story = Story(
        title=title,
        exchange=exchange,
        city=city,
        byline=byline,
        language=language,
        illustrative=exchange.illustrative,
    )
    return add(actor, story, verb="begin_story", groups=readers, now=now)


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
    organisations: Iterable[Organisation] = (),
    people: Iterable[Person] = (),
) -> Passage:
    """One paragraph, linked to the record it tells of; whoever it names is asked for a yes.

    A passage that names someone needs `in_kind`, how it is told until they said yes, or stays out till then.
    """
    passage = Passage(
        story=story,
        position=story.passages.count() + 1,
        text=text,
        in_kind=in_kind,
        noun=noun,
        record_id=record_id,
        illustrative=story.illustrative,
    )
    groups = story.audience.groups
    add(actor, passage, verb="add_passage", groups=groups, now=now)
    for organisation in organisations:
        naming = Naming(passage=passage, organisation=organisation, illustrative=story.illustrative)
        add(actor, naming, verb="ask_to_name", groups=groups, now=now)
    for person in people:
        naming = Naming(passage=passage, person=person, illustrative=story.illustrative)
        add(actor, naming, verb="ask_to_name", groups=groups, now=now)
    return passage


def change_passage(actor: Actor, passage: Passage, *, expected: int, now: datetime, **fields: Any) -> Passage:
    """Mends a passage. Names in changed words need a new yes: the caller asks anew."""
    return change(actor, passage, verb="change_passage", now=now, expected=expected, **fields)


def answer_naming(actor: Actor, naming: Naming, answer: str, *, now: datetime) -> Naming:
    """Yes, no, or withdrawn later: the passage is told in kind, or stays out, from that moment."""
    allowed = {"asked": ("yes", "no"), "yes": ("withdrawn",), "no": ("yes",), "withdrawn": ("yes",)}
    if answer not in allowed[naming.answer]:
        raise NotAllowedNow(f"an answer that is {naming.answer} cannot become {answer}")
    return change(actor, naming, verb=f"naming_{answer}", now=now, answer=answer, answered_at=now)


@transaction.atomic
def release_story(actor: Actor, story: Story, groups: Iterable[str], *, now: datetime) -> Story:
    """Releases a story to these readers, its passages with it; what is not agreed stays out or in kind."""
    names = list(groups)
    if not story.passages.exists():
        raise NotAllowedNow("a story without a passage cannot be released")
    state = moved("story", moved("story", story.state, "asking") if story.state == "draft" else story.state, "released")
    for passage in story.passages.order_by("position"):
        change_audience(actor, passage, names, now=now)
        for naming in passage.namings.order_by("id"):
            if naming.source_id == actor.source:
                change_audience(actor, naming, names, now=now)
    shared = change_audience(actor, story, names, now=now)
    return change(actor, shared, verb="release_story", now=now, state=state, released_at=now)


def withdraw_story(actor: Actor, story: Story, *, now: datetime) -> Story:
    """Takes a story back."""
    return change(actor, story, verb="withdraw_story", now=now, state=moved("story", story.state, "withdrawn"))


def told(passage: Passage, answers: Iterable[str]) -> str:
    """What a reader gets of a passage: its words once each one named said yes, else in kind, else nothing."""
    return passage.text if all(answer == "yes" for answer in answers) else passage.in_kind
