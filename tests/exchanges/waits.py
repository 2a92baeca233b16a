"""A released session of Arbreva's exchange, changed before the next release: who does it, and who reads it."""

from __future__ import annotations

from typing import Any

from django.db import connection

from serai.exchanges import actions
from serai.exchanges.models import Exchange, Session
from sharing.stage import arranged
from threads import browsing_as, release, text, with_session
from worlds import NOW, World

NAMES = ("Arbreva", "Lipovar", "Arbreva NGO", "Lipovar NGO", "Valdora")
PLANNING = {"Arbreva", "Lipovar"}


def released(world: World, **more: Any) -> tuple[Exchange, Session]:
    """Arbreva's exchange with its programme released, and the one session in it."""
    exchange = arranged(world)
    session = with_session(world, exchange, **{"title": "Zarzevara", "where": "The kiln"} | more)
    release(world, exchange)
    return exchange, session


def change(world: World, session: Session, expected: int, **fields: Any) -> Session:
    """Arbreva changes the session, having seen this version."""
    with world["Arbreva"].asks():
        return actions.change_session(world["Arbreva"].actor, session, expected=expected, now=NOW, **fields)


def drop(world: World, session: Session) -> Session:
    """Arbreva takes it out."""
    with world["Arbreva"].asks():
        return actions.drop_session(world["Arbreva"].actor, session, now=NOW)


def reading_by_query(world: World, word: str) -> set[str]:
    """Whose database answers with the word, whatever is asked."""
    found = set()
    for name in NAMES:
        with world[name].asks(), connection.cursor() as cursor:
            cursor.execute('SELECT count(*) FROM serai_session WHERE "where" = %s', [word])
            if cursor.fetchone()[0]:
                found.add(name)
    return found


def seeing(world: World, path: str, word: str) -> set[str]:
    """Who finds the word on a page."""
    return {name for name in NAMES if word in text(browsing_as(world, name).get(path))}
