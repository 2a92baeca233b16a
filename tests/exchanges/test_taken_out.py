"""A session that was taken out of the programme says so where it still can be read, and is changed no more."""

from __future__ import annotations

import pytest

from exchanges.waits import PLANNING, drop, released, seeing
from serai.core.lifecycle import NotAllowedNow
from serai.exchanges import actions
from serai.exchanges.models import Exchange, Session
from sharing.stage import arranged, everyone
from threads import browsing_as, release, text, with_session
from worlds import NOW, World, browsing, small_world

OUT = "This session was taken out of the programme."
ANEW = "This session was taken out of the programme meanwhile."


@pytest.fixture
def world() -> World:
    found = small_world()
    for someone in everyone(found):
        browsing(someone)
    return found


def drafted(world: World) -> tuple[Exchange, Session]:
    exchange = arranged(world)
    return exchange, with_session(world, exchange, title="Zarzevara", readers=None)


def form_of(session: Session, **more: object) -> dict[str, object]:
    """What an editor sends who saw this version of it."""
    return {"title": session.title, "kind": session.kind, "version": session.version} | more


def test_a_draft_that_was_taken_out_says_so_to_those_who_planned_it(world: World) -> None:
    exchange, session = drafted(world)
    path = f"/sessions/{session.pk}/"
    assert seeing(world, path, OUT) == set()
    drop(world, session)
    assert seeing(world, path, OUT) == seeing(world, path, f'href="/exchanges/{exchange.pk}/programme/"') == PLANNING
    for words in ("Move to…", "Keep a note", "Take this change back"):
        assert not seeing(world, path, words), words


def test_a_released_session_says_so_once_the_release_without_it_is_out(world: World) -> None:
    exchange, session = released(world)
    path = f"/sessions/{session.pk}/"
    before = seeing(world, path, "Zarzevara")
    drop(world, session)
    assert seeing(world, path, OUT) == set()
    assert seeing(world, path, "Taken out, not released yet") == PLANNING
    with_session(world, exchange, title="Instead", readers=None)
    release(world, exchange)
    assert seeing(world, path, OUT) == before


def test_what_was_taken_out_is_not_changed_any_more(world: World) -> None:
    _exchange, session = drafted(world)
    drop(world, session)
    with world["Arbreva"].asks():
        now = Session.objects.get(pk=session.pk)
        for change in (
            lambda: actions.change_session(
                world["Arbreva"].actor, session, expected=now.version, where="Hall", now=NOW
            ),
            lambda: actions.drop_session(world["Arbreva"].actor, session, now=NOW),
        ):
            with pytest.raises(NotAllowedNow):
                change()
        assert Session.objects.get(pk=session.pk).version == now.version
    browser = browsing_as(world, "Arbreva")
    for answer in (browser.get(f"/sessions/{session.pk}/change/"), browser.post(f"/sessions/{session.pk}/drop/")):
        assert answer.status_code == 302
        assert answer["Location"] == f"/sessions/{session.pk}/"


def test_whoever_changed_it_meanwhile_keeps_every_word_and_may_add_it_anew(world: World) -> None:
    exchange, session = drafted(world)
    drop(world, session)
    browser = browsing_as(world, "Arbreva")
    sent = form_of(session, where="The kiln", title="Zarzevara by night")
    answer = browser.post(f"/sessions/{session.pk}/change/", sent)
    anew = f"/exchanges/{exchange.pk}/sessions/new/"
    assert answer.status_code == 409
    assert ANEW in text(answer)
    assert f'action="{anew}"' in text(answer)
    assert 'value="The kiln"' in text(answer)
    assert browser.post(anew, sent)["Location"] == f"/exchanges/{exchange.pk}/programme/"
    with world["Arbreva"].asks():
        assert [(s.title, s.where) for s in Session.objects.filter(exchange=exchange, position__gt=0)] == [
            ("Zarzevara by night", "The kiln")
        ]
        assert Session.objects.get(pk=session.pk).title == "Zarzevara"
