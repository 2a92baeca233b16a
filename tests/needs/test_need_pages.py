"""The first two links of the thread, through their pages, with script off."""

from __future__ import annotations

from uuid import UUID

import pytest

from serai.core.audience import group
from serai.needs import actions
from serai.needs.models import MatchAnswer, Need
from worlds import NOW, World, browsing, small_world

NEED = {
    "question": "How do young people stay involved?",
    "theme": "youth_engagement",
    "target_groups": ["young_people"],
    "urgency": "now",
}


@pytest.fixture
def world() -> World:
    return small_world()


def stated(world: World, name: str = "Arbreva") -> Need:
    with world[name].asks():
        readers = [group("network", world.network.id)]
        return actions.state_need(world[name].actor, city=world.cities[name], readers=readers, now=NOW, **NEED)


def offered(world: World, name: str) -> None:
    with world[name].asks():
        actions.make_offer(
            world[name].actor,
            city=world.cities[name],
            what="A youth centre young people run",
            theme="youth_engagement",
            target_groups=["young_people"],
            evidence="E2",
            readers=[group("network", world.network.id)],
            now=NOW,
        )


def test_a_need_is_asked_one_question_a_page_and_its_readers_stand_in_words(world: World) -> None:
    browser = browsing(world["Arbreva"])
    page = browser.get("/needs/new/")
    assert page.status_code == 200
    typed: dict[str, object] = {}
    for step, (name, value) in enumerate(NEED.items()):
        typed[name] = value
        page = browser.post("/needs/new/", {**typed, "step": step})
        assert page.status_code == 200, page.content.decode()
    assert "7 people in 7 organisations" in page.content.decode()
    ring = f"network-{world.network.id}"
    page = browser.post("/needs/new/", {**typed, "step": 99, "readers": ring, "confirmed": ring})
    assert page.status_code == 302
    page = browser.get(page["Location"])
    assert NEED["question"] in page.content.decode()


def test_a_wrong_answer_comes_back_with_everything_typed(world: World) -> None:
    page = browsing(world["Arbreva"]).post("/needs/new/", {"question": "", "step": 0})
    assert page.status_code == 422
    page = browsing(world["Arbreva"]).post("/needs/new/", {"question": "Why?", "theme": "nonsense", "step": 1})
    assert page.status_code == 422
    assert 'value="Why?"' in page.content.decode()


def test_from_a_need_to_a_match_that_every_city_agreed_to(world: World) -> None:
    need = stated(world)
    offered(world, "Lipovar")
    coordinator = browsing(world["Arbreva"])
    page = coordinator.get(f"/needs/{need.id}/partners/")
    assert "They can show you: Young people taking part" in page.content.decode()
    page = coordinator.post(f"/needs/{need.id}/partners/", {"cities": [str(world.cities["Lipovar"].id)]})
    assert page.status_code == 302
    match = page["Location"]
    lipovar = browsing(world["Lipovar"])
    assert "Your city is asked" in lipovar.get(match).content.decode()
    assert browsing(world["Valdora"]).get(match).status_code == 404
    assert browsing().get(match).status_code == 404
    with world["Lipovar"].asks():
        answer = MatchAnswer.objects.get()
    assert (
        browsing(world["Arbreva"]).post(f"/matches/answers/{answer.id}/", {"decision": "accepted"}).status_code == 404
    )
    assert lipovar.post(f"/matches/answers/{answer.id}/", {}).status_code == 422
    assert lipovar.post(f"/matches/answers/{answer.id}/", {"decision": "accepted"}).status_code == 302
    assert "The cities agreed" in coordinator.get(match).content.decode()
    assert lipovar.post(f"/matches/answers/{answer.id}/undo/").status_code == 302
    assert "The cities are asked" in coordinator.get(match).content.decode()


def test_an_answer_on_behalf_says_who_said_it(world: World) -> None:
    need = stated(world)
    offered(world, "Lipovar")
    coordinator = browsing(world["Arbreva"])
    match = coordinator.post(f"/needs/{need.id}/partners/", {"cities": ["-2"]})["Location"]
    with world["Arbreva"].asks():
        answer = MatchAnswer.objects.get()
    said = {"decision": "parked", "said_by": "Deputy Mayor", "channel": "phone", "said_on": "2019-11-25"}
    assert coordinator.post(f"/matches/answers/{answer.id}/on-behalf/", said).status_code == 302
    assert "Recorded on behalf of Deputy Mayor" in browsing(world["Lipovar"]).get(match).content.decode()


def test_two_people_mend_one_need_and_the_second_sees_both(world: World) -> None:
    need = stated(world)
    browser = browsing(world["Arbreva"])
    first = {**NEED, "question": "First mend?", "version": 1}
    assert browser.post(f"/needs/{need.id}/change/", first).status_code == 302
    second = {**NEED, "question": "Second mend?", "version": 1}
    page = browser.post(f"/needs/{need.id}/change/", second)
    assert page.status_code == 409
    assert "First mend?" in page.content.decode()
    assert "Second mend?" in page.content.decode()
    chosen = {**second, "version": 2, "choose-question": "theirs"}
    assert browser.post(f"/needs/{need.id}/change/", chosen).status_code == 302
    with world["Arbreva"].asks():
        assert Need.objects.get(pk=need.id).question == "First mend?"


def test_nobody_else_changes_a_need(world: World) -> None:
    need = stated(world)
    for name in ("Lipovar", "Arbreva NGO"):
        page = browsing(world[name]).post(f"/needs/{need.id}/change/", {**NEED, "version": 1})
        assert page.status_code == 404
    assert browsing().get(f"/needs/{UUID(int=0)}/").status_code == 404
