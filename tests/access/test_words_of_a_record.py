"""Whatever holds the words of a record is hidden with it, shown with it, and counted as reported with it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from access.ground import Ground
from access.randomworld import World
from access.rowmaking import NOW, Row, filled, give_audiences, insert
from serai.db.address import DEFINER, OWNER
from serai.sharing.models import Report

HOLD_SOME = {"serai_passage", "serai_practiceversion"}
ANOTHER = "CALL serai_holds_words('serai_goal', 'exchange_id', 'serai_exchange')"  # as if it did
HOLDERS = (
    "SELECT tablename, (regexp_match(qual, '^\\((\\w+) IN'))[1] FROM pg_policies"
    " WHERE schemaname = 'public' AND policyname = 'definer_hides_reported'"
)


def report(ground: Ground, world: World, record: Any) -> Row:
    """An open report on a record, written past the triggers that hide it."""
    given = {"record_id": record, "noun": "Need", "contact_id": world.people[0], "source_id": world.people[0]}
    row = Row(model=Report, values=filled(Report, random.Random(1), **given), groups=frozenset({"everyone"}))
    give_audiences(ground, [row])
    ground.done(*insert(row))
    return row


def called(ground: Ground, function: str, table: str, record: Any) -> None:
    ground.role(DEFINER)
    ground.rows(f"SELECT {function}(%s, %s)", [table, record])
    ground.role(OWNER)


@pytest.mark.parametrize("table", [*sorted(HOLD_SOME), "serai_goal"])
def test_it_goes_with_its_record_and_comes_back_with_it(ground: Ground, world: World, table: str) -> None:
    with ground.tried():
        ground.role(OWNER)
        ground.connection.execute(ANOTHER)
        holders = dict(ground.rows(HOLDERS))
        assert holders.keys() == {*HOLD_SOME, "serai_goal"}, (
            "what else holds words is emptied by serai_purge too: see to that, then say so here"
        )
        leads = holders[table]
        ground.done(f"UPDATE {table} SET {leads} = gen_random_uuid() WHERE {leads} IS NULL")
        this, record = ground.rows(f"SELECT id, {leads} FROM {table}")[0]
        ground.done("UPDATE serai_report SET settled_at = %s WHERE settled_at IS NULL", [NOW])
        ground.done(f"UPDATE {table} SET hidden_at = NULL")

        def hidden() -> bool:
            return ground.one(f"SELECT hidden_at IS NOT NULL FROM {table} WHERE id = %s", [this])[0]

        def settled(row: Row) -> None:
            ground.done("UPDATE serai_report SET settled_at = %s WHERE id = %s", [NOW, row.id])

        of_record = report(ground, world, record)
        called(ground, "serai_hide", "serai_need", record)
        assert hidden(), "with its record"
        of_itself = report(ground, world, this)
        called(ground, "serai_show", table, this)
        assert hidden(), "reported itself, and with its record"
        settled(of_itself)
        called(ground, "serai_show", table, this)
        assert hidden(), "its record is still reported"
        settled(of_record)
        called(ground, "serai_show", "serai_need", record)
        assert not hidden(), "shown with its record"
        of_itself = report(ground, world, this)
        called(ground, "serai_hide", table, this)
        called(ground, "serai_show", "serai_need", record)
        assert hidden(), "its own report still stands"
