"""No list and no page asks PostgreSQL more often because more stands on it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from serai.core.audience import group
from serai.directory.models import Network
from serai.exchanges import actions as exchanges
from serai.exchanges.pictures import Drawn, Picture
from serai.needs import actions as needs
from serai.plans import actions as plans
from serai.practices import actions as practices
from serai.sharing.actions import report_record
from serai.stories import actions as stories
from serai.stories.models import Story
from threads import (
    Whole,
    asked,
    browsing_as,
    captured,
    content,
    measured,
    published,
    queries,
    text,
    whole,
    with_session,
)
from worlds import NOW, World, browsing, small_world

PICTURE = Picture(**dict.fromkeys(("whole", "small"), Drawn(data=b"x", width=1, height=1)))


def addresses(it: Whole) -> list[str]:
    """Every list and every record's page of the thread."""
    nouns = ("need", "match", "exchange", "practice", "takeaway", "activity", "indicator", "story")
    exchange = f"/exchanges/{it.exchange.pk}/"
    return [
        "/",
        "/home/",
        "/needs/",
        f"/needs/{it.need.pk}/",
        f"/matches/{it.match.pk}/",
        "/exchanges/",
        exchange,
        *(
            exchange + part
            for part in ("programme/", "takeaways/", "promises/", "capture/", "safety/", "release/", "stories/new/")
        ),
        f"/sessions/{it.session.pk}/",
        f"/takeaways/{it.takeaway.pk}/",
        "/library/",
        f"/library/{it.practice.pk}/",
        f"/library/{it.practice.pk}/versions/",
        "/plans/",
        f"/plans/{it.plan.pk}/",
        f"/objectives/{it.activity.objective_id}/activities/new/",
        f"/activities/{it.activity.pk}/",
        f"/indicators/{it.indicator.pk}/",
        "/stories/",
        f"/stories/{it.story.pk}/",
        "/cities/-1/",
        *(f"/needs/{it.need.pk}/partners/", f"{exchange}goals/", f"{exchange}invite/", f"{exchange}sessions/new/"),
        *("/my-data/", "/my-data/export/", "/register/", "/see-as/?look_up=Coordinator", "/account/", "/demo/outbox/"),
        *(f"/{page}/exchange/{it.exchange.pk}/" for page in ("why", "readers")),
        *(f"/thread/{noun}/{getattr(it, noun).pk}/" for noun in nouns),
    ]


def one_more(world: World, it: Whole, number: int) -> None:
    """One more of everything, where it hangs on the thread and beside it."""
    arbreva, lipovar = world["Arbreva"], world["Lipovar"]
    practice = published(world, title=f"Practice {number}")
    with lipovar.asks():
        practices.mend_practice(
            lipovar.actor,
            type(it.practice).objects.get(pk=it.practice.pk),
            content(summary=f"A room with {number} keys"),
            what_changed="The keys",
            expected=number,
            now=NOW,
        )
        version = practices.latest_version(practice)
    site = with_session(world, it.exchange, title=f"Session {number}", practice=practice)
    takeaway = captured(world, it.exchange, f"Idea {number}", practice=it.practice, session=it.session)
    other = captured(world, it.exchange, f"Other idea {number}", session=site)
    with arbreva.asks():
        for pictured in (takeaway, other):
            exchanges.add_photo(arbreva.actor, pictured, PICTURE, people="nobody", now=NOW)
    further = measured(world, it.plan, adapted_from=version, promised_in=it.exchange, takeaways=[takeaway])
    with arbreva.asks():
        exchanges.promise(
            arbreva.actor,
            it.exchange,
            text=f"Promise {number}",
            organisation=arbreva.organisation,
            owner_role="Youth worker",
            due_on=date(2020, 1, 1),
            takeaway=it.takeaway,
            now=NOW,
        )
        exchanges.add_goal(arbreva.actor, it.exchange, f"Goal {number}", now=NOW)
        plans.measure(arbreva.actor, it.indicator, value=Decimal(number), measured_on=date(2019, 11, number), now=NOW)
        activity = plans.add_activity(
            arbreva.actor,
            it.activity.objective,
            title=f"Activity {number}",
            takeaways=[it.takeaway],
            adapted_from=version,
            now=NOW,
        )
        plans.add_indicator(arbreva.actor, it.activity, name=f"Number {number}", now=NOW)
        for record in (activity, further):
            noun = type(record).__name__.lower()
            stories.add_passage(
                arbreva.actor,
                Story.objects.select_related("audience").get(pk=it.story.pk),
                f"Passage {number}",
                noun=noun,
                record_id=record.pk,
                organisations=[lipovar.organisation],
                in_kind="A city",
                now=NOW,
            )
        needs.state_need(
            arbreva.actor,
            city=world.cities["Arbreva"],
            question=f"Need {number}?",
            theme="youth_engagement",
            target_groups=["young_people"],
            urgency="now",
            readers=[group("network", world.network.id)],
            now=NOW,
        )
    whole(world, asked(world, f"Question {number}?"))


def test_the_number_of_queries_does_not_grow_with_what_was_reported() -> None:
    world = small_world()
    contact = world["Valdora"]
    with world.secretariat.asks():
        Network.objects.filter(pk=world.network.id).update(data_protection_id=contact.person.pk)

    def report(number: int) -> None:
        need = asked(world, f"Question {number}?").need
        with world["Lipovar"].asks():
            report_record(world["Lipovar"].actor, need, reason="It names a street", now=NOW)

    report(1)
    readers = [browsing(contact), browsing_as(world, "Lipovar")]
    for browser in readers:
        browser.get("/reports/")
    few = [queries(browser, "/reports/") for browser in readers]
    report(2)
    report(3)
    assert [queries(browser, "/reports/") for browser in readers] == few
    assert text(readers[0].get("/reports/")).count("/reports/0") >= 3


def test_the_number_of_queries_does_not_grow_with_what_is_shown() -> None:
    world = small_world()
    it = whole(world)
    one_more(world, it, 1)
    arbreva, office = browsing_as(world, "Arbreva"), browsing(world.secretariat)

    def counted() -> dict[str, int]:
        found = {path: queries(arbreva, path) for path in addresses(it)}
        return found | {"home of the secretariat": queries(office, "/home/")}

    counted()
    few = counted()
    for number in (2, 3):
        one_more(world, it, number)
    many = counted()
    assert {path: (few[path], n) for path, n in many.items() if n > few[path]} == {}
