"""The rule stands twice, in core/audience.py and in the database. Random worlds look for a row on which they differ."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.asking import changed, seen
from access.ground import Ground, opened
from access.newrows import add_word, new_row
from access.randomworld import World, grown, laid
from access.rowmaking import NOW, TODAY, give_audiences, insert
from serai.core import audience as rule
from serai.core.audience import Record
from serai.db.acting import Asker, person
from serai.db.address import DEFINER
from serai.db.embedded import Cluster

# SERAI_WORLDS=200 searches longer than the suite has time for.
WORLDS = settings(
    max_examples=int(os.environ.get("SERAI_WORLDS", "12")), deadline=None, suppress_health_check=list(HealthCheck)
)
SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def ground(cluster: Cluster, django_db_setup: None) -> Iterator[Ground]:
    """One transaction for all worlds; each world is taken back."""
    with opened(cluster, NOW) as open_ground:
        yield open_ground


def differences(ground: Ground, world: World, asker: Asker) -> dict[str, Any]:
    """What PostgreSQL gives this asker and the rule does not, or the other way round: table and id by verb."""
    reader = world.reader(asker)
    rows = {str(row.id): row for row in world.every()}
    reads = {id for id, row in rows.items() if rule.may_read(reader, world.record(row))}
    changes = {id for id, row in rows.items() if world.may_change(reader, row)}
    found = {"reads": seen(ground, asker) ^ reads, "changes": changed(ground, asker) ^ changes}
    return {verb: [(rows[id].table, id) for id in each] for verb, each in found.items() if each}


@given(seed=SEEDS)
@WORLDS
def test_every_row_is_read_and_changed_by_exactly_whom_the_rule_says(ground: Ground, seed: int) -> None:
    world = grown(seed)
    with ground.tried():
        laid(ground, world)
        for asker in world.some_askers():
            assert differences(ground, world, asker) == {}, asker


@given(seed=SEEDS)
@WORLDS
def test_see_as_shows_what_both_read_and_writes_nothing(ground: Ground, seed: int) -> None:
    world = grown(seed)
    with ground.tried():
        laid(ground, world)
        for one in world.people[:3]:
            for other in world.people[3:5]:
                asker = person(one, also=other)
                mine, theirs = world.reader(person(one)), world.reader(person(other))
                both = {str(row.id) for row in world.every() if rule.both_read(mine, theirs, world.record(row))}
                assert seen(ground, asker) == both, asker
            assert changed(ground, person(one, also=world.people[-1])) == frozenset()


@given(seed=SEEDS)
@WORLDS
def test_a_new_row_is_written_by_exactly_whom_the_rule_says(ground: Ground, seed: int) -> None:
    world, rng = grown(seed), random.Random(seed)
    with ground.tried():
        laid(ground, world)
        for asker in world.some_askers():
            tried = [new_row(world, rng, asker) for _ in range(8)]
            give_audiences(ground, tried)
            reader = world.reader(asker)
            for row in tried:
                allowed = add_word(world, reader, asker, row)
                with ground.asked(asker):
                    refusal = ground.refused(*insert(row))
                assert (refusal is None) == allowed, (asker, row, refusal)


@given(seed=SEEDS)
@WORLDS
def test_groups_and_the_reader_list_agree(ground: Ground, seed: int) -> None:
    world, rng = grown(seed), random.Random(seed)
    with ground.tried():
        laid(ground, world)
        readers = {id: world.reader(person(id)) for id in world.people}
        with ground.asked(None):
            for id, reader in readers.items():
                assert frozenset(ground.one("SELECT serai_groups_of(%s)", [id])[0]) == reader.groups
        for _ in range(30):
            record = Record(
                id="new",
                groups=frozenset(rng.sample(world.groups[1:], rng.randint(1, 4))),
                source=str(rng.choice([*world.people, *(r.id for r in world.every()[:40])])),
            )
            wanted, readable = {id for id, r in readers.items() if rule.may_read(r, record)}, set()
            with ground.asked(None, DEFINER):
                listed = ground.rows(
                    "SELECT person_id FROM serai_everybody_in(%s, %s)", [list(record.groups), record.source]
                )
            assert {id for (id,) in listed} == wanted, record
            assert len(listed) == len(wanted), "each once"
            asker = rng.choice(world.people)
            with ground.asked(person(asker)):
                shown = ground.rows("SELECT person_id FROM serai_readers(%s, %s)", [list(record.groups), record.source])
                readable = {id for (id,) in ground.rows("SELECT id FROM serai_person")}
            assert len(shown) == len(wanted), "everybody is counted"
            assert {id for (id,) in shown} - {None} == wanted & readable, "named where the asker reads their card"


@given(seed=SEEDS)
@WORLDS
def test_a_third_of_all_rows_is_unreadable(seed: int) -> None:
    world = grown(seed)
    records = [world.record(row) for row in world.every()]
    readers = [world.reader(person(id)) for id in world.people]
    shut = sum(not rule.may_read(reader, record) for reader in readers for record in records)
    assert shut * 3 >= len(readers) * len(records)


GROUPS = st.lists(
    st.one_of(
        st.sampled_from(
            ["everyone", "network:1", "city:1", "team:1", "exchange:1", "organisation:1", "organisation:2"]
        ),
        st.builds(
            "{}:{}".format,
            st.sampled_from([*rule.KINDS, "", "persons", "Everyone"]),
            st.sampled_from(["", "1", " ", "x:y"]),
        ),
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12),
    ),
    max_size=4,
)


@given(names=GROUPS)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_labels_agree(ground: Ground, names: list[str]) -> None:
    try:
        expected = rule.label_of(names)
    except rule.NotAnAudience:
        expected = None
    assert ground.one("SELECT serai_label(%s::text[])", [names])[0] == expected


def test_today_is_the_worlds_day(ground: Ground) -> None:
    with ground.asked(None):
        assert ground.one("SELECT serai_today()")[0] == TODAY
