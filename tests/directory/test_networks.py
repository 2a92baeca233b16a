"""Pages of cities, places, networks and hubs: a city found by any name is taken in, and somebody answers for it."""

from __future__ import annotations

from directory.towns import Town, text, version_on
from serai.db.acting import acting_as, person
from serai.directory import actions
from serai.directory.models import Network, NetworkCity, Organisation, Person
from worlds import Someone, browsing, member, small_world


def test_the_secretariat_takes_a_city_in_from_any_of_its_names(town: Town) -> None:
    world = town.world
    browser = browsing(world.secretariat)
    found = text(browser, "/places/?q=Чаир")
    assert "/cities/833262/take/" in found
    assert "/take/" not in text(browsing(world["Arbreva"]), "/places/?q=Чаир")
    form = text(browser, "/cities/833262/take/")
    assert 'value="Čair"' in form
    assert "Macedonian, Albanian" in form
    assert "Europe/Skopje" in form
    told = {
        "name": "Čair", "languages": "Albanian, Macedonian", "time_zone": "Europe/Skopje",
        "designation": "Land*", "footnote": "* Without prejudice.",
    }  # fmt: skip
    assert browser.post("/cities/833262/take/", {**told, "time_zone": "Mars/North"}).status_code == 422
    assert browser.post("/cities/833262/take/", told).status_code == 302
    with world.secretariat.asks():
        place = NetworkCity.objects.select_related("city").get(city=833262)
    assert (place.city.languages, place.city.population > 1000, place.footnote) == (
        ["sq", "mk"],
        True,
        told["footnote"],
    )
    for address in ("/cities/", "/cities/833262/"):
        shown = text(browsing(), address)
        assert "Land*" in shown
        assert "* Without prejudice." in shown
    assert "In your network" in text(browser, "/places/?q=cair")
    assert browser.get("/cities/833262/take/").status_code == 404


def test_suggestions_are_a_part_of_the_page_and_the_page_works_without_script(town: Town) -> None:
    browser = browsing(town.world["Arbreva"])
    part = browser.get("/places/?q=Bitola", headers={"HX-Request": "true"}).content.decode()
    whole = text(browser, "/places/?q=Bitola")
    assert "<html" not in part
    assert "Bitola" in part
    assert part.strip() in whole
    assert "No place of this name" in text(browser, "/places/?q=xqzzzy")


def test_the_secretariat_says_who_answers_for_a_city(town: Town) -> None:
    world = town.world
    told = {
        "name": "Arbreva", "languages": "Albanian", "time_zone": "Europe/Skopje", "designation": "", "footnote": "",
        "coordinator_id": str(world["Arbreva NGO"].organisation.id),
    }  # fmt: skip
    other = {**told, "coordinator_id": str(world["Lipovar"].organisation.id)}
    browser = browsing(world.secretariat)
    assert browser.post("/cities/-1/change/", other).status_code == 422
    told["version"] = version_on(browser, "/cities/-1/change/")
    assert browser.post("/cities/-1/change/", told).status_code == 302
    assert "NGO of Arbreva" in text(browsing(world["Lipovar"]), "/cities/-1/")


def test_a_hub_with_its_local_prevention_coordinator(town: Town) -> None:
    world = town.world
    browser = browsing(world.secretariat)
    network = f"/networks/{world.network.id}/"
    told = {"name": "Hills hub", "secretariat": "Hub office", "languages": "English"}
    made = browser.post(f"{network}hubs/new/", told)
    assert made.status_code == 302
    assert made["Location"].endswith("/invite/")
    assert browser.get(made["Location"]).status_code == 200
    assert browsing(world["Lipovar"]).get(made["Location"]).status_code == 404
    with world.secretariat.asks():
        hub = Network.objects.get(name="Hills hub")
        actions.place_city(world.secretariat.actor, hub, world.cities["Arbreva"])
        actions.place_city(world.secretariat.actor, hub, world.cities["Lipovar"])
        office = Organisation.objects.get(name="Hub office")
    coordinator = member(world.secretariat.actor, office, name="Prevention coordinator", network=world.network)
    shown = text(browsing(world["Valdora"]), network)
    assert "Hills hub" in shown
    assert "Prevention coordinator" in shown
    page = text(browsing(coordinator), f"/networks/{hub.id}/")
    assert "Take in a city" in page
    assert page.index("Those who speak for it") < page.rindex("Prevention coordinator")
    assert browsing(coordinator).get(f"{network}change/").status_code == 404
    assert "Prevention coordinator" not in text(browsing(), network)
    assert "Hills hub" in text(browsing(), "/cities/")


def test_national_coordinators_stand_on_the_networks_page(town: Town) -> None:
    office = town.world.secretariat
    browser = browsing(office)
    first = {"name": "National office", "sector": "national_coordination", "level": "national", "country": "MK"}
    second = {"named_to_participants": "name", "named_to_network": "name", "named_to_public": "kind"}
    ring = f"network-{town.world.network.id}"
    told = {**first, "city_id": "", **second, "step": 99, "readers": ring, "confirmed": ring}
    made = browser.post("/organisations/new/", told)
    assert made.status_code == 302, made.content.decode()[:2000]
    with office.asks():
        body = Organisation.objects.get(name="National office")
    member(office.actor, body, name="Deputy national coordinator", network=town.world.network)
    shown = text(browsing(town.world["Arbreva"]), f"/networks/{town.world.network.id}/")
    assert "National office" in shown
    assert "Deputy national coordinator" in shown
    assert "North Macedonia" in shown


def test_the_network_says_what_it_calls_things_and_whom_reports_go_to(town: Town) -> None:
    world = town.world
    browser = browsing(world.secretariat)
    address = f"/networks/{world.network.id}/"
    assert "Say who is told of reports" in text(browser, address)
    told = {"name": "Network", "languages": "English", "team": "Local Prevention Network"}
    told["data_protection_id"] = str(world.secretariat.person.id)
    told["version"] = version_on(browser, f"{address}change/")
    assert browser.post(f"{address}change/", {**told, "data_protection_id": "x"}).status_code == 422
    assert browser.post(f"{address}change/", told).status_code == 302
    assert "Say who is told of reports" not in text(browser, address)
    assert "Local Prevention Network" in text(browsing(world["Arbreva"]), f"/teams/{town.team.id}/")


def test_an_administrator_founds_a_network_and_its_office_is_in_it() -> None:
    world = small_world()
    administrator = Someone(
        person=Person(id=world.administrator.person), organisation=Organisation(), actor=world.administrator
    )
    browser = browsing(administrator)
    told = {"name": "Second network", "secretariat": "Second office", "languages": "French"}
    assert browser.post("/networks/new/", {**told, "languages": ""}).status_code == 422
    made = browser.post("/networks/new/", told)
    assert made.status_code == 302
    with acting_as(person(world.administrator.person)):
        office = Organisation.objects.get(name="Second office")
        network = Network.objects.get(name="Second network")
    officer = member(world.administrator, office, name="Officer", network=network)
    assert "Take in a city" in text(browsing(officer), f"/networks/{network.id}/")
    made_up = "Some cities, people and figures here are made up"
    assert made_up not in text(browsing(officer), f"/networks/{network.id}/")
    assert made_up in text(browsing(world.secretariat), f"/networks/{world.network.id}/"), "its cities are"
    assert text(browsing(officer), f"/organisations/{office.id}/")


def test_a_secretariat_is_offered_to_write_down_only_where_it_may(town: Town) -> None:
    world = town.world
    office, new = browsing(world.secretariat), "/organisations/new/?city="
    with world.secretariat.asks():
        place = {"id": 788886, "name": "Kumanovo", "country": "MK", "latitude": 42.1, "longitude": 21.7}
        empty = actions.add_city(world.secretariat.actor, time_zone="Europe/Skopje", **place)
        actions.place_city(world.secretariat.actor, world.network, empty)
    assert f"{new}{empty.pk}" in text(office, f"/cities/{empty.pk}/")
    taken = text(office, f"/cities/{world.cities['Arbreva'].pk}/")
    assert new not in taken
    assert "Only its own organisations add others here." in taken
