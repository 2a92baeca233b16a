"""A change of a released session that waits is taken back by whoever it comes from; the session stays as it was."""

from __future__ import annotations

import pytest

from exchanges.waits import PLANNING, change, drop, reading_by_query, released, seeing
from serai.accounts.demo import outbox_mails
from serai.audit.actions import ChangedMeanwhile, NotYours
from serai.audit.models import AuditEntry
from serai.core.lifecycle import NotAllowedNow
from serai.exchanges import actions
from serai.exchanges.differences import unreleased
from serai.exchanges.models import Session
from sharing.stage import arranged, everyone
from threads import browsing_as, fresh, network, release, text, with_session
from worlds import NOW, World, browsing, small_world

QUESTION, BUTTON = "See what changes, then take it back.", "Take this change back"


@pytest.fixture
def world() -> World:
    found = small_world()
    for someone in everyone(found):
        browsing(someone)
    return found


def take_back(world: World, name: str, session: Session, expected: int) -> Session:
    with world[name].asks():
        return actions.take_back(world[name].actor, session, expected=expected, now=NOW)


def versions(world: World, session: Session) -> set[int]:
    with world["Arbreva"].asks():
        return set(Session.objects.filter(replaces=session.pk).values_list("version", flat=True))


def test_what_is_taken_back_is_read_by_its_source_alone_and_never_released(world: World) -> None:
    exchange, session = released(world)
    waits = change(world, session, session.version, where="The library")
    assert reading_by_query(world, "The library") == PLANNING
    take_back(world, "Arbreva", session, waits.version)
    assert reading_by_query(world, "The library") == {"Arbreva"}
    path = f"/exchanges/{exchange.pk}/programme/"
    assert not seeing(world, path, "The library") | seeing(world, path, "not released yet")
    before = {mail.id for mail in outbox_mails()}
    release(world, exchange)
    assert {mail.id for mail in outbox_mails()} == before, "nothing changed for anyone"
    with world["Arbreva"].asks():
        assert Session.objects.get(pk=session.pk).where == "The kiln"
    entries = []
    for someone in everyone(world):
        with someone.asks():
            entries += AuditEntry.objects.filter(verb="take_back").values_list("record_id", "actor_id")
    assert entries == [(waits.pk, world["Arbreva"].person.pk)], "the trail tells its source alone"


def test_nobody_else_takes_it_back_and_nothing_is_taken_back_unseen(world: World) -> None:
    _exchange, session = released(world)
    waits = change(world, session, session.version, where="The library")
    for name in ("Lipovar", "Arbreva NGO"):
        with pytest.raises(NotYours):
            take_back(world, name, session, waits.version)
        browser = browsing_as(world, name)
        for answer in (
            browser.get(f"/sessions/{session.pk}/take-back/"),
            browser.post(f"/sessions/{session.pk}/take-back/"),
        ):
            assert answer.status_code == 404
        assert BUTTON not in text(browser.get(f"/sessions/{session.pk}/"))
    with pytest.raises(ChangedMeanwhile):
        take_back(world, "Arbreva", session, session.version)
    assert reading_by_query(world, "The library") == PLANNING
    take_back(world, "Arbreva", session, waits.version)
    with pytest.raises(NotAllowedNow):
        take_back(world, "Arbreva", session, waits.version)


def test_no_version_of_a_change_comes_twice(world: World) -> None:
    _exchange, session = released(world)
    seen: set[int] = {session.version}
    for where in ("The library", "The town hall", "The harbour"):
        waits = change(world, session, session.version, where=where)
        assert waits.version not in seen
        take_back(world, "Arbreva", session, waits.version)
        for version in seen - {session.version} | {waits.version}:
            with pytest.raises(ChangedMeanwhile):
                change(world, session, version, where="Nowhere")
        seen |= versions(world, session) | {waits.version}


def test_its_page_shows_what_is_taken_back_and_pressed_twice_it_is_as_it_was_wanted(world: World) -> None:
    exchange, session = released(world)
    browser, path = browsing_as(world, "Arbreva"), f"/sessions/{session.pk}/take-back/"
    assert BUTTON not in text(browser.get(f"/sessions/{session.pk}/"))
    assert "Nothing waits for the release here." in text(browser.get(path))
    waits = change(world, session, session.version, where="The library")
    for leads in (f"/sessions/{session.pk}/", f"/sessions/{session.pk}/change/"):
        assert path in text(browser.get(leads))
    page = text(browser.get(path))
    assert QUESTION in page
    assert "<bdi>The kiln</bdi></del>" in page
    assert "<bdi>The library</bdi></ins>" in page
    later = change(world, session, waits.version, where="The harbour")
    again = text(browser.post(path, {"version": waits.version}, follow=True))
    assert QUESTION in again
    assert "Someone else changed this session meanwhile." in again
    assert "<bdi>The harbour</bdi></ins>" in again
    for _ in range(2):
        assert browser.post(path, {"version": later.version})["Location"] == f"/sessions/{session.pk}/"
    assert "The kiln" in text(browser.get(f"/sessions/{session.pk}/"))
    with world["Arbreva"].asks():
        assert unreleased(fresh(exchange)) == []


def test_what_is_taken_out_stays_when_that_is_taken_back(world: World) -> None:
    exchange, session = released(world)
    browser, out = browsing_as(world, "Arbreva"), "Take it out of the programme"
    assert out in text(browser.get(f"/sessions/{session.pk}/change/"))
    waits = drop(world, session)
    assert out not in text(browser.get(f"/sessions/{session.pk}/change/")), "it is"
    assert "Zarzevara" in text(browser.get(f"/sessions/{session.pk}/take-back/"))
    take_back(world, "Arbreva", session, waits.version)
    release(world, exchange)
    assert "Zarzevara" in text(browsing_as(world, "Lipovar NGO").get(f"/exchanges/{exchange.pk}/programme/"))


def test_a_draft_that_was_never_released_is_taken_out_at_once(world: World) -> None:
    exchange = arranged(world)
    draft = with_session(world, exchange, title="Zarzevara", readers=None)
    browser = browsing_as(world, "Arbreva")
    assert "Take it out of the programme" in text(browser.get(f"/sessions/{draft.pk}/change/"))
    assert browser.post(f"/sessions/{draft.pk}/drop/").status_code == 302
    assert not seeing(world, f"/exchanges/{exchange.pk}/programme/", "Zarzevara")
    with world["Arbreva"].asks():
        assert unreleased(fresh(exchange)) == []


@pytest.mark.parametrize(("what", "mailed"), [("chatham", True), ("beside", False)])
def test_every_change_that_waits_can_be_released_and_who_goes_by_it_is_told(
    world: World, what: str, mailed: bool
) -> None:
    exchange, session = released(world, readers=network(world))
    change(world, session, session.version, **{what: True})
    browser = browsing_as(world, "Arbreva")
    page = text(browser.get(f"/exchanges/{exchange.pk}/release/"))
    assert ("Nobody is told by mail." not in page) == mailed
    assert '<button class="btn" type="submit">Release the programme</button>' in page
    before = {mail.id for mail in outbox_mails()}
    release(world, exchange)
    assert ({mail.id for mail in outbox_mails()} != before) == mailed
    with world["Lipovar NGO"].asks():
        assert getattr(Session.objects.get(pk=session.pk), what)
