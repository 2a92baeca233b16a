"""Reads of stories: the released ones, one with its passages as told, and what a story can be assembled from."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from serai.db.rows import Protected
from serai.exchanges.models import Exchange, Takeaway
from serai.needs.models import Need
from serai.plans.models import Activity, Indicator
from serai.practices.models import Practice
from serai.sharing.readable import readable
from serai.stories.models import Naming, Passage, PassageTranslation, Story


def stories_readable() -> QuerySet[Story]:
    """The released stories the asker may read, the newest first."""
    released = readable(Story.objects.filter(state="released"))
    return released.select_related("city", "exchange", "audience").order_by("-released_at", "-id")


def story_page(id: uuid.UUID) -> Story:
    """One story with its passages and their namings."""
    namings = Naming.objects.select_related("organisation", "person").order_by("id")
    passages = Passage.objects.prefetch_related(Prefetch("namings", namings)).order_by("position", "stands_in", "id")
    return (
        Story.objects.select_related("city", "exchange__place", "audience")
        .prefetch_related(Prefetch("passages", passages))
        .get(pk=id)
    )


@dataclass(frozen=True, kw_only=True)
class Told:
    """One place of a story: the passage told there, its namings, and what stands in for it meanwhile."""

    passage: Passage
    namings: tuple[Naming, ...]
    waiting: bool
    stand_in: Passage | None


def told(passages: Sequence[Passage], *, as_source: bool) -> list[Told]:
    """What is told at each position. The source sees a waiting passage beside its stand-in; readers one of them."""
    places: dict[int, list[Passage]] = {}
    for passage in passages:
        places.setdefault(passage.position, []).append(passage)
    lines = []
    for _position, found in sorted(places.items()):
        own = next((p for p in found if not p.stands_in), None)
        stand_in = next((p for p in found if p.stands_in), None)
        namings = _latest(own) if own else ()
        waiting = any(n.answer != "yes" for n in namings)
        if own is not None and (not waiting or as_source):
            lines.append(Told(passage=own, namings=namings, waiting=waiting, stand_in=stand_in))
        elif stand_in is not None:
            lines.append(Told(passage=stand_in, namings=(), waiting=False, stand_in=None))
    return lines


def _latest(passage: Passage) -> tuple[Naming, ...]:
    """The last question to each one named; earlier ones were about earlier words, and still count if taken back."""
    last = {(n.organisation_id, n.person_id): n for n in passage.namings.all() if n.answer == "yes"}
    last |= {(n.organisation_id, n.person_id): n for n in passage.namings.all() if n.answer != "yes"}
    return tuple(sorted(last.values(), key=lambda naming: naming.pk))


@dataclass(frozen=True, kw_only=True)
class Source:
    """A record of the thread that a passage could tell of."""

    noun: str
    record: Protected
    title: str


def sources_of(exchange: Exchange) -> list[Source]:
    """The records of an exchange's thread the asker may read, in the order of the thread."""
    found: list[Source] = []

    def add(noun: str, records: QuerySet[Any]) -> None:
        found.extend(Source(noun=noun, record=r, title=str(r)) for r in records)

    takeaways = Takeaway.objects.filter(exchange=exchange).order_by("id")
    activities = Activity.objects.filter(promised_in=exchange).order_by("id")
    add("need", Need.objects.filter(matches__exchanges=exchange).distinct())
    add("exchange", Exchange.objects.filter(pk=exchange.pk))
    add("practice", Practice.objects.filter(sessions__exchange=exchange).distinct().order_by("id"))
    add("takeaway", takeaways)
    add("activity", activities)
    add("indicator", Indicator.objects.filter(activity__in=activities).order_by("id"))
    return found


_RECORDS: dict[str, type[Protected]] = {
    "need": Need,
    "exchange": Exchange,
    "practice": Practice,
    "takeaway": Takeaway,
    "activity": Activity,
    "indicator": Indicator,
}


def records_to_open(passages: Sequence[Passage]) -> set[tuple[str, uuid.UUID]]:
    """Which of the records these passages tell of the asker may read: noun and id. One query for each noun."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for passage in passages:
        if passage.record_id and passage.noun in _RECORDS:
            wanted.setdefault(passage.noun, set()).add(passage.record_id)
    found = {
        noun: _RECORDS[noun]._default_manager.filter(pk__in=ids).values_list("pk", flat=True)
        for noun, ids in wanted.items()
    }
    return {(noun, id) for noun, ids in found.items() for id in ids}


def open_questions() -> Q:
    """Of namings: not answered yet, or said yes to before a translation was written and not asked anew since."""
    since = PassageTranslation.objects.filter(original=OuterRef("passage"), written_at__gt=OuterRef("answered_at"))
    same = Q(organisation=OuterRef("organisation")) | Q(person=OuterRef("person"))
    anew = Naming.objects.filter(same, passage=OuterRef("passage"), id__gt=OuterRef("id"))
    return Q(answer="asked") | Q(Exists(since), ~Exists(anew), answer="yes")


def namings_waiting_for(sources: Sequence[uuid.UUID], person: uuid.UUID) -> QuerySet[Naming]:
    """Where these organisations or this person are asked whether they may be named, also in words written since."""
    theirs = Q(organisation__in=sources) | Q(person=person)  # in one: two querysets joined would ask all else twice
    return Naming.objects.filter(theirs, open_questions()).select_related("passage__story").order_by("id")
