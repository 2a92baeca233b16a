"""The task list as the asker sees it: whose turn each line is, in one exchange and over all of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from serai.exchanges.models import Exchange, SafetyCheck, Task
from serai.exchanges.tasklist import WORDS

PHASES = ("before", "during", "after")


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One line of the task list as the asker sees it. `state`: yours, theirs, later, done."""

    task: Task
    words: str
    state: str
    whose: str


def turn_of(task: Task, exchange: Exchange, *, own: uuid.UUID | None, today: date) -> Turn:
    """Whose turn a line is: the party's speaker, or for a line without a party the organiser."""
    responsible = task.party.speaker_id if task.party else exchange.organiser_id
    who = task.party.name if task.party else str(exchange.organiser or _("the organiser"))
    over = not exchange.under_way and task.phase != "after"
    if task.done_at is not None or over:
        state = "done"
    elif (begins := _begins(task, exchange)) and today < begins:
        state = "later"
    else:
        state = "yours" if own is not None and responsible == own else "theirs"
    return Turn(task=task, words=str(WORDS[task.code]), state=state, whose=who)


def _begins(task: Task, exchange: Exchange) -> date | None:
    """The first day on which a line can be worked on: what comes after the days together, on their last."""
    return {"before": None, "during": exchange.starts_on, "after": exchange.ends_on or exchange.starts_on}[task.phase]


def task_list(exchange: Exchange, *, own: uuid.UUID | None, today: date) -> list[Turn]:
    """One line for each thing to do, in the order of the list, as far as the asker may read.

    Where several have the same to do, the line is the asker's own while that is open; else it says for whom
    everyone waits.
    """
    tasks = (
        Task.objects.filter(exchange=exchange).select_related("party__city", "party__speaker").order_by("due_on", "id")
    )
    lines: dict[str, list[Turn]] = {}
    for task in tasks:
        lines.setdefault(task.code, []).append(turn_of(task, exchange, own=own, today=today))
    return [_one_line(turns) for code in WORDS if (turns := lines.get(code))]


def _one_line(turns: Sequence[Turn]) -> Turn:
    own = next((t for t in turns if t.state == "yours"), None)
    if own is not None:
        return own
    waiting = [t for t in turns if t.state == "theirs"]
    if waiting:
        return replace(waiting[0], whose=", ".join(t.whose for t in waiting))
    return next((t for t in turns if t.state == "later"), turns[0])


def due_tasks(own: uuid.UUID, *, today: date, limit: int = 20) -> list[Turn]:
    """Open lines of running exchanges that wait for this organisation, by their day."""
    due = (
        Task.objects.filter(done_at=None)
        .exclude(exchange__state="cancelled")
        .exclude(exchange__state="closed", phase__in=["before", "during"])
        .select_related("party__city", "party__speaker", "exchange__organiser", "exchange__place")
        .order_by("due_on", "id")
    )
    # Two questions, each found by its index; as one with OR, PostgreSQL would walk through every open task.
    spoken, organised = due.filter(party__speaker=own), due.filter(party=None, exchange__organiser=own)
    tasks = sorted([*spoken[:limit], *organised[:limit]], key=lambda task: (task.due_on or date.max, task.id))
    turns = [turn_of(task, task.exchange, own=own, today=today) for task in tasks[:limit]]
    return [turn for turn in turns if turn.state == "yours"]


def to_check(own: uuid.UUID, *, limit: int = 5) -> list[Exchange]:
    """Exchanges organised by others whose safety questions someone has answered, and nobody of this party yet."""
    checks = SafetyCheck.objects.filter(exchange=OuterRef("pk"))
    planned = Exchange.objects.filter(state="planned", parties__speaker=own).exclude(source_id=own)
    found = planned.filter(Exists(checks), ~Exists(checks.filter(source_id=own)))
    return list(found.distinct().order_by("starts_on", "id")[:limit])


def own_turns(exchange: Exchange, *codes: str, own: uuid.UUID | None, today: date) -> list[Turn]:
    """The lines of this list that wait for this organisation, to be marked as done where they are done."""
    tasks = Task.objects.filter(exchange=exchange, code__in=codes, done_at=None)
    tasks = tasks.select_related("party__city", "party__speaker").order_by("due_on", "id")
    turns = [turn_of(task, exchange, own=own, today=today) for task in tasks]
    return [turn for turn in turns if turn.state == "yours"]
