"""Two people answer one question of a match: the second is shown what the first said, and chooses."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from serai.core.audience import group
from serai.needs import actions
from serai.needs.answer_link import KIND
from serai.needs.models import Match, MatchAnswer
from serai.sharing import links
from threads import text
from web.forms_sent import hidden
from worlds import NOW, World, browsing, small_world

PARKED = {"decision": "parked", "reason": "Not before the budget"}
MEANWHILE = "Another answer came in"


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def asked(world: World) -> MatchAnswer:
    """Arbreva asks Lipovar."""
    arbreva, lipovar = world["Arbreva"], world["Lipovar"]
    with arbreva.asks():
        need = actions.state_need(
            arbreva.actor,
            city=world.cities["Arbreva"],
            question="How?",
            theme="youth_engagement",
            readers=[group("network", world.network.id)],
            now=NOW,
        )
        asked = {world.cities["Lipovar"]: lipovar.organisation}
        return actions.propose_match(arbreva.actor, need, asked, reasons={}, now=NOW).answers.get()


def form(browser: Client, address: str, **typed: Any) -> dict[str, Any]:
    """The form as it is drawn now, filled in."""
    return {**hidden(browser.get(address), 'name="decision"'), **typed}


def stands(world: World) -> MatchAnswer:
    with world["Lipovar"].asks():
        return MatchAnswer.objects.get()


def linked(world: World, asked: MatchAnswer) -> str:
    """Where Lipovar's coordinator answers without signing in."""
    with world["Arbreva"].asks():
        match = Match.objects.get()
        made = links.make(
            world["Arbreva"].actor,
            kind=KIND,
            person=world["Lipovar"].person.id,
            address="lipovar@example.org",
            records=[asked, match, match.need],
            now=NOW,
        )
    return urlsplit(made.address).path


def test_the_second_of_a_city_sees_both_answers_and_chooses(world: World, asked: MatchAnswer) -> None:
    address, first, second = f"/matches/answers/{asked.pk}/", browsing(world["Lipovar"]), browsing(world["Lipovar"])
    theirs = form(second, address, decision="parked", reason="Ask the mayor")
    assert first.post(address, form(first, address, **PARKED)).status_code == 302
    page = second.post(address, theirs)
    assert page.status_code == 409, "the first answer would be overwritten unseen"
    assert "Not before the budget" in text(page)
    assert "Ask the mayor" in text(page)
    assert stands(world).reason == "Not before the budget"
    chosen = {**hidden(page, "choose-reason"), "choose-reason": "theirs"}
    assert second.post(address, chosen).status_code == 302
    assert (stands(world).answer, stands(world).reason) == ("parked", "Not before the budget")


def test_who_records_for_a_city_sees_what_it_said_itself_meanwhile(world: World, asked: MatchAnswer) -> None:
    own, recorded = f"/matches/answers/{asked.pk}/", f"/matches/answers/{asked.pk}/on-behalf/"
    lipovar, arbreva = browsing(world["Lipovar"]), browsing(world["Arbreva"])
    said = {"said_by": "Deputy Mayor", "channel": "phone", "said_on": "2019-11-25"}
    theirs = form(arbreva, recorded, decision="accepted", **said)
    lipovar.post(own, form(lipovar, own, **PARKED))
    page = arbreva.post(recorded, theirs)
    assert page.status_code == 409
    assert "Not before the budget" in text(page)
    mine = {f"choose-{name}": "mine" for name in ("decision", "reason", "said_by", "channel", "said_on")}
    assert arbreva.post(recorded, {**hidden(page, "choose-reason"), **mine}).status_code == 302
    assert (stands(world).answer, stands(world).said_by) == ("accepted", "Deputy Mayor")


def test_what_a_city_then_says_itself_is_not_said_on_its_behalf(world: World, asked: MatchAnswer) -> None:
    own, recorded = f"/matches/answers/{asked.pk}/", f"/matches/answers/{asked.pk}/on-behalf/"
    lipovar, arbreva = browsing(world["Lipovar"]), browsing(world["Arbreva"])
    said = {"said_by": "Deputy Mayor", "channel": "phone", "said_on": "2019-11-25"}
    arbreva.post(recorded, form(arbreva, recorded, **PARKED, **said))
    assert stands(world).said_by == "Deputy Mayor"
    lipovar.post(own, form(lipovar, own, decision="accepted"))
    found = stands(world)
    assert (found.answer, found.said_by, found.channel, found.said_on) == ("accepted", "", "", None)


def test_only_the_answer_that_was_on_the_page_is_taken_back(world: World, asked: MatchAnswer) -> None:
    address, lipovar = f"/matches/answers/{asked.pk}/", browsing(world["Lipovar"])
    lipovar.post(address, form(lipovar, address, **PARKED))
    page = lipovar.get(f"/matches/{asked.match_id}/")
    lipovar.post(address, form(lipovar, address, decision="accepted"))
    late = lipovar.post(f"{address}undo/", hidden(page, "/undo/"))
    assert MEANWHILE in text(lipovar.get(late["Location"]))
    assert stands(world).answer == "accepted"
    lipovar.post(f"{address}undo/", hidden(lipovar.get(f"/matches/{asked.match_id}/"), "/undo/"))
    assert stands(world).answer == "asked"


def test_a_link_says_what_stands_and_overwrites_nothing_unseen(world: World, asked: MatchAnswer) -> None:
    address, link = f"/matches/answers/{asked.pk}/", linked(world, asked)
    lipovar, guest = browsing(world["Lipovar"]), browsing()
    page = guest.get(link)
    assert "has asked to wait" not in text(page)
    theirs = {**hidden(page, 'name="answer"'), "answer": "declined", "reason": "No time"}
    lipovar.post(address, form(lipovar, address, **PARKED))
    late = guest.post(link, theirs)
    assert late.status_code == 409
    assert MEANWHILE in text(late)
    assert "Your city has asked to wait." in text(late)
    assert 'value="No time"' in text(late)
    assert stands(world).answer == "parked"
    assert guest.post(link, {**theirs, **hidden(late, 'name="answer"')}).status_code == 302
    assert (stands(world).answer, stands(world).reason) == ("declined", "No time")


def test_a_link_takes_back_its_own_answer_alone(world: World, asked: MatchAnswer) -> None:
    address, link = f"/matches/answers/{asked.pk}/", linked(world, asked)
    lipovar, guest = browsing(world["Lipovar"]), browsing()
    guest.post(link, {**hidden(guest.get(link), 'name="answer"'), "answer": "parked"})
    lipovar.post(address, form(lipovar, address, decision="accepted"))
    late = guest.post(link, {"undo": "1"})
    assert late.status_code == 409
    assert MEANWHILE in text(late)
    assert stands(world).answer == "accepted"
    lipovar.post(f"{address}undo/")
    guest = browsing()
    other = linked(world, asked)
    guest.post(other, {"answer": "parked"})
    assert guest.post(other, {"undo": "1"}).status_code == 302
    assert stands(world).answer == "asked"
