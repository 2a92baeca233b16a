"""The thread: from any record both ways, as far as the asker may read; writes nothing.

One query layer: a link is followed only where the rows that hold it can be read, and a record shows only if
it can be read itself. So a hidden record leaves no gap to see. The number of queries does not grow with rows.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Prefetch, Q, QuerySet

from serai.db.rows import Protected
from serai.exchanges.models import Exchange, Session, Takeaway, Weighing
from serai.needs.models import Match, MatchAnswer, Need
from serai.plans.models import Activity, ActivityTakeaway, Indicator, Measurement
from serai.practices.models import Practice
from serai.stories.models import Passage, Story

Id = uuid.UUID
Pairs = Iterable[tuple[Id, Id]]

NOUNS: Final = ("need", "match", "exchange", "practice", "takeaway", "activity", "indicator", "story")
STAGES: Final = ("need", "match", "exchange", "takeaway", "activity", "indicator", "story")


@dataclass(frozen=True, kw_only=True)
class Link:
    """One kind of link: which noun leads to which, and the stored pairs (parent, child)."""

    parent: str
    child: str
    pairs: Callable[[Q], Pairs]
    by_parent: str
    by_child: str = "id"

    def below(self, parents: set[Id]) -> Pairs:
        """The stored links that leave these parents."""
        return self.pairs(Q(**{f"{self.by_parent}__in": parents})) if parents else ()

    def above(self, children: set[Id]) -> Pairs:
        """The stored links that arrive at these children."""
        return self.pairs(Q(**{f"{self.by_child}__in": children})) if children else ()


def _pairs(rows: QuerySet[Protected], parent: str, child: str = "id") -> Callable[[Q], Pairs]:
    return lambda wanted: rows.filter(wanted).exclude(**{parent: None}).order_by().values_list(parent, child).distinct()


def _link(parent: str, child: str, rows: QuerySet[Protected], up: str, down: str = "id") -> Link:
    return Link(parent=parent, child=child, pairs=_pairs(rows, up, down), by_parent=up, by_child=down)


def _links() -> tuple[Link, ...]:
    told = [
        (noun, Passage.objects.filter(noun=noun)) for noun in ("need", "practice", "takeaway", "activity", "indicator")
    ]
    return (
        _link("need", "match", Match.objects.all(), "need_id"),
        _link("match", "exchange", Exchange.objects.all(), "match_id"),
        _link("practice", "exchange", Session.objects.all(), "practice_id", "exchange_id"),
        _link("exchange", "takeaway", Takeaway.objects.all(), "exchange_id"),
        _link("practice", "takeaway", Takeaway.objects.all(), "practice_id"),
        _link("takeaway", "activity", ActivityTakeaway.objects.all(), "takeaway_id", "activity_id"),
        _link("exchange", "activity", Activity.objects.all(), "promised_in_id"),
        _link("practice", "activity", Activity.objects.all(), "adapted_from__practice_id"),
        _link("activity", "indicator", Indicator.objects.all(), "activity_id"),
        _link("exchange", "story", Story.objects.all(), "exchange_id"),
        *(_link(noun, "story", rows, "record_id", "story_id") for noun, rows in told),
    )


def _loads() -> dict[str, QuerySet[Protected]]:
    answers = MatchAnswer.objects.select_related("city").order_by("id")
    weighings = Weighing.objects.order_by("-id")
    readings = Measurement.objects.order_by("measured_on", "id")
    return {
        "need": Need.objects.select_related("city"),
        "match": Match.objects.prefetch_related(Prefetch("answers", answers)),
        "exchange": Exchange.objects.select_related("place"),
        "practice": Practice.objects.select_related("city"),
        "takeaway": Takeaway.objects.select_related("city").prefetch_related(Prefetch("weighings", weighings)),
        "activity": Activity.objects.select_related("objective__plan__city"),
        "indicator": Indicator.objects.prefetch_related(Prefetch("measurements", readings)),
        "story": Story.objects.select_related("city"),
    }


Key = tuple[str, Id]


@dataclass(frozen=True, kw_only=True)
class Thread:
    """What hangs together with one record: records by noun, and the links between them that both ends show."""

    start: Key
    records: dict[str, dict[Id, Protected]]
    links: frozenset[tuple[Key, Key]] = field(default_factory=frozenset)

    def of(self, noun: str) -> list[Protected]:
        """The records of one noun, in order of their making."""
        return sorted(self.records[noun].values(), key=lambda record: (record.created_at, str(record.pk)))

    def after(self, key: Key) -> list[Key]:
        """The records one link further."""
        return sorted((b for a, b in self.links if a == key), key=_order)

    def before(self, key: Key) -> list[Key]:
        """The records one link back."""
        return sorted((a for a, b in self.links if b == key), key=_order)

    def record(self, key: Key) -> Protected:
        """One record of the thread."""
        return self.records[key[0]][key[1]]


def _order(key: Key) -> tuple[int, str]:
    return NOUNS.index(key[0]), str(key[1])


def thread_of(noun: str, id: Id) -> Thread:
    """Everything that led to this record and everything that followed from it, as the asker may read.

    Raises `DoesNotExist` of the record's model where the asker may not read the record itself, and `KeyError`
    for a noun that is no link of the thread.
    """
    loads = _loads()
    loads[noun].get(pk=id)
    found: dict[str, set[Id]] = defaultdict(set)
    found[noun].add(id)
    links: set[tuple[Key, Key]] = set()
    _walk_back(found, links)
    _walk_on({noun: {id}}, found, links)
    records = {n: {r.pk: r for r in rows.filter(pk__in=found[n])} if found[n] else {} for n, rows in loads.items()}
    seen = frozenset((a, b) for a, b in links if a[1] in records[a[0]] and b[1] in records[b[0]])
    return Thread(start=(noun, id), records=_joined(records, seen, (noun, id)), links=seen)


def _walk_back(found: dict[str, set[Id]], links: set[tuple[Key, Key]]) -> None:
    for link in reversed(_links()):
        for parent, child in link.above(found[link.child]):
            found[link.parent].add(parent)
            links.add(((link.parent, parent), (link.child, child)))


def _walk_on(down: dict[str, set[Id]], found: dict[str, set[Id]], links: set[tuple[Key, Key]]) -> None:
    reached: dict[str, set[Id]] = defaultdict(set, down)
    for link in _links():
        for parent, child in link.below(reached[link.parent]):
            reached[link.child].add(child)
            found[link.child].add(child)
            links.add(((link.parent, parent), (link.child, child)))


def _joined(
    records: dict[str, dict[Id, Protected]], links: frozenset[tuple[Key, Key]], start: Key
) -> dict[str, dict[Id, Protected]]:
    """Only what still hangs on the start once unreadable records are gone."""
    kept, border = {start}, [start]
    beside: dict[Key, list[Key]] = defaultdict(list)
    for a, b in links:
        beside[a].append(b)
        beside[b].append(a)
    while border:
        for key in beside[border.pop()]:
            if key not in kept:
                kept.add(key)
                border.append(key)
    return {noun: {id: r for id, r in rows.items() if (noun, id) in kept} for noun, rows in records.items()}
