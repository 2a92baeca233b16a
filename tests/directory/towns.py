"""A small town to walk through: what stands on Arbreva's pages, readable in Arbreva alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.test import Client

from serai.core.audience import group
from serai.directory import actions
from serai.directory.models import Organisation, Person, Team, TeamMember
from worlds import NOW, World, small_world


@dataclass(frozen=True, kw_only=True)
class Town:
    """The small world with what stands on Arbreva's pages, each readable by Arbreva alone."""

    world: World
    ngo: Organisation  # read in its city alone
    card: Person
    team: Team
    seat: TeamMember


def made_town() -> Town:
    """The town, made by Arbreva's coordinator."""
    world = small_world()
    arbreva = world["Arbreva"]
    inside = [group("city", world.cities["Arbreva"].id)]
    with arbreva.asks():
        ngo = actions.add_organisation(
            arbreva.actor, name="Quiet House", sector="women_organisation", city=world.cities["Arbreva"],
            readers=inside, now=NOW, in_kind="a house in Arbreva",
        )  # fmt: skip
        card = actions.add_member(
            arbreva.actor, ngo, name="Counsellor of the house", role="Counsellor", readers=inside, now=NOW
        )
        team = actions.add_team(
            arbreva.actor, name="Team of Arbreva", city=world.cities["Arbreva"], stage="training", readers=inside,
            now=NOW, tailoring="No prison here.", mentor_id=world.cities["Lipovar"].id,
        )  # fmt: skip
        seat = actions.seat(arbreva.actor, team, card, sector="women_organisation", now=NOW)
    return Town(world=world, ngo=ngo, card=card, team=team, seat=seat)


def text(client: Client, address: str, status: int = 200) -> str:
    """The page at this address, which answers with this status."""
    page = client.get(address)
    assert page.status_code == status, (address, page.status_code)
    return page.content.decode()


def version_on(client: Client, address: str) -> str:
    """The version that the form at this address carries."""
    found = re.search(r'name="version"[^>]* value="(\w+)"|value="(\w+)"[^>]* name="version"', text(client, address))
    assert found is not None, address
    return found[1] or found[2]
