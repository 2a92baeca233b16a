"""Writes of an exchange, in the order in which they happen: arranging, programme, safety, taking home."""

from serai.exchanges.actions.arranging import (
    NotTheDayYet,
    add_goal,
    begin_exchange,
    cancel_exchange,
    change_exchange,
    close_exchange,
    close_recorded,
    plan_exchange,
    record_exchange,
)
from serai.exchanges.actions.photos import PeopleUnderTheRule, add_photo
from serai.exchanges.actions.programme import NotCheckedYet, add_site, check_safety, release_programme
from serai.exchanges.actions.sessions import add_session, change_session, drop_session, take_back
from serai.exchanges.actions.taking_home import (
    capture_takeaway,
    mend_takeaway,
    promise,
    renew_promise,
    share_takeaway,
    weigh_takeaway,
    write_note,
)
from serai.exchanges.actions.taking_part import add_party, end_participation, name_participant
from serai.exchanges.actions.tasklist import finish_task, finish_tasks, reopen_task

__all__ = [
    "NotCheckedYet",
    "NotTheDayYet",
    "PeopleUnderTheRule",
    "add_goal",
    "add_party",
    "add_photo",
    "add_session",
    "add_site",
    "begin_exchange",
    "cancel_exchange",
    "capture_takeaway",
    "change_exchange",
    "change_session",
    "check_safety",
    "close_exchange",
    "close_recorded",
    "drop_session",
    "end_participation",
    "finish_task",
    "finish_tasks",
    "mend_takeaway",
    "name_participant",
    "plan_exchange",
    "promise",
    "record_exchange",
    "release_programme",
    "renew_promise",
    "reopen_task",
    "share_takeaway",
    "take_back",
    "weigh_takeaway",
    "write_note",
]
