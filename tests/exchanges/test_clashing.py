"""The organiser is warned of clashes and repairs each with one tap, or leaves it: nothing of it blocks."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest

from serai.core.audience import group
from serai.exchanges import actions
from serai.exchanges.models import Exchange, Session
from serai.exchanges.public_holidays import holidays_on
from sharing.stage import arranged
from threads import SAFE, browsing_as, queries, text, with_session
from worlds import NOW, World, browsing, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def at(hour: int, minute: int = 0, day: int = 26) -> datetime:
    """An hour in Lipovar, an hour before UTC."""
    return datetime(2019, 11, day, hour - 1, minute, tzinfo=UTC)


def programme(exchange: Exchange) -> str:
    return f"/exchanges/{exchange.pk}/programme/"


def repairs(page: str) -> list[tuple[str, str, dict[str, str]]]:
    """Each repair on the page: its words, where it is posted, and its fields."""
    found = []
    section = page[page.index("clashing") :]
    for form in re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', section, re.S):
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[1]))
        fields.pop("csrfmiddlewaretoken", None)
        words = re.sub(r"<[^>]+>", "", form[1]).strip()
        found.append((unescape(words), form[0], {name: unescape(value) for name, value in fields.items()}))
    return [each for each in found if "/change/" in each[1]]


def overlapping(world: World) -> tuple[Exchange, Session, Session]:
    """Two sessions in one hall, the second from the middle of the first."""
    exchange = arranged(world)
    first = with_session(world, exchange, title="Debate", starts_at=at(10), ends_at=at(12), where="Town hall")
    second = with_session(
        world, exchange, title="Tea & keys", starts_at=at(11), ends_at=at(11, 45), where="TOWN hall", chatham=True
    )
    return exchange, first, second


def test_a_clash_is_listed_and_one_tap_repairs_it(world: World) -> None:
    exchange, first, second = overlapping(world)
    browser = browsing_as(world, "Arbreva")
    page = text(browser.get(programme(exchange)))
    assert "One thing to look at" in page
    assert "Two sessions are in the same place at once." in page
    ((words, action, fields),) = repairs(page)
    assert words == "Move “Tea & keys” to 12:00"
    assert browser.post(action, fields).status_code == 302
    with world["Arbreva"].asks():
        moved = Session.objects.get(pk=second.pk)
        assert (moved.starts_at, moved.ends_at) == (at(12), at(12, 45))
        assert (moved.title, moved.where, moved.chatham) == ("Tea & keys", "TOWN hall", True)
        assert Session.objects.get(pk=first.pk).version == 1
    assert "to look at" not in text(browser.get(programme(exchange)))


def test_a_repair_of_what_changed_meanwhile_shows_both_versions(world: World) -> None:
    exchange, _first, second = overlapping(world)
    browser = browsing_as(world, "Arbreva")
    ((_words, action, fields),) = repairs(text(browser.get(programme(exchange))))
    with world["Arbreva"].asks():
        actions.change_session(world["Arbreva"].actor, second, expected=1, title="Tea", now=NOW)
    answer = browser.post(action, fields)
    assert answer.status_code == 409
    assert "Someone else changed this session" in text(answer)
    with world["Arbreva"].asks():
        assert Session.objects.get(pk=second.pk).starts_at == at(11)


def test_nobody_but_the_organiser_is_warned_or_asked_more_of(world: World) -> None:
    exchange = arranged(world)
    others = [browsing_as(world, "Lipovar"), browsing_as(world, "Arbreva NGO"), browsing()]
    readers = [b for b in others if b.get(programme(exchange)).status_code == 200]
    assert len(readers) == 2
    with_session(world, exchange, starts_at=at(9), ends_at=at(10))
    before = [queries(browser, programme(exchange)) for browser in readers]
    for _ in range(3):
        with_session(world, exchange, starts_at=at(9), ends_at=at(10))
    assert [queries(browser, programme(exchange)) for browser in readers] == before
    for browser in readers:
        assert "to look at" not in text(browser.get(programme(exchange)))
    organiser = browsing_as(world, "Arbreva")
    asked = queries(organiser, programme(exchange))
    assert "3 things to look at" in text(organiser.get(programme(exchange)))
    with_session(world, exchange, starts_at=at(9), ends_at=at(10))
    assert queries(organiser, programme(exchange)) == asked


def test_of_many_the_first_are_shown_and_a_page_has_them_all_with_their_repairs(world: World) -> None:
    exchange = arranged(world)
    for number in range(47):
        with_session(world, exchange, title=f"Talk {number:02}", starts_at=at(9), ends_at=at(9, 30))
    organiser = browsing_as(world, "Arbreva")
    page = text(organiser.get(programme(exchange)))
    assert "First look at these" in page
    assert "See all 46 things to look at" in page
    assert len(repairs(page)) == 3
    assert "One session runs at once with 2 others." in page
    assert "Talk 01</a>. Tue 26 Nov 2019, 09:00" in page, "all of two others are named"
    everything = f"{programme(exchange)}clashes/"
    first, rest = text(organiser.get(everything)), text(organiser.get(f"{everything}?after=40"))
    assert "46 things in the programme to look at." in first
    assert "One session runs at once with 5 others." in first
    assert "Talk 02</a> and 2 more. Tue 26 Nov 2019, 09:00" in first, "three of five others are named"
    assert not re.search(r"and (-|0)", first)
    found = [words for words, _, _ in repairs(first) + repairs(rest)]
    assert found == [f"Move “Talk {number:02}” to 09:30" for number in range(1, 47)]
    assert f"{everything}?after=40".endswith(re.findall(r'href="(\?after=\d+)"', first)[0])
    assert 'href="?before=40"' in rest
    assert text(organiser.get(f"{everything}?before=40")).count("Move “") == 40
    for odd in ("?after=46", "?after=99", "?after=x", "?before=-3"):
        assert "Talk 01" in text(organiser.get(f"{everything}{odd}"))
    for name in ("Lipovar", "Arbreva NGO"):
        assert browsing_as(world, name).get(everything).status_code == 404


def test_what_runs_beside_is_marked_and_then_no_clash(world: World) -> None:
    exchange = arranged(world)
    both = [with_session(world, exchange, title=t, starts_at=at(9), ends_at=at(10), where=t) for t in ("One", "Two")]
    browser = browsing_as(world, "Arbreva")
    assert "Two sessions run at once." in text(browser.get(programme(exchange)))
    for session in both:
        page = text(browser.get(f"/sessions/{session.pk}/change/"))
        assert "Runs beside other sessions" in page
        fields = {"title": session.title, "kind": "debate", "where": session.where, "beside": "on", "version": "1"}
        hours = {"starts_at": "2019-11-26T09:00", "ends_at": "2019-11-26T10:00"}
        assert browser.post(f"/sessions/{session.pk}/change/", fields | hours).status_code == 302
    assert "to look at" not in text(browser.get(programme(exchange)))


def test_ways_guests_and_days_are_looked_at(world: World) -> None:
    exchange = arranged(world)
    lipovar = world["Lipovar"]
    with lipovar.asks():
        sites = [
            actions.add_site(
                lipovar.actor,
                name=name,
                host=lipovar.organisation,
                city=world.cities[city],
                most_guests=most,
                readers=[group("network", world.network.id)],
                now=NOW,
            )
            for name, city, most in (("House", "Lipovar", 2), ("Far house", "Valdora", 3))
        ]
    with_session(world, exchange, title="Near", starts_at=at(9), ends_at=at(10), site=sites[0])
    with_session(world, exchange, title="Far", starts_at=at(10, 5), ends_at=at(11), site=sites[1])
    with_session(world, exchange, title="Farewell", starts_at=at(9, day=29), ends_at=at(10, day=29))
    page = text(browsing_as(world, "Arbreva").get(programme(exchange)))
    assert "3 things to look at" in page
    assert "The way takes about 15 minutes in a straight line." in page
    assert "More guests come than this site takes." in page
    assert page.count("More guests come") == 1, "the two of the host's own city are no guests there"
    assert [words for words, _, _ in repairs(page)] == [
        "Move “Far” to 10:15",
        "Move “Farewell” to Wed 27 Nov 2019, 09:00",
    ]


def test_a_public_holiday_of_a_city_that_takes_part_is_told(world: World) -> None:
    exchange = arranged(world)
    browser = browsing_as(world, "Arbreva")
    with_session(world, exchange, starts_at=at(9), ends_at=at(10))
    assert "Public holiday" not in text(browser.get(programme(exchange)))
    with world["Arbreva"].asks():
        fresh = Exchange.objects.get(pk=exchange.pk)
        actions.change_exchange(
            world["Arbreva"].actor, fresh, expected=fresh.version, ends_on=date(2019, 11, 28), now=NOW
        )
    page = text(browser.get(programme(exchange)))
    assert "Public holiday in Arbreva: " in page
    assert "Thu 28 Nov 2019" in page


def test_holidays_by_hand() -> None:
    assert [
        (day.day, country) for day, country, _ in holidays_on(date(2024, 11, 25), date(2024, 12, 1), ["AL", "MK"])
    ] == [
        (28, "AL"),
        (29, "AL"),
    ]
    assert [d for d, _, _ in holidays_on(date(2024, 12, 31), date(2025, 1, 1), ["NO", "NO"])] == [date(2025, 1, 1)]
    assert holidays_on(date(2024, 1, 1), date(2024, 1, 1), ["??"]) == []


def test_nothing_of_it_blocks_a_release(world: World) -> None:
    exchange, _first, _second = overlapping(world)
    for name in ("Arbreva", "Lipovar"):
        with world[name].asks():
            found = Exchange.objects.get(pk=exchange.pk)
            actions.check_safety(world[name].actor, found, answers=SAFE, decision="go", now=NOW)
    browser = browsing_as(world, "Arbreva")
    assert browser.post(f"/exchanges/{exchange.pk}/release/").status_code == 302
    with world["Arbreva"].asks():
        assert Exchange.objects.get(pk=exchange.pk).state == "released"
    assert "One thing to look at" in text(browser.get(programme(exchange)))
