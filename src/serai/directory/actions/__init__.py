"""Writes of the directory: networks, cities' places, organisations, people, teams."""

from serai.directory.actions.importing import NotWhole, bring_in
from serai.directory.actions.networks import (
    add_city,
    change_city,
    change_network,
    change_place,
    found_network,
    place_city,
    place_organisation,
    set_coordinator,
    version_of,
)
from serai.directory.actions.organisations import add_organisation, change_organisation, claim
from serai.directory.actions.people import (
    add_member,
    change_membership,
    change_person,
    introduce_oneself,
    join,
    leave,
    take_office,
)
from serai.directory.actions.teams import add_team, change_team, seat, unseat

__all__ = [
    "NotWhole",
    "add_city",
    "add_member",
    "add_organisation",
    "add_team",
    "bring_in",
    "change_city",
    "change_membership",
    "change_network",
    "change_organisation",
    "change_person",
    "change_place",
    "change_team",
    "claim",
    "found_network",
    "introduce_oneself",
    "join",
    "leave",
    "place_city",
    "place_organisation",
    "seat",
    "set_coordinator",
    "take_office",
    "unseat",
    "version_of",
]
