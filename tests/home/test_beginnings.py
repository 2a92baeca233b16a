"""An empty network teaches: its founder, its secretariat and its first cities are led from one step to the next."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from serai.accounts.models import Account
from serai.audit.actions import Actor
from serai.core.audience import group
from serai.db.acting import acting_as, person
from serai.directory.actions import add_member, change_network, set_coordinator
from serai.directory.models import Membership, Network, Organisation, Person
from serai.exchanges import actions as exchanges
from serai.needs.actions import answer_match, propose_match
from serai.needs.models import Match, MatchAnswer
from sharing.stage import arranged
from threads import SAFE, browsing_as, text, whole, with_session
from worlds import NOW, World, administrator, browsing, small_world

FOUND = {"name": "Hills", "secretariat": "Office of the hills", "languages": "English"}


@pytest.fixture
def world() -> World:
    return small_world()


def of_person(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(person_id=actor.person))
    return client


def heading(browser: Client, path: str = "/home/") -> str:
    found: str = re.findall(r"<h1[^>]*>(.*?)</h1>", text(browser.get(path)))[0]
    return found


def test_an_administrator_is_led_to_found_the_network_and_may_run_it() -> None:
    founder = administrator("Secretary of the hills")
    browser = of_person(founder)
    assert heading(browser) == "Found your network."
    assert 'href="/networks/new/"' in text(browser.get("/home/"))
    assert "I work in this office myself" in text(browser.get("/networks/new/"))
    made = browser.post("/networks/new/", {**FOUND, "takes_office": "on"})
    assert made["Location"] == "/home/"
    assert heading(browser) == "Take in your first city."
    with acting_as(person(founder.person)):
        network = Network.objects.select_related("secretariat").get(name="Hills")
        seat = Membership.objects.get(person=founder.person)
        card = Person.objects.select_related("audience").get(pk=founder.person)
    assert (seat.organisation_id, seat.coordinates) == (network.secretariat_id, True)
    assert network.secretariat is not None
    assert network.secretariat.claimed_on is not None
    assert card.audience.groups == [group("network", network.id)]


def test_an_administrator_who_runs_nothing_is_led_to_invite_who_does() -> None:
    founder = administrator()
    browser = of_person(founder)
    invite = browser.post("/networks/new/", FOUND)["Location"]
    page = text(browser.get("/home/"))
    assert heading(browser) == "Invite the first person of the office."
    assert f'href="{invite}"' in page
    with acting_as(person(founder.person)):
        assert not Membership.objects.filter(person=founder.person).exists()


def test_who_does_not_administer_is_not_led_to_found_anything(world: World) -> None:
    assert "Found your network" not in text(browsing(world["Arbreva"]).get("/home/"))
    assert browsing(world["Arbreva"]).get("/networks/new/").status_code == 404


def test_a_secretariat_is_led_through_its_first_steps_and_sees_no_table_of_noughts() -> None:
    founder = administrator()
    browser = of_person(founder)
    browser.post("/networks/new/", {**FOUND, "takes_office": "on"})
    page = text(browser.get("/home/"))
    assert "This page shows how the network does" in page
    assert "Pipeline" not in page
    taken = {
        "name": "Kumanovo",
        "languages": "Macedonian",
        "time_zone": "Europe/Skopje",
        "designation": "",
        "footnote": "",
    }
    assert browser.post("/cities/788886/take/", taken).status_code == 302
    first, later = "Write down the organisation that answers for it", "Say who answers for the city"
    page = text(browser.get("/cities/788886/"))
    assert (first in page, later in page) == (True, False), "there is nobody to choose yet"
    assert heading(browser) == "Bring in your members."
    with acting_as(person(founder.person)):
        network = Network.objects.get(name="Hills")
        office = Actor(person=founder.person, organisation=network.secretariat_id)
        place = network.places.select_related("city").get()
    table = "Organisation\tSector\tCity\nTown hall\tmunicipality\tKumanovo"
    looked = text(browser.post("/directory/import/", {"pasted": table}))
    (digest,) = set(re.findall(r'name="looked_over" value="([^"]+)"', looked))
    chosen = text(browser.post("/directory/import/", {"pasted": table, "looked_over": digest}))
    assert "Save for yourself" not in chosen, "those who are invited read it as soon as they come"
    assert "Whoever joins later can read it too." in chosen
    ring = f"network-{network.id}"
    told = {"pasted": table, "looked_over": digest, "readers": ring, "confirmed": ring}
    assert browser.post("/directory/import/", told).status_code == 302
    assert heading(browser) == "Say who answers for Kumanovo."
    page = text(browser.get("/cities/788886/"))
    assert (first in page, later in page) == (False, True)
    with acting_as(person(founder.person)):
        set_coordinator(office, network, place.city, Organisation.objects.get(name="Town hall"))
    assert heading(browser) == "Say who is told of reports."
    with acting_as(person(founder.person)):
        change_network(office, network, data_protection_id=founder.person)
    assert heading(browser) == "Invite a second person of your office."
    with acting_as(person(founder.person)):
        assert network.secretariat_id is not None
        bureau = Organisation.objects.get(pk=network.secretariat_id)
        add_member(office, bureau, name="Second", role="", readers=[group("network", network.id)], now=NOW)
    assert heading(browser) == "Nothing is under way."
    assert 'href="/exchanges/new/"' in text(browser.get("/home/"))


def test_a_city_without_anybody_to_ask_waits_for_the_secretariat_also_later(world: World) -> None:
    whole(world)
    office = world.secretariat
    with office.asks():
        place = world.network.places.get(city=world.cities["Valdora"])
        type(place).objects.filter(pk=place.pk).update(coordinator=None)
    page = text(browsing(office).get("/home/"))
    assert "Say who answers for Valdora" in page
    assert "Say who answers for Arbreva" not in page
    assert "Pipeline" in page


def answered(world: World, decision: str) -> Match:
    match = asked_only(world)
    with world["Lipovar"].asks():
        answer_match(world["Lipovar"].actor, MatchAnswer.objects.get(match=match), decision=decision, now=NOW)
    return match


def asked_only(world: World) -> Match:
    from needs.test_need_pages import stated

    need = stated(world)
    with world["Arbreva"].asks():
        lipovar = {world.cities["Lipovar"]: world["Lipovar"].organisation}
        return propose_match(world["Arbreva"].actor, need, lipovar, reasons={}, now=NOW)


def test_once_a_city_has_said_yes_whoever_asked_is_led_to_plan_the_exchange(world: World) -> None:
    browser = browsing_as(world, "Arbreva")
    match = asked_only(world)
    assert "Plan the exchange" not in text(browser.get("/home/"))
    with world["Lipovar"].asks():
        answer_match(world["Lipovar"].actor, MatchAnswer.objects.get(match=match), decision="accepted", now=NOW)
    plan = f"/exchanges/new/?match={match.pk}"
    assert heading(browser) == "Plan the exchange with Lipovar."
    assert plan in text(browser.get("/home/"))
    assert plan in text(browser.get(f"/needs/{match.need_id}/"))
    assert "Whoever asked plans the exchange." in heading(browsing_as(world, "Lipovar"), f"/matches/{match.pk}/")
    with world["Arbreva"].asks():
        exchanges.plan_exchange(
            world["Arbreva"].actor, title="Days", organiser=world["Arbreva"].organisation, place=None,
            starts_on=None, ends_on=None, match=match, now=NOW,
        )  # fmt: skip
    assert plan not in text(browser.get("/home/"))


@pytest.mark.parametrize("decision", ["declined", "parked"])
def test_once_every_city_has_said_no_whoever_asked_is_led_to_ask_others(world: World, decision: str) -> None:
    browser = browsing_as(world, "Arbreva")
    match = answered(world, decision)
    assert heading(browser) == "Ask other cities."
    assert heading(browser, f"/matches/{match.pk}/") == "No city can take part now. Ask others."
    with world["Arbreva"].asks():
        valdora = {world.cities["Valdora"]: world["Valdora"].organisation}
        propose_match(world["Arbreva"].actor, match.need, valdora, reasons={}, now=NOW)
    assert "Ask other cities" not in text(browser.get("/home/"))


def test_the_second_person_of_a_safety_check_is_asked(world: World) -> None:
    wanted = "Answer the safety questions, as the second person"
    exchange = arranged(world)
    with_session(world, exchange)
    lipovar = browsing_as(world, "Lipovar")
    assert wanted not in text(lipovar.get("/home/"))
    assert f"/exchanges/{exchange.pk}/safety/" in text(lipovar.get(f"/exchanges/{exchange.pk}/"))
    for name, then in (("Arbreva", True), ("Lipovar", False)):
        with world[name].asks():
            exchanges.check_safety(world[name].actor, exchange, answers=SAFE, decision="go", now=NOW)
        assert (wanted in text(lipovar.get("/home/"))) is then
        assert wanted not in text(browsing_as(world, "Arbreva").get("/home/"))


def test_an_empty_list_of_exchanges_offers_to_state_a_need_only_to_those_of_a_city(world: World) -> None:
    for who, offered in ((world.secretariat, False), (world["Arbreva"], True)):
        assert ('href="/needs/new/"' in text(browsing(who).get("/exchanges/"))) is offered
