"""Who must be told what after a programme changed: each person only their own sessions, nobody else anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from serai.core.agenda.model import Agenda, Placed, Programme


class News(StrEnum):
    """What changed for one person in one session."""

    MOVED = "moved"
    ELSEWHERE = "elsewhere"
    OFF = "off"
    ON = "on"
    NOT_YOU = "not you"
    NOW_YOU = "now you"
    LONGER = "longer"


@dataclass(frozen=True, kw_only=True, order=True)
class Notice:
    """One thing one person must be told. `as_host`: told because the place is theirs."""

    who: str
    session: str
    news: News
    was: tuple[int, int, str | None] | None
    now: tuple[int, int, str | None] | None
    as_host: bool = False


def notices(agenda: Agenda, before: Programme, now: Programme, *, after: int = 0) -> tuple[Notice, ...]:
    """Everyone whose sessions differ, sorted; sessions over by `after` are no news."""
    old = {item.session: item for item in before.placed}
    new = {item.session: item for item in now.placed}
    hosts = {place.id: place.host for place in agenda.places}
    anywhere = {session.id for session in agenda.sessions if not session.places}
    found: list[Notice] = []
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        if max(item.end for item in (one, other) if item is not None) <= after:
            continue
        found += _of_people(name, one, other, name in anywhere)
        if name not in anywhere:
            found += _of_hosts(name, one, other, hosts)
    return tuple(sorted(found, key=lambda notice: (notice.who, notice.session, notice.news)))


def _people(item: Placed | None) -> frozenset[str]:
    return frozenset() if item is None else item.attending | {who for _, who in item.interpreters}


def _spot(item: Placed | None) -> tuple[int, int, str | None] | None:
    return None if item is None else (item.start, item.end, item.place)


def _of_people(name: str, one: Placed | None, other: Placed | None, anywhere: bool) -> list[Notice]:
    found: list[Notice] = []
    for who in sorted(_people(one) | _people(other)):
        mine, theirs = (one if who in _people(one) else None), (other if who in _people(other) else None)
        news = _news(mine, theirs, one, other, anywhere)
        if news is not None:
            found.append(Notice(who=who, session=name, news=news, was=_spot(mine), now=_spot(theirs)))
    return found


def _news(
    mine: Placed | None, theirs: Placed | None, one: Placed | None, other: Placed | None, anywhere: bool
) -> News | None:
    if mine is None:
        return News.ON if one is None else News.NOW_YOU
    if theirs is None:
        return News.OFF if other is None else News.NOT_YOU
    if mine.start != theirs.start:
        return News.MOVED
    if mine.place != theirs.place and not anywhere:
        return News.ELSEWHERE
    return News.LONGER if mine.end != theirs.end else None


def _of_hosts(name: str, one: Placed | None, other: Placed | None, hosts: dict[str, str | None]) -> list[Notice]:
    """The host of a place hears that a session there comes, goes, moves or ends at another time."""
    found: list[Notice] = []
    for place in sorted({item.place for item in (one, other) if item is not None and item.place is not None}):
        who = hosts.get(place)
        mine = one if one is not None and one.place == place else None
        theirs = other if other is not None and other.place == place else None
        news = _news(mine, theirs, mine, theirs, False)
        if who is not None and news is not None:
            spots = {"was": _spot(mine), "now": _spot(theirs)}
            found.append(Notice(who=who, session=name, news=news, as_host=True, **spots))
    return found
