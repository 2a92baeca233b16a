"""A world by chance: networks in networks, people who come, go and sit in two organisations, and rows of every
protected table with any source and any readers; with what core/audience.py needs to know of it."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import models

from access.ground import Ground
from access.rowmaking import NOW, TODAY, Row, filled, ids, lay
from access.withholding import WITHIN, left, named_in, questions, reported_to, withheld
from serai.audit.models import AuditEntry
from serai.core import audience as rule
from serai.core.audience import Directory, Link, Membership, Reader, Record, group
from serai.db.acting import VISITOR, Asker, link, person
from serai.db.rows import Protected, new_id, protected_models
from serai.directory import models as directory
from serai.exchanges import models as exchanges
from serai.needs.models import MatchAnswer
from serai.practices.models import PracticeVersion
from serai.sharing.models import Invitation, Report
from serai.stories.models import Naming, Passage, PassageTranslation
from serai.translations.models import Translation

FIXED = frozenset({AuditEntry, exchanges.SafetyCheck, exchanges.ProgrammeRelease, exchanges.Weighing})
NEVER_REPORTED = frozenset({AuditEntry, Invitation, Report})


def in_order() -> list[type[Protected]]:
    """Every protected model after those its rows hang on; what names any record comes last."""
    left, ordered = set(protected_models()) - {Invitation, Report, AuditEntry}, []
    while left:
        ready = sorted((m for m in left if not (set(parents_of(m).values()) & left) - {m}), key=lambda m: m.__name__)
        ordered += ready
        left -= set(ready)
    return [*ordered, Report, Invitation, AuditEntry]


def parents_of(model: type[models.Model]) -> dict[str, type[Protected]]:
    """The columns that lead to a protected parent, with the parent's model."""
    relations = [f for f in model._meta.concrete_fields if f.is_relation]
    return {f.column: f.related_model for f in relations if issubclass(f.related_model, Protected)}


def may_lack(model: type[models.Model], column: str) -> bool:
    """Whether this column may be empty, as its checks have it."""
    found = model._meta.get_field(column)
    return found.null and f"{model.__name__.lower()}_{found.name}_there" not in {
        c.name for c in model._meta.constraints
    }


@dataclass(kw_only=True)
class World:
    """The rows laid out, and the rule's view of them."""

    rng: random.Random
    rows: dict[type[models.Model], list[Row]] = field(default_factory=dict)
    people: list[uuid.UUID] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def every(self) -> list[Row]:
        """All protected rows."""
        return [row for model in protected_models() for row in self.rows[model]]

    def of(self, model: type[models.Model]) -> list[Row]:
        """The rows of one model."""
        return self.rows.get(model, [])

    def find(self, model: type[models.Model], id: uuid.UUID | None) -> Row | None:
        """One row by its id."""
        return self._by_id.get((model, id))

    @cached_property
    def _by_id(self) -> dict[tuple[type[models.Model], Any], Row]:
        return {(model, row.id): row for model, rows in self.rows.items() for row in rows}

    @cached_property
    def facts(self) -> Directory:
        """Who is in what, for the rule."""

        def held(model: type[models.Model], column: str) -> tuple[Membership, ...]:
            return tuple(
                Membership(
                    person=str(row["person_id"]),
                    of=str(row[column]),
                    started_on=row["started_on"],
                    ended_on=row["ended_on"],
                )
                for row in self.of(model)
                if row["person_id"]
            )

        networks: dict[str, set[str]] = {}
        bodies: dict[str, set[str]] = {}
        for row in self.of(directory.NetworkCity):
            networks.setdefault(str(row["city_id"]), set()).add(str(row["network_id"]))
        for row in self.of(directory.NetworkOrganisation):
            bodies.setdefault(str(row["organisation_id"]), set()).add(str(row["network_id"]))
        return Directory(
            organisations=held(directory.Membership, "organisation_id"),
            teams=held(directory.TeamMember, "team_id"),
            exchanges=held(exchanges.Participant, "exchange_id"),
            city_of={str(r.id): str(r["city_id"]) for r in self.of(directory.Organisation) if r["city_id"] is not None},
            networks_of_city={city: frozenset(found) for city, found in networks.items()},
            networks_of_organisation={body: frozenset(found) for body, found in bodies.items()},
            parent_of={str(r.id): str(r["parent_id"]) for r in self.of(directory.Network) if r["parent_id"]},
        )

    def links(self) -> list[Link]:
        """The signed links."""
        return [
            Link(
                id=str(row.id),
                source=str(row["source_id"]),
                records=frozenset(map(str, row["record_ids"])),
                expires_at=row["expires_at"],
                answered=row["answered_at"] is not None,
                called_back=row["called_back_at"] is not None,
                left=left(row, [*self.of(MatchAnswer), *self.of(Naming)], self.facts),
            )
            for row in self.of(Invitation)
        ]

    def askers(self) -> list[Asker]:
        """Everybody who could ask: each person, each link, the visitor, and a keeper, who reads nothing here."""
        return [*map(person, self.people), *(link(r.id) for r in self.of(Invitation)), VISITOR, Asker(kind="keeper")]

    def some_askers(self) -> list[Asker]:
        """Four of the people, a link, and the visitor or a keeper."""
        rng, links = self.rng, self.of(Invitation)
        others = [VISITOR, Asker(kind="keeper")]
        return [*map(person, rng.sample(self.people, 4)), link(rng.choice(links).id), rng.choice(others)]

    def reader(self, asker: Asker) -> Reader:
        """An asker as the rule sees them."""
        if asker.kind == "visitor":
            return rule.VISITOR
        if asker.kind == "keeper":
            return Reader(groups=frozenset())
        if asker.kind == "link":
            (found,) = [each for each in self.links() if each.id == str(asker.id)]
            return rule.following(found, rule.groups_of_source(self.facts, found.source, TODAY), NOW)
        me = str(asker.id)
        wrote = frozenset(str(r["note_id"]) for r in self.of(exchanges.NoteAuthor) if str(r["person_id"]) == me)
        reported = reported_to(me, self.of(Report), self.of(PracticeVersion))
        return Reader(
            groups=rule.groups_of(self.facts, me, TODAY),
            sources=rule.sources_of(self.facts, me, TODAY),
            named=reported | {me},
            wrote=wrote,
        )

    def record(self, row: Row) -> Record:
        """A row as the rule sees it."""
        workers = frozenset()
        told_to = withheld(row, self.of(Naming)) if row.model in (Passage, PassageTranslation) else None
        whole = "original_id" if issubclass(row.model, Translation) else WITHIN.get(row.model)
        within = self.find(parents_of(row.model)[whole], row[whole]) if whole else None
        if row.model is directory.Person:
            workers = ids(row.id)
        if row.model is exchanges.Task and (party := self.find(exchanges.Party, row["party_id"])):
            workers = ids(party["speaker_id"])
        return Record(
            id=str(row.id),
            groups=row.groups,
            source=str(row["source_id"]) if row["source_id"] else None,
            hidden=row["hidden_at"] is not None,
            asked=ids(*(row[column] for column in row.model.answered_by)),
            workers=workers,
            settled_by=str(row["contact_id"]) if row.model is Report else None,
            answered_by_link=row.model in (MatchAnswer, Naming, Invitation),
            fixed=row.model in FIXED,
            told_to=told_to,
            within=self.record(within) if within else None,
            shown_alone=row.model in WITHIN,
            named_in=named_in(row.id, self.of(Naming)) if row.model is Passage else None,
            questions=questions(row, self.of(Naming)),
        )

    def holders(self, row: Row) -> list[tuple[Row, frozenset[str]]]:
        """Who lets someone in: rows its writer must read, each with the ids of which they must speak for one."""
        if row.model is directory.Membership:
            body = self.find(directory.Organisation, row["organisation_id"])
            return [(body, ids(body.id, None if body["claimed_on"] else body["source_id"]))]
        if row.model is directory.TeamMember:
            team = self.find(directory.Team, row["team_id"])
            return [(team, ids(team["source_id"]))]
        if row.model in (exchanges.Party, exchanges.Participant):
            exchange = self.find(exchanges.Exchange, row["exchange_id"])
            if row.model is exchanges.Party:
                return [(exchange, ids(exchange["source_id"]))]
            party = self.find(exchanges.Party, row["party_id"])
            keys = ids(exchange["source_id"], party["speaker_id"]) if party["exchange_id"] == exchange.id else ids()
            return [(exchange, keys), (party, keys)]
        return []

    def lets_in(self, reader: Reader, row: Row) -> bool:
        """Whether the holders of this row let its writer write it."""
        return all(
            rule.may_read(reader, self.record(holder)) and bool(keys & reader.sources)
            for holder, keys in self.holders(row)
        )

    def may_change(self, reader: Reader, row: Row) -> bool:
        """The rule's word on a change of this row."""
        record = self.record(row)
        if row.model is exchanges.Task and (party := self.find(exchanges.Party, row["party_id"])):
            # Whoever works in a task must read the party they work for.
            record = record if rule.may_read(reader, self.record(party)) else replace(record, workers=frozenset())
        return rule.may_change(reader, record) and self.lets_in(reader, row)


def grown(seed: int, *, rows: int = 3, people: int = 8) -> World:
    """The world of this seed; not laid out yet."""
    return _Growing(random.Random(seed), people=people).world(rows)


class _Growing:
    def __init__(self, rng: random.Random, *, people: int) -> None:
        self.rng = rng
        self.made = World(rng=rng, people=[new_id() for _ in range(people)])
        self.bodies = [new_id() for _ in range(rng.randint(5, 7))]
        self.once: set[tuple[Any, ...]] = set()

    def world(self, rows: int) -> World:
        self._places()
        teams, visits = [new_id() for _ in range(3)], [new_id() for _ in range(3)]
        self.made.groups = [
            "everyone",
            *(group("network", r.id) for r in self.made.of(directory.Network)),
            *(group("city", r.id) for r in self.made.of(directory.City)),
            *(group("organisation", id) for id in self.bodies),
            *(group("team", id) for id in teams),
            *(group("exchange", id) for id in visits),
            *(group("person", id) for id in self.made.people),
        ]
        own_ids = {
            directory.Person: self.made.people,
            directory.Organisation: self.bodies,
            directory.Team: teams,
            exchanges.Exchange: visits,
        }
        many = {directory.Membership: 14, directory.TeamMember: 9, exchanges.Participant: 9, exchanges.Note: 8}
        for model in in_order():
            self.made.rows.setdefault(model, [])
            for at in range(len(own_ids.get(model, ())) or max(rows, many.get(model, 0))):
                given = {"id": own_ids[model][at]} if model in own_ids else {}
                self._row(model, given)
        return self.made

    def _places(self) -> None:
        rng, made = self.rng, self.made
        nets: list[Row] = []
        for at in range(rng.randint(3, 5)):
            inside = rng.choice(nets).id if at and rng.random() < 0.6 else None
            nets.append(
                self._open(directory.Network, parent_id=inside, data_protection_id=rng.choice([None, *made.people]))
            )
        towns = [self._open(directory.City, id=-1000 - at, fictive=True) for at in range(rng.randint(4, 6))]
        for net in nets:
            for town in rng.sample(towns, rng.randint(1, 3)):
                self._open(directory.NetworkCity, network_id=net.id, city_id=town.id)
        for net, body in zip(rng.sample(nets, 2), rng.sample(self.bodies, 2), strict=True):
            self._open(directory.NetworkOrganisation, network_id=net.id, organisation_id=body)

    def _open(self, model: type[models.Model], **given: Any) -> Row:
        row = Row(model=model, values=filled(model, self.rng, **given))
        self.made.rows.setdefault(model, []).append(row)
        return row

    def _row(self, model: type[Protected], given: dict[str, Any]) -> None:
        rng = self.rng
        for column, parent in parents_of(model).items():
            lacking = may_lack(model, column) and rng.random() < 0.4
            given[column] = None if lacking else rng.choice(self.made.of(parent)).id
        for relation in model._meta.concrete_fields:
            if relation.related_model is directory.City:
                given[relation.column] = rng.choice(self.made.of(directory.City)).id
        given |= {
            "source_id": rng.choice(self.bodies if rng.random() < 0.6 else self.made.people),
            "hidden_at": NOW if rng.random() < 0.12 else None,
        }
        given |= getattr(self, f"_{model.__name__.lower()}", dict)(
            *([given] if hasattr(self, f"_{model.__name__.lower()}") else [])
        )
        unique = [tuple(c.fields) for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
        for names in unique:
            columns = [model._meta.get_field(name).column for name in names]
            key = (model, *(given.get(column, "?") for column in columns))
            if None not in key and key in self.once:
                return
            self.once.add(key)
        row = Row(model=model, values=filled(model, rng, **given), groups=self._audience())
        self.made.of(model).append(row)
        if model is exchanges.Note and row["chatham"] and rng.random() < 0.8:
            self._open(exchanges.NoteAuthor, note_id=row.id, person_id=rng.choice(self.made.people))

    def _audience(self) -> frozenset[str]:
        if self.rng.random() < 0.08:
            return frozenset({"everyone"})
        return frozenset(self.rng.sample(self.made.groups[1:], self.rng.choice([1, 1, 2, 2, 3])))

    def _days(self) -> dict[str, date | None]:
        """Now and then over, or still to come."""
        days = timedelta(days=1)
        return self.rng.choice(
            [
                {"started_on": TODAY - 90 * days, "ended_on": None},
                {"started_on": TODAY, "ended_on": TODAY + days},
                {"started_on": TODAY - 90 * days, "ended_on": TODAY + 90 * days},
                {"started_on": TODAY - 90 * days, "ended_on": TODAY},
                {"started_on": TODAY + days, "ended_on": None},
            ]
        )

    def _membership(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._days()

    _teammember = _membership

    def _participant(self, given: dict[str, Any]) -> dict[str, Any]:
        party = next(p for p in self.made.of(exchanges.Party) if p.id == given["party_id"])
        return {"exchange_id": party["exchange_id"], **self._days()}

    def _organisation(self, given: dict[str, Any]) -> dict[str, Any]:
        rng = self.rng
        return {
            "claimed_on": TODAY if rng.random() < 0.5 else None,
            "city_id": given["city_id"] if rng.random() < 0.8 else None,
        }

    def _session(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"chatham": self.rng.random() < 0.5}

    def _note(self, given: dict[str, Any]) -> dict[str, Any]:
        session = next(s for s in self.made.of(exchanges.Session) if s.id == given["session_id"])
        day = NOW.replace(hour=0, minute=0)
        if not session["chatham"]:
            return {"chatham": False}
        return {"chatham": True, "source_id": None, "id": uuid.uuid4(), "created_at": day, "changed_at": day}

    def _programmerelease(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"number": self.rng.randint(1, 30000)}

    _practiceversion = _programmerelease

    def _naming(self, given: dict[str, Any]) -> dict[str, Any]:
        said = self.rng.choice([None, NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)])
        return {"answer": self.rng.choice(["yes", "asked", "withdrawn"]), "answered_at": said}

    def _practicetranslation(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"language": self.rng.choice(["de", "sq", "ar"]), "checked_by_id": None, "written_at": NOW}

    _storytranslation = _passagetranslation = _practicetranslation

    def _any(self) -> Row:
        models_there = [m for m in protected_models() if m not in NEVER_REPORTED and self.made.of(m)]
        return self.rng.choice(self.made.of(self.rng.choice(models_there)))

    def _report(self, given: dict[str, Any]) -> dict[str, Any]:
        about = self._any()
        about.values["hidden_at"] = NOW if self.rng.random() < 0.8 else about["hidden_at"]
        return {
            "noun": about.model.__name__,
            "record_id": about.id,
            "contact_id": self.rng.choice(self.made.people),
            "settled_at": NOW if self.rng.random() < 0.3 else None,
            "hidden_at": None,
        }

    def _invitation(self, given: dict[str, Any]) -> dict[str, Any]:
        rng = self.rng
        asked = [row.id for model in (MatchAnswer, Naming) for row in self.made.of(model)]
        return {
            "record_ids": [self._any().id for _ in range(4)] + rng.sample(asked, min(2, len(asked))),
            "expires_at": NOW + timedelta(days=rng.choice([-1, 3, 14])),
            "answered_at": NOW if rng.random() < 0.2 else None,
            "called_back_at": NOW if rng.random() < 0.2 else None,
            "hidden_at": None,
        }

    def _auditentry(self, given: dict[str, Any]) -> dict[str, Any]:
        about = self._any()
        return {"noun": about.model.__name__, "record_id": about.id, "hidden_at": None}


def laid(ground: Ground, world: World) -> World:
    """Writes the world down, as the owner."""
    order: Sequence[type[models.Model]] = list(world.rows)
    lay(ground, [row for model in order for row in world.rows[model]])
    return world
