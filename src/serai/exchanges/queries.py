"""Reads of exchanges: the list, the task list with whose turn it is, who comes, the programme by day."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from serai.audit.actions import Actor
from serai.db.keys import SpokenFor
from serai.db.ready import Gap, Ready
from serai.directory.queries import held
from serai.exchanges.models import (
    IN_PROGRAMME,
    TAKEN_OUT,
    UNDER_WAY,
    Commitment,
    Exchange,
    Participant,
    Party,
    Photo,
    SafetyCheck,
    Session,
    Site,
    Takeaway,
    Task,
    Weighing,
)
from serai.exchanges.tasklist import WORDS
from serai.sharing.readable import readable
from serai.web.dates import day_of

A_MONTH = timedelta(days=30)
PHASES = ("before", "during", "after")


def exchanges_readable() -> QuerySet[Exchange]:
    """The exchanges the asker may read, the latest first, with their parties."""
    parties = Party.objects.select_related("city").order_by("id")
    found = readable(Exchange.objects.select_related("place", "organiser"))
    return found.prefetch_related(Prefetch("parties", parties)).order_by("-starts_on", "-id")


def exchange_page(id: uuid.UUID) -> Exchange:
    """One exchange with parties and their people, goals. Raises `Exchange.DoesNotExist`."""
    people = Participant.objects.filter(ended_on=None).select_related("person").order_by("id")
    parties = (
        Party.objects.select_related("city", "speaker")
        .prefetch_related(Prefetch("participants", people))
        .order_by("id")
    )
    return (
        Exchange.objects.select_related("place", "organiser", "audience", "match", "partnership")
        .prefetch_related(Prefetch("parties", parties), "goals")
        .get(pk=id)
    )


def own_exchange(id: uuid.UUID, actor: Actor) -> Exchange:
    """One that the asker organises. Raises `Exchange.DoesNotExist`."""
    return Exchange.objects.select_related("place", "audience", "organiser").get(pk=id, source_id=actor.source)


def takes_part(exchange: Exchange, actor: Actor, *, today: date) -> bool:
    """Whether this person, for this organisation, organises the exchange, speaks for a party or is named in one."""
    if exchange.source_id in (actor.organisation, actor.person):
        return True
    if actor.organisation is not None and Party.objects.filter(exchange=exchange, speaker=actor.organisation).exists():
        return True
    return Participant.objects.filter(held(today), exchange=exchange, person=actor.person).exists()


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


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of the programme at its place, with its sessions in order."""

    day: date | None
    sessions: tuple[Slot, ...]


class Slot(NamedTuple):
    """What a line of a programme says of a session. `site` is empty where there is none, or none to be read."""

    id: uuid.UUID
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    where: str
    site: str | None
    site_id: uuid.UUID | None
    position: int
    replaces: uuid.UUID | None

    @property
    def taken_out(self) -> bool:
        """Whether it goes with the next release."""
        return self.position == TAKEN_OUT


_SLOTS = Ready(
    Slot,
    lambda: (
        Session.objects.filter(exchange=Gap("exchange", UUIDField()))
        .exclude(position=0)
        .order_by(F("starts_at").asc(nulls_last=True), "position", "id")
        .values_list("id", "title", "starts_at", "ends_at", "where", "site__name", "site_id", "position", "replaces")
    ),
)


def programme_sessions(exchange: uuid.UUID, *, under_way: bool = True) -> tuple[Slot, ...]:
    """The sessions of an exchange in order of time; those without a time in the order they were added.

    Of what changes with the next release, those who plan get the new values, and a position below nought.
    """
    found = _SLOTS.all(exchange=exchange)
    waiting = {slot.replaces: slot for slot in found if slot.position < 0}
    if not waiting:
        return tuple(found)
    there = [slot for slot in found if slot.position > 0]
    if not under_way:
        return tuple(there)
    pairs = ((slot, waiting.get(slot.id, slot)) for slot in there)
    shown = ((slot, new._replace(id=slot.id)) for slot, new in pairs)
    return tuple(new for _old, new in sorted(shown, key=_in_order))


def _in_order(pair: tuple[Slot, Slot]) -> tuple[bool, float, int, uuid.UUID]:
    old, new = pair
    return (new.starts_at is None, new.starts_at.timestamp() if new.starts_at else 0, old.position, old.id)


def session_page(id: uuid.UUID) -> tuple[Session, int]:
    """One session as a release now would leave it, as far as the asker reads what waits, and where that stands (0:
    nothing waits). Raises `Session.DoesNotExist`."""
    rows = Session.objects.filter(Q(pk=id) | Q(replaces=id, position__lt=0)).select_related(
        "exchange__place", "exchange__audience", "audience", "site__host", "city", "practice"
    )
    found = {row.pk == id: row for row in rows.order_by("id")}
    if True not in found:
        raise Session.DoesNotExist
    session, new = found[True], found.get(False)
    if new is None or not session.exchange.under_way:
        return session, 0
    where = new.position
    for name in ("pk", "position", "audience", "source_id", "hidden_at"):
        setattr(new, name, getattr(session, name))
    return new, where


class Heading(NamedTuple):
    """What the page of a programme says of its exchange. `own`: the asker speaks for whom it comes from.

    `cities`: those taking part, each with its time zone and a blank before its name.
    """

    id: uuid.UUID
    title: str
    state: str
    place: str | None
    time_zone: str | None
    source_id: uuid.UUID
    own: bool
    hidden_at: datetime | None
    illustrative: bool
    groups: tuple[str, ...]
    label: str
    cities: tuple[str, ...]

    @property
    def under_way(self) -> bool:
        """Whether the exchange can still be changed."""
        return self.state in UNDER_WAY


_CITIES = (
    Party.objects.filter(exchange=OuterRef("pk"), city__isnull=False)
    .order_by("id")
    .values_list(Concat("city__time_zone", Value(" "), "city__name"))
)

_HEADING = Ready(
    Heading,
    lambda: Exchange.objects.filter(pk=Gap("exchange", UUIDField())).values_list(
        "id", "title", "state", "place__name", "place__time_zone", "source_id", SpokenFor("source_id"), "hidden_at",
        "illustrative", "audience__groups", "audience__label", ArraySubquery(_CITIES),
    ),
)  # fmt: skip


def programme_heading(exchange: uuid.UUID) -> Heading:
    """The exchange of a programme. Raises `Exchange.DoesNotExist`."""
    found = _HEADING.first(exchange=exchange)
    if found is None:
        raise Exchange.DoesNotExist
    return found._replace(groups=tuple(found.groups), cities=tuple(found.cities))


def by_day(sessions: Sequence[Slot], zone: str) -> list[Day]:
    """Sessions under their days, the days taken at the place of the exchange."""

    def key(session: Slot) -> date | None:
        return day_of(session.starts_at, zone) if session.starts_at else None

    return [Day(day=day, sessions=tuple(group)) for day, group in groupby(sessions, key=key)]


def ideas_come(exchange: Exchange, today: date) -> bool:
    """Whether its days have begun and ended at most a month ago: so long delegates write down what they saw."""
    if exchange.state == "live":
        return True
    last = exchange.ends_on or exchange.starts_on
    if exchange.state == "cancelled" or exchange.starts_on is None or last is None:
        return False
    return exchange.starts_on <= today <= last + A_MONTH


def now_and_next(sessions: Sequence[Slot], now: datetime) -> tuple[Slot | None, Slot | None]:
    """The session that runs, and the next one that begins."""
    sessions = [s for s in sessions if not s.taken_out]
    running = next((s for s in sessions if s.starts_at and s.ends_at and s.starts_at <= now < s.ends_at), None)
    coming = next((s for s in sessions if s.starts_at and s.starts_at > now), None)
    return running, coming


def takeaways_of(exchange: Exchange) -> QuerySet[Takeaway]:
    """The takeaways of an exchange the asker may read, with what became of them."""
    weighings, photos = Weighing.objects.order_by("-id"), Photo.objects.defer("whole", "small").order_by("id")
    return (
        Takeaway.objects.filter(exchange=exchange)
        .select_related("city", "session", "practice", "audience")
        .prefetch_related(Prefetch("weighings", weighings), Prefetch("photos", photos))
        .order_by("id")
    )


def state_of(takeaway: Takeaway) -> str:
    """What the last weighing the asker may read made of it."""
    last = max(takeaway.weighings.all(), key=lambda weighing: weighing.pk, default=None)
    return last.decision if last else "captured"


def photo_rules(exchange: Exchange, *, first: Slot | None) -> list[Site]:
    """The sites of an exchange whose hosts say what may be photographed; that of the session `first` comes first."""
    programme = Session.objects.filter(IN_PROGRAMME, exchange=exchange)
    sites = Site.objects.filter(pk__in=programme.values("site")).exclude(photos="").order_by("name", "id")
    at = first.site_id if first else None
    return sorted(sites, key=lambda site: site.pk != at)


def promises_of(exchange: Exchange) -> QuerySet[Commitment]:
    """The promises made in an exchange the asker may read."""
    return Commitment.objects.filter(exchange=exchange).select_related("organisation").order_by("id")


def guessable_sectors(session: Session) -> set[str]:
    """Sectors with fewer than three people in the exchange: who said something could be guessed."""
    counted: dict[str, int] = {}
    for sector, count in Participant.objects.filter(exchange=session.exchange_id, ended_on=None).values_list(
        "sector", "how_many"
    ):
        if sector:
            counted[sector] = counted.get(sector, 0) + count
    return {sector for sector, count in counted.items() if count < 3}
