"""A whole thread for tests, from a need to a story, everything to be read by the network unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from serai.core.audience import group
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Exchange, Session, Takeaway
from serai.exchanges.tasklist import SAFETY_QUESTIONS
from serai.needs import actions as needs
from serai.needs.models import Match, MatchAnswer, Need
from serai.plans import actions as plans
from serai.plans.models import Activity, Indicator, Plan
from serai.practices import actions as practices
from serai.practices.actions import Content
from serai.practices.models import Practice, PracticeVersion
from serai.stories import actions as stories
from serai.stories.models import Story
from sharing.stage import arranged
from worlds import NOW, World, browsing

SAFE = {n: {"risk": False, "what_we_do": ""} for n in range(1, len(SAFETY_QUESTIONS) + 1)}


def network(world: World) -> list[str]:
    """Everyone of the network."""
    return [group("network", world.network.id)]


def content(**changed: Any) -> Content:
    """The words of a practice."""
    words: dict[str, Any] = {
        "title": "Evenings that young people run",
        "summary": "A room with keys",
        "description": "They open it, and they close it.",
        "did_not_work": ["Fixed hours"],
        "safeguards": "Two adults are near",
        "themes": ["youth_engagement"],
        "target_groups": ["young_people"],
    }
    return Content(**words | changed)


def published(world: World, name: str = "Lipovar", **changed: Any) -> Practice:
    """A practice of this city."""
    with world[name].asks():
        return practices.publish_practice(
            world[name].actor,
            organisation=world[name].organisation,
            city=world.cities[name],
            content=content(**changed),
            readers=network(world),
            now=NOW,
        )


def with_session(world: World, exchange: Exchange, **more: Any) -> Session:
    """A session of Arbreva's exchange, on its second day; without `readers` it is a draft."""
    given: dict[str, Any] = {
        "readers": network(world),
        "title": "A visit",
        "kind": "site_visit",
        "starts_at": datetime(2019, 11, 26, 9, tzinfo=UTC),
        "ends_at": datetime(2019, 11, 26, 11, tzinfo=UTC),
    }
    with world["Arbreva"].asks():
        return exchanges.add_session(world["Arbreva"].actor, exchange, now=NOW, **given | more)


def captured(world: World, exchange: Exchange, text: str = "Give them the keys", **more: Any) -> Takeaway:
    """What Arbreva's coordinator saw, read by the network, and weighed."""
    arbreva = world["Arbreva"]
    with arbreva.asks():
        kept = exchanges.capture_takeaway(arbreva.actor, exchange, text, city=world.cities["Arbreva"], now=NOW, **more)
        shared = exchanges.share_takeaway(arbreva.actor, kept, network(world), now=NOW)
        exchanges.weigh_takeaway(arbreva.actor, shared, decision="adapted", reason="A room is there", now=NOW)
        return shared


def asked(world: World, question: str = "How do young people stay involved?") -> Match:
    """Arbreva's need, which Lipovar agreed to answer."""
    with world["Arbreva"].asks():
        need = needs.state_need(
            world["Arbreva"].actor,
            city=world.cities["Arbreva"],
            question=question,
            theme="youth_engagement",
            target_groups=["young_people"],
            urgency="now",
            readers=network(world),
            now=NOW,
        )
        lipovar = {world.cities["Lipovar"]: world["Lipovar"].organisation}
        match = needs.propose_match(world["Arbreva"].actor, need, lipovar, reasons={}, now=NOW)
    with world["Lipovar"].asks():
        answer = MatchAnswer.objects.get(match=match)
        needs.answer_match(world["Lipovar"].actor, answer, decision="accepted", now=NOW)
    return match


def browsing_as(world: World, name: str) -> Client:
    """A browser of this member."""
    return browsing(world[name])


def measured(world: World, plan: Plan, **more: Any) -> Indicator:
    """An objective with an activity and a number that moved."""
    arbreva = world["Arbreva"]
    with arbreva.asks():
        objective = plans.add_objective(arbreva.actor, plan, "Young people stay", now=NOW)
        activity = plans.add_activity(arbreva.actor, objective, title="An evening a week", now=NOW, **more)
        indicator = plans.add_indicator(
            arbreva.actor,
            activity,
            name="Young people in a week",
            baseline=Decimal(11),
            baseline_on=date(2019, 1, 1),
            target=Decimal(40),
            target_on=date(2020, 1, 1),
            now=NOW,
        )
        plans.measure(arbreva.actor, indicator, value=Decimal(34), measured_on=date(2019, 11, 1), now=NOW)
        return Indicator.objects.select_related("activity__objective").get(pk=indicator.pk)


def drafted(world: World) -> Plan:
    """Arbreva's plan."""
    with world["Arbreva"].asks():
        return plans.draft_plan(
            world["Arbreva"].actor,
            city=world.cities["Arbreva"],
            title="A plan for the evenings",
            readers=network(world),
            now=NOW,
        )


@dataclass(frozen=True, kw_only=True)
class Whole:
    """One thread with a record of each noun."""

    need: Need
    match: Match
    exchange: Exchange
    session: Session
    practice: Practice
    takeaway: Takeaway
    plan: Plan
    activity: Activity
    indicator: Indicator
    story: Story


def begun(world: World, exchange: Exchange) -> Story:
    """Arbreva's draft of a story."""
    arbreva = world["Arbreva"]
    with arbreva.asks():
        return stories.begin_story(arbreva.actor, title="What came of it", exchange=exchange, now=NOW)


def whole(world: World, match: Match | None = None) -> Whole:
    """From a need to a released story."""
    match = match or asked(world)
    arbreva = world["Arbreva"]
    practice = published(world)
    exchange = arranged(world)
    with arbreva.asks():
        exchange = exchanges.change_exchange(
            arbreva.actor, exchange, expected=Exchange.objects.get(pk=exchange.pk).version, match=match, now=NOW
        )
    session = with_session(world, exchange, practice=practice)
    takeaway = captured(world, exchange, practice=practice, session=session)
    plan = drafted(world)
    with arbreva.asks():
        version = PracticeVersion.objects.get(practice=practice)
    indicator = measured(
        world, plan, adapted_from=version, changes="A room", promised_in=exchange, takeaways=[takeaway]
    )
    story = begun(world, exchange)
    with arbreva.asks():
        need = Need.objects.get(pk=match.need_id)
        stories.add_passage(arbreva.actor, story, "It is measured.", noun="indicator", record_id=indicator.pk, now=NOW)
        story = stories.release_story(arbreva.actor, story, network(world), now=NOW)
    return Whole(
        need=need,
        match=match,
        exchange=exchange,
        session=session,
        practice=practice,
        takeaway=takeaway,
        plan=plan,
        activity=indicator.activity,
        indicator=indicator,
        story=story,
    )


def text(page: HttpResponse) -> str:
    """The page with its spaces made one."""
    return " ".join(page.content.decode().split())


def queries(browser: Client, path: str) -> int:
    """How many questions PostgreSQL is asked for this page."""
    with CaptureQueriesContext(connection) as made:
        page = browser.get(path)
    assert page.status_code == 200, f"{path} answered {page.status_code}"
    return len(made)


def fresh(exchange: Exchange) -> Exchange:
    """The exchange as the asker reads it now."""
    return Exchange.objects.select_related("audience", "place").get(pk=exchange.pk)


def release(world: World, exchange: Exchange) -> None:
    """Both cities' coordinators say go, and Arbreva releases the programme."""
    for name in ("Arbreva", "Lipovar"):
        with world[name].asks():
            exchanges.check_safety(world[name].actor, fresh(exchange), answers=SAFE, decision="go", now=NOW)
    with world["Arbreva"].asks():
        exchanges.release_programme(world["Arbreva"].actor, fresh(exchange), now=NOW)
