"""What an asker has is kept for the transaction: never for someone else, never longer, and not past a change of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from access.ground import Ground, opened
from access.randomworld import grown, laid
from access.rowmaking import NOW, TODAY
from serai.db.acting import VISITOR, person
from serai.db.address import WEB
from serai.db.embedded import Cluster

SETTINGS = ("audiences", "sources", "named", "shown")
KEPT = "SELECT " + ", ".join(f"current_setting('serai.{name}')" for name in SETTINGS)
ASKED = "SELECT serai_audiences(), serai_sources(), serai_named(), serai_shown(serai_asker())"
# By which functions an asker's keys are worked out; whatever table one of them names, decides.
WORKED_OUT = ("serai_audiences_of", "serai_sources_of", "serai_named_to", "serai_shown_to", "serai_link_rows")


@pytest.fixture(scope="module")
def ground(cluster: Cluster, django_db_setup: None) -> Iterator[Ground]:
    with opened(cluster, NOW) as open_ground:
        yield open_ground


@pytest.fixture(scope="module")
def people(ground: Ground) -> list[uuid.UUID]:
    """Two who belong to different organisations today, in a world laid out on the ground."""
    laid(ground, grown(5, rows=2, people=8))
    held = "started_on <= %(today)s AND (ended_on IS NULL OR ended_on > %(today)s)"
    query = f"SELECT person_id, array_agg(organisation_id) FROM serai_membership WHERE {held} GROUP BY 1 ORDER BY 1"
    found = ground.connection.execute(query, {"today": TODAY}).fetchall()
    one = found[0]
    return [one[0], next(who for who, organisations in found if not set(organisations) & set(one[1]))]


def deciding(ground: Ground) -> set[str]:
    """The tables that the functions above read, and the functions they call."""
    bodies = dict(ground.rows("SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'serai%%'"))
    found, seen, left = set(), set(), set(WORKED_OUT)
    while left:
        name = left.pop()
        seen.add(name)
        left |= set(re.findall(r"\b(serai_[a-z_]+)\(", bodies[name])) - seen
        found |= set(re.findall(r"\b(serai_[a-z]+)\b(?!\()", bodies[name]))
    return found


def test_every_table_that_decides_what_an_asker_has_forgets_it(ground: Ground) -> None:
    guarded = {
        t for (t,) in ground.rows("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'serai_forgets'")
    }
    found = deciding(ground)
    assert {"serai_membership", "serai_audience", "serai_noteauthor", "serai_invitation"} <= found
    assert found == guarded


@pytest.mark.parametrize("command", ["INSERT INTO {0} SELECT * FROM {0} WHERE false", "DELETE FROM {0} WHERE false"])
def test_each_write_to_such_a_table_forgets(ground: Ground, command: str) -> None:
    for table in sorted(deciding(ground)):
        with ground.tried():
            ground.ask(VISITOR)
            ground.rows(ASKED)
            assert all(ground.one(KEPT))
            ground.done(command.format(table))
            assert not any(ground.one(KEPT)), table


def test_kept_for_nobody_else_and_at_no_other_hour(ground: Ground, people: list[uuid.UUID]) -> None:
    one, other = people
    answers = {}
    for who in (one, other):
        with ground.asked(person(who), WEB):
            answers[who] = ground.one(ASKED)
    assert answers[one] != answers[other]
    with ground.asked(person(one), WEB):
        ground.rows(ASKED)
        # Only who asks is told anew, as if somebody forgot that anything is kept.
        ground.one("SELECT set_config('serai.asker_id', %s, true)", [str(other)])
        assert ground.one(ASKED) == answers[other]
        ground.one("SELECT set_config('serai.now', %s, true)", [(NOW - timedelta(days=40_000)).isoformat()])
        assert ground.one(ASKED)[1] == [other], "long ago nobody belonged anywhere"
        ground.one("SELECT set_config('serai.asker', 'visitor', true)")
        assert ground.one(ASKED)[1:] == ([], [], [])


def test_telling_who_asks_forgets_also_for_the_same_asker(ground: Ground) -> None:
    with ground.tried():
        ground.ask(VISITOR)
        ground.rows(ASKED)
        assert all(ground.one(KEPT))
        ground.ask(VISITOR)
        assert not any(ground.one(KEPT))


def test_kept_settings_of_an_earlier_transaction_fit_no_more(ground: Ground, people: list[uuid.UUID]) -> None:
    who = people[0]
    with ground.asked(person(who), WEB):
        right = ground.one(ASKED)
        stamp = ground.one(
            "SELECT concat_ws(' ', 'person', %s::text, current_setting('serai.now'), now() - '1s'::interval, '')",
            [str(who)],
        )[0]
        for name in SETTINGS:
            ground.one(f"SELECT set_config('serai.{name}', %s, true)", [stamp + "{}"])
        assert ground.one(ASKED) == right


def test_what_is_written_meanwhile_counts_at_once_and_is_forgotten_when_taken_back(
    ground: Ground, people: list[uuid.UUID]
) -> None:
    who = people[0]
    with ground.tried():
        ground.ask(person(who))
        before = ground.one(ASKED)
        assert len(before[1]) > 1
        with ground.tried():
            ground.done("UPDATE serai_membership SET ended_on = started_on WHERE person_id = %s", [who])
            assert ground.one(ASKED)[1] == [who]
        assert ground.one(ASKED) == before
