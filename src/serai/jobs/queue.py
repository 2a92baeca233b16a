"""The queue as pages and actions see it: one way in, and the body of a job run as the person who asked for it."""

from __future__ import annotations

import importlib
import importlib.util
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from serai.db.acting import Asker, acting_as
from serai.db.carried import DOMAINS

Body = Callable[..., None]
Argument = uuid.UUID | int


class ForeignActor(PermissionError):
    """The job names another actor than the person who put it into the queue."""


class UnknownTask(LookupError):
    """No domain has a job of this name."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One kind of job: its body, and how often it is tried before it counts as failed."""

    name: str
    body: Body
    attempts: int


_tasks: dict[str, Task] = {}


def task(name: str, *, attempts: int = 1) -> Callable[[Body], Body]:
    """Makes a function the body of a job. It gets the ids it was enqueued with, as text and numbers, by keyword."""

    def register(body: Body) -> Body:
        _tasks[name] = Task(name=name, body=body, attempts=attempts)
        return body

    return register


def tasks() -> Mapping[str, Task]:
    """Every job of every domain, by name."""
    for domain in DOMAINS:
        if importlib.util.find_spec(f"serai.{domain}.tasks") is not None:
            importlib.import_module(f"serai.{domain}.tasks")
    return _tasks


def enqueue(name: str, **args: Argument) -> None:
    """Asks for a job, in the present transaction and in the name of the present asker. Ids and numbers only.

    An argument called `actor` must be the asking person: the worker refuses the job otherwise.
    """
    told = {key: value if isinstance(value, int) else str(value) for key, value in args.items()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT serai_enqueue(%s, %s::jsonb)", [name, json.dumps(told)])


def run_job(name: str, args: Mapping[str, Any]) -> None:
    """Runs one job as the worker found it in the queue.

    Raises `ForeignActor` where the recorded asker is not the actor it names, `UnknownTask`, and what the body raises.
    """
    told = dict(args)
    asker = _asker(told.pop("asker", None))
    if "actor" in told and (asker.person is None or told["actor"] != str(asker.person)):
        raise ForeignActor(f"{name} was asked for by someone else than the actor it names")
    known = tasks()
    if name not in known:
        raise UnknownTask(name)
    with acting_as(asker):
        known[name].body(**told)


def _asker(stamp: object) -> Asker:
    if not isinstance(stamp, dict) or stamp.get("kind") not in ("person", "link", "visitor", "keeper"):
        raise ForeignActor("a job without a stamp was not put into the queue by serai_enqueue()")
    return Asker(kind=stamp["kind"], id=uuid.UUID(stamp["id"]) if stamp.get("id") else None)
