"""The pages of the directory: who sees what, who may do what, with script off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.towns import Town, text
from serai.core.audience import group
from serai.directory import actions
from serai.directory.models import City, Membership, Organisation, Person
from worlds import NOW, browsing, member

# Who reads a thing that stands for Arbreva alone: its own people; nobody else, and nobody learns that it is there.
READS = {"Arbreva": 200, "Arbreva NGO": 200, "Lipovar": 404, "Lipovar NGO": 404, "secretariat": 404, "visitor": 404}


def browser_of(town: Town, who: str) -> Client:
    if who == "visitor":
        return browsing()
    return browsing(town.world.secretariat if who == "secretariat" else town.world[who])


@pytest.mark.parametrize("who", READS)
def test_what_stands_for_one_city_alone_is_read_there_alone(town: Town, who: str) -> None:
    browser = browser_of(town, who)
    for address in (f"/organisations/{town.ngo.id}/", f"/people/{town.card.id}/", f"/teams/{town.team.id}/"):
        assert browser.get(address).status_code == READS[who], address
    shown = text(browser, "/organisations/") + text(browser, f"/cities/{town.world.cities['Arbreva'].id}/")
    assert ("Quiet House" in shown) is (READS[who] == 200)
    assert ("Team of Arbreva" in shown) is (READS[who] == 200)


# Pages that change something: whoever may open them. Everyone else gets what they would get for nothing at all.
def changing(town: Town) -> dict[str, tuple[str, set[str]]]:
    network, arbreva = town.world.network.id, town.world.cities["Arbreva"].id
    own = Membership.objects
    with town.world["Arbreva"].asks():
        mine = own.get(person=town.world["Arbreva"].person.id)
        theirs = own.get(person=town.card.id)
    everyone = {who for who in READS if who != "visitor"}
    return {
        f"/organisations/{town.ngo.id}/change/": ("organisation", {"Arbreva"}),
        f"/organisations/{town.world['Arbreva'].organisation.id}/change/": ("its own", {"Arbreva"}),
        f"/people/{town.card.id}/change/": ("card", {"Arbreva"}),
        f"/memberships/{mine.id}/": ("membership", {"Arbreva"}),
        f"/memberships/{theirs.id}/end/": ("membership of another", {"Arbreva"}),
        f"/teams/{town.team.id}/change/": ("team", {"Arbreva"}),
        f"/teams/{town.team.id}/seats/new/": ("seat", {"Arbreva"}),
        f"/seats/{town.seat.id}/end/": ("end of a seat", {"Arbreva"}),
        f"/cities/{arbreva}/change/": ("city", {"secretariat"}),
        "/cities/833262/take/": ("new city", {"secretariat"}),
        f"/networks/{network}/change/": ("network", {"secretariat"}),
        f"/networks/{network}/hubs/new/": ("hub", {"secretariat"}),
        "/networks/new/": ("new network", set()),
        "/organisations/new/": ("new organisation", everyone),
        "/teams/new/": ("new team", everyone),
        "/places/": ("places", everyone),
        "/directory/import/": ("import", everyone),
    }


def test_who_may_open_what_changes_something(town: Town) -> None:
    pages = changing(town)
    for who in READS:
        browser = browser_of(town, who)
        for address, (what, allowed) in pages.items():
            wanted = 302 if who == "visitor" else 200 if who in allowed else 404
            assert browser.get(address).status_code == wanted, (what, who)
            if who not in allowed:
                assert browser.post(address, {"name": "X"}).status_code == wanted, (what, who)


def test_an_organisation_says_how_it_is_named_and_who_adds_members(town: Town) -> None:
    shown = text(browsing(town.world["Arbreva"]), f"/organisations/{town.ngo.id}/")
    assert "“Taking part: Quiet House.”" in shown.replace('<q dir="auto">', "“").replace("</q>", "”")
    assert "Taking part: a house in Arbreva." in shown
    assert "You do, until the first member of its own signs in." in shown
    claimed = text(browsing(town.world["Lipovar"]), f"/organisations/{town.world['Arbreva NGO'].organisation.id}/")
    assert "Only its own members do." in claimed


def test_an_organisation_is_written_down_in_two_steps_and_never_wider_than_its_name(town: Town) -> None:
    browser = browsing(town.world["Arbreva"])
    first = {"name": "Club 7", "sector": "youth_work", "level": "local", "city_id": "-1"}
    second = {"named_to_participants": "name", "named_to_network": "kind", "named_to_public": "none"}
    assert browser.post("/organisations/new/", {**first, "sector": "", "step": 0}).status_code == 422
    page = browser.post("/organisations/new/", {**first, "step": 0})
    assert "How may the network know it?" in page.content.decode()
    wrong = browser.post("/organisations/new/", {**first, **second, "named_to_public": "name", "step": 1})
    assert wrong.status_code == 422
    assert "A wider audience would learn more" in wrong.content.decode()
    assert 'value="Club 7"' in wrong.content.decode()
    shown = browser.post("/organisations/new/", {**first, **second, "step": 1}).content.decode()
    assert "Everyone from Arbreva" in shown
    assert "Everyone in Network" not in shown
    assert "without an account" not in shown
    chosen = {**first, **second, "step": 99, "readers": "city", "confirmed": "city"}
    made = browser.post("/organisations/new/", chosen)
    assert made.status_code == 302
    assert "Club 7" in text(browser, made["Location"])
    assert text(browsing(town.world["Lipovar"]), made["Location"], 404)


def test_an_entry_read_by_those_who_may_not_know_its_name_is_pointed_out(town: Town) -> None:
    browser, own = browsing(town.world["Arbreva"]), town.world["Arbreva"].organisation
    told = {
        "name": own.name, "sector": own.sector, "level": "local", "city_id": "-1", "in_kind": "a town hall",
        "named_to_participants": "name", "named_to_network": "name", "named_to_public": "kind", "version": 2,
    }  # fmt: skip
    with town.world["Arbreva"].asks():
        told["version"] = Organisation.objects.get(pk=own.id).version
    warning = "may no longer know its name"
    assert warning not in browser.post(f"/organisations/{own.id}/change/", told, follow=True).content.decode()
    stricter = {**told, "named_to_network": "none", "named_to_public": "none", "version": int(told["version"]) + 1}
    assert warning in browser.post(f"/organisations/{own.id}/change/", stricter, follow=True).content.decode()


def test_nobody_writes_down_an_organisation_of_another_city(town: Town) -> None:
    browser = browsing(town.world["Arbreva"])
    told = {"name": "Spy", "sector": "media", "level": "local", "city_id": "-2", "step": 0}
    assert browser.post("/organisations/new/", told).status_code == 422


def test_two_people_mend_one_organisation_and_the_second_sees_both(town: Town) -> None:
    browser = browsing(town.world["Arbreva"])
    address = f"/organisations/{town.ngo.id}/change/"
    told = {
        "name": "Quiet House", "sector": "women_organisation", "level": "local", "city_id": "-1", "in_kind": "a house",
        "named_to_participants": "name", "named_to_network": "name", "named_to_public": "kind", "version": 1,
    }  # fmt: skip
    assert browser.post(address, {**told, "name": "First"}).status_code == 302
    page = browser.post(address, {**told, "name": "Second"})
    assert page.status_code == 409
    assert "First" in page.content.decode()
    assert browser.post(address, {**told, "name": "Second", "version": 2, "choose-name": "theirs"}).status_code == 302
    assert "First" in text(browser, f"/organisations/{town.ngo.id}/")


def test_a_card_is_mended_by_its_person_with_languages_by_name(town: Town) -> None:
    arbreva = town.world["Arbreva"]
    browser, address = browsing(arbreva), f"/people/{arbreva.person.id}/change/"
    told = {"name": "Coordinator", "role": "Head", "languages": "Shqip, македонски; English", "version": 1}
    wrong = browser.post(address, {**told, "languages": "Klingonish"})
    assert wrong.status_code == 422
    assert "Klingonish" in wrong.content.decode()
    assert browser.post(address, told).status_code == 302
    with arbreva.asks():
        assert Person.objects.get(pk=arbreva.person.id).languages == ["sq", "mk", "en"]
    assert "Albanian, Macedonian, English" in text(browser, f"/people/{arbreva.person.id}/")


def test_a_membership_that_ended_opens_nothing_any_more(town: Town) -> None:
    world = town.world
    colleague = member(world["Arbreva"].actor, world["Arbreva"].organisation, name="Colleague", network=world.network)
    assert text(browsing(colleague), f"/organisations/{town.ngo.id}/")
    with world["Arbreva"].asks():
        membership = Membership.objects.get(person=colleague.person.id)
    address, browser = f"/memberships/{membership.id}/end/", browsing(world["Arbreva"])
    assert "read nothing through this organisation" in text(browser, address)
    assert browser.post(address, {"on": "2018-01-01", "version": 1}).status_code == 422
    assert browser.post(address, {"on": "2019-11-26", "version": 1}).status_code == 302
    assert browsing(colleague).get(f"/organisations/{town.ngo.id}/").status_code == 404
    assert browser.get(address).status_code == 404


def test_ones_own_membership_ends_from_tomorrow_on(town: Town) -> None:
    arbreva = town.world["Arbreva"]
    with arbreva.asks():
        mine = Membership.objects.get(person=arbreva.person, organisation=arbreva.organisation)
    browser, address = browsing(arbreva), f"/memberships/{mine.id}/end/"
    assert 'value="2019-11-27"' in text(browser, address)
    assert browser.post(address, {"on": "2019-11-26", "version": 1}).status_code == 422
    assert browser.post(address, {"on": "2019-11-27", "version": 1}).status_code == 302
    with arbreva.asks():
        assert Membership.objects.get(pk=mine.pk).ended_on == date(2019, 11, 27)


def test_a_seat_is_given_and_ended(town: Town) -> None:
    world = town.world
    browser = browsing(world["Arbreva"])
    page = text(browser, f"/teams/{town.team.id}/")
    assert "Counsellor of the house" in page
    assert "No one yet from" in page
    assert 'aria-current="step"><b>Training' in page
    ngo = world["Arbreva NGO"].person
    told = {"person_id": str(ngo.id), "sector": "civil_society", "chairs": "on"}
    stranger = {**told, "person_id": str(world["Lipovar"].person.id)}
    assert browser.post(f"/teams/{town.team.id}/seats/new/", stranger).status_code == 422
    assert browser.post(f"/teams/{town.team.id}/seats/new/", told).status_code == 302
    assert "Chairs the team" in text(browser, f"/teams/{town.team.id}/")
    assert "No one yet from" not in text(browsing(world["Arbreva NGO"]), f"/teams/{town.team.id}/")
    assert browser.post(f"/seats/{town.seat.id}/end/", {"on": "2019-11-26", "version": 1}).status_code == 302
    assert "Counsellor of the house" not in text(browser, f"/teams/{town.team.id}/")


def test_a_team_is_written_down_with_its_readers(town: Town) -> None:
    browser = browsing(town.world["Lipovar"])
    told = {"name": "Team of Lipovar", "city_id": "-2", "stage": "founding_group", "mentor_id": "-1", "tailoring": ""}
    assert "8 people" in browser.post("/teams/new/", told).content.decode()
    again = browser.post("/teams/new/", {**told, "back": "1"})
    assert again.status_code == 200
    assert "Team of Lipovar" in again.content.decode()
    ring = f"network-{town.world.network.id}"
    made = browser.post("/teams/new/", {**told, "readers": ring, "confirmed": ring})
    assert made.status_code == 302
    shown = text(browsing(town.world["Arbreva"]), made["Location"])
    assert "Mentor" in shown
    assert browser.post(made["Location"] + "change/", {**told, "stage": "plan", "version": 1}).status_code == 302
    assert 'aria-current="step"><b>Plan<' in text(browser, made["Location"])


def test_titles_say_nothing_of_the_content(town: Town) -> None:
    browser = browsing(town.world["Arbreva"])
    addresses = [f"/organisations/{town.ngo.id}/", f"/people/{town.card.id}/", f"/teams/{town.team.id}/"]
    for address in [*addresses, addresses[0] + "change/"]:
        title = re.search("<title>(.*?)</title>", text(browser, address))
        assert title is not None
        assert not re.search("Quiet|Counsellor|Team of", title.group(1))


def queries(get: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as caught:
        get()
    return len(caught)


def test_the_pages_ask_no_more_with_three_rows_than_with_one(town: Town) -> None:
    world = town.world
    arbreva = world["Arbreva"]
    pages = [
        "/cities/", "/organisations/", "/cities/-1/", f"/networks/{world.network.id}/", f"/teams/{town.team.id}/",
        f"/organisations/{arbreva.organisation.id}/", f"/people/{town.card.id}/", "/directory/export/?as=csv",
        "/places/?q=bitola",
    ]  # fmt: skip
    browser = browsing(arbreva)
    for address in pages:
        browser.get(address)
    before = {address: queries(lambda a=address: browser.get(a)) for address in pages}  # type: ignore[misc]
    readers = [group("network", world.network.id)]
    with world.secretariat.asks():
        for id, name in ((-11, "Ost"), (-12, "West")):
            city = City.objects.create(
                id=id, name=name, country="AL", latitude=41.0, longitude=20.0, time_zone="Europe/Tirane", fictive=True
            )
            actions.place_city(world.secretariat.actor, world.network, city)
            body = actions.add_organisation(
                world.secretariat.actor, name=f"Office {name}", sector="national_coordination", level="national",
                country="AL", readers=readers, now=NOW,
            )  # fmt: skip
            actions.place_organisation(world.secretariat.actor, world.network, body)
    with arbreva.asks():
        for name in ("One", "Two"):
            made = actions.add_organisation(
                arbreva.actor, name=name, sector="media", city=world.cities["Arbreva"], readers=readers, now=NOW
            )
            someone = actions.add_member(
                arbreva.actor, arbreva.organisation, name=f"Member {name}", role="", readers=readers, now=NOW
            )
            actions.seat(arbreva.actor, town.team, someone, sector="media", now=NOW)
            actions.join(arbreva.actor, town.card, made, role="", readers=readers, now=NOW)
            actions.add_team(arbreva.actor, name=f"Team {name}", city=world.cities["Arbreva"], readers=readers, now=NOW)
    after = {address: queries(lambda a=address: browser.get(a)) for address in pages}  # type: ignore[misc]
    assert after == before
    assert max(after.values()) <= 45, after
