"""A yes to being named is given to what was on the page: to these words, after this answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from serai.sharing import links
from serai.stories import actions
from serai.stories.models import Naming, Passage, Story
from serai.stories.naming import KIND
from sharing.stage import arranged
from threads import begun, browsing_as, network, text
from web.forms_sent import hidden
from worlds import NOW, World, browsing, small_world

MEANWHILE = "Another answer came in while this page was open."


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def asked(world: World) -> Naming:
    """Arbreva's story would name Lipovar."""
    story, arbreva = begun(world, arranged(world)), world["Arbreva"]
    with arbreva.asks():
        organisations = [world["Lipovar"].organisation]
        passage = actions.add_passage(arbreva.actor, story, "They gave keys.", organisations=organisations, now=NOW)
        told = Story.objects.select_related("audience").get(pk=story.pk)
        actions.release_story(arbreva.actor, told, network(world), now=NOW)
        return passage.namings.get()


def page_of(browser: Client, naming: Naming) -> dict[str, dict[str, Any]]:
    """What each button of the page sends."""
    page = browser.get(f"/namings/{naming.pk}/")
    return {
        value: hidden(page, f'name="answer" value="{value}"')
        for value in ("yes", "no", "withdrawn")
        if f'name="answer" value="{value}"' in text(page)
    }


def stands(world: World) -> Naming:
    with world["Lipovar"].asks():
        return Naming.objects.get()


def linked(world: World, naming: Naming) -> str:
    with world["Arbreva"].asks():
        made = links.make(
            world["Arbreva"].actor,
            kind=KIND,
            person=world["Lipovar"].person.id,
            address="lipovar@example.org",
            records=[naming, naming.passage],
            now=NOW,
        )
    return urlsplit(made.address).path


def test_the_second_sees_what_the_first_said_and_chooses(world: World, asked: Naming) -> None:
    address, first, second = f"/namings/{asked.pk}/", browsing_as(world, "Lipovar"), browsing_as(world, "Lipovar")
    theirs = page_of(second, asked)
    assert first.post(address, page_of(first, asked)["no"]).status_code == 302
    page = second.post(address, theirs["yes"])
    assert page.status_code == 409, "a yes takes away a no that was not seen"
    for part in (MEANWHILE, "You pressed “Yes”", "This story does not name you."):
        assert part in text(page)
    assert stands(world).answer == "no"
    assert second.post(address, hidden(page, 'value="yes"')).status_code == 302
    assert stands(world).answer == "yes"
    late = first.post(address, theirs["no"])
    assert late.status_code == 409
    assert "You may be named here. You can withdraw it." in text(late)
    assert stands(world).answer == "yes"


def mended(world: World, words: str) -> None:
    with world["Arbreva"].asks():
        passage = Passage.objects.get()
        actions.change_passage(world["Arbreva"].actor, passage, expected=passage.version, text=words, now=NOW)


def test_a_yes_on_its_way_to_other_words_is_asked_again(world: World, asked: Naming) -> None:
    address, lipovar = f"/namings/{asked.pk}/", browsing_as(world, "Lipovar")
    yes = page_of(lipovar, asked)["yes"]
    mended(world, "They have trouble with their police.")
    page = lipovar.post(address, yes)
    assert page.status_code == 409
    assert "They have trouble with their police." in text(page)
    assert stands(world).answer == "asked"


def test_a_link_says_what_stands_and_overwrites_nothing_unseen(world: World, asked: Naming) -> None:
    address, link, lipovar, guest = (
        f"/namings/{asked.pk}/",
        linked(world, asked),
        browsing_as(world, "Lipovar"),
        browsing(),
    )
    yes = {**hidden(guest.get(link), 'name="answer"'), "answer": "yes"}
    lipovar.post(address, page_of(lipovar, asked)["no"])
    late = guest.post(link, yes)
    assert late.status_code == 409
    assert MEANWHILE in text(late)
    assert "So far the answer is no." in text(late)
    assert stands(world).answer == "no"
    again = {**hidden(late, 'name="answer"'), "answer": "yes"}
    mended(world, "They have trouble with their police.")
    other = guest.post(link, again)
    assert other.status_code == 409
    assert "They have trouble with their police." in text(other)
    assert guest.post(link, {**hidden(other, 'name="answer"'), "answer": "yes"}).status_code == 302
    assert stands(world).answer == "yes"


def test_a_link_offers_what_can_be_said_after_a_yes(world: World, asked: Naming) -> None:
    link, lipovar, guest = linked(world, asked), browsing_as(world, "Lipovar"), browsing()
    lipovar.post(f"/namings/{asked.pk}/", page_of(lipovar, asked)["yes"])
    page = guest.get(link)
    assert "So far the answer is yes." in text(page)
    assert guest.post(link, {**hidden(page, 'name="answer"'), "answer": "no"}).status_code == 422
    assert guest.post(link, {**hidden(page, 'name="answer"'), "answer": "withdrawn"}).status_code == 302
    assert stands(world).answer == "withdrawn"


def test_a_yes_by_link_takes_nothing_from_a_younger_one(world: World, asked: Naming) -> None:
    link, lipovar, guest = linked(world, asked), browsing_as(world, "Lipovar"), browsing()
    lipovar.post(f"/namings/{asked.pk}/", page_of(lipovar, asked)["yes"])
    said = stands(world).answered_at
    assert guest.post(link, {**hidden(guest.get(link), 'name="answer"'), "answer": "yes"}).status_code == 302
    assert stands(world).answered_at == said


def test_a_link_takes_back_its_own_answer_alone(world: World, asked: Naming) -> None:
    link, lipovar, guest = linked(world, asked), browsing_as(world, "Lipovar"), browsing()
    guest.post(link, {**hidden(guest.get(link), 'name="answer"'), "answer": "yes"})
    lipovar.post(f"/namings/{asked.pk}/", page_of(lipovar, asked)["withdrawn"])
    lipovar.post(f"/namings/{asked.pk}/", page_of(lipovar, asked)["yes"])
    late = guest.post(link, {"undo": "1"})
    assert late.status_code == 409
    assert "Another answer came in since." in text(late)
    assert stands(world).answer == "yes"
