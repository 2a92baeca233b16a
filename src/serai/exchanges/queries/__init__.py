"""Reads of exchanges: arranging, the task list, the programme by day, taking home."""

from serai.exchanges.queries.arranging import exchange_page, exchanges_readable, own_exchange, takes_part
from serai.exchanges.queries.programme import (
    Slot,
    by_day,
    now_and_next,
    photo_rules,
    programme_heading,
    programme_sessions,
    session_page,
)
from serai.exchanges.queries.taking_home import guessable_sectors, ideas_come, promises_of, state_of, takeaways_of
from serai.exchanges.queries.tasklist import PHASES, Turn, due_tasks, own_turns, task_list, to_check, turn_of

__all__ = [
    "PHASES",
    "Slot",
    "Turn",
    "by_day",
    "due_tasks",
    "exchange_page",
    "exchanges_readable",
    "guessable_sectors",
    "ideas_come",
    "now_and_next",
    "own_exchange",
    "own_turns",
    "photo_rules",
    "programme_heading",
    "programme_sessions",
    "promises_of",
    "session_page",
    "state_of",
    "takeaways_of",
    "takes_part",
    "task_list",
    "to_check",
    "turn_of",
]
