"""What holds a reported record's words is hidden and shown with it; and what a purge leaves to others is named."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from serai.exchanges import actions as exchanges
from serai.practices import actions as practices
from serai.practices import translating
from serai.practices.models import Practice, PracticeVersion
from serai.sharing.actions import purge_record, release_record
from serai.stories import actions as stories
from serai.stories.models import Passage
from sharing.stage import arranged, text
from sharing.test_reporting import contact, list_of_erasures, reported
from threads import begun, browsing_as, captured, content, published, whole
from worlds import NOW, Someone, World, browsing, small_world

__all__ = ["contact", "list_of_erasures"]


@pytest.fixture
def world() -> World:
    return small_world()


def words(someone: Someone) -> dict[str, set[str]]:
    """The words of practices, their translations and passages that stand open to somebody, asked of the tables."""
    told = {
        "serai_practiceversion": "summary",
        "serai_practicetranslation": "summary",
        "serai_passage": "text",
    }
    found = {}
    with someone.asks(), connection.cursor() as cursor:
        for table, column in told.items():
            cursor.execute(f"SELECT {column} FROM {table}")
            found[table.removeprefix("serai_")] = {row[0] for row in cursor.fetchall()}
    return found


def told_of(world: World) -> tuple[Any, Any]:
    """Lipovar's practice in two versions and in German, and a passage of a released story that tells of it."""
    practice, lipovar, arbreva = published(world), world["Lipovar"], world["Arbreva"]
    with lipovar.asks():
        first = PracticeVersion.objects.select_related("audience").get()
        german = {"title": "Abende", "summary": "Ein Raum", "description": "Sie schliessen auf."}
        translating.translate_practice(lipovar.actor, first, "de", german, now=NOW)
        practices.mend_practice(
            lipovar.actor, practice, content(summary="Two keys"), what_changed="A key", expected=1, now=NOW
        )
    story = begun(world, arranged(world))
    with arbreva.asks():
        stories.add_passage(arbreva.actor, story, "It rained.", now=NOW)
        stories.add_passage(arbreva.actor, story, "They saw evenings.", noun="practice", record_id=practice.pk, now=NOW)
        stories.release_story(arbreva.actor, story, list(practice.audience.groups), now=NOW)
    return practice, first


ALL = {
    "practiceversion": {"A room with keys", "Two keys"},
    "practicetranslation": {"Ein Raum"},
    "passage": {"It rained.", "They saw evenings."},
}
HIDDEN = {"practiceversion": set(), "practicetranslation": set(), "passage": {"It rained."}}


def test_a_reported_practice_takes_its_versions_and_what_was_told_of_it_along(world: World, contact: Someone) -> None:
    practice, _first = told_of(world)
    valdora, lipovar = world["Valdora"], world["Lipovar"]
    assert words(valdora) == ALL
    report = reported(world, practice, "Arbreva")
    assert words(valdora) == HIDDEN
    assert words(lipovar) == ALL | {"passage": {"It rained."}}, "the source keeps its own; the passage is another's"
    page = text(browsing(contact).get(f"/reports/{report.id}/"))
    assert "A room with keys" in page
    assert "Two keys" in page
    with lipovar.asks():
        now = Practice.objects.get(pk=practice.pk)
        practices.mend_practice(
            lipovar.actor, now, content(summary="Three keys"), what_changed="A key", expected=2, now=NOW
        )
    assert words(valdora) == HIDDEN, "what is written meanwhile is hidden too"
    with contact.asks():
        release_record(contact.actor, report, now=NOW)
    assert words(valdora) == ALL | {"practiceversion": {*ALL["practiceversion"], "Three keys"}}


def test_what_was_reported_on_its_own_stays_hidden(world: World, contact: Someone) -> None:
    practice, first = told_of(world)
    with world["Arbreva"].asks():
        passage = Passage.objects.get(record_id=practice.pk)
    own = [reported(world, first, "Arbreva"), reported(world, passage)]
    whole = reported(world, practice, "Arbreva")
    with contact.asks():
        release_record(contact.actor, whole, now=NOW)
    left = {"practiceversion": {"Two keys"}, "practicetranslation": set(), "passage": {"It rained."}}
    assert words(world["Valdora"]) == left
    for report in own:
        with contact.asks():
            release_record(contact.actor, report, now=NOW)
    assert words(world["Valdora"]) == ALL


def test_after_a_purge_what_is_left_is_empty_and_stands_open_again(world: World, contact: Someone) -> None:
    practice, _first = told_of(world)
    report = reported(world, practice, "Arbreva")
    with contact.asks():
        purge_record(contact.actor, report, why="It named someone.", now=NOW)
    assert words(world["Valdora"])["passage"] == {"It rained.", "–"}
    assert browsing_as(world, "Valdora").get(f"/library/{practice.pk}/").status_code == 200


def test_a_purge_leads_to_the_promises_that_may_repeat_it(world: World, contact: Someone) -> None:
    exchange, arbreva, lipovar = arranged(world), world["Arbreva"], world["Lipovar"]
    takeaway = captured(world, exchange, "Give Petra the keys")
    own = {"owner_role": "Youth worker", "due_on": None, "takeaway": takeaway, "now": NOW}
    for someone, readers, said in ((arbreva, None, "Give Petra the keys"), (lipovar, ["own"], "Petra gets them")):
        only = [f"organisation:{someone.organisation.id}"] if readers else None
        with someone.asks():
            exchanges.promise(
                someone.actor, exchange, text=said, organisation=someone.organisation, readers=only, **own
            )
    report = reported(world, takeaway)
    page = text(browsing(contact).get(f"/reports/{report.id}/"))
    assert "may hold the same words" in page
    assert f'<a href="/exchanges/{exchange.id}/promises/" dir="auto">Give Petra the keys</a>' in page
    assert "Petra gets them" not in page, "what the contact may not read is not told"
    look = "The idea it was made from had to be destroyed."
    assert look not in text(browsing(lipovar).get(f"/exchanges/{exchange.id}/promises/"))
    with contact.asks():
        purge_record(contact.actor, report, why="It named someone.", now=NOW)
    for someone, count in ((arbreva, 1), (lipovar, 1), (world["Valdora"], 0)):
        assert text(browsing(someone).get(f"/exchanges/{exchange.id}/promises/")).count(look) == count


def test_what_grew_from_a_reported_practice_is_still_read(world: World, contact: Someone) -> None:
    found = whole(world)
    reported(world, found.practice, "Arbreva")
    for name in ("Arbreva", "Lipovar", "Valdora"):
        browser = browsing_as(world, name)
        for address in (
            f"/activities/{found.activity.pk}/",
            f"/plans/{found.plan.pk}/",
            f"/stories/{found.story.pk}/",
            f"/takeaways/{found.takeaway.pk}/",
            f"/sessions/{found.session.pk}/",
            f"/exchanges/{found.exchange.pk}/",
            f"/thread/exchange/{found.exchange.pk}/",
            "/library/",
            "/stories/",
            "/",
        ):
            assert browser.get(address).status_code == 200, (name, address)
