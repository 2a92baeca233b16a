"""The first two links of the thread, through their pages, with script off."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

import pytest

from serai.core.audience import group
from serai.directory import actions as directory
from serai.needs import actions
from serai.needs.answer_link import KIND
from serai.needs.models import Match, MatchAnswer, Need
from serai.sharing import links
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


def test_a_step_that_is_no_number_asks_the_first_question(world: World) -> None:
    for step in ("²", "9" * 5000, "one"):
        page = browsing(world["Arbreva"]).post("/needs/new/", {"step": step})
        assert page.status_code == 200
        assert 'name="question"' in page.content.decode()


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


def test_once_an_exchange_is_planned_the_answers_stay(world: World) -> None:
    need = stated(world)
    offered(world, "Lipovar")
    offered(world, "Valdora")
    arbreva, lipovar, valdora = (browsing(world[name]) for name in ("Arbreva", "Lipovar", "Valdora"))
    cities = [str(world.cities[name].id) for name in ("Lipovar", "Valdora")]
    match = arbreva.post(f"/needs/{need.id}/partners/", {"cities": cities})["Location"]
    with world["Arbreva"].asks():
        answers = {a.city.name: a for a in MatchAnswer.objects.select_related("city")}
        link = links.make(
            world["Arbreva"].actor, kind=KIND, person=world["Valdora"].person.pk, address="valdora@example.org",
            records=[answers["Valdora"], *Match.objects.all(), need], now=NOW,
        )  # fmt: skip
    path = {name: f"/matches/answers/{answer.id}/" for name, answer in answers.items()}
    assert "Save the answer" in lipovar.get(path["Lipovar"]).content.decode()
    lipovar.post(path["Lipovar"], {"decision": "accepted"})
    again = lipovar.post(path["Lipovar"], {"decision": "declined"})
    assert again.status_code == 409
    assert "This question is answered." in again.content.decode()
    valdora.post(path["Valdora"], {"decision": "parked"})
    assert ">Answer</a>" in valdora.get(match).content.decode()
    with world["Arbreva"].asks():
        actions.mark_planned(world["Arbreva"].actor, Match.objects.get(), now=NOW)
    with world["Valdora"].asks(), pytest.raises(actions.AlreadyPlanned):
        actions.answer_match(world["Valdora"].actor, answers["Valdora"], decision="accepted", now=NOW)
    for page in (
        valdora.post(path["Valdora"], {"decision": "accepted"}),
        valdora.get(path["Valdora"]),
        arbreva.post(f"{path['Valdora']}on-behalf/", {"decision": "accepted", "said_by": "x", "channel": "phone"}),
        browsing().get(urlsplit(link.address).path),
        browsing().post(urlsplit(link.address).path, {"answer": "accepted"}),
    ):
        assert "The exchange is planned already, so the answer stays as it is." in page.content.decode()
        assert page.status_code in (200, 409, 422)
    assert ">Answer</a>" not in valdora.get(match).content.decode()
    with world["Arbreva"].asks():
        assert MatchAnswer.objects.get(city__name="Valdora").answer == "parked"


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


def test_a_city_that_has_not_said_it_can_help_is_asked_all_the_same(world: World) -> None:
    need = stated(world)
    browser = browsing(world["Arbreva"])
    address = f"/needs/{need.id}/partners/"
    page = browser.get(address).content.decode()
    assert "No city has said yet that it can show something like it." in page
    assert page.count('name="cities"') == 2, "every other city for which somebody answers"
    assert "<details" not in page.split("<main", 1)[1].split("</form>")[0]
    offered(world, "Valdora")
    page = browser.get(address).content.decode()
    assert "Cities that have not said so, to be asked all the same" in page
    assert browser.post(address, {"cities": [str(world.cities["Lipovar"].id)]}).status_code == 302
    with world["Lipovar"].asks():
        assert MatchAnswer.objects.get().city == world.cities["Lipovar"]


def test_a_city_for_which_nobody_answers_says_how_that_is_mended(world: World) -> None:
    need = stated(world)
    offered(world, "Lipovar")
    with world.secretariat.asks():
        place = world.network.places.get(city=world.cities["Lipovar"])
        directory.change_place(world.secretariat.actor, place, coordinator=None)
    browser = browsing(world["Arbreva"])
    refused = browser.post(f"/needs/{need.id}/partners/", {"cities": [str(world.cities["Lipovar"].id)]})
    assert refused.status_code == 422
    assert "Nobody answers for Lipovar yet. Ask the secretariat to say who does" in refused.content.decode()
