"""Needs are stated, offers made, matches proposed by a human, and answered by each city."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from serai.audit.actions import Actor, NotYours, add, change
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow, moved
from serai.directory.models import City, Organisation
from serai.needs.models import Match, MatchAnswer, Need, Offer
from serai.sharing.links import UNDO


class NobodyToAsk(ValueError):
    """A chosen city has no organisation that coordinates for it, so nobody could answer."""


class AlreadyPlanned(NotAllowedNow):
    """An exchange stands on this match (or it was withdrawn): its answers stay as they are."""


@dataclass(frozen=True, kw_only=True)
class OnBehalf:
    """An answer that came another way: who said it, how, when."""

    said_by: str
    channel: str  # phone, paper, chat, meeting
    said_on: date


def state_need(
    actor: Actor,
    *,
    city: City,
    question: str,
    theme: str,
    readers: Iterable[str],
    now: datetime,
    target_groups: Sequence[str] = (),
    urgency: str = "year",
    language: str = "en",
    illustrative: bool = False,
    because: str = "",
) -> Need:
    """A city says what it must learn."""
    need = Need(
        city=city,
        question=question,
        theme=theme,
        target_groups=list(target_groups),
        urgency=urgency,
        language=language,
        illustrative=illustrative,
    )
    return add(actor, need, verb="state_need", groups=readers, now=now, because=because)


def change_need(actor: Actor, need: Need, *, expected: int, now: datetime, **fields: Any) -> Need:
    """Mends a need; `expected` is the version the editor saw."""
    return change(actor, need, verb="change_need", now=now, expected=expected, **fields)


def meet_need(actor: Actor, need: Need, *, now: datetime) -> Need:
    """The city learnt what it asked for."""
    return change(actor, need, verb="meet_need", now=now, state=moved("need", need.state, "met"))


def make_offer(
    actor: Actor,
    *,
    city: City,
    what: str,
    theme: str,
    readers: Iterable[str],
    now: datetime,
    target_groups: Sequence[str] = (),
    evidence: str = "E1",
    capacity: int = 10,
    months: Sequence[int] = (),
    language: str = "en",
    illustrative: bool = False,
    because: str = "",
) -> Offer:
    """A city says what it can show."""
    offer = Offer(
        city=city,
        what=what,
        theme=theme,
        target_groups=list(target_groups),
        evidence=evidence,
        capacity=capacity,
        months=list(months),
        language=language,
        illustrative=illustrative,
    )
    return add(actor, offer, verb="make_offer", groups=readers, now=now, because=because)


@transaction.atomic
def propose_match(
    actor: Actor,
    need: Need,
    asked: Mapping[City, Organisation | None],
    *,
    reasons: Mapping[str, Any],
    now: datetime,
    message: str = "",
    because: str = "",
) -> Match:
    """A person proposes partner cities for a need; each city's coordinating organisation is asked.

    `reasons` (city id → reason codes with values) are kept as they stood. Readers: the proposer's
    organisation, the asking city's source, and the asked organisations. Raises `NobodyToAsk`.
    """
    missing = [city.name for city, organisation in asked.items() if organisation is None]
    if missing:
        raise NobodyToAsk(", ".join(missing))
    organisations = [o for o in asked.values() if o is not None]
    readers = {group("organisation", o.id) for o in organisations} | {group("organisation", need.source_id)}
    match = Match(
        need=need,
        proposed_by_id=actor.person,
        message=message,
        reasons=dict(reasons),
        illustrative=need.illustrative,
    )
    add(actor, match, verb="propose_match", groups=readers, now=now, because=because)
    for city, organisation in asked.items():
        answer = MatchAnswer(match=match, city=city, organisation=organisation, illustrative=need.illustrative)
        add(actor, answer, verb="ask_city", groups=readers, now=now)
    if need.state == "open" and need.source_id == actor.source:
        change(actor, need, verb="match_need", now=now, state=moved("need", need.state, "matched"))
    return match


@transaction.atomic
def answer_match(
    actor: Actor | None,
    answer: MatchAnswer,
    *,
    decision: str,
    now: datetime,
    reason: str = "",
    on_behalf: OnBehalf | None = None,
    expected: int | None = None,
) -> MatchAnswer:
    """A city accepts, parks or declines; or someone records what it said on the phone, on paper, in a chat.

    `actor` is None where a signed link answers; `expected` is the version that whoever answers saw. Raises
    `AlreadyPlanned` once an exchange is planned on the match, `ChangedMeanwhile` where another answer was not seen.
    """
    if decision not in ("accepted", "parked", "declined"):
        raise NotAllowedNow(f"a city cannot answer {decision}")
    (present,) = _held(MatchAnswer.objects.filter(pk=answer.pk))
    if not Match.objects.filter(pk=present.match_id, state="proposed").exists():
        raise AlreadyPlanned("the match is no longer proposed")
    if present.answer in ("accepted", "declined"):
        raise NotAllowedNow(f"a city that {present.answer} cannot answer again")
    fields: dict[str, Any] = {
        "answer": decision,
        "reason": reason,
        "answered_at": now,
        "recorded_by_id": actor.person if actor else None,
        "said_by": on_behalf.said_by if on_behalf else "",
        "channel": on_behalf.channel if on_behalf else "",
        "said_on": on_behalf.said_on if on_behalf else None,
    }
    verb = "record_answer" if on_behalf else f"answer_{decision}"
    return change(actor, answer, verb=verb, now=now, expected=expected, **fields)


@transaction.atomic
def undo_answer(actor: Actor | None, answer: MatchAnswer, *, now: datetime, expected: int | None = None) -> MatchAnswer:
    """Takes an answer back within seven days, while nothing was built on it; `expected` is the version that was seen.

    Raises `ChangedMeanwhile` where it is another answer by now.
    """
    (present,) = _held(MatchAnswer.objects.filter(pk=answer.pk))
    old = present.answered_at is None or now - present.answered_at >= UNDO
    if old or not Match.objects.filter(pk=present.match_id, state="proposed").exists():
        raise NotAllowedNow("an answer can be taken back for seven days, until an exchange is planned")
    blank: dict[str, Any] = {
        "answer": "asked",
        "reason": "",
        "answered_at": None,
        "recorded_by_id": actor.person if actor else None,
    }
    blank |= {"said_by": "", "channel": "", "said_on": None}
    return change(actor, answer, verb="undo_answer", now=now, expected=expected, **blank)


def settled(answers: Iterable[MatchAnswer]) -> str:
    """What a proposed match is, given its cities' answers: agreed once none is open and one said yes."""
    said = [a.answer for a in answers]
    if "asked" in said:
        return "proposed"
    if "accepted" in said:
        return "agreed"
    return "parked" if "parked" in said else "declined"


@transaction.atomic
def mark_planned(actor: Actor, match: Match, *, now: datetime) -> Match:
    """An exchange now stands on this match. Raises `NotAllowedNow` until the cities agreed.

    Until the transaction ends nobody answers or takes an answer back: what is read of them afterwards stays true.
    """
    present = Match.objects.select_for_update(of=("self",)).filter(pk=match.pk).first()
    if present is None:
        raise NotYours("Match cannot be planned by this asker")
    if settled(_held(MatchAnswer.objects.filter(match=match))) != "agreed":
        raise NotAllowedNow("the cities have not agreed yet")
    return change(actor, match, verb="plan_match", now=now, state=moved("match", present.state, "planned"))


def _held(answers: QuerySet[MatchAnswer]) -> list[MatchAnswer]:
    """These answers as they stand now, held until the transaction ends.

    PostgreSQL locks the rows that the asker may change and leaves the others out without a word: then `NotYours`.
    """
    wanted = set(answers.values_list("pk", flat=True))
    held = list(MatchAnswer.objects.filter(pk__in=wanted).select_for_update().order_by("pk"))
    if not wanted or {answer.pk for answer in held} != wanted:
        raise NotYours("MatchAnswer cannot be changed by this asker")
    return held
