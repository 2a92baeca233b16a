"""A form that is sent twice, with script off, writes once; the second sending leads to where the first one led."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from serai.core.audience import group
from serai.exchanges.models import Commitment, Exchange, Note, Party, Session
from serai.needs import actions as needs
from serai.needs.models import Match, Need
from serai.sharing import links
from serai.sharing.models import Invitation
from sharing.stage import arranged
from threads import asked, browsing_as, captured, text, with_session
from web.forms_sent import hidden
from worlds import NOW, World, browsing, small_world

TWICE = "You sent this twice. It is kept once."
SESSION = {"title": "Debate", "kind": "site_visit"}


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def exchange(world: World) -> Exchange:
    return arranged(world)


def forms_that_add(world: World, exchange: Exchange) -> list[tuple[str, str, dict[str, Any], type[Any]]]:
    """Where the form stands, a field of it, what is typed, and of what it makes one."""
    visit = with_session(world, exchange)
    with world["Arbreva"].asks():
        party = Party.objects.get(exchange=exchange, city=world.cities["Arbreva"])
        readers = [group("network", world.network.id)]
        need = needs.state_need(
            world["Arbreva"].actor, city=party.city, question="How?", theme="youth_engagement", readers=readers, now=NOW
        )
    promise = {"text": "Keys for them", "owner_role": "Youth worker", "due_on": "2020-03-01"}
    teachers = {"in_words": "Two teachers", "how_many": "2", "sector": "education"}
    guest = {"address": "guest@example.org", "name": "Youth worker"}
    return [
        (f"/exchanges/{exchange.pk}/sessions/new/", "title", SESSION, Session),
        (f"/exchanges/{exchange.pk}/promises/new/", "owner_role", promise, Commitment),
        (f"/sessions/{visit.pk}/notes/new/", "text", {"text": "Doors stay open."}, Note),
        (f"/parties/{party.pk}/delegates/", "in_words", teachers, party.participants.model),
        (f"/needs/{need.pk}/partners/", "cities", {"cities": [str(world.cities["Valdora"].pk)]}, Match),
        (f"/organisations/{world['Arbreva'].organisation.pk}/invite/", "coordinates", guest, Invitation),
    ]


def counted(world: World, model: type[Any]) -> int:
    with world["Arbreva"].asks():
        return int(model.objects.count())


def kept() -> list[tuple[str, str]]:
    """What stands in the table about forms that were sent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM serai_cache WHERE cache_key LIKE 'sent:%'")
        return list(cursor.fetchall())


def filled(browser: Client, address: str, field: str, typed: dict[str, Any]) -> dict[str, Any]:
    """The form as it is drawn now, with this typed in."""
    return {**hidden(browser.get(address), f'name="{field}"'), **typed}


def test_a_form_sent_again_writes_nothing_and_leads_to_the_same_place(world: World, exchange: Exchange) -> None:
    for address, field, typed, model in forms_that_add(world, exchange):
        browser = browsing_as(world, "Arbreva")
        before = counted(world, model)
        form = filled(browser, address, field, typed)
        first = browser.post(address, form)
        assert first.status_code == 302, first.content.decode()
        assert TWICE not in text(browser.get(first["Location"]))
        again = browser.post(address, form)
        assert (again.status_code, again["Location"]) == (302, first["Location"])
        assert TWICE in text(browser.get(again["Location"], follow=True))
        assert counted(world, model) == before + 1, address


def test_the_same_words_in_a_form_opened_anew_are_a_second_record(world: World, exchange: Exchange) -> None:
    for address, field, typed, model in forms_that_add(world, exchange)[:4]:
        browser = browsing_as(world, "Arbreva")
        before = counted(world, model)
        for _each in range(2):
            answer = browser.post(address, filled(browser, address, field, typed))
            assert TWICE not in text(browser.get(answer["Location"]))
        assert counted(world, model) == before + 2, address


def test_a_form_mended_before_it_is_sent_again_is_another(world: World, exchange: Exchange) -> None:
    address, browser = f"/exchanges/{exchange.pk}/sessions/new/", browsing_as(world, "Arbreva")
    form = filled(browser, address, "title", SESSION)
    browser.post(address, form)
    browser.post(address, {**form, "title": "A second debate"})
    assert counted(world, Session) == 2


def test_a_form_that_came_back_or_that_failed_can_be_sent_again(world: World, exchange: Exchange) -> None:
    address, browser = f"/exchanges/{exchange.pk}/sessions/new/", browsing_as(world, "Arbreva")
    form = filled(browser, address, "title", {**SESSION, "title": ""})
    assert [browser.post(address, form).status_code for _each in range(2)] == [422, 422]
    assert not kept()
    match = asked(world)
    with world["Arbreva"].asks():
        answer = match.answers.get(city=world.cities["Lipovar"])
        needs.undo_answer(world["Arbreva"].actor, answer, now=NOW)
    undo, word = f"/matches/answers/{answer.pk}/undo/", {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]}
    assert [browser.post(undo, word).status_code for _each in range(2)] == [409, 409]
    assert not kept()


def test_someone_else_with_the_same_word_writes_their_own(world: World, exchange: Exchange) -> None:
    visit = with_session(world, exchange)
    address, browser = f"/sessions/{visit.pk}/notes/new/", browsing_as(world, "Arbreva")
    form = filled(browser, address, "text", {"text": "Doors stay open."})
    for name in ("Arbreva", "Lipovar"):
        browsing_as(world, name).post(address, form)
        with world[name].asks():
            assert Note.objects.filter(source_id=world[name].person.pk).count() == 1


def test_a_browser_that_takes_the_secret_for_a_word_is_not_held_back(world: World, exchange: Exchange) -> None:
    address, browser = f"/exchanges/{exchange.pk}/sessions/new/", browsing_as(world, "Arbreva")
    browser.get(address)
    form = {**SESSION, "csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    for _each in range(2):
        browser.post(address, form)
    assert counted(world, Session) == 2


def steps(browser: Client, first: HttpResponse, world: World) -> list[dict[str, Any]]:
    """What is sent from each page on the way to a need, from the first question on."""
    answers = {
        "question": "How do they stay?",
        "theme": "youth_engagement",
        "target_groups": ["young_people"],
        "urgency": "now",
    }
    sent, page = [], first
    for name, value in answers.items():
        sent.append({**hidden(page, f'name="{name}"'), name: value})
        page = browser.post("/needs/new/", sent[-1])
    ring = f"network-{world.network.id}"
    sent.append({**hidden(page, 'name="confirmed"'), "readers": ring, "confirmed": ring})
    return sent


def test_steps_gone_back_to_and_sent_again_are_the_same_need(world: World) -> None:
    browser = browsing_as(world, "Arbreva")
    sent = steps(browser, browser.get("/needs/new/"), world)
    led = browser.post("/needs/new/", sent[-1])["Location"]
    page = browser.post("/needs/new/", sent[-2])  # back, and the browser sends the last question again
    ring = f"network-{world.network.id}"
    again = {**hidden(page, 'name="confirmed"'), "readers": ring, "confirmed": ring}
    assert again["csrfmiddlewaretoken"] != sent[-1]["csrfmiddlewaretoken"]
    assert browser.post("/needs/new/", again)["Location"] == led
    assert counted(world, Need) == 1
    browser.post("/needs/new/", steps(browser, browser.get("/needs/new/"), world)[-1])
    assert counted(world, Need) == 2


def test_the_word_of_a_form_is_nothing_that_its_author_could_remove(world: World, exchange: Exchange) -> None:
    takeaway = captured(world, exchange, text="Call +389 70 123 456")
    address, browser = f"/takeaways/{takeaway.pk}/share/", browsing_as(world, "Arbreva")
    shown = browser.get(address)
    assert 'name="remove"' not in text(shown)
    again = browser.post(address, {**hidden(shown, 'name="confirmed"'), "readers": "organisation"})
    assert "a phone number of someone" in text(again)
    assert 'name="remove"' not in text(again)
    assert "word" in hidden(again, 'name="confirmed"')


def test_the_table_names_nobody_and_tells_the_day_alone(world: World, exchange: Exchange) -> None:
    visit = with_session(world, exchange)
    address, browser = f"/sessions/{visit.pk}/notes/new/", browsing_as(world, "Arbreva")
    browser.post(address, filled(browser, address, "text", {"text": "Doors stay open."}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value, expires FROM serai_cache WHERE cache_key LIKE 'sent:%'")
        ((key, value, expires),) = cursor.fetchall()
    assert (len(key), value) == (len("sent:") + 64, f"/sessions/{visit.pk}/")
    assert expires.strftime("%H:%M:%S.%f") == "00:00:00.000000"


def test_the_secret_of_a_link_is_not_kept(world: World) -> None:
    match = asked(world)
    with world["Arbreva"].asks():
        answer = match.answers.get(city=world.cities["Lipovar"])
        needs.undo_answer(world["Arbreva"].actor, answer, now=NOW)
        made = links.make(
            world["Arbreva"].actor,
            kind="match",
            person=world["Lipovar"].person.id,
            address="lipovar@example.org",
            records=[answer, match, match.need],
            now=NOW,
        )
    browser, address = browsing(), "/" + made.address.split("/", 3)[3]
    form = {**hidden(browser.get(address), 'name="answer"'), "answer": "accepted"}
    assert browser.post(address, form).status_code == 302
    assert browser.post(address, form).status_code == 409
    assert not kept()
