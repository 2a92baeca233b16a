"""Who can read a thing: counted, and named where the asker may see the names; and why the asker can."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection

from serai.core.audience import EVERYONE, Reader, Record, Why, kind_of, label_of, why
from serai.db.acting import Asker
from serai.db.rows import Protected
from serai.directory.models import City, Organisation


@dataclass(frozen=True, kw_only=True)
class ReaderGroup:
    """The readers of one organisation. `name` is empty where the asker may not see the organisation."""

    name: str
    sector: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Who can read: counts of people, organisations, sectors and cities, and the list by organisation.

    `public` stands for everyone; then the counts say nothing.
    """

    public: bool
    label: str
    people: int = 0
    organisations: int = 0
    sectors: int = 0
    cities: int = 0
    groups: tuple[ReaderGroup, ...] = ()


def readers_of(groups: Iterable[str], source: uuid.UUID | None) -> Readers:
    """The readers of a record with these groups and this source, the source's own people included."""
    names = sorted(groups)
    label = label_of(names)
    if EVERYONE in names:
        return Readers(public=True, label=label)
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, organisation_id, sector, city_id FROM serai_readers(%s, %s)", [names, source])
        rows = cursor.fetchall()
    by_organisation = Counter((row[1], row[2]) for row in rows)
    known = dict(Organisation.objects.filter(pk__in=[o for o, _ in by_organisation if o]).values_list("id", "name"))
    listed = [
        ReaderGroup(name=known.get(organisation, ""), sector=sector or "", count=count)
        for (organisation, sector), count in by_organisation.items()
    ]
    return Readers(
        public=False,
        label=label,
        people=len(rows),
        organisations=len({o for o, _ in by_organisation if o}),
        sectors=len({s for _, s in by_organisation if s}),
        cities=len({row[3] for row in rows if row[3] is not None}),
        groups=tuple(sorted(listed, key=lambda g: (not g.name, g.sector, g.name))),
    )


def _asked(function: str) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT unnest({function})::text")  # noqa: S608, one of five names below
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
