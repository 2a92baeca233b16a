"""Two cities, one shared truth: from the day they take part, both read who comes and whose turn each line is."""

from __future__ import annotations

from datetime import date

import pytest

from serai.exchanges import actions
from serai.exchanges.models import Exchange, Goal, Participant, Party, Task
from worlds import NOW, World, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def planned(world: World) -> Exchange:
    """By Arbreva, for those who take part alone; nobody names a delegate."""
    arbreva = world["Arbreva"]
    with arbreva.asks():
        exchange = actions.plan_exchange(
            arbreva.actor, title="Three days", organiser=arbreva.organisation, place=world.cities["Lipovar"],
            starts_on=date(2020, 3, 2), ends_on=date(2020, 3, 4), now=NOW,
        )  # fmt: skip
        actions.add_goal(arbreva.actor, exchange, "Who opens the house?", now=NOW)
        takes_part(world, exchange, "Arbreva", "Lipovar")
    return exchange


def takes_part(world: World, exchange: Exchange, *names: str) -> None:
    for name in names:
        actions.add_party(
            world["Arbreva"].actor, exchange, kind="city", city=world.cities[name], speaker=world[name].organisation,
            now=NOW,
        )  # fmt: skip


def seen(world: World, name: str) -> tuple[set[str], ...]:
    """What this city's coordinator reads: whose parties, which lines of whom, how many goals and delegates."""
    with world[name].asks():
        return (
            {party.name for party in Party.objects.select_related("city")},
            {f"{task.code} {task.party.name if task.party else ''}" for task in Task.objects.select_related("party")},
            {goal.text for goal in Goal.objects.all()},
            {someone.in_words for someone in Participant.objects.all()},
        )


def test_both_cities_read_the_same_before_anyone_names_a_delegate(world: World) -> None:
    planned(world)
    parties, lines, goals, _people = ours = seen(world, "Arbreva")
    assert parties == {"Arbreva", "Lipovar"}
    assert {"agree_goals ", "name_delegates Arbreva", "name_delegates Lipovar"} <= lines
    assert goals
    assert seen(world, "Lipovar") == ours
    for outside in ("Valdora", "Lipovar NGO"):
        assert seen(world, outside) == (set(), set(), set(), set())


def test_who_comes_later_reads_what_was_there_and_all_read_who_came(world: World) -> None:
    exchange = planned(world)
    with world["Lipovar"].asks():
        theirs = Party.objects.get(city=world.cities["Lipovar"])
        actions.name_participant(world["Lipovar"].actor, theirs, in_words="two youth workers", how_many=2, now=NOW)
    assert seen(world, "Arbreva")[3] == {"two youth workers"}
    with world["Arbreva"].asks():
        takes_part(world, exchange, "Valdora")
    for name in ("Lipovar", "Valdora"):
        assert seen(world, name)[:3] == seen(world, "Arbreva")[:3]
    assert "Valdora" in seen(world, "Lipovar")[0]
