"""Writes of teams: what they are, and who has a seat."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from serai.audit.actions import Actor, add, change
from serai.core.audience import group
from serai.directory.models import City, Person, Team, TeamMember


def add_team(
    actor: Actor,
    *,
    name: str,
    city: City,
    readers: Iterable[str],
    now: datetime,
    stage: str = "interested",
    tailoring: str = "",
    mentor_id: int | None = None,
    illustrative: bool = False,
) -> Team:
    """Writes down a city's multi-agency team; `mentor_id` is the city that goes along."""
    team = Team(name=name, city=city, stage=stage, tailoring=tailoring, mentor_id=mentor_id, illustrative=illustrative)
    return add(actor, team, verb="add_team", groups=readers, now=now)


def seat(
    actor: Actor,
    team: Team,
    person: Person,
    *,
    sector: str,
    now: datetime,
    readers: Iterable[str] | None = None,
    chairs: bool = False,
    since: date | None = None,
) -> TeamMember:
    """Gives a person a seat in a team; they then read what is shared with the team."""
    member = TeamMember(
        team=team,
        person=person,
        sector=sector,
        chairs=chairs,
        started_on=since or now.date(),
        illustrative=team.illustrative,
    )
    return add(actor, member, verb="seat", groups=readers or [group("team", team.id)], now=now)


def change_team(actor: Actor, team: Team, *, now: datetime, expected: int | None = None, **fields: Any) -> Team:
    """Changes name, stage, tailoring or mentor city of a team. Raises `ChangedMeanwhile`, or `NotYours`."""
    return change(actor, team, verb="change_team", now=now, expected=expected, **fields)


def unseat(actor: Actor, member: TeamMember, *, on: date, now: datetime, expected: int | None = None) -> TeamMember:
    """Ends a seat: from that day on the person reads nothing through it. Raises `ChangedMeanwhile`."""
    return change(actor, member, verb="unseat", now=now, expected=expected, ended_on=on)
