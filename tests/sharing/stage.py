"""A small world with an exchange between Arbreva and Lipovar, for the tests of who reads what."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse

from serai.audit.actions import change_audience
from serai.core.audience import group
from serai.directory import actions as directory
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Exchange
from worlds import NOW, Someone, World, member


def arranged(world: World) -> Exchange:
    """Arbreva organises an exchange in Lipovar; the municipality and the NGO of both cities take part."""
    arbreva = world["Arbreva"]
    with arbreva.asks():
        found = exchanges.plan_exchange(
            arbreva.actor,
            title="Three days in Lipovar",
            organiser=arbreva.organisation,
            place=world.cities["Lipovar"],
            starts_on=date(2019, 11, 25),
            ends_on=date(2019, 11, 27),
            themes=["youth_engagement"],
            readers=[group("network", world.network.id)],
            now=NOW,
        )
        parties = {
            city: exchanges.add_party(
                arbreva.actor,
                found,
                kind="city",
                city=world.cities[city],
                speaker=world[city].organisation,
                readers=[group("network", world.network.id)],
                now=NOW,
            )
            for city in ("Arbreva", "Lipovar")
        }
    for name in ("Arbreva", "Arbreva NGO", "Lipovar", "Lipovar NGO"):
        city = name.removesuffix(" NGO")
        with world[city].asks():
            exchanges.name_participant(world[city].actor, parties[city], person=world[name].person, now=NOW)
    return found


def everyone(world: World) -> list[Someone]:
    """Everybody of the world, in a fixed order."""
    return [world.secretariat, *(world[name] for name in sorted(world.people))]


def shelter(world: World) -> Someone:
    """The keeper of a shelter in Arbreva whose cards only its own people may see."""
    arbreva = world["Arbreva"]
    with arbreva.asks():
        house = directory.add_organisation(
            arbreva.actor,
            name="Shelter of Arbreva",
            sector="social_services",
            city=world.cities["Arbreva"],
            readers=[group("organisation", arbreva.organisation.id)],
            now=NOW,
        )
    keeper = member(arbreva.actor, house, name="Keeper of the shelter", network=world.network)
    with keeper.asks():
        for card in (keeper.person, house):
            change_audience(keeper.actor, card, [group("organisation", house.id)], now=NOW)
    return keeper


def text(page: HttpResponse) -> str:
    """The page with its spaces made one."""
    return " ".join(page.content.decode().split())
