"""The longest pages on a phone: short enough to see through, and nothing that must be answered or read is hidden."""

from __future__ import annotations

import pytest
from hands import Hand
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser
SCREEN = 740


def opened(browser: Browser, site: str, path: str, *, way: str = "thumb", role: str = "Coordinator of Arbreva") -> Hand:
    hand = Hand(browser, site, way)
    hand.become(role)
    hand.go(path)
    return hand


def screens(hand: Hand) -> float:
    high: int = hand.page.evaluate("document.documentElement.scrollHeight")
    return high / SCREEN


@pytest.mark.parametrize("language", ["en", "ar-x-pseudo"])
def test_a_practice_is_asked_in_parts_and_only_what_may_stay_empty_is_folded(
    browser: Browser, site_a_year_later: str, language: str
) -> None:
    hand = opened(browser, site_a_year_later, f"/library/new/?language={language}")
    assert screens(hand) < 5
    assert hand.page.locator("form h2").count() == 3
    for folded in hand.page.locator("details.fold [name]").all():
        assert folded.get_attribute("required") is None
    for asked in hand.page.locator("form.form [required]").all():
        expect(asked).to_be_visible()
    cut = hand.page.evaluate(
        "() => [...document.querySelectorAll('.choice > span')].filter(e => e.scrollWidth > e.clientWidth).length"
    )
    assert cut == 0, "no word of a choice is cut"
    hand.page.set_viewport_size({"width": 320, "height": SCREEN})
    assert hand.page.evaluate("document.documentElement.scrollWidth") == 320


def test_what_is_wrong_in_a_fold_is_seen(browser: Browser, site_a_year_later: str) -> None:
    hand = opened(browser, site_a_year_later, "/library/new/")
    hand.page.locator("details.fold > summary").click()
    hand.page.get_by_label("What must stay?").fill("x" * 201)
    hand.page.get_by_role("button", name="Continue").click()
    expect(hand.page.get_by_text("A line has at most 200 characters.").last).to_be_visible()
    expect(hand.page.get_by_label("What must stay?")).to_be_visible()


@pytest.mark.parametrize("way", ["thumb", "no script"])
def test_what_is_done_about_a_risk_is_asked_where_there_is_one(
    browser: Browser, site_a_year_later: str, way: str
) -> None:
    hand = opened(browser, site_a_year_later, "/exchanges/", way=way)
    hand.follow("Three days in Lipovar")
    hand.go(hand.page.url.removeprefix(site_a_year_later) + "safety/")
    hand.page.locator("details.fold > summary").click()
    assert screens(hand) < 5
    answer = hand.page.locator("[name=answer_2]")
    expect(answer).to_be_hidden()
    hand.page.locator("[name=risk_2][value=yes]").check()
    expect(answer).to_be_visible()
    hand.page.get_by_role("button", name="Save my answers").click()
    expect(hand.page.get_by_text("You see a risk: say what you do about it.").last).to_be_visible()
    hand.page.locator("[name=risk_2][value=no]").check()
    expect(hand.page.locator("[name=answer_2]")).to_be_hidden()


@pytest.mark.parametrize("way", ["thumb", "no script"])
def test_the_register_names_every_kind_and_opens_or_prints_each(
    browser: Browser, site_a_year_later: str, way: str
) -> None:
    hand = opened(browser, site_a_year_later, "/register/", way=way)
    assert screens(hand) < 3.5
    kinds = hand.page.locator("main details.fold")
    assert kinds.count() > 12
    for kind in kinds.all():
        expect(kind.locator("summary")).to_be_visible()
        expect(kind.locator("dl")).to_be_hidden()
    kinds.first.locator("summary").click()
    expect(kinds.first.locator("dl")).to_be_visible()
    hand.page.emulate_media(media="print")
    for kind in kinds.all():
        assert kind.locator("dl").bounding_box()["height"] > 0  # type: ignore[index]
