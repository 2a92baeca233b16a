"""Reads of the homes: what is due, whose turn, by when; and for the secretariat, what it can help with."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from serai.directory.queries import Standing
from serai.exchanges import queries as exchanges
from serai.exchanges.addresses import target
from serai.exchanges.models import Commitment, Exchange, Task
from serai.needs.actions import settled
from serai.needs.models import Match, Need
from serai.needs.queries import answered_matches, answers_waiting_for
from serai.practices.models import PracticeVersion
from serai.practices.queries import practices_readable
from serai.stories.queries import namings_waiting_for
from serai.web import dates

STUCK = timedelta(days=14)
NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True, kw_only=True)
class Due:
    """One thing that waits for the reader: a verb, where it is done, why, and how many minutes it takes."""

    title: str
    href: str
    why: str
    minutes: int
    day: date | None = None
    illustrative: bool = False


def your_turn(standing: Standing, *, today: date, limit: int = 5) -> list[Due]:
    """At most five things, the soonest first; questions to the city, and answers to it, before its own list."""
    sources = [standing.organisation.id] if standing.organisation else []
    found = [
        Due(
            title=_("Answer: will %(city)s take part?") % {"city": answer.city.name},
            href=reverse("answer_match", args=[answer.id]),
            why=_("%(city)s asks.") % {"city": answer.match.need.city.name},
            minutes=1,
            illustrative=answer.illustrative,
        )
        for answer in answers_waiting_for(sources)[:limit]
    ]
    found += [
        Due(
            title=_("Say whether a story may name you"),
            href=reverse("answer_naming", args=[naming.id]),
            why=naming.passage.story.title,
            minutes=1,
            illustrative=naming.illustrative,
        )
        for naming in namings_waiting_for(sources, standing.person.id)[:limit]
    ]
    if standing.organisation:
        found += [_match_due(match) for match in answered_matches(standing.organisation.id)]
        found += [_check_due(exchange) for exchange in exchanges.to_check(standing.organisation.id)]
        found += [_task_due(turn, today) for turn in exchanges.due_tasks(standing.organisation.id, today=today)]
    return found[:limit]


def _match_due(match: Match) -> Due:
    """All have answered: the exchange is planned, or others are asked."""
    if settled(match.answers.all()) == "agreed":
        cities = _(", ").join(answer.city.name for answer in match.answers.all() if answer.answer == "accepted")
        title, minutes = _("Plan the exchange with %(cities)s") % {"cities": cities}, 15
        href = f"{reverse('new_exchange')}?match={match.id}"
    else:
        title, minutes = _("Ask other cities"), 2
        href = reverse("partners", args=[match.need_id])
    return Due(title=title, href=href, why=match.need.question, minutes=minutes, illustrative=match.illustrative)


def _check_due(exchange: Exchange) -> Due:
    return Due(
        title=_("Answer the safety questions, as the second person"),
        href=reverse("safety", args=[exchange.id]),
        why=exchange.title,
        minutes=10,
        illustrative=exchange.illustrative,
    )


def _task_due(turn: exchanges.Turn, today: date) -> Due:
    by = dates.by_when(turn.task.due_on, today)
    return Due(
        title=turn.words,
        href=target(turn.task),
        why=f"{turn.task.exchange.title}. {by}".strip(),
        minutes=turn.task.minutes,
        day=turn.task.due_on,
        illustrative=turn.task.illustrative,
    )


def waiting_for_others(standing: Standing, *, today: date) -> list[dict[str, Any]]:
    """What others owe in the exchanges this organisation organises."""
    if standing.organisation is None:
        return []
    tasks = (
        Task.objects.filter(exchange__organiser=standing.organisation, done_at=None, phase="before")
        .exclude(exchange__state__in=["closed", "cancelled"])
        .exclude(party=None)
        .exclude(party__speaker=standing.organisation)
        .select_related("exchange__organiser", "party__city", "party__speaker")
        .order_by("due_on", "id")[:20]
    )
    turns = [exchanges.turn_of(t, t.exchange, own=standing.organisation.id, today=today) for t in tasks]
    return [
        {
            "title": t.words,
            "turn": "theirs",
            "turn_word": _("%(who)s’s turn") % {"who": t.whose},
            "illustrative": t.task.illustrative,
        }
        for t in turns
    ]


def under_way(today: date) -> QuerySet[Exchange]:
    """Exchanges planned, released or live, the soonest first."""
    return (
        Exchange.objects.filter(state__in=["planned", "released", "live"])
        .select_related("place")
        .order_by("starts_on", "id")
    )


def promises_of(source: uuid.UUID) -> QuerySet[Commitment]:
    """Promises this organisation made that are not settled."""
    return Commitment.objects.filter(source_id=source, state="made").select_related("exchange").order_by("due_on", "id")


def open_needs(source: uuid.UUID) -> list[Any]:
    """What this organisation asked and nobody answered yet, the newest three; `asked`: whether cities are asked."""
    asked = Exists(Match.objects.filter(need=OuterRef("pk"), state="proposed"))
    mine = Need.objects.filter(source_id=source, state__in=("open", "matched")).annotate(asked=asked)
    return list(mine.filter(Q(state="open") | Q(asked=True)).order_by("-id")[:3])


def for_you(standing: Standing) -> list[PracticeVersion]:
    """At most two practices of other cities on a theme this city asks about."""
    if standing.city is None:
        return []
    themes = list(Need.objects.filter(city=standing.city).values_list("theme", flat=True)[:20])
    if not themes:
        return []
    others = practices_readable().filter(themes__overlap=themes).exclude(practice__city=standing.city)
    return list(others[:2])


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One stage of the pipeline: its exchanges or needs with their age in days."""

    key: str
    ages: tuple[tuple[str, str, int], ...]  # title, address, days
    illustrative: bool


def pipeline(*, now: datetime) -> list[Lane]:
    """Where what the asker may read stands, by age in the stage; never by city."""
    proposed = Match.objects.filter(need=OuterRef("pk"), state="proposed")
    lanes = [_lane("need", _unmatched(), now), _lane("match", Need.objects.filter(Exists(proposed)), now)]
    lanes += [_lane(state, Exchange.objects.filter(state=state), now) for state in ("planned", "released", "live")]
    year_ago = now.date() - timedelta(days=400)
    return [*lanes, _lane("follow", Exchange.objects.filter(state="closed", ends_on__gte=year_ago), now)]


def _unmatched() -> QuerySet[Need]:
    return Need.objects.filter(~Exists(Match.objects.filter(need=OuterRef("pk"))), state="open")


def _lane(key: str, found: QuerySet[Need] | QuerySet[Exchange], now: datetime) -> Lane:
    """The titles, ids and days alone: a lane may hold thousands."""
    noun, title = ("need", "question") if found.model is Need else ("exchange", "title")
    address = reverse(noun, args=[NOBODY]).replace(str(NOBODY), "{}")
    lines = list(found.order_by("id").values_list(title, "id", "changed_at", "illustrative"))
    ages = tuple((words, address.format(id), max((now - changed).days, 0)) for words, id, changed, _made_up in lines)
    return Lane(key=key, ages=ages, illustrative=any(made_up for *_others, made_up in lines))


def follow_through(*, now: datetime) -> list[dict[str, Any]]:
    """What became of promises made at least 3, 6 and 12 months ago: kept, changed, let go, silent."""
    days = {months: now - timedelta(days=round(months * 30.44)) for months in (3, 6, 12)}
    counted = {f"m{months}": Count("id", filter=Q(created_at__lte=day)) for months, day in days.items()}
    counted["made_up"] = Count("id", filter=Q(created_at__lte=max(days.values()), illustrative=True))
    found: list[tuple[Any, ...]] = list(Commitment.objects.order_by().values_list("state").annotate(**counted))
    made_up = any(row[-1] for row in found)
    rows = []
    for at, months in enumerate(days, start=1):
        states = Counter({row[0]: row[at] for row in found})
        counts = [states["kept"], states["changed"] + states["handed over"], states["let go"], states["made"]]
        rows.append({"months": months, "made": sum(counts), "counts": counts, "illustrative": made_up})
    return rows


def needs_help(*, now: datetime) -> list[Due]:
    """What the secretariat can do: needs nobody was asked about, promises past their day without a word."""
    old = now - STUCK
    lone = _unmatched().filter(created_at__lte=old).select_related("city").order_by("id")
    found = [
        Due(
            title=_("Find a partner for %(city)s") % {"city": need.city.name},
            href=reverse("need", args=[need.id]),
            why=need.question,
            minutes=5,
            illustrative=need.illustrative,
        )
        for need in lone[:5]
    ]
    waiting = Exchange.objects.filter(state__in=["planned", "released"], changed_at__lte=old).order_by("id")
    return found + [
        Due(
            title=_("Ask what holds this exchange"),
            href=reverse("exchange", args=[e.id]),
            why=str(e),
            minutes=5,
            illustrative=e.illustrative,
        )
        for e in waiting.filter(Q(starts_on=None) | Q(starts_on__gte=now.date()))[:5]
    ]
