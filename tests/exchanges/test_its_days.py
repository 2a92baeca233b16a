"""That the first day has come, and that the days are over, is said from those days on, by the clock of the place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from serai.core.lifecycle import NotAllowedNow
from serai.db import clock
from serai.exchanges import actions
from serai.exchanges.models import Exchange
from sharing.stage import arranged
from threads import SAFE, browsing_as, text
from worlds import NOW, World, small_world

EVE = datetime(2019, 11, 23, 23, tzinfo=UTC)  # midnight in Lipovar: the day before the first begins
LAST = datetime(2019, 11, 26, 23, tzinfo=UTC)  # and here the last


@pytest.fixture
def world() -> World:
    return small_world()


def released(world: World, **days: object) -> Exchange:
    exchange = arranged(world)
    for name in ("Arbreva", "Lipovar"):
        with world[name].asks():
            actions.check_safety(world[name].actor, exchange, answers=SAFE, decision="go", now=NOW)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        actions.release_programme(arbreva.actor, exchange, now=NOW)
        found = Exchange.objects.select_related("place").get(pk=exchange.pk)
        return actions.change_exchange(arbreva.actor, found, expected=found.version, now=NOW, **days)


def pressed(browser: Client, exchange: Exchange, to: str, monkeypatch: pytest.MonkeyPatch, at: datetime) -> str:
    """The page of the exchange after the button was pressed at this moment."""
    monkeypatch.setattr(clock, "now", lambda: at)
    path = f"/exchanges/{exchange.pk}/"
    assert browser.post(f"{path}move/{to}/").status_code == 302
    return text(browser.get(path))


def test_it_begins_from_the_day_before_and_closes_from_the_last(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange, browser = released(world), browsing_as(world, "Arbreva")
    early = pressed(browser, exchange, "live", monkeypatch, EVE.replace(hour=22, minute=59))
    assert "It is too early to say this." in early
    assert "From Sun 24 Nov 2019 on you can say here: The first day has come." in early
    assert "/move/live/" not in early
    monkeypatch.setattr(clock, "now", lambda: EVE)
    assert "/move/live/" in text(browser.get(f"/exchanges/{exchange.pk}/"))
    begun = pressed(browser, exchange, "live", monkeypatch, EVE)
    assert "From Wed 27 Nov 2019 on you can say here: The days are over." in begun
    assert "/move/closed/" not in begun
    early = pressed(browser, exchange, "closed", monkeypatch, LAST.replace(hour=22, minute=59))
    assert "It is too early to say this." in early
    monkeypatch.setattr(clock, "now", lambda: LAST)
    assert "/move/closed/" in text(browser.get(f"/exchanges/{exchange.pk}/"))
    pressed(browser, exchange, "closed", monkeypatch, LAST)
    with world["Arbreva"].asks():
        assert Exchange.objects.get(pk=exchange.pk).state == "closed"


def test_without_days_it_asks_for_them_first(world: World) -> None:
    exchange, browser = released(world, starts_on=None, ends_on=None), browsing_as(world, "Arbreva")
    page = text(browser.get(f"/exchanges/{exchange.pk}/"))
    assert "Say on which days it takes place" in page
    assert "/move/live/" not in page
    with world["Arbreva"].asks(), pytest.raises(actions.NotTheDayYet, match="on which days"):
        actions.begin_exchange(world["Arbreva"].actor, exchange, now=NOW)
    assert issubclass(actions.NotTheDayYet, NotAllowedNow)
