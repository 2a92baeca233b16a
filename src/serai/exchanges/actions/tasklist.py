"""The task list of an exchange: its lines are written, moved with its days, done, and opened again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from serai.audit.actions import Actor, add, change
from serai.core.lifecycle import NotAllowedNow
from serai.exchanges.circles import inner_circle
from serai.exchanges.models import Exchange, Party, Task
from serai.exchanges.tasklist import LINES, Line


def _due(exchange: Exchange, line: Line) -> date | None:
    start = exchange.ends_on if line.phase == "after" else exchange.starts_on
    return start + timedelta(days=line.days) if start else None


def add_tasks(actor: Actor, exchange: Exchange, party: Party | None, whose: Collection[str], *, now: datetime) -> None:
    """What is to be done by a party, or by the organiser."""
    for line in LINES:
        if line.whose in whose:
            task = Task(
                exchange=exchange,
                phase=line.phase,
                code=line.code,
                party=party,
                due_on=_due(exchange, line),
                minutes=line.minutes,
                illustrative=exchange.illustrative,
            )
            add(actor, task, verb="add_task", groups=inner_circle(exchange), now=now)


def move_tasks(actor: Actor, exchange: Exchange, *, now: datetime) -> None:
    """What is not done yet moves with the days of the exchange."""
    lines = {line.code: line for line in LINES}
    for task in Task.objects.filter(exchange=exchange, done_at=None, code__in=list(lines)).order_by("id"):
        due = _due(exchange, lines[task.code])
        if task.due_on != due:
            change(actor, task, verb="move_task", now=now, due_on=due)


def finish_task(actor: Actor, task: Task, *, now: datetime) -> Task:
    """A line of the list is done."""
    if task.done_at is not None:
        raise NotAllowedNow("this is done already")
    return change(actor, task, verb="finish_task", now=now, done_at=now)


def finish_tasks(actor: Actor, exchange: UUID, codes: Iterable[str], *, now: datetime) -> None:
    """What the organiser has just done settles these lines of its list too, where they were open."""
    mine = Task.objects.filter(exchange=exchange, party=None, source_id=actor.source, done_at=None)
    for task in mine.filter(code__in=list(codes)).order_by("id"):
        finish_task(actor, task, now=now)


def reopen_task(actor: Actor, task: Task, *, now: datetime) -> Task:
    """A line of the list is to be done again."""
    if task.done_at is None:
        raise NotAllowedNow("this is not done")
    return change(actor, task, verb="reopen_task", now=now, done_at=None)
