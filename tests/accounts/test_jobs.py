"""Jobs as the pages see them: one way in, stamped with who asks, ids only; run as that person and nobody else."""

from __future__ import annotations

import ast
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

import serai
from serai.db.acting import Asker, acting_as, current, link, person
from serai.jobs import ForeignActor, UnknownTask, enqueue, queue, run_job, task
from worlds import World

Ran = list[tuple[Asker | None, dict[str, Any]]]


@pytest.fixture
def ran() -> Iterator[Ran]:
    """Jobs of this test and who they ran as."""
    found: Ran = []

    @task("test.note")
    def note(**args: Any) -> None:
        found.append((current(), args))

    yield found
    del queue._tasks["test.note"]


def stamp(kind: str, id: uuid.UUID | None) -> dict[str, Any]:
    """What serai_enqueue() writes beside the ids."""
    return {"kind": kind, "id": str(id) if id else None}


def test_a_job_runs_as_whoever_asked_for_it(world: World, ran: Ran) -> None:
    someone = world["Arbreva"].person.id
    run_job("test.note", {"asker": stamp("person", someone), "actor": str(someone), "number": 3})
    run_job("test.note", {"asker": stamp("visitor", None)})
    invitation = uuid.uuid4()
    run_job("test.note", {"asker": stamp("link", invitation)})
    assert [asker for asker, _ in ran] == [person(someone), Asker(kind="visitor"), link(invitation)]
    assert ran[0][1] == {"actor": str(someone), "number": 3}
    assert current() is None


def test_jobs_refuse_a_foreign_actor(world: World, ran: Ran) -> None:
    arbreva, lipovar = world["Arbreva"].person.id, world["Lipovar"].person.id
    for asker in (stamp("person", lipovar), stamp("visitor", None), stamp("link", arbreva), stamp("keeper", None)):
        with pytest.raises(ForeignActor):
            run_job("test.note", {"asker": asker, "actor": str(arbreva)})
    assert ran == []


@pytest.mark.parametrize("asker", [None, "person", {"kind": "owner"}, {}])
def test_a_job_without_a_stamp_is_refused(ran: Ran, asker: Any) -> None:
    with pytest.raises(ForeignActor):
        run_job("test.note", {"asker": asker} if asker is not None else {})
    assert ran == []


def test_an_unknown_job_is_refused(world: World) -> None:
    with pytest.raises(UnknownTask):
        run_job("test.never", {"asker": stamp("visitor", None)})


def test_ids_only_and_no_stamp_of_ones_own(world: World) -> None:
    def ask(args: dict[str, Any]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT serai_enqueue('test.note', %s::jsonb)", [json.dumps(args)])

    someone = world["Arbreva"]
    with someone.asks():
        ask({"mail": str(uuid.uuid4()), "number": 7})
        for wrong in ({"name": "a person"}, {"list": ["x"]}, {"told": {"a": 1}}, {"asker": str(uuid.uuid4())}):
            with pytest.raises(DatabaseError, match="ids and numbers only"):
                ask(wrong)


def test_seeing_as_someone_else_enqueues_nothing(world: World) -> None:
    both = person(world["Arbreva"].person.id, also=world["Lipovar"].person.id)
    with acting_as(both), pytest.raises(DatabaseError, match="changes nothing"), transaction.atomic():
        enqueue("test.note", mail=uuid.uuid4())


@pytest.mark.parametrize(
    "reach",
    [
        "SELECT * FROM procrastinate_jobs",
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'x')",
        "UPDATE procrastinate_jobs SET args = '{}'",
        "DELETE FROM procrastinate_jobs",
        "SELECT * FROM procrastinate_events",
        "SELECT procrastinate_defer_jobs_v1(NULL)",
        "SELECT procrastinate_fetch_job_v2(NULL, 1)",
        *[f"SELECT serai_keep_{clock}()" for clock in ("attendance", "notes", "links", "mails", "signins")],
    ],
)
def test_the_web_role_touches_neither_the_queue_nor_the_clocks(world: World, reach: str) -> None:
    with world["Arbreva"].asks(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(reach)


def test_every_job_that_is_asked_for_is_known() -> None:
    asked = set()
    for path in Path(serai.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "enqueue" and node.args:
                assert isinstance(node.args[0], ast.Constant), path
                asked.add(node.args[0].value)
    assert "accounts.send_mail" in asked
    assert asked <= set(queue.tasks())
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", name) for name in asked)
