"""Two worlds that differ only in what one may not know look identical, on every page and in every export."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from serai.core.audience import group
from serai.db import clock
from serai.db.acting import VISITOR, acting_as, person
from serai.db.rows import protected_models
from serai.directory import actions as directory
from serai.directory.models import Person
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Exchange, Note, Session, Takeaway
from serai.needs import actions as needs
from serai.stories import actions as stories
from serai.stories import translating
from serai.stories.models import Story
from serai.stories.translating import Text
from sharing.pages import addresses, got, routes
from sharing.stage import arranged, everyone
from threads import with_session
from worlds import NOW, Someone, World, browsing, member, small_world

SECRET = "Zarzevara"
Pages = dict[str, tuple[int, str]]


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands: two worlds are looked at one after the other."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside never was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def sessions(world: World) -> tuple[Exchange, Session, Session]:
    """An exchange with a session under the Chatham House Rule and another one."""
    exchange = arranged(world)
    talk = with_session(world, exchange, title="Among colleagues", kind="practitioners", chatham=True)
    return exchange, talk, with_session(world, exchange, title="Walk")


def same(personas: list[Someone | None], worlds: list[Callable[[], None]], wanted: list[str]) -> list[Pages]:
    """Asserts that these worlds look the same to each of these people, and returns what they see in the last one."""
    browsers = [browsing(someone) for someone in personas]
    for browser in browsers:
        browser.get("/home/")
    seen: list[list[Pages]] = []
    for make in worlds:
        with undone():
            make()
            seen.append([got(browser, wanted) for browser in browsers])
    for persona, *pages in zip(personas, *seen, strict=True):
        for address in wanted:
            first, *others = (page[address] for page in pages)
            for other in others:
                assert other[0] == first[0], (persona, address)
                lines = zip(first[1].splitlines(), other[1].splitlines(), strict=False)
                assert not [pair for pair in lines if pair[0] != pair[1]][:3], (persona, address)
                assert other == first, (persona, address)
    return seen[-1]


def answered(pages: list[Pages]) -> int:
    """How many pages there were to compare."""
    return sum(status == 200 for page in pages for status, _body in page.values())


def test_the_addresses_reach_every_kind_of_page(world: World) -> None:
    sessions(world)
    wanted = addresses(everyone(world), [-1])
    for route in routes():
        if "<" not in route:
            assert f"/{route}" in wanted
    for start in ("/sessions/", "/exchanges/", "/why/session/", "/thread/exchange/", "/my-data/export/", "/cities/-1/"):
        assert any(address.startswith(start) for address in wanted), start


def test_nobody_sees_who_wrote_a_chatham_house_note(world: World) -> None:
    _exchange, talk, _walk = sessions(world)
    id, trail = uuid.UUID(int=7, version=4), uuid.UUID(int=8, version=4)
    authors = [world["Lipovar"], world["Lipovar NGO"]]

    def written_by(author: Someone) -> Callable[[], None]:
        def make() -> None:
            with author.asks(), patch("serai.audit.actions.uuid.uuid4", side_effect=[id, trail]):
                exchanges.write_note(author.actor, talk, "The first evening failed.", now=NOW)

        return make

    colleague = member(authors[0].actor, authors[0].organisation, name="Colleague", network=world.network)
    with undone():
        written_by(authors[0])()
        wanted = addresses(everyone(world), [-1], always=[talk.pk])
        assert f"/why/note/{id}/" in wanted
        with world["Arbreva"].asks():
            assert Note.objects.exists()
    others = [world["Arbreva"], world["Arbreva NGO"], colleague, world.secretariat, None]
    pages = same(others, [written_by(author) for author in authors], wanted)
    assert answered(pages) > 150
    assert "The first evening failed." in str(pages[0])
    assert "The first evening failed." not in str(pages[-1])


def test_nobody_sees_who_wrote_it_by_raw_queries_either(world: World) -> None:
    _exchange, talk, _walk = sessions(world)
    author = world["Lipovar"]
    with author.asks():
        note = exchanges.write_note(author.actor, talk, "The first evening failed.", now=NOW)
    for someone in everyone(world):
        for also in (None, author.person.pk):
            if someone == author:
                continue
            with acting_as(person(someone.person.pk, also=also)), connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM serai_noteauthor")
                assert cursor.fetchone()[0] == 0
                cursor.execute("SELECT %s = ANY (serai_named_to(%s))", [note.pk, author.person.pk])
                assert cursor.fetchone()[0] is False


def test_what_is_kept_for_oneself_changes_nothing_for_anybody_else(world: World) -> None:
    """A RED record and a personal note: a colleague, the chair of the team, the secretariat, the administrator."""
    exchange, _talk, walk = sessions(world)
    author = world["Arbreva NGO"]
    colleague = member(author.actor, author.organisation, name="Colleague", network=world.network)
    chair = world["Arbreva"]
    with chair.asks():
        team = directory.add_team(
            chair.actor,
            name="Team of Arbreva",
            city=world.cities["Arbreva"],
            readers=[group("network", world.network.id)],
            now=NOW,
        )
        directory.seat(chair.actor, team, chair.person, sector="municipal_admin", chairs=True, now=NOW)
        directory.seat(chair.actor, team, author.person, sector="civil_society", now=NOW)

    def kept() -> None:
        with author.asks():
            exchanges.write_note(author.actor, walk, f"About {SECRET}", now=NOW)
            exchanges.capture_takeaway(author.actor, exchange, f"Of {SECRET}", city=world.cities["Arbreva"], now=NOW)
            needs.state_need(
                author.actor,
                city=world.cities["Arbreva"],
                question=f"What about {SECRET}?",
                theme="women",
                readers=[group("person", author.person.pk)],
                now=NOW,
            )

    def nothing() -> None:
        pass

    office = Someone(person=_card(world), organisation=world.secretariat.organisation, actor=world.administrator)
    others: list[Someone | None] = [colleague, chair, world.secretariat, office]
    with undone():
        kept()
        wanted = addresses([author], [-1], always=[walk.pk])
        ids = _ids_of(author)
        for someone in [*others, None]:
            with someone.asks() if someone else acting_as(VISITOR):
                _blind(ids)
        assert SECRET in str(got(browsing(author), ["/my-data/export/", f"/takeaways/{ids[1]}/"]))
    pages = same(others, [nothing, kept], wanted)
    assert answered(pages) > 100
    assert SECRET not in str(pages)


def test_a_passage_that_waits_leaves_no_trace_in_another_language(world: World) -> None:
    """Whether the passage that waits for a yes was put into another language, and into which words."""
    exchange, arbreva = arranged(world), world["Arbreva"]
    with arbreva.asks():
        story = stories.begin_story(
            arbreva.actor,
            title="It",
            exchange=exchange,
            now=NOW,
        )
        here = [world["Lipovar"].organisation]
        waits = stories.add_passage(
            arbreva.actor, story, "Lipovar did it.", in_kind="A city.", organisations=here, now=NOW
        )
        stories.release_story(arbreva.actor, story, ["everyone"], now=NOW)

    def told(words: str) -> Callable[[], None]:
        def make() -> None:
            with arbreva.asks():
                found = Story.objects.select_related("audience").get(pk=story.pk)
                texts = {p.pk: Text(text="Eine Stadt.", of_wording=1) for p in found.passages.all() if p.stands_in}
                texts[waits.pk] = Text(text=words, of_wording=1)
                given = {"title": "Das", "byline": "", "texts": texts, "expected": 0, "now": NOW}
                translating.translate_story(arbreva.actor, found, "de", **given)

        return make

    home, thread, page = "/home/", f"/thread/story/{story.pk}/", f"/stories/{story.pk}/"
    wanted = [page, f"{page}?in=de", f"{page}?in=en", "/stories/", thread, home, "/my-data/export/"]
    others = [world["Valdora"], world["Arbreva NGO"], world.secretariat, None]
    pages = same(others, [told(""), told(f"{SECRET} war es.")], wanted)
    assert all("Eine Stadt." in seen[page][1] for seen in pages)
    assert SECRET not in str(pages)


def _card(world: World) -> Person:
    with acting_as(person(world.administrator.person)):
        return Person.objects.get(pk=world.administrator.person)


def _ids_of(author: Someone) -> list[uuid.UUID]:
    with author.asks():
        return [*Note.objects.values_list("pk", flat=True), *Takeaway.objects.values_list("pk", flat=True)]


def _blind(ids: list[uuid.UUID]) -> None:
    """Raw queries of the web role, counts and sums over every table find none of these rows."""
    assert len(ids) == 2
    with connection.cursor() as cursor:
        for model in protected_models():
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table} WHERE id = ANY (%s)", [ids])
            assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT count(*) FROM serai_auditentry WHERE record_id = ANY (%s)", [ids])
        assert cursor.fetchone()[0] == 0
