"""The next step first: the heading of each working page leads to what is due, or says that nothing is."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from serai.directory import actions as directory
from serai.exchanges import actions as exchanges
from serai.needs import actions as needs
from serai.needs.models import Need
from serai.plans import actions as plans
from sharing.stage import arranged
from threads import asked, begun, browsing_as, captured, drafted, network, whole, with_session
from worlds import NOW, World, small_world

NOTHING = "Nothing is due here."


@pytest.fixture
def world() -> World:
    return small_world()


def heading(browser: Client, path: str) -> str:
    """What stands above the columns of a page, the region with its h1, with its spaces made one."""
    page = " ".join(browser.get(path).content.decode().split())
    found = re.search(r'<div class="intro">(.*?)<div class="columns">', page)
    assert found, path
    assert found[1].count("<h1") == 1, path
    return found[1]


def leads(heading: str) -> list[tuple[str, str]]:
    """The main buttons of a heading: their words, and where they lead."""
    links = re.findall(r'<a class="btn" href="([^"]+)">([^<]+)</a>', heading)
    forms = re.findall(
        r'<form method="post" action="([^"]+)">(?:(?!</form>).)*<button class="btn" type="submit">([^<]+)<', heading
    )
    return [(words, href) for href, words in links + forms]


def test_every_working_page_leads_on_or_says_that_nothing_is_due(world: World) -> None:
    made = whole(world)
    with world["Arbreva"].asks():
        team = directory.add_team(
            world["Arbreva"].actor, name="Team", city=world.cities["Arbreva"], readers=network(world), now=NOW
        )
    browser = browsing_as(world, "Arbreva")
    pages = {
        "home": "/home/", "needs": "/needs/", "need": f"/needs/{made.need.pk}/",
        "exchange": f"/exchanges/{made.exchange.pk}/", "programme": f"/exchanges/{made.exchange.pk}/programme/",
        "takeaways": f"/exchanges/{made.exchange.pk}/takeaways/", "takeaway": f"/takeaways/{made.takeaway.pk}/",
        "plan": f"/plans/{made.plan.pk}/", "activity": f"/activities/{made.activity.pk}/",
        "indicator": f"/indicators/{made.indicator.pk}/", "story": f"/stories/{made.story.pk}/",
        "team": f"/teams/{team.pk}/", "organisation": f"/organisations/{world['Arbreva'].organisation.pk}/",
    }  # fmt: skip
    headings = {name: heading(browser, path) for name, path in pages.items()}
    headings["practice"] = heading(browsing_as(world, "Lipovar"), f"/library/{made.practice.pk}/")
    headings["session"] = heading(browser, f"/sessions/{made.session.pk}/")
    assert f'href="/sessions/{made.session.pk}/notes/new/"' in headings.pop("session")
    unsaid = [
        name for name, words in headings.items() if not leads(words) and not re.search(r"Nothing (is|waits)", words)
    ]
    assert not unsaid
    for name in ("home", "need", "exchange", "programme", "takeaway", "activity", "indicator", "team"):
        assert len(leads(headings[name])) == 1, name
    for name in ("takeaways", "plan", "story", "practice", "organisation"):
        assert NOTHING in headings[name], name


def test_a_need_leads_from_asking_to_planning(world: World) -> None:
    arbreva, browser = world["Arbreva"], browsing_as(world, "Arbreva")
    with arbreva.asks():
        need = needs.state_need(
            arbreva.actor, city=world.cities["Arbreva"], question="How?", theme="youth_engagement",
            target_groups=["young_people"], urgency="now", readers=network(world), now=NOW,
        )  # fmt: skip
    assert leads(heading(browser, f"/needs/{need.pk}/")) == [
        ("Find cities that can help", f"/needs/{need.pk}/partners/")
    ]
    with arbreva.asks():
        lipovar = {world.cities["Lipovar"]: world["Lipovar"].organisation}
        needs.propose_match(arbreva.actor, Need.objects.get(pk=need.pk), lipovar, reasons={}, now=NOW)
    assert "The cities are asked." in heading(browser, f"/needs/{need.pk}/")
    match = asked(world)
    assert leads(heading(browser, f"/needs/{match.need_id}/")) == [
        ("Plan the exchange", f"/exchanges/new/?match={match.pk}")
    ]


def test_what_was_taken_home_leads_to_the_first_that_waits_to_be_weighed(world: World) -> None:
    exchange = arranged(world)
    captured(world, exchange)
    path, arbreva = f"/exchanges/{exchange.pk}/takeaways/", world["Arbreva"]
    assert NOTHING in heading(browsing_as(world, "Arbreva"), path)
    with arbreva.asks():
        kept = exchanges.capture_takeaway(arbreva.actor, exchange, "A second", city=world.cities["Arbreva"], now=NOW)
        exchanges.share_takeaway(arbreva.actor, kept, network(world), now=NOW)
    assert leads(heading(browsing_as(world, "Arbreva"), path)) == [("Weigh the first", f"/takeaways/{kept.pk}/weigh/")]
    assert NOTHING in heading(browsing_as(world, "Lipovar"), path), "it is Arbreva's to weigh"
    with arbreva.asks():
        exchanges.weigh_takeaway(arbreva.actor, kept, decision="parked", reason="Next year", now=NOW)
    assert NOTHING in heading(browsing_as(world, "Arbreva"), path), "what was put off is weighed"


def test_a_programme_says_how_much_waits_for_its_release(world: World) -> None:
    exchange = arranged(world)
    path = f"/exchanges/{exchange.pk}/programme/"
    assert leads(heading(browsing_as(world, "Arbreva"), path))[0][0] == "Add a session"
    with_session(world, exchange)
    told = heading(browsing_as(world, "Arbreva"), path)
    assert "1 change waits for it." in told
    assert leads(told) == [("Release the programme", f"/exchanges/{exchange.pk}/release/")]
    assert "Release" not in heading(browsing_as(world, "Lipovar"), path)


def test_a_plan_leads_to_what_is_missing_in_it(world: World) -> None:
    plan, arbreva = drafted(world), world["Arbreva"]
    path, browser = f"/plans/{plan.pk}/", browsing_as(world, "Arbreva")
    assert [words for words, _href in leads(heading(browser, path))] == ["Add an objective"]
    with arbreva.asks():
        objective = plans.add_objective(arbreva.actor, plan, "Young people stay", now=NOW)
    assert leads(heading(browser, path)) == [("Add an activity", f"/objectives/{objective.pk}/activities/new/")]
    with arbreva.asks():
        activity = plans.add_activity(arbreva.actor, objective, title="An evening a week", now=NOW)
    assert leads(heading(browser, path)) == [("Say how you will know", f"/activities/{activity.pk}/indicators/new/")]


def test_a_draft_of_a_story_leads_to_its_release(world: World) -> None:
    story = begun(world, arranged(world))
    told = leads(heading(browsing_as(world, "Arbreva"), f"/stories/{story.pk}/"))
    assert told == [("Release it", f"/stories/{story.pk}/release/")]
