"""The demo world's people and records as the rule sees them: from the owner's rows, never from answers of pages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import dict_row

from serai.core.audience import VISITOR, Directory, Membership, Reader, Record, groups_of, sources_of
from serai.demo.stages import ADMINISTRATOR

PEOPLE = (
    "visitor",
    "administrator",
    "secretariat",
    "hub",
    "national",
    "kumanovo",
    "elbasan",
    "arbreva",
    "arbreva-youth",
    "arbreva-mothers",
    "arbreva-mayor",
    "lipovar",
    "lipovar-youth",
    "lipovar-worker",
    "lipovar-police",
    "valdora",
    "valdora-ngo",
)
WITHIN = {  # what a record is part of, and the column that leads there
    "passage": ("story", "story_id"),
    "photo": ("takeaway", "takeaway_id"),
    "programmerelease": ("exchange", "exchange_id"),
    "safetycheck": ("exchange", "exchange_id"),
    "weighing": ("takeaway", "takeaway_id"),
}


@dataclass(frozen=True, kw_only=True)
class Persona:
    """One of the demo world's people, or the visitor: who they are by the directory's rows."""

    name: str
    account: Any
    person: str | None
    reader: Reader
    organisation: str | None
    city: str | None
    coordinates: bool
    networks: frozenset[str]

    @property
    def source(self) -> str | None:
        """What they act for."""
        return self.organisation or self.person


@dataclass(frozen=True, kw_only=True)
class Row:
    """One record: the rule's view of it, and its columns."""

    record: Record
    columns: dict[str, Any]


class Archive:
    """Everything in a database as its owner sees it."""

    def __init__(self, owner_url: str, today: date) -> None:
        self.connection = psycopg.connect(owner_url, autocommit=True, row_factory=dict_row)
        self.today = today
        self.audiences = {r["id"]: frozenset(r["groups"]) for r in self.all("audience")}
        self.directory = self._directory()
        self.named_in = self._named_in()
        self.waiting = self._waiting()
        self.secrets: dict[str, str] = {}  # of links, by their ids

    def all(self, noun: str) -> list[dict[str, Any]]:
        """Every row of a table."""
        return self.connection.execute(f"SELECT * FROM serai_{noun} ORDER BY id".encode()).fetchall()

    def _directory(self) -> Directory:
        def held(noun: str, of: str) -> tuple[Membership, ...]:
            return tuple(
                Membership(
                    person=str(r["person_id"]), of=str(r[of]), started_on=r["started_on"], ended_on=r["ended_on"]
                )
                for r in self.all(noun)
                if r["person_id"]
            )

        cities: dict[str, set[str]] = defaultdict(set)
        bodies: dict[str, set[str]] = defaultdict(set)
        for r in self.all("networkcity"):
            cities[str(r["city_id"])].add(str(r["network_id"]))
        for r in self.all("networkorganisation"):
            bodies[str(r["organisation_id"])].add(str(r["network_id"]))
        return Directory(
            organisations=held("membership", "organisation_id"),
            teams=held("teammember", "team_id"),
            exchanges=held("participant", "exchange_id"),
            city_of={str(r["id"]): str(r["city_id"]) for r in self.all("organisation") if r["city_id"]},
            networks_of_city={k: frozenset(v) for k, v in cities.items()},
            networks_of_organisation={k: frozenset(v) for k, v in bodies.items()},
            parent_of={str(r["id"]): str(r["parent_id"]) for r in self.all("network") if r["parent_id"]},
        )

    def _waiting(self) -> dict[str, frozenset[str]]:
        """Passages in which someone named has not said yes, with those named in them."""
        open_ = {str(n["passage_id"]) for n in self.all("naming") if n["answer"] != "yes"}
        return {passage: self.named_in[passage] for passage in open_}

    def _named_in(self) -> dict[str, frozenset[str]]:
        """Those named in each passage."""
        found: dict[str, frozenset[str]] = defaultdict(frozenset)
        for n in self.all("naming"):
            found[str(n["passage_id"])] |= {str(n[c]) for c in ("organisation_id", "person_id") if n[c]}
        return found

    def rows(self, noun: str) -> list[Row]:
        """The records of one noun."""
        parent, column = WITHIN.get(noun, ("", ""))
        of = {row.record.id: row.record for row in self.rows(parent)} if parent else {}
        asked = {"matchanswer": ("organisation_id",), "naming": ("organisation_id", "person_id")}.get(noun, ())
        return [
            Row(
                columns={**r, "secret": self.secrets.get(str(r["id"]))},
                record=Record(
                    id=str(r["id"]),
                    groups=self.audiences[r["audience_id"]],
                    source=str(r["source_id"]) if r["source_id"] else None,
                    hidden=r["hidden_at"] is not None,
                    asked=frozenset(str(r[c]) for c in asked if r[c]),
                    told_to=self.waiting.get(str(r["id"])) if noun == "passage" else None,
                    within=of[str(r[column])] if parent else None,
                    shown_alone=noun in WITHIN,
                    named_in=self.named_in[str(r["id"])] if noun == "passage" else None,
                ),
            )
            for r in (self._with_speakers() if noun == "exchange" else self.all(noun))
        ]

    def _with_speakers(self) -> list[dict[str, Any]]:
        """The exchanges, each with the organisations that speak for a party of it."""
        parties = self.all("party")
        return [
            {**r, "speakers": {str(p["speaker_id"]) for p in parties if p["exchange_id"] == r["id"]}}
            for r in self.all("exchange")
        ]

    def personas(self) -> list[Persona]:
        """The people of PEOPLE, with their accounts' ids."""
        accounts = {r["email"].split("@")[0]: r for r in self.all("account")}
        assert ADMINISTRATOR.split("@")[0] in accounts
        wrote = defaultdict(set)
        for r in self.connection.execute("SELECT * FROM serai_noteauthor").fetchall():
            wrote[str(r["person_id"])].add(str(r["note_id"]))
        return [self._persona(name, accounts.get(name), wrote) for name in PEOPLE]

    def _persona(self, name: str, account: dict[str, Any] | None, wrote: dict[str, set[str]]) -> Persona:
        if account is None:
            assert name == "visitor", name
            return Persona(
                name=name,
                account=None,
                person=None,
                reader=VISITOR,
                organisation=None,
                city=None,
                coordinates=False,
                networks=frozenset(),
            )
        person = str(account["person_id"])
        sources = sources_of(self.directory, person, self.today)
        groups = groups_of(self.directory, person, self.today)
        organisation = next(iter(sources - {person}), None)
        coordinates = any(r["coordinates"] for r in self.all("membership") if str(r["person_id"]) == person)
        mine = frozenset(wrote.get(person, set()))
        return Persona(
            name=name,
            account=account["id"],
            person=person,
            reader=Reader(groups=groups, sources=sources, named=frozenset({person}) | mine, wrote=mine),
            organisation=organisation,
            city=self.directory.city_of.get(organisation) if organisation else None,
            coordinates=coordinates,
            networks=frozenset(g for g in groups if g.startswith("network:")),
        )
