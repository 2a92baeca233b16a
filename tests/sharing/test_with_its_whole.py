"""What is part of a record is read with it: reported or narrowed there, the database gives it to nobody else here."""

from __future__ import annotations

from typing import Any

import pytest

from serai.core.audience import group
from serai.exchanges import actions as exchanges
from serai.exchanges.circles import inner_circle
from serai.exchanges.models import Exchange, ProgrammeRelease, SafetyCheck, Takeaway, Weighing
from serai.sharing.actions import share_record
from serai.stories import actions as stories
from serai.stories.models import Passage
from sharing.stage import arranged
from sharing.test_reporting import contact, reported
from threads import SAFE
from worlds import NOW, Someone, World, small_world

__all__ = ["contact"]


@pytest.fixture
def world() -> World:
    return small_world()


def readable(someone: Someone, model: Any) -> int:
    with someone.asks():
        return int(model.objects.count())


def test_checks_and_released_programmes_are_out_of_sight_with_their_exchange(world: World) -> None:
    exchange, arbreva, lipovar = arranged(world), world["Arbreva"], world["Lipovar"]
    for who in (arbreva, lipovar):
        with who.asks():
            exchanges.check_safety(who.actor, exchange, answers=SAFE, decision="go", now=NOW)
    with arbreva.asks():
        exchanges.add_session(arbreva.actor, exchange, title="Visit", kind="debate", now=NOW)
        exchanges.release_programme(arbreva.actor, exchange, now=NOW)
    assert (readable(world["Valdora"], SafetyCheck), readable(lipovar, SafetyCheck)) == (2, 2)
    with arbreva.asks():
        wide = Exchange.objects.select_related("audience").get(pk=exchange.pk)
        share_record(arbreva.actor, wide, inner_circle(exchange), now=NOW)
    assert (readable(world["Valdora"], SafetyCheck), readable(world["Valdora"], ProgrammeRelease)) == (0, 0)
    assert (readable(lipovar, SafetyCheck), readable(arbreva, ProgrammeRelease)) == (2, 1)


def test_a_released_programme_holds_more_than_others_may_read_and_is_the_organisers_alone(world: World) -> None:
    exchange, arbreva, lipovar = arranged(world), world["Arbreva"], world["Lipovar"]
    with arbreva.asks():
        session = exchanges.add_session(arbreva.actor, exchange, title="Zarzevara", kind="debate", now=NOW)
        share_record(arbreva.actor, session, [group("organisation", arbreva.organisation.id)], now=NOW)
    for who in (arbreva, lipovar):
        with who.asks():
            exchanges.check_safety(who.actor, exchange, answers=SAFE, decision="go", now=NOW)
    with arbreva.asks():
        exchanges.release_programme(arbreva.actor, exchange, now=NOW)
    assert [readable(who, ProgrammeRelease) for who in (arbreva, lipovar, world["Valdora"])] == [1, 0, 0]


def test_why_a_takeaway_was_left_is_out_of_sight_with_it(world: World) -> None:
    exchange, arbreva = arranged(world), world["Arbreva"]
    with arbreva.asks():
        takeaway = exchanges.capture_takeaway(arbreva.actor, exchange, "A room", city=world.cities["Arbreva"], now=NOW)
        exchanges.share_takeaway(arbreva.actor, takeaway, [group("network", world.network.id)], now=NOW)
        shared = Takeaway.objects.select_related("audience").get()
        exchanges.weigh_takeaway(arbreva.actor, shared, decision="left", reason="Zarzevara", now=NOW)
    assert readable(world["Valdora"], Weighing) == 1
    with arbreva.asks():
        share_record(arbreva.actor, shared, [group("organisation", arbreva.organisation.id)], now=NOW)
    assert [readable(who, Weighing) for who in (arbreva, world["Valdora"])] == [1, 0]


def test_the_passages_of_a_reported_story_are_hidden_with_it_but_from_who_is_named(
    world: World, contact: Someone
) -> None:
    exchange, arbreva, lipovar = arranged(world), world["Arbreva"], world["Lipovar"]
    everybody = [group("network", world.network.id)]
    with arbreva.asks():
        story = stories.begin_story(arbreva.actor, title="A room", exchange=exchange, readers=everybody, now=NOW)
        stories.add_passage(arbreva.actor, story, "They met.", now=NOW)
        stories.add_passage(arbreva.actor, story, "With Lipovar.", organisations=[lipovar.organisation], now=NOW)
    readers = (arbreva, lipovar, world["Valdora"], contact)
    assert [readable(who, Passage) for who in readers] == [2, 2, 1, 1]
    reported(world, story)
    assert [readable(who, Passage) for who in readers] == [2, 1, 0, 1]
