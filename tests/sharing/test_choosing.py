"""The step before saving: readers in words, an unusual audience pointed out, one's own choice."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from serai.core.audience import group
from serai.directory import actions as directory
from serai.exchanges import actions as exchanges
from serai.needs import actions as needs
from serai.needs.models import Need
from sharing.stage import arranged, shelter, text
from worlds import NOW, World, browsing, member, small_world

TYPED = {
    "question": "How do young people stay involved?",
    "theme": "youth_engagement",
    "target_groups": ["young_people"],
    "urgency": "now",
    "step": 99,
}


def step(world: World, name: str = "Arbreva", **more: Any) -> HttpResponse:
    """The picker of a new need, with these fields."""
    return browsing(world[name]).post("/needs/new/", {**TYPED, **more})


def states(world: World, readers: list[str], times: int = 1) -> None:
    arbreva = world["Arbreva"]
    with arbreva.asks():
        for _ in range(times):
            needs.state_need(
                arbreva.actor,
                city=world.cities["Arbreva"],
                question="How?",
                theme="youth_engagement",
                readers=readers,
                now=NOW,
            )


@pytest.fixture
def world() -> World:
    return small_world()


def test_each_ring_says_how_many_and_where(world: World) -> None:
    page = text(step(world, readers="city"))
    assert "Choose who can read this need, then save it." in page
    for words in ("1 person in Arbreva", "2 people in Arbreva", "7 people in 3 cities"):
        assert words in page
    assert "2 people in 2 organisations, 2 sectors, 1 city will be able to read this." in page
    assert "TLP:AMBER" in page
    assert "For them and those they work for. Not for wider use." in page
    assert "Save for these 2 people" in page
    assert "<bdi>Municipality of Arbreva</bdi>" in page
    assert "Municipality of Lipovar" not in page


def test_only_readers_that_were_on_the_page_are_saved(world: World) -> None:
    ring = f"network-{world.network.id}"
    page = step(world, readers=ring, confirmed="organisation")
    assert page.status_code == 200
    assert "7 people in 7 organisations" in text(page)
    with world["Arbreva"].asks():
        assert not Need.objects.exists()
    assert step(world, readers=ring, confirmed=ring).status_code == 302
    with world["Arbreva"].asks():
        assert Need.objects.get().audience.groups == [group("network", world.network.id)]


def test_an_organisation_that_the_author_may_not_see_is_told_in_kind(world: World) -> None:
    inside = shelter(world)
    page = text(step(world, readers="city"))
    assert "3 people in 3 organisations, 3 sectors, 1 city" in page
    assert "An organisation: Social services" in page
    assert "Shelter of Arbreva" not in page
    names = text(step(world, readers="city", names="1"))
    assert "Practitioner of Arbreva" in names
    assert "one person, whose name you may not see" in names
    assert "Keeper of the shelter" not in names
    assert "Shelter of Arbreva" in text(browsing(inside).post("/needs/new/", {**TYPED, "readers": "organisation"}))


def test_the_names_lead_back_to_the_choice(world: World) -> None:
    page = text(step(world, readers="city", names="1"))
    assert 'name="readers" value="city"' in page
    assert f'name="question" value="{TYPED["question"]}"' in page


def test_an_audience_wider_than_usual_is_pointed_out(world: World) -> None:
    ring = f"network-{world.network.id}"
    mine = [group("organisation", world["Arbreva"].organisation.id)]
    states(world, mine, 2)
    assert "Wider than your other needs." not in text(step(world, readers=ring))
    states(world, mine, 5)
    page = text(step(world, readers=ring))
    assert "<b>Wider than your other needs.</b> Your last 6 went to: My organisation." in page
    assert "Wider than your other needs." not in text(step(world, readers="organisation"))
    states(world, [group("city", -1)])
    assert "Your last 6 went to: at most 2 people." in text(step(world, readers=ring))
    states(world, [group("network", world.network.id)])
    assert "Wider than your other needs." not in text(step(world, readers=ring))


def test_what_a_colleague_does_is_not_my_habit(world: World) -> None:
    colleague = member(world["Arbreva"].actor, world["Arbreva"].organisation, name="Colleague", network=world.network)
    states(world, [group("organisation", world["Arbreva"].organisation.id)], 4)
    page = browsing(colleague).post("/needs/new/", {**TYPED, "readers": f"network-{world.network.id}"})
    assert page.status_code == 200
    assert "Wider than your other needs." not in text(page)


def test_people_and_organisations_are_chosen_by_name(world: World) -> None:
    page = text(step(world, readers="organisation", look_up="NGO of"))
    ngo = group("organisation", world["Valdora NGO"].organisation.id)
    assert f'name="pick" value="{ngo}"' in page
    page = step(world, readers="own", pick=[ngo])
    assert "2 people in 2 organisations, 2 sectors, 2 cities" in text(page)
    seen = text(page).split('name="confirmed" value="')[1].split('"')[0]
    person = group("person", world["Lipovar"].person.id)
    assert step(world, readers="own", pick=[ngo, person], confirmed=seen).status_code == 200
    assert step(world, readers="own", pick=[ngo], confirmed=seen).status_code == 302
    with world["Valdora NGO"].asks():
        assert Need.objects.get().audience.groups == [ngo]
    with world["Valdora"].asks():
        assert not Need.objects.exists()


def test_what_is_for_named_people_alone_is_not_read_by_a_colleague(world: World) -> None:
    colleague = member(world["Arbreva"].actor, world["Arbreva"].organisation, name="Colleague", network=world.network)
    person = group("person", world["Lipovar"].person.id)
    page = step(world, readers="own", pick=[person])
    assert "TLP:RED" in text(page)
    assert "2 people in 2 organisations" in text(page)
    seen = text(page).split('name="confirmed" value="')[1].split('"')[0]
    assert step(world, readers="own", pick=[person], confirmed=seen).status_code == 302
    for someone, reads in ((world["Arbreva"], True), (world["Lipovar"], True), (colleague, False)):
        with someone.asks():
            assert Need.objects.exists() is reads


@pytest.mark.parametrize("made_up", ["organisation:1", "person", "city:-1", "everyone", "person:' OR 1=1"])
def test_a_choice_made_by_hand_is_not_taken(world: World, made_up: str) -> None:
    page = step(world, readers="own", pick=[made_up], confirmed="own")
    assert page.status_code == 200
    assert 'name="pick"' not in text(page)


def test_what_one_may_not_see_cannot_be_chosen(world: World) -> None:
    inside = shelter(world)
    for pick in (group("organisation", inside.organisation.id), group("person", inside.person.id)):
        page = text(step(world, readers="own", pick=[pick], look_up="shelter"))
        assert "Keeper" not in page
        assert "Shelter" not in page
        assert pick not in page


def test_nobody_outside_the_exchange_can_be_chosen_for_its_takeaway(world: World) -> None:
    exchange, ngo = arranged(world), world["Arbreva NGO"]
    with ngo.asks():
        kept = exchanges.capture_takeaway(ngo.actor, exchange, "Young people hold the keys.", now=NOW)
    address = f"/takeaways/{kept.id}/share/"
    outside = group("organisation", world["Valdora"].organisation.id)
    page = text(browsing(ngo).post(address, {"readers": "own", "pick": [outside]}))
    assert "Somebody you chose is not among those who can read it at most." in page
    assert "Wider is not offered." in page
    inside = group("organisation", world["Lipovar"].organisation.id)
    page = text(browsing(ngo).post(address, {"readers": "own", "pick": [inside]}))
    assert "Those I choose" in page
    assert f'href="/takeaways/{kept.id}/"' in page


def test_back_shows_what_was_written(world: World) -> None:
    page = text(step(world, readers="organisation", back="1"))
    assert "How soon do you need it?" in page
    assert f'value="{TYPED["question"]}"' in page
    offer = {"what": "A youth centre", "theme": "women", "target_groups": ["women"], "evidence": "E1", "capacity": 5}
    page = text(browsing(world["Arbreva"]).post("/offers/new/", {**offer, "back": "1"}))
    assert "A youth centre" in page
    assert 'name="capacity"' in page


def test_the_number_of_queries_does_not_grow_with_rings_or_readers(world: World) -> None:
    def queries() -> int:
        browser = browsing(world["Arbreva"])
        with CaptureQueriesContext(connection) as made:
            assert browser.post("/needs/new/", {**TYPED, "readers": "city"}).status_code == 200
        return len(made)

    first = queries()
    with world.secretariat.asks():
        for name in ("Hub", "Other hub"):
            hub = directory.found_network(
                world.secretariat.actor, name=name, secretariat=f"Office of {name}", parent=world.network, now=NOW
            )
            directory.place_city(world.secretariat.actor, hub, world.cities["Arbreva"])
    for name in ("First", "Second", "Third"):
        with world["Arbreva"].asks():
            more = directory.add_organisation(
                world["Arbreva"].actor,
                name=name,
                sector="education",
                city=world.cities["Arbreva"],
                readers=[group("network", world.network.id)],
                now=NOW,
            )
        member(world["Arbreva"].actor, more, name=f"Teacher of {name}", network=world.network)
    states(world, [group("city", -1)], 3)
    assert queries() <= first + 2
