"""New rows by chance, and the rule's word on whether an asker may write them."""

from __future__ import annotations

import random
import uuid
from typing import Any

from access.randomworld import NEVER_REPORTED, World, in_order, may_lack, parents_of
from access.rowmaking import NOW, TODAY, Row, filled, ids
from serai.core import audience as rule
from serai.core.audience import Reader
from serai.db.acting import Asker
from serai.db.rows import new_id
from serai.directory.models import City, Organisation
from serai.exchanges.models import Exchange, Note, Participant, Party, SafetyCheck, Session, Takeaway
from serai.needs.models import Match
from serai.practices.models import PracticeTranslation
from serai.stories.models import PassageTranslation, StoryTranslation

# What only the source of the parent adds: one word for each column that leads to that parent.
ONLY_THE_PARENTS_SOURCE = {
    "MatchAnswer": "match_id",
    "Passage": "story_id",
    "Naming": "passage_id",
    "PracticeVersion": "practice_id",
    "ActivityTakeaway": "activity_id",
    "ProgrammeRelease": "exchange_id",
    "Photo": "takeaway_id",
    "PracticeTranslation": "original_id",
    "StoryTranslation": "original_id",
    "PassageTranslation": "original_id",
}
# Whoever these columns name is whoever writes.
SIGNED = {Match: "proposed_by_id", Takeaway: "person_id", SafetyCheck: "person_id"} | dict.fromkeys(
    (PracticeTranslation, StoryTranslation, PassageTranslation), "written_by_id"
)


def new_row(world: World, rng: random.Random, asker: Asker) -> Row:
    """A row that an asker might try to write; as often as not a likely one."""
    model = rng.choice([m for m in in_order() if m not in NEVER_REPORTED])
    sources = sorted(world.reader(asker).sources) or [str(rng.choice(world.people))]
    given: dict[str, Any] = {"id": new_id()}
    for column, parent in parents_of(model).items():
        given[column] = None if may_lack(model, column) and rng.random() < 0.5 else _parent(world, rng, asker, parent)
    for relation in model._meta.concrete_fields:
        if relation.related_model is City and model is not Organisation:
            given[relation.column] = rng.choice(world.of(City)).id
    likely = rng.random() < 0.7
    given["source_id"] = uuid.UUID(rng.choice(sources)) if likely else rng.choice([*world.people, *_bodies(world)])
    if model in SIGNED and asker.person and rng.random() < 0.7:
        given[SIGNED[model]] = asker.person
    if model is Participant and (party := world.find(Party, given["party_id"])) and rng.random() < 0.8:
        given["exchange_id"] = party["exchange_id"]
    if model is Note:
        given |= _note(world, rng, given)
    if given.get("checked_by_id") is not None and given["checked_by_id"] == given["written_by_id"]:
        given["checked_by_id"] = None
    days = {"started_on": TODAY} if "started_on" in {f.column for f in model._meta.concrete_fields} else {}
    groups = frozenset(rng.sample(world.groups, rng.randint(1, 2)))
    return Row(model=model, values=filled(model, rng, **given, **days), groups=groups)


def _parent(world: World, rng: random.Random, asker: Asker, model: Any) -> uuid.UUID:
    rows = world.of(model)
    reader = world.reader(asker)
    good = [row for row in rows if rule.may_read(reader, world.record(row))]
    mine = [row for row in good if str(row["source_id"]) in reader.sources]
    return rng.choice((mine if rng.random() < 0.5 else good) or rows).id if rng.random() < 0.8 else rng.choice(rows).id


def _bodies(world: World) -> list[uuid.UUID]:
    return [row.id for row in world.of(Organisation)]


def _note(world: World, rng: random.Random, given: dict[str, Any]) -> dict[str, Any]:
    session = world.find(Session, given["session_id"])
    chatham = bool(session["chatham"]) if rng.random() < 0.8 else rng.random() < 0.5
    if not chatham:
        return {"chatham": False}
    day = NOW.replace(hour=0, minute=0) if rng.random() < 0.8 else NOW
    id = uuid.uuid4() if rng.random() < 0.8 else new_id()
    source = None if rng.random() < 0.8 else given["source_id"]
    return {"chatham": True, "id": id, "created_at": day, "changed_at": day, "source_id": source}


def add_word(world: World, reader: Reader, asker: Asker, row: Row) -> bool:
    """Whether the rule lets this asker write this row."""
    parents = [
        (column, world.find(model, row[column])) for column, model in parents_of(row.model).items() if row[column]
    ]
    records = [world.record(parent) for _, parent in parents]
    if row.model is Note and row["chatham"]:
        return _may_add_chatham(world, reader, asker, row)
    if not rule.may_add(reader, world.record(row), records) or not world.lets_in(reader, row):
        return False
    if row.model is Note and world.find(Session, row["session_id"])["chatham"]:
        return False
    if row.model in SIGNED and row[SIGNED[row.model]] != asker.person:
        return False
    if row["checked_by_id"] is not None:
        return False  # new words were checked by nobody
    if row.model is SafetyCheck and not _takes_part(world, reader, row):
        return False
    column = ONLY_THE_PARENTS_SOURCE.get(row.model.__name__)
    return column is None or bool(ids(dict(parents)[column]["source_id"]) & reader.sources)


def _takes_part(world: World, reader: Reader, row: Row) -> bool:
    exchange = world.find(Exchange, row["exchange_id"])
    speaks = any(
        party["exchange_id"] == exchange.id
        and ids(party["speaker_id"]) & reader.sources
        and rule.may_read(reader, world.record(party))
        for party in world.of(Party)
    )
    return bool(ids(exchange["source_id"]) & reader.sources) or speaks or f"exchange:{exchange.id}" in reader.groups


def _may_add_chatham(world: World, reader: Reader, asker: Asker, row: Row) -> bool:
    session = world.find(Session, row["session_id"])
    by_the_day = row["created_at"] == row["changed_at"] == NOW.replace(hour=0, minute=0)
    quiet = row["source_id"] is None and row.id.version == 4 and by_the_day
    return asker.person is not None and quiet and session["chatham"] and rule.may_read(reader, world.record(session))
