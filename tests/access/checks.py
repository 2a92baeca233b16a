"""What must hold, table by table. Nothing is recorded: what is expected comes from the rule or from what was laid."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from access.asking import changed, seen
from access.doors import Door, Doors, answer_of
from access.ground import Ground
from access.house import RNG, House
from access.housechecks import HouseChecks
from access.newrows import add_word, new_row
from access.randomworld import FIXED, NEVER_REPORTED, World, parents_of
from access.rowmaking import NOW, Row, filled, give_audiences, insert
from access.withholding import EVER
from serai.core import audience as rule
from serai.core.audience import Reader
from serai.db.acting import Asker, link, person
from serai.db.address import BACKUP, DEFINER, KEEPER, OWNER, WEB, WORKER
from serai.db.rows import protected_models
from serai.directory.models import Network, Organisation
from serai.sharing.models import Invitation, Report

MODELS = {model._meta.db_table: model for model in protected_models()}
CARDS = {"serai_person", "serai_organisation", "serai_team"}  # purged, they stay as empty cards
# Which check misses a policy, by how its name begins; only the order depends on it.
FIRST = {
    "both": "both read",
    "source_adds": "adds",
    "source_changes": "changes",
    "owner": "whole",
    "backup": "whole",
    "keeper": "whole",
    "definer_destroys": "destroys",
    "definer_empties": "destroys",
    "definer_finds_reported": "words of a record",
    "definer_hides_reported": "words of a record",
    "definer_finds": "hides",
    "definer_hides": "hides",
    "definer_clock": "clocks",
    "definer_erases": "erases",
    "definer_claims": "claims",
    "definer_takes": "takes over",
    "definer": "facts",
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the rule lets one asker do."""

    reader: Reader
    reads: dict[str, frozenset[str]]  # by table
    changes: dict[str, frozenset[str]]


class Checks(HouseChecks):
    """The checks over one ground, with a random world and the house laid out on it."""

    def __init__(self, ground: Ground, world: World, house: House) -> None:
        super().__init__(ground, world, house)
        self.doors: dict[str, list[Door]] = {}
        for door in Doors(ground, house).every():
            self.doors.setdefault(_table(door), []).append(door)
        self.ids = {table: frozenset(str(r.id) for r in world.of(model)) for table, model in MODELS.items()}
        self.found = {asker: self._found(asker) for asker in world.askers()}
        self.good = self._good_rows()
        every = [row for rows in world.rows.values() for row in rows]
        self.hung = {row[column] for row in every for column in parents_of(row.model)}

    def _found(self, asker: Asker) -> Found:
        reader, world = self.world.reader(asker), self.world
        reads = {
            t: frozenset(str(r.id) for r in world.of(m) if rule.may_read(reader, world.record(r)))
            for t, m in MODELS.items()
        }
        changes = {
            t: frozenset(str(r.id) for r in world.of(m) if world.may_change(reader, r)) for t, m in MODELS.items()
        }
        return Found(reader=reader, reads=reads, changes=changes)

    def _good_rows(self) -> dict[str, tuple[Asker, Row]]:
        """For each table a row that somebody may write."""
        rng, good = random.Random(3), {}
        people = [person(id) for id in self.world.people]
        for _ in range(6000):
            asker = rng.choice(people)
            row = new_row(self.world, rng, asker)
            if row.table not in good and add_word(self.world, self.found[asker].reader, asker, row):
                good[row.table] = (asker, row)
        give_audiences(self.ground, [row for _, row in good.values()])
        return good

    def in_turn(
        self, table: str, policy: str = "", *, first_alone: bool = False
    ) -> Iterator[tuple[str, Callable[[], bool]]]:
        """Every check that touches a table, that first which misses such a policy."""
        checks: list[tuple[str, Callable[[], bool]]] = []
        if table in MODELS:
            checks += [
                ("reads", lambda: self.reads(table)),
                ("both read", lambda: self.both(table)),
                ("changes", lambda: self.changes(table)),
                ("adds", lambda: self.adds(table)),
                ("hides", lambda: self.hides(table)),
                ("destroys", lambda: self.destroys(table)),
            ]
        checks += [
            ("doors", lambda: self.shut(table)),
            ("whole", lambda: self.whole(table)),
            ("facts", self.facts),
            ("reports", self.reports),
            ("words of a record", self.words_of_a_record),
            ("authors", self.authors),
            ("claims", self.claims),
            ("takes over", self.takes_over),
            ("links", self.links),
            ("mails", self.mails),
            ("purged", self.purged),
            ("purges", self.purges),
            ("erases", self.erases),
            ("clocks", self.clocks),
        ]
        first = next((check for start, check in FIRST.items() if policy.startswith(start)), "reads")
        ordered = sorted(checks, key=lambda check: check[0] != first)
        yield from ordered[:1] if first_alone else ordered

    def reads(self, table: str) -> bool:
        """Each asker reads of this table what the rule says."""
        mine = self.ids[table]
        return all(seen(self.ground, a, [table]) & mine == found.reads[table] for a, found in self.found.items())

    def both(self, table: str) -> bool:
        """*See as* shows of this table what both read."""
        mine, people = self.ids[table], self.world.people
        records = [self.world.record(row) for row in self.world.of(MODELS[table])]
        for one in people:
            for other in people[:3]:
                readers = self.found[person(one)].reader, self.found[person(other)].reader
                both = {record.id for record in records if rule.both_read(*readers, record)}
                if one != other and seen(self.ground, person(one, also=other), [table]) & mine != both:
                    return False
        return True

    def changes(self, table: str) -> bool:
        """Each asker changes of this table what the rule says."""
        if MODELS[table] in FIXED:
            return True
        mine = self.ids[table]
        return all(changed(self.ground, a, [table]) & mine == found.changes[table] for a, found in self.found.items())

    def adds(self, table: str) -> bool:
        """A row that may be written is."""
        if table not in self.good:
            return True
        asker, row = self.good[table]
        with self.ground.asked(asker):
            return self.ground.refused(*insert(row)) is None

    def takes(self, table: str) -> bool:
        """Somebody of an organisation may not make its record their own."""
        for asker, found in self.found.items():
            for id in sorted(found.changes[table]):
                row = next(r for r in self.world.of(MODELS[table]) if str(r.id) == id)
                if asker.person and row["source_id"] not in (None, asker.person):
                    with self.ground.asked(asker):
                        take = f"UPDATE {table} SET source_id = %s WHERE id = %s"
                        return self.ground.refused(take, [asker.person, id]) is not None
        raise AssertionError(f"nobody in this world could take a row of {table}")

    def hides(self, table: str) -> bool:
        """A row of this table that somebody reports is hidden."""
        with self.ground.tried():
            reported = self._report(table)
            if reported is None:
                return True
            self.ground.role(BACKUP)
            return self.ground.one(f"SELECT hidden_at FROM {table} WHERE id = %s", [reported[0].id])[0] is not None

    def destroys(self, table: str) -> bool:
        """What was reported to a contact is gone, or emptied where other rows hang on it."""
        tried = 0
        for hung in (False, True):
            with self.ground.tried():
                reported = self._report(table, hung=hung)
                if reported is None:
                    continue
                tried += 1
                row, report, contact = reported
                before = self._stands(row)
                self.ground.role(WEB)
                self.ground.ask(person(uuid.UUID(contact)))
                if self.ground.one("SELECT serai_purge(%s, 'x')", [report])[0] is None:
                    return False
                after = self._stands(row)
                if after == before or (after and not hung and table not in CARDS):
                    return False
        return tried > 0 or MODELS[table] in NEVER_REPORTED

    def _stands(self, row: Row) -> list[tuple[Any, ...]]:
        """The row as the backup sees it: what was typed in it; nothing when it is gone."""
        with self.ground.asked(None, BACKUP):
            return self.ground.rows(f"SELECT to_jsonb(t) - 'hidden_at' FROM {row.table} t WHERE id = %s", [row.id])

    def _report(self, table: str, *, hung: bool | None = None) -> tuple[Row, uuid.UUID, str] | None:
        """Somebody reports a row of this table, one on which others hang or not: the row, the report, its contact."""
        if MODELS[table] in NEVER_REPORTED:
            return None
        for asker, found in self.found.items():
            contacts = self._contacts(found.reader)
            for row in self.world.of(MODELS[table]) if asker.person and contacts else ():
                wanted = hung is None or hung == (row.id in self.hung)
                if wanted and str(row.id) in found.reads[table] and not row["hidden_at"]:
                    return row, self._written(asker, row, contacts[0]), contacts[0]
        assert hung is not None, f"nobody in this world could report a row of {table}"
        return None

    def _contacts(self, reader: Reader) -> list[str]:
        mine = [n for n in self.world.of(Network) if f"network:{n.id}" in reader.groups]
        return [str(n["data_protection_id"]) for n in mine if n["data_protection_id"]]

    def _written(self, asker: Asker, row: Row, contact: str) -> uuid.UUID:
        given = {"noun": row.model.__name__, "record_id": row.id, "contact_id": contact, "source_id": asker.person}
        report = Row(model=Report, values=filled(Report, RNG, **given), groups=frozenset({f"person:{asker.person}"}))
        give_audiences(self.ground, [report])
        self.ground.role(WEB)
        self.ground.ask(asker)
        self.ground.done(*insert(report))
        return report.id

    def shut(self, table: str) -> bool:
        """The doors on this table."""
        return all(
            answer_of(self.ground, self.house, door.right) is None and answer_of(self.ground, self.house, door.wrong)
            for door in self.doors.get(table, [])
        )

    def whole(self, table: str) -> bool:
        """Owner and backup see every row; the keeper, where it is let at all, too; and reference tables are open."""
        self.ground.connection.execute("RESET ROLE")
        count = self.ground.one(f"SELECT count(*) FROM {table}")
        self.ground.role(OWNER)
        roles = [OWNER, BACKUP]
        if table in ("serai_network", "serai_city", "serai_networkcity", "serai_networkorganisation"):
            roles += [WEB, WORKER, DEFINER]
        may_look = "SELECT has_any_column_privilege('serai_keeper', %s, 'SELECT')"
        if self.ground.one(may_look, [table])[0]:
            roles.append(KEEPER)
        for role in roles:
            with self.ground.asked(None, role):
                if self.ground.one(f"SELECT count(*) FROM {table}") != count:
                    return False
        return self._owner_writes(table)

    def _owner_writes(self, table: str) -> bool:
        """The owner is also the definer's heir; so each verb is tried on every row."""
        count = self.ground.one(f"SELECT count(*) FROM {table}")[0]
        first = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1"
        name, *_ = self.ground.one(first, [table])
        copied = self.ground.refused(f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1")
        with self.ground.tried():
            changed_rows = self.ground.done(f"UPDATE {table} SET {name} = {name}")
            gone = self.ground.done(f"DELETE FROM {table}")
        return copied is None and changed_rows == gone == count > 0

    def facts(self) -> bool:
        """What the definer functions find in the directory, for everybody of the world."""
        world, ground, readers = self.world, self.ground, {}
        for id in world.people:
            readers[id] = reader = self.found[person(id)].reader
            with ground.asked(person(id)):
                groups, sources, named, shown_to = ground.one(
                    "SELECT serai_groups_of(%s), serai_sources_of(%s)::text[], serai_named_to(%s)::text[],"
                    " serai_shown_to(%s)::text[]",
                    [id] * 4,
                )
                if (set(groups), set(sources)) != (reader.groups, reader.sources):
                    return False
                if (set(named), set(shown_to)) != (reader.named | reader.wrote, reader.named):
                    return False
                cards = self.found[person(id)].reads["serai_person"]
                everyone = [[f"person:{other}" for other in world.people], None]
                shown = ground.rows("SELECT person_id::text FROM serai_readers(%s, %s)", everyone)
                if {name for (name,) in shown} - {None} != cards & set(map(str, world.people)):
                    return False
        asked = [[f"person:{id}" for id in world.people] + world.groups[1:4], None]
        with ground.asked(None, DEFINER):
            listed = {row[0] for row in ground.rows("SELECT * FROM serai_everybody_in(%s, %s)", asked)}
        return listed == set(world.people) and self._link_facts() and self._answers()

    def _link_facts(self) -> bool:
        for row in self.world.of(Invitation):
            reader = self.found[link(row.id)].reader
            with self.ground.asked(link(row.id)):
                named, groups, source = self.ground.one(
                    "SELECT serai_named()::text[], serai_link_groups(), serai_link_source()::text"
                )
            if source != reader.maker:
                return False
            # The rule does not know whether a source is a person; being a member of a person lets nobody read.
            wanted = reader.maker_groups - {f"organisation:{id}" for id in self.world.people if str(id) == source}
            if set(named) != reader.named or set(groups) != wanted:
                return False
        return True

    def _answers(self) -> bool:
        """A passage knows at once what each one named in it said last, and when."""
        ground, passage, found = self.ground, self.house["passage"], []
        with ground.tried():
            for answer, at, whom in (("yes", 2, "naming_anna"), ("yes", 1, "naming"), ("withdrawn", 3, "naming_anna")):
                told = [answer, NOW + at * timedelta(hours=1), self.house[whom]]
                ground.done("UPDATE serai_naming SET answer = %s, answered_at = %s WHERE id = %s", told)
                found.append(ground.one("SELECT waits, agreed_at FROM serai_passage WHERE id = %s", [passage]))
        return found == [(True, EVER), (False, NOW + timedelta(hours=1)), (True, EVER)]

    def claims(self) -> bool:
        """The first member of an organisation that nobody claimed takes over all that was written down for it."""
        ground, world = self.ground, self.world
        for asker, found in self.found.items():
            for body in world.of(Organisation):
                if asker.person and body["claimed_on"] is None and f"organisation:{body.id}" in found.reader.groups:
                    return self._claimed(asker, body)
        raise AssertionError(f"nobody in this world could claim anything on {ground}")

    def _claimed(self, asker: Asker, body: Row) -> bool:
        ground = self.ground
        members = "SELECT person_id FROM serai_membership WHERE organisation_id = %s"
        with ground.tried():
            ground.done(
                "UPDATE serai_person SET source_id = %s WHERE id IN (" + members + ")", [body["source_id"], body.id]
            )
            ground.done(
                "DELETE FROM serai_membership WHERE organisation_id = %s AND person_id IN (" + members + ")",
                [body["source_id"], body.id],
            )
            told = [body["source_id"], [body.id], self.house["link_a"]]
            ground.done(
                "UPDATE serai_invitation SET kind = 'join', source_id = %s, record_ids = %s WHERE id = %s", told
            )
            ground.role(WEB)
            ground.ask(asker)
            if not ground.one("SELECT serai_claim(%s)", [body.id])[0]:
                return False
            ground.role("serai_backup")
            own = "SELECT bool_and(source_id = %s) FROM "
            taken = ground.one(own + "serai_organisation WHERE id = %s AND claimed_on IS NOT NULL", [body.id, body.id])
            joined = ground.one(own + "serai_membership WHERE organisation_id = %s", [body.id, body.id])
            cards = own + "serai_person WHERE id <> %s AND id IN (" + members + ")"
            invited = ground.one(own + "serai_invitation WHERE id = %s", [body.id, self.house["link_a"]])
            carded = ground.one(cards, [body.id, body["source_id"], body.id])
        return taken == joined == invited == (True,) and carded[0] is not False


def _table(door: Door) -> str:
    words: list[Any] = door.right[1].replace('"', " ").split()
    return str(next(word for word in words if word.startswith("serai_")))
