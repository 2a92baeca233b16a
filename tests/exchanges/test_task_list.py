"""Every line of the task list can be done: by the act that settles it, or by saying so where the work is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from serai.exchanges import actions
from serai.exchanges.actions.programme import RELEASED
from serai.exchanges.models import Exchange, Participant, Party, Task
from serai.exchanges.tasklist import LINES
from serai.stories.actions import add_passage, release_story
from sharing.stage import arranged
from threads import SAFE, begun, browsing_as, network, text, with_session
from worlds import NOW, World, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def open_codes(world: World, exchange: Exchange) -> set[str]:
    with world["Arbreva"].asks():
        return set(Task.objects.filter(exchange=exchange, done_at=None).values_list("code", flat=True))


def test_a_release_settles_what_a_released_programme_has_behind_it(world: World) -> None:
    exchange = arranged(world)
    with_session(world, exchange)
    for name in ("Arbreva", "Lipovar"):
        with world[name].asks():
            actions.check_safety(world[name].actor, exchange, answers=SAFE, decision="go", now=NOW)
    before = open_codes(world, exchange)
    assert set(RELEASED) <= before
    browser = browsing_as(world, "Arbreva")
    assert browser.post(f"/exchanges/{exchange.pk}/release/").status_code == 302
    assert open_codes(world, exchange) == before - set(RELEASED)
    assert browser.post(f"/exchanges/{exchange.pk}/release/").status_code == 302, "and once more"


def test_a_told_story_settles_its_line_for_the_organiser_alone(world: World) -> None:
    exchange = arranged(world)
    story = begun(world, exchange)
    with world["Arbreva"].asks():
        add_passage(world["Arbreva"].actor, story, "They met.", noun="exchange", record_id=exchange.pk, now=NOW)
        release_story(world["Arbreva"].actor, story, network(world), now=NOW)
    assert "tell_story" not in open_codes(world, exchange)


@pytest.mark.parametrize("code", ["name_delegates", "weigh", "promise", "report_promises"])
def test_a_line_is_marked_as_done_where_its_work_is_done(world: World, code: str) -> None:
    exchange = arranged(world)
    with world["Lipovar"].asks():
        mine = Task.objects.get(exchange=exchange, code=code, party__city=world.cities["Lipovar"])
        party = Party.objects.get(pk=mine.party_id)
        where = {
            "name_delegates": f"/parties/{party.pk}/delegates/",
            "weigh": f"/exchanges/{exchange.pk}/takeaways/",
        }.get(code, f"/exchanges/{exchange.pk}/promises/")
        if code != "name_delegates":  # what comes after begins on the last day
            with world["Arbreva"].asks():
                days = {"starts_on": date(2019, 11, 20), "ends_on": NOW.date()}
                version = Exchange.objects.get(pk=exchange.pk).version
                actions.change_exchange(world["Arbreva"].actor, exchange, expected=version, now=NOW, **days)
    form = f'action="/tasks/{mine.pk}/"'
    assert form in text(browsing_as(world, "Lipovar").get(where))
    assert form not in text(browsing_as(world, "Lipovar NGO").get(f"/exchanges/{exchange.pk}/"))
    assert browsing_as(world, "Lipovar").post(f"/tasks/{mine.pk}/", {"state": "done"}).status_code == 302
    assert form not in text(browsing_as(world, "Lipovar").get(where))


def test_the_organiser_says_anew_where_and_when_and_what_is_due_moves_along(world: World) -> None:
    exchange = arranged(world)
    browser = browsing_as(world, "Arbreva")
    address = f"/exchanges/{exchange.pk}/change/"
    assert address in text(browser.get(f"/exchanges/{exchange.pk}/"))
    assert address not in text(browsing_as(world, "Lipovar").get(f"/exchanges/{exchange.pk}/"))
    assert browsing_as(world, "Lipovar").get(address).status_code == 404
    page = text(browser.get(address))
    assert 'value="2019-11-25"' in page
    told = {
        "title": "Two days in Valdora", "place_id": str(world.cities["Valdora"].pk), "form": "both",
        "starts_on": "2020-03-02", "ends_on": "2020-03-03",
    }  # fmt: skip
    with world["Arbreva"].asks():
        version = Exchange.objects.get(pk=exchange.pk).version
    wrong = browser.post(address, {**told, "ends_on": "2020-03-01", "version": version})
    assert wrong.status_code == 422
    assert "The end is before the start." in text(wrong)
    late = browser.post(address, {**told, "version": version - 1})
    assert late.status_code == 409
    assert "Someone else changed this exchange" in text(late)
    assert browser.post(address, {**told, "version": version}).status_code == 302
    with world["Arbreva"].asks():
        changed = Exchange.objects.get(pk=exchange.pk)
        due = dict(Task.objects.filter(exchange=exchange).values_list("code", "due_on"))
    assert (changed.title, changed.place_id, changed.form) == (told["title"], world.cities["Valdora"].pk, "both")
    for line in LINES:
        start = date(2020, 3, 3) if line.phase == "after" else date(2020, 3, 2)
        assert due[line.code] == start + timedelta(days=line.days)
    assert "Change where and when" in text(browser.get(f"/tasks/{_task(world, exchange, 'agree_dates').pk}/"))
    assert "Call it off" in text(browser.get(address))
    assert browser.post(f"/exchanges/{exchange.pk}/move/cancelled/").status_code == 302
    assert browser.get(address).status_code == 404, "what is called off is not mended"


def _task(world: World, exchange: Exchange, code: str) -> Task:
    with world["Arbreva"].asks():
        return Task.objects.get(exchange=exchange, code=code)


def test_an_empty_programme_teaches_and_a_later_day_is_named(world: World) -> None:
    exchange = arranged(world)
    browser = browsing_as(world, "Arbreva")
    page = text(browser.get(f"/exchanges/{exchange.pk}/programme/"))
    assert "A programme is days of sessions" in page
    assert "Release the programme" not in page
    assert "There is nothing to release yet" in text(browser.get(f"/exchanges/{exchange.pk}/release/"))
    for title, starts, said in (
        ("Later", NOW + timedelta(days=40), "Next, on Sun 5 Jan 2020 at 10:40"),
        ("Soon", NOW + timedelta(hours=2), "Next, at 12:40"),
    ):
        with world["Arbreva"].asks():
            ends = starts + timedelta(hours=1)
            actions.add_session(
                world["Arbreva"].actor, exchange, title=title, kind="debate", starts_at=starts, ends_at=ends, now=NOW
            )
        page = text(browser.get(f"/exchanges/{exchange.pk}/programme/"))
        assert said in page
    assert "A programme is days of sessions" not in page


def test_the_page_of_the_safety_check_says_whose_turn_it_is(world: World) -> None:
    exchange = arranged(world)
    with_session(world, exchange)
    arbreva, lipovar = browsing_as(world, "Arbreva"), browsing_as(world, "Lipovar")
    address = f"/exchanges/{exchange.pk}/safety/"
    assert "Two people of different organisations answer these questions." in text(arbreva.get(address))
    with world["Arbreva"].asks():
        actions.check_safety(world["Arbreva"].actor, exchange, answers=SAFE, decision="go", now=NOW)
    assert "Now someone of another organisation answers too." in text(arbreva.get(address))
    assert "One person has answered. Now it is your turn." in text(lipovar.get(address))
    with world["Lipovar"].asks():
        actions.check_safety(world["Lipovar"].actor, exchange, answers=SAFE, decision="stop", now=NOW)
    for browser in (arbreva, lipovar):
        assert "Someone said stop." in text(browser.get(address))


def test_a_delegate_from_the_list_comes_for_the_sector_of_their_organisation(world: World) -> None:
    exchange = arranged(world)
    browser = browsing_as(world, "Lipovar")
    with world["Lipovar"].asks():
        party = Party.objects.get(exchange=exchange, city=world.cities["Lipovar"])
        guest = Participant.objects.get(party=party, person=world["Lipovar NGO"].person)
        actions.end_participation(world["Lipovar"].actor, guest, on=NOW.date(), now=NOW)
    told = {"person": str(world["Lipovar NGO"].person.pk), "how_many": "1"}
    address = f"/parties/{party.pk}/delegates/"
    assert browser.post(address, told).status_code == 302
    with world["Lipovar"].asks():
        named = Participant.objects.get(party=party, person=world["Lipovar NGO"].person, ended_on=None)
    assert named.sector == "civil_society"
    unsaid = browser.post(address, {"in_words": "two teachers", "how_many": "2"})
    assert unsaid.status_code == 422
    assert "Choose the sector of those who are not on the list." in text(unsaid)
