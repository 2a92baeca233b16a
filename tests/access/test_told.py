"""What reads more than its caller may tells a stranger of an id the same as of one that stands for nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import psycopg
import pytest

from access.asking import seen
from access.ground import Ground
from access.house import House, laid
from access.rowmaking import NOW
from serai.db.acting import Asker, person
from serai.db.address import WEB

# What they tell besides stands in docs/who-may-read.md, "What looks further".
TELLS_BESIDES = {
    "serai_groups_of": "in which groups somebody is",
    "serai_readers": "how many read",
    "serai_contacts_of": "whom reports about a source go to",
    "serai_taken": "whether an id stands for somebody",
}
GIVEN: dict[str, Callable[[uuid.UUID], object]] = {
    "uuid": lambda id: id,
    "text": lambda id: str(id),
    "text[]": lambda id: [f"person:{id}", f"organisation:{id}"],
    "timestamp with time zone": lambda id: NOW,
    "integer": lambda id: 0,
}


@pytest.fixture(scope="module")
def house(ground: Ground) -> House:
    return laid(ground)


def asking_about_ids(ground: Ground) -> dict[str, list[str]]:
    """Each function that the web role calls with an id, with the types it takes."""
    query = (
        "SELECT proname, ARRAY(SELECT format_type(type, NULL) FROM unnest(proargtypes::oid[])"
        " WITH ORDINALITY AS a(type, place) ORDER BY place) FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND has_function_privilege(%s, oid, 'EXECUTE') ORDER BY 1"
    )
    return {name: types for name, types in ground.rows(query, [WEB]) if "uuid" in types}


def answered(ground: Ground, asker: Asker, name: str, types: list[str], id: uuid.UUID) -> object:
    """What it answers about this id, or that it refuses."""
    told = ", ".join(f"%s::{type}" for type in types)
    with ground.asked(asker):
        try:
            return ground.rows(f"SELECT {name}({told})::text", [GIVEN[type](id) for type in types])
        except psycopg.errors.InsufficientPrivilege as error:
            return str(error)


def test_a_stranger_learns_nothing_of_an_id_but_what_the_document_says(ground: Ground, house: House) -> None:
    stranger = house.asker("carla")
    read = seen(ground, stranger)
    hidden = [*house.people.values(), *house.bodies.values(), *(row.id for row in house.rows.values())]
    hidden = [id for id in hidden if isinstance(id, uuid.UUID) and str(id) not in read]
    assert len(hidden) > 60
    found = asking_about_ids(ground)
    assert found.keys() > TELLS_BESIDES.keys()
    for name, types in found.items():
        nothing = answered(ground, stranger, name, types, uuid.uuid4())
        tells = [id for id in hidden if answered(ground, stranger, name, types, id) != nothing]
        assert bool(tells) == (name in TELLS_BESIDES), name


def test_whoever_wrote_a_note_is_told_to_them_alone(ground: Ground, house: House) -> None:
    for asker in (house.asker("carla"), house.asker("alba"), person(house["berta"], also=house["anna"])):
        with ground.asked(asker):
            assert str(house["note_anna"]) not in str(ground.one("SELECT serai_named_to(%s)::text", [house["anna"]]))
