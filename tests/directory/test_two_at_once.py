"""Two people mend one thing of the directory, or one promise: the second sees both versions, chooses, and saves."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.test import Client

from directory.towns import Town, version_on
from serai.directory import actions
from serai.directory.models import City, Membership, Network, NetworkCity, TeamMember
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Commitment
from sharing.stage import arranged
from worlds import NOW, browsing


def second_chooses(
    clients: list[Client], address: str, first: dict[str, Any], second: dict[str, Any], take: str
) -> str:
    """Both open the form; the first saves; the second sees both, takes the saved `take` and the rest of their own."""
    seen = [version_on(client, address) for client in clients]
    saved = clients[0].post(address, {**first, "version": seen[0]})
    assert saved.status_code == 302, saved.content.decode()
    page = clients[1].post(address, {**second, "version": seen[1]})
    assert page.status_code == 409, "the first would be overwritten"
    shown = page.content.decode()
    assert f"choose-{take}" in shown
    carried: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', shown):
        carried.setdefault(name, []).append(value)
    carried.pop("csrfmiddlewaretoken", None)
    chosen = {f"choose-{name}": "mine" for name in re.findall(r'name="choose-(\w+)" value="mine"', shown)}
    answer = clients[1].post(address, {**carried, **chosen, f"choose-{take}": "theirs"})
    assert answer.status_code == 302, answer.content.decode()
    return shown


def two(someone: Any) -> list[Client]:
    return [browsing(someone), browsing(someone)]


def test_a_membership(town: Town) -> None:
    arbreva = town.world["Arbreva"]
    with arbreva.asks():
        theirs = Membership.objects.get(person=town.card)
    first, second = {"role": "Head of house", "coordinates": "on"}, {"role": "Night shift"}
    shown = second_chooses(two(arbreva), f"/memberships/{theirs.id}/", first, second, "role")
    assert "Head of house" in shown
    assert "Night shift" in shown
    with arbreva.asks():
        theirs.refresh_from_db()
    assert (theirs.role, theirs.coordinates) == ("Head of house", False)


def test_the_end_of_a_membership_and_of_a_seat(town: Town) -> None:
    arbreva = town.world["Arbreva"]
    with arbreva.asks():
        theirs = Membership.objects.get(person=town.card)
    for row, address in ((theirs, f"/memberships/{theirs.id}/end/"), (town.seat, f"/seats/{town.seat.id}/end/")):
        shown = second_chooses(two(arbreva), address, {"on": "2020-02-01"}, {"on": "2020-03-01"}, "on")
        assert "2020-02-01" in shown
        with arbreva.asks():
            kept = (Membership if row is theirs else TeamMember).objects.get(pk=row.pk)
        assert str(kept.ended_on) == "2020-02-01"  # type: ignore[attr-defined]


CITY = {"name": "Arbreva", "languages": "Albanian", "time_zone": "Europe/Skopje", "designation": "", "footnote": ""}


def test_a_city_in_a_network(town: Town) -> None:
    world = town.world
    ngo = str(world["Arbreva NGO"].organisation.id)
    first = {**CITY, "designation": "Land*", "coordinator_id": ngo}
    second = {**CITY, "languages": "Albanian, Turkish", "footnote": "* so called"}
    shown = second_chooses(two(world.secretariat), "/cities/-1/change/", first, second, "designation")
    assert "Land*" in shown
    assert "NGO of Arbreva" in shown, "in words, not by its number"
    with world.secretariat.asks():
        place = NetworkCity.objects.select_related("city").get(network=world.network, city=-1)
    assert (place.designation, place.footnote, place.coordinator_id) == ("Land*", "* so called", None)
    assert place.city.languages == ["sq", "tr"]


def test_a_city_that_is_mended_while_another_network_takes_it_in(town: Town) -> None:
    world = town.world
    with world.secretariat.asks():
        city = actions.add_city(
            world.secretariat.actor, id=-99, name="Novi", country="XX", latitude=42.0, longitude=21.0,
            time_zone="Europe/Skopje", languages=["sq"], fictive=True,
        )  # fmt: skip
    browser, told = browsing(world.secretariat), {**CITY, "name": "Novi Grad"}
    seen = version_on(browser, "/cities/-99/take/")
    with world.secretariat.asks():
        actions.change_city(world.secretariat.actor, city, name="Novigrad")
    page = browser.post("/cities/-99/take/", {**told, "version": seen})
    assert page.status_code == 409
    assert "Novigrad" in page.content.decode()
    again = {**told, "version": version_on(browser, "/cities/-99/take/"), "choose-name": "theirs"}
    assert browser.post("/cities/-99/take/", again).status_code == 302
    with world.secretariat.asks():
        assert City.objects.get(pk=-99).name == "Novigrad"


def test_a_network(town: Town) -> None:
    world = town.world
    first = {"name": "First name", "languages": "English", "team": "Circle"}
    second = {"name": "Second name", "languages": "English, Albanian", "team": "Team"}
    shown = second_chooses(two(world.secretariat), f"/networks/{world.network.id}/change/", first, second, "name")
    assert "First name" in shown
    with world.secretariat.asks():
        kept = Network.objects.get(pk=world.network.pk)
    assert (kept.name, kept.languages, kept.nouns["team"]) == ("First name", ["en", "sq"], "Team")


def test_a_promise(town: Town) -> None:
    world = town.world
    exchange, arbreva = arranged(world), world["Arbreva"]
    with arbreva.asks():
        promise = exchanges.promise(
            arbreva.actor, exchange, text="An open evening", organisation=arbreva.organisation,
            owner_role="Youth worker", due_on=date(2020, 1, 1), now=NOW,
        )  # fmt: skip
    first = {"state": "kept", "reason": "It runs every week"}
    second = {"state": "changed", "reason": "Every second week", "due_on": "2020-06-01"}
    shown = second_chooses(two(world["Arbreva"]), f"/promises/{promise.pk}/renew/", first, second, "state")
    assert "Kept" in shown
    with world["Arbreva"].asks():
        kept = Commitment.objects.get(pk=promise.pk)
    assert (kept.state, kept.reason, str(kept.due_on)) == ("kept", "Every second week", "2020-06-01")
