"""What is captured, shared, weighed at home, and promised; and notes, also under the Chatham House Rule."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from serai.audit.actions import Actor, add, add_unattributed, change, change_audience
from serai.core.audience import RED, group
from serai.core.lifecycle import NotAllowedNow, moved
from serai.directory.models import City, Organisation
from serai.exchanges.models import Commitment, Exchange, Note, Photo, Session, Takeaway, Weighing
from serai.exchanges.queries import state_of
from serai.practices.models import Practice

WEIGHED = ("adopted", "adapted", "parked", "left")


def capture_takeaway(
    actor: Actor,
    exchange: Exchange,
    text: str,
    *,
    now: datetime,
    session: Session | None = None,
    practice: Practice | None = None,
    city: City | None = None,
    capture: uuid.UUID | None = None,
    language: str = "en",
    because: str = "",
) -> Takeaway:
    """Keeps what a delegate saw, for themselves alone until they share it.

    `capture` is made on the phone: the same one sent twice (the network was gone) is kept once.
    """
    if capture is not None:
        kept = Takeaway.objects.filter(person_id=actor.person, capture=capture).first()
        if kept is not None:
            return kept
    takeaway = Takeaway(
        exchange=exchange,
        session=session,
        practice=practice,
        city=city,
        person_id=actor.person,
        text=text,
        capture=capture,
        language=language,
        illustrative=exchange.illustrative,
    )
    mine = [group("person", actor.person)]
    try:
        return add(actor, takeaway, verb="capture_takeaway", groups=mine, source=actor.person, now=now, because=because)
    except IntegrityError:  # the same one was sent a moment ago, and is being kept
        if capture is None:
            raise
        return Takeaway.objects.get(person_id=actor.person, capture=capture)


def mend_takeaway(actor: Actor, takeaway: Takeaway, text: str, *, now: datetime, because: str = "") -> Takeaway:
    """Other words for what was captured, while it is one's own alone. Raises `NotAllowedNow` once it is shared."""
    if takeaway.audience.label != RED:
        raise NotAllowedNow("this is shared already")
    return change(actor, takeaway, verb="mend_takeaway", now=now, because=because, text=text)


@transaction.atomic
def share_takeaway(
    actor: Actor, takeaway: Takeaway, groups: Iterable[str], *, now: datetime, because: str = ""
) -> Takeaway:
    """Shares a captured takeaway with its photo: a step of its own. From then on it comes from the delegate's
    organisation."""
    names = list(groups)
    photos = list(Photo.objects.filter(takeaway=takeaway, source_id=takeaway.source_id).defer("whole", "small"))
    shared = change_audience(actor, takeaway, names, now=now, because=because)
    photos = [change_audience(actor, photo, names, now=now) for photo in photos]
    if actor.organisation is None or shared.audience.label == RED:
        return shared
    for photo in photos:
        change(actor, photo, verb="hand_over_takeaway", now=now, source_id=actor.organisation)
    return change(actor, shared, verb="hand_over_takeaway", now=now, source_id=actor.organisation)


@transaction.atomic
def weigh_takeaway(
    actor: Actor,
    takeaway: Takeaway,
    *,
    decision: str,
    reason: str,
    now: datetime,
    readers: Iterable[str] | None = None,
    because: str = "",
) -> Weighing:
    """The home team adopts, adapts, parks or leaves a takeaway, each with a reason."""
    if decision not in WEIGHED:
        raise NotAllowedNow(f"a takeaway cannot be {decision}")
    if not reason.strip():
        raise ValueError("whoever was inspired wants to know why: give a reason")
    moved("takeaway", state_of(takeaway), decision)
    weighing = Weighing(takeaway=takeaway, decision=decision, reason=reason, illustrative=takeaway.illustrative)
    groups = set(readers) if readers is not None else set(takeaway.audience.groups)
    return add(actor, weighing, verb="weigh_takeaway", groups=groups, now=now, because=because)


def promise(
    actor: Actor,
    exchange: Exchange,
    *,
    text: str,
    organisation: Organisation,
    owner_role: str,
    due_on: date | None,
    now: datetime,
    first_step: str = "",
    takeaway: Takeaway | None = None,
    readers: Iterable[str] | None = None,
    because: str = "",
) -> Commitment:
    """A promise, owned by a role in an organisation, with a day and a first step."""
    commitment = Commitment(
        exchange=exchange,
        takeaway=takeaway,
        organisation=organisation,
        owner_role=owner_role,
        text=text,
        first_step=first_step,
        due_on=due_on,
        illustrative=exchange.illustrative,
    )
    groups = set(readers) if readers is not None else set(exchange.audience.groups)
    return add(actor, commitment, verb="promise", groups=groups, now=now, because=because)


def renew_promise(
    actor: Actor,
    commitment: Commitment,
    *,
    state: str,
    now: datetime,
    reason: str = "",
    due_on: date | None = None,
    expected: int | None = None,
) -> Commitment:
    """Keep, change, hand over, or let go with a reason: each is a good answer. Raises `ChangedMeanwhile`."""
    if state not in ("kept", "changed", "handed over", "let go"):
        raise NotAllowedNow(f"a promise cannot be {state}")
    if state == "let go" and not reason.strip():
        raise ValueError("say in a few words why it is let go")
    fields: dict[str, Any] = {"state": state, "reason": reason}
    if due_on is not None:
        fields["due_on"] = due_on
    return change(actor, commitment, verb="renew_promise", now=now, expected=expected, **fields)


@transaction.atomic
def write_note(
    actor: Actor,
    session: Session,
    text: str,
    *,
    now: datetime,
    readers: Iterable[str] | None = None,
    because: str = "",
) -> Note:
    """A note from a session. Under the Chatham House Rule the database keeps its author where only they can read it.

    A Chatham House note goes to those of the exchange, and its trail holds no reason; another one is personal until
    shared.
    """
    note = Note(session=session, text=text, chatham=session.chatham, illustrative=session.illustrative)
    if not session.chatham:
        groups = list(readers) if readers is not None else [group("person", actor.person)]
        return add(actor, note, verb="write_note", groups=groups, source=actor.person, now=now, because=because)
    groups = list(readers) if readers is not None else [group("exchange", session.exchange_id)]
    return add_unattributed(note, verb="write_note", groups=groups, now=now)
