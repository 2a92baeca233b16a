"""Where something sensitive is typed stands who reads it, and until when; a session is moved without dragging."""

from __future__ import annotations

import re

import pytest

from serai.exchanges.models import Party, Session
from sharing.stage import arranged
from threads import browsing_as, text, with_session
from worlds import World, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def test_beside_what_is_sensitive_stands_who_reads_it_and_until_when(world: World) -> None:
    exchange = arranged(world)
    talk, visit = with_session(world, exchange, chatham=True), with_session(world, exchange)
    with world["Arbreva"].asks():
        party = Party.objects.get(exchange=exchange, city=world.cities["Arbreva"])
    organisation = world["Arbreva"].organisation.pk
    told = {
        f"/sessions/{visit.pk}/notes/new/": ("Only you can read it until you share it.", "90 days after"),
        f"/sessions/{talk.pk}/notes/new/": ("Everyone of the exchange can read it.", "24 months after"),
        f"/parties/{party.pk}/delegates/": ("Whoever you name reads", "12 months after"),
        f"/exchanges/{exchange.pk}/capture/": ("Only you can read it", "until you share it"),
        f"/organisations/{organisation}/invite/": ("read what its members read", "30 days after"),
        f"/report/session/{visit.pk}/": ("The data-protection contact reads it", "and decides"),
    }
    browser = browsing_as(world, "Arbreva")
    for path, (who, until) in told.items():
        answer = browser.get(path)
        assert answer.status_code == 200, path
        before, form, _after = text(answer).partition('<form class="form"')
        assert form, path
        assert who in before, path
        assert until in before, path


def test_a_session_is_moved_to_another_day_hour_and_place_by_a_plain_form(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange)
    browser, path = browsing_as(world, "Arbreva"), f"/sessions/{session.pk}/"
    assert f'<a href="{path}change/">Move to…</a>' in text(browser.get(path))
    form = browser.get(f"{path}change/").content.decode()
    values = dict(re.findall(r'<input[^>]* name="(title|version|starts_at|ends_at)"[^>]* value="([^"]*)"', form))
    assert {"title", "starts_at", "ends_at"} <= set(values)
    moved = {"starts_at": "2019-11-27T14:30", "ends_at": "2019-11-27T15:30", "where": "The library"}
    kind = {"kind": session.kind, "version": str(session.version), "title": "A visit"}
    assert browser.post(f"{path}change/", kind | moved).status_code == 302
    with world["Arbreva"].asks():
        assert f"{Session.objects.get(pk=session.pk).starts_at:%d %H:%M}" == "27 13:30", "an hour before Lipovar's"
    days = text(browser.get(f"/exchanges/{exchange.pk}/programme/"))
    assert re.search(r'<h2>Wed 27 Nov 2019</h2> ?<ol class="hours"', days), "a list in order under its day"
    assert path in days
    assert "Move to…" not in text(browsing_as(world, "Lipovar").get(path))
