"""Who can read a thing: counted, and named where the asker may see the names; and why the asker can."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import connection

from serai.core.audience import EVERYONE, Reader, Record, Why, group, kind_of, label_of, why
from serai.db.acting import Asker
from serai.db.rows import Protected
from serai.directory.models import City, Organisation, Person


@dataclass(frozen=True, kw_only=True)
class ReaderGroup:
    """The readers of one organisation. `name` is empty where the asker may not see the organisation.

    Those whom the asker may not see are one group for each sector, of `organisations` organisations. People who
    belong to none are a group without sector.
    """

    name: str
    sector: str
    count: int
    organisations: int = 1


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Who can read: counts of people, organisations, sectors and cities, and the list by organisation.

    `public` stands for everyone; then the counts say nothing. `city` is the name of the only city, if there is one.
    """

    public: bool
    label: str
    people: int = 0
    organisations: int = 0
    sectors: int = 0
    cities: int = 0
    city: str = ""
    groups: tuple[ReaderGroup, ...] = ()


# One row for each organisation among the readers of each set of groups: people are counted by the database.
_COUNTED = """
    SELECT asked.place, r.organisation_id, r.sector, r.city_id, count(*)
    FROM jsonb_to_recordset(%s::jsonb) AS asked(place integer, names text[], source uuid)
    CROSS JOIN LATERAL serai_readers(asked.names, asked.source) AS r
    GROUP BY 1, 2, 3, 4"""

_Counted = list[tuple[uuid.UUID | None, str | None, int | None, int]]


def readers_of(groups: Iterable[str], source: uuid.UUID | None) -> Readers:
    """The readers of a record with these groups and this source, the source's own people included."""
    return readers_of_each([(groups, source)])[0]


def readers_of_each(records: Sequence[tuple[Iterable[str], uuid.UUID | None]]) -> list[Readers]:
    """The same for several records, each its groups and its source: three queries, however many they are."""
    asked = [(sorted(names), source) for names, source in records]
    counted: list[_Counted] = [[] for _ in asked]
    wanted = [
        {"place": at, "names": names, "source": str(source) if source else None}
        for at, (names, source) in enumerate(asked)
        if EVERYONE not in names
    ]
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(_COUNTED, [json.dumps(wanted)])
            for place, *row in cursor.fetchall():
                counted[place].append(tuple(row))
    every = [row for rows in counted for row in rows]
    if not every:
        return [_readers(groups, [], {}, {}) for groups, _ in asked]
    names = dict(Organisation.objects.filter(pk__in={r[0] for r in every if r[0]}).values_list("id", "name"))
    cities = dict(City.objects.filter(pk__in={r[2] for r in every if r[2] is not None}).values_list("id", "name"))
    return [_readers(groups, rows, names, cities) for (groups, _), rows in zip(asked, counted, strict=True)]


# The same counted to the end: for the line on a page, which names nobody.
_HOW_MANY = """
    SELECT count(*), count(DISTINCT organisation_id), count(DISTINCT nullif(sector, '')), count(DISTINCT city_id),
      CASE WHEN count(DISTINCT city_id) = 1 THEN (SELECT name FROM serai_city WHERE id = min(r.city_id)) END
    FROM serai_readers(%s, %s) AS r"""


def count_readers(groups: Iterable[str], source: uuid.UUID | None) -> Readers:
    """How many read a record with these groups and this source, without the list by organisation: one query."""
    names = sorted(groups)
    label = label_of(names)
    if EVERYONE in names:
        return Readers(public=True, label=label)
    with connection.cursor() as cursor:
        cursor.execute(_HOW_MANY, [names, source])
        people, organisations, sectors, cities, city = cursor.fetchone()
    return Readers(
        public=False,
        label=label,
        people=people,
        organisations=organisations,
        sectors=sectors,
        cities=cities,
        city=city or "",
    )


def _readers(groups: list[str], rows: _Counted, names: Mapping[uuid.UUID, str], cities: Mapping[int, str]) -> Readers:
    label = label_of(groups)
    if EVERYONE in groups:
        return Readers(public=True, label=label)
    places = {city for _, _, city, _ in rows if city is not None}
    listed = []
    unseen: dict[str, list[int]] = defaultdict(list)
    for organisation, sector, _city, count in rows:
        name = names.get(organisation, "") if organisation else ""
        if name or organisation is None:
            listed.append(ReaderGroup(name=name, sector=sector or "", count=count))
        else:
            unseen[sector or ""].append(count)
    listed += [ReaderGroup(name="", sector=s, count=sum(n), organisations=len(n)) for s, n in unseen.items()]
    return Readers(
        public=False,
        label=label,
        people=sum(count for *_, count in rows),
        organisations=len({organisation for organisation, *_ in rows if organisation}),
        sectors=len({sector for _, sector, _, _ in rows if sector}),
        cities=len(places),
        city=cities.get(next(iter(places)), "") if len(places) == 1 else "",
        groups=tuple(sorted(listed, key=lambda g: (not g.name, -g.count, g.sector, g.name))),
    )


@dataclass(frozen=True, kw_only=True)
class Named:
    """The readers of one organisation by name. `name` is empty where the asker may not see the organisation.

    `people` are those whose cards the asker may read; `others` counts the rest.
    """

    name: str
    sector: str
    people: tuple[Person, ...]
    others: int


def names_of(groups: Iterable[str], source: uuid.UUID | None) -> list[Named]:
    """The readers by organisation, named where the asker may see the names. Empty for everyone."""
    wanted = sorted(groups)
    if EVERYONE in wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, organisation_id, sector FROM serai_readers(%s, %s)", [wanted, source])
        rows = cursor.fetchall()
    names = dict(Organisation.objects.filter(pk__in={r[1] for r in rows if r[1]}).values_list("id", "name"))
    cards = Person.objects.in_bulk([r[0] for r in rows if r[0]])
    kept: dict[tuple[str, str, bool], list[Person | None]] = defaultdict(list)
    for person, organisation, sector in rows:
        key = (names.get(organisation, ""), sector or "", organisation is None)
        kept[key].append(cards.get(person) if person else None)
    return [
        Named(
            name=name,
            sector=sector,
            people=tuple(sorted((p for p in people if p), key=lambda p: (p.name, str(p.pk)))),
            others=sum(p is None for p in people),
        )
        for (name, sector, _alone), people in sorted(kept.items(), key=lambda item: (not item[0][0], *item[0]))
    ]


def who_may_read(record: Protected) -> frozenset[str]:
    """The groups that read a record today besides its source: its audience, who answers in it, whose card it is."""
    groups = set(record.audience.groups)
    asked = {getattr(record, column) for column in record.answered_by} - {None}
    groups |= {group(kind, id) for id in asked for kind in ("organisation", "person")}
    if isinstance(record, Person):
        groups.add(group("person", record.pk))
    return frozenset(groups)


def _asked(function: str) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT unnest({function})::text")
        return frozenset(row[0] for row in cursor.fetchall())


def reader(asker: Asker) -> Reader:
    """The present asker as the rule sees them."""
    link = asker.id if asker.kind == "link" else None
    return Reader(
        groups=_asked("serai_groups_of(serai_person())"),
        sources=_asked("serai_sources()"),
        named=_asked("serai_named()"),
        maker=min(_asked("ARRAY[serai_link_source()]"), default=None) if link else None,
        maker_groups=_asked("serai_link_groups()") if link else frozenset(),
    )


def why_readable(asker: Asker, record: Protected) -> Why | None:
    """Why the asker can read a record they already have before them."""
    seen = Record(
        id=str(record.pk),
        groups=frozenset(record.audience.groups),
        source=str(record.source_id) if record.source_id else None,
        hidden=record.hidden_at is not None,
        asked=frozenset(str(id) for name in record.answered_by if (id := getattr(record, name))),
    )
    return why(reader(asker), seen)


def name_of_group(name: str) -> str:
    """A group's own name where the asker may see it, else empty."""
    kind, _, ref = name.partition(":")
    if kind_of(name) == EVERYONE:
        return ""
    if kind == "city":
        return str(City.objects.filter(pk=int(ref)).first() or "")
    # By its name: an exchange is a group too, and its package comes after this one.
    return str(apps.get_model("serai", kind).objects.filter(pk=ref).first() or "")
