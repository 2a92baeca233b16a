"""What is due comes first, at most five things, and only what waits for the reader."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.template import engines
from django.urls import reverse

from serai.db.acting import person
from serai.directory.queries import Standing, standing
from serai.exchanges.actions import close_recorded, plan_exchange
from serai.exchanges.models import Takeaway
from serai.home.came import what_came
from serai.home.queries import follow_through, needs_help, pipeline, promises_of, your_turn
from serai.needs.actions import propose_match, state_need
from sharing.stage import arranged
from threads import asked, browsing_as, network, text, whole
from worlds import NOW, World, browsing, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def stands(world: World, name: str) -> Standing:
    found = standing(person(world[name].person.id), today=NOW.date())
    assert found is not None
    return found


def test_at_most_five_things_that_wait_for_oneself(world: World) -> None:
    arranged(world)
    for name in ("Arbreva", "Lipovar"):
        with world[name].asks():
            due = your_turn(stands(world, name), today=NOW.date())
        assert 0 < len(due) <= 5
        days = [d.day for d in due if d.day]
        assert days == sorted(days), "the soonest first"
        page = text(browsing_as(world, name).get("/home/"))
        assert due[0].title in page
        assert due[0].href in page
    with world["Valdora"].asks():
        assert your_turn(stands(world, "Valdora"), today=NOW.date()) == []
    assert browsing().get("/home/").status_code == 302


def test_the_secretariat_sees_where_things_stand_and_whom_to_help(world: World) -> None:
    with world["Arbreva"].asks():
        state_need(
            world["Arbreva"].actor,
            city=world.cities["Arbreva"],
            question="Who opens the house?",
            theme="youth_engagement",
            target_groups=["young_people"],
            readers=network(world),
            now=NOW,
        )
    asked(world)
    office = world.secretariat
    with office.asks():
        lanes = {lane.key: len(lane.ages) for lane in pipeline(now=NOW)}
        assert lanes["need"] == 1
        assert needs_help(now=NOW) == []
        (wanted,) = needs_help(now=NOW + timedelta(days=15))
        assert wanted.why == "Who opens the house?"
        assert [row["made"] for row in follow_through(now=NOW)] == [0, 0, 0]
    page = browsing(office).get("/home/")
    for figure, head in (("pipeline", "Stage,Title,Days"), ("promises", "After months,Made,Kept")):
        assert f'href="?as={figure}"' in page.content.decode()
        taken = browsing(office).get(f"/home/?as={figure}").content.decode("utf-8-sig")
        assert taken.startswith(head)
        assert ("Need,Who opens the house?,0" in taken) == (figure == "pipeline")


def test_what_is_late_is_one_line_the_longest_first(world: World) -> None:
    for late, days in enumerate((130, 700, 800), start=1):
        with world["Arbreva"].asks():
            state_need(
                world["Arbreva"].actor, city=world.cities["Arbreva"], question=f"Late {days}", theme="women",
                readers=network(world), now=NOW - timedelta(days=days),
            )  # fmt: skip
        page = text(browsing(world.secretariat).get("/home/"))
        assert page.count('<div class="held ') == 1
        line = page[page.index('<div class="held ') :]
        assert line.startswith(f'<div class="held {"end" if late < 3 else "below"}">')
        assert f'<span class="unseen"><bdi>Late {days}</bdi>: </span>' in line, "a link says what it leads to"
        assert line.index(f"Late {days}<") == line.index("Late "), "the longest first"
        assert ("and 1 more" in line) == (late == 3)
        assert ("</bdi></a> · <a" in line) == (late > 1), "two times are not read as one"


def test_when_nothing_is_due_the_home_says_what_came_of_the_last_exchange(world: World) -> None:
    it = whole(world)
    asked_first = "It begins with one question"
    with world["Arbreva"].asks():
        assert what_came(stands(world, "Arbreva")) is None, "it is not over yet"
        close_recorded(world["Arbreva"].actor, it.exchange, now=NOW + timedelta(days=99))
    with world["Arbreva"].asks():
        came = what_came(stands(world, "Arbreva"))
        assert came is not None
        assert (came.exchange, came.story) == (it.exchange, it.story)
        assert Takeaway.objects.count() == 1
        assert came.figures == ((1, "takeaway"), (1, "activity"), (1, "indicator"))
    with world["Valdora"].asks():
        assert what_came(stands(world, "Valdora")) is None
    page = text(browsing_as(world, "Valdora").get("/home/"))
    assert asked_first in page
    assert it.exchange.title not in page


MADE_UP = "Some cities, people and figures here are made up"


def test_a_home_says_so_where_something_on_it_is_made_up(world: World) -> None:
    arbreva, office = world["Arbreva"], world.secretariat
    for someone in (arbreva, office):
        assert MADE_UP not in text(browsing(someone).get("/home/"))
    for made_up, question in ((False, "Who opens the house?"), (True, "Who closes it?")):
        with arbreva.asks():
            state_need(
                arbreva.actor, city=world.cities["Arbreva"], question=question, theme="youth_engagement",
                readers=network(world), now=NOW, illustrative=made_up,
            )  # fmt: skip
        for someone in (arbreva, office):
            page = text(browsing(someone).get("/home/"))
            assert (MADE_UP in page) == made_up
    assert MADE_UP not in text(browsing_as(world, "Valdora").get("/home/"))


def test_an_exchange_that_is_made_up_is_said_to_be_on_the_homes_that_show_it(world: World) -> None:
    arbreva = world["Arbreva"]
    with arbreva.asks():
        plan_exchange(
            arbreva.actor, title="Three days", organiser=arbreva.organisation, place=None, starts_on=None,
            ends_on=None, readers=network(world), now=NOW, illustrative=True,
        )  # fmt: skip
    for someone in (arbreva, world.secretariat):
        assert MADE_UP in text(browsing(someone).get("/home/"))


def test_every_page_leads_to_the_account_and_the_demonstration_s_own_pages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in, visitor = browsing_as(world, "Arbreva"), browsing()
    for path in ("/home/", "/needs/", "/account/"):
        assert 'href="/account/"' in text(signed_in.get(path))
    for browser, path in ((signed_in, "/home/"), (visitor, "/"), (visitor, "/account/login/")):
        page = text(browser.get(path))
        assert 'href="/demo/as/"' in page
        assert 'href="/demo/outbox/"' in page
    assert 'href="/account/"' not in text(visitor.get("/"))
    monkeypatch.setitem(engines["jinja2"].env.globals, "demo", False)
    for path in ("/", "/account/login/"):
        assert "/demo/" not in text(visitor.get(path))


def test_the_secretariats_sentence_leaves_out_what_is_not(world: World) -> None:
    office = world.secretariat
    whole(world)
    (said,) = re.findall(r"<h1>(.*?)</h1>", text(browsing(office).get("/home/")))
    assert said == "1 exchange is under way."


def test_nobody_is_offered_what_only_a_city_does(world: World) -> None:
    whole(world)
    for who, offered in ((world.secretariat, False), (world["Arbreva"], True)):
        browser = browsing(who)
        for path, form in (("/needs/", "/needs/new/"), ("/needs/", "/offers/new/"), ("/plans/", "/plans/new/")):
            assert (f'href="{form}"' in text(browser.get(path))) is offered
            assert browser.get(form).status_code == (200 if offered else 404)


def test_the_front_shows_a_visitor_only_what_is_everyone_s(world: World) -> None:
    it = whole(world)
    page = text(browsing().get(reverse("front")))
    for hidden in (it.story.title, it.exchange.title, it.need.question, it.practice.title):
        assert hidden not in page
    with world["Arbreva"].asks():
        assert not promises_of(world["Arbreva"].organisation.id).exists()


def test_a_question_nobody_was_asked_leads_to_the_cities_that_can_help(world: World) -> None:
    arbreva = world["Arbreva"]
    with arbreva.asks():
        need = state_need(
            arbreva.actor,
            city=world.cities["Arbreva"],
            question="How do young people stay?",
            theme="youth_engagement",
            target_groups=["young_people"],
            urgency="now",
            readers=network(world),
            now=NOW,
        )
    assert f'href="/needs/{need.pk}/partners/"' in text(browsing(arbreva).get("/home/"))
    with arbreva.asks():
        lipovar = {world.cities["Lipovar"]: world["Lipovar"].organisation}
        propose_match(arbreva.actor, need, lipovar, reasons={}, now=NOW)
    page = text(browsing(arbreva).get("/home/"))
    assert "/partners/" not in page
    assert f'href="/needs/{need.pk}/"' in page, "a question that waits for cities is not forgotten"
