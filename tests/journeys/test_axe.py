"""No axe violation on any page that can be reached, in either theme and direction; nothing too small or too wide."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from crawl import Reached
from hands import LAPTOP, PHONE, Hand
from playwright.sync_api import Browser, Page, expect

SCRIPT = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(found =>
  found.violations.map(one => one.id + ' at ' + one.nodes[0].target + ': ' + one.nodes[0].html.slice(0, 160)))"""
PUT = "([theme, dir]) => { document.documentElement.dataset.theme = theme; document.documentElement.dir = dir }"
TOO_SMALL = """() => [...document.querySelectorAll('button, .btn, summary, .mark, nav a, select, textarea, .input')]
  .filter(one => one.checkVisibility() && !one.closest('.skip, [hidden]'))
  .map(one => [one.getBoundingClientRect(), one.outerHTML.slice(0, 120)])
  .filter(([box, html]) => box.height && (box.height < 43.9 || box.width < 24)).map(([box, html]) => html)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_axe_finds_nothing_and_all_is_large_enough(somebody: Reached) -> None:
    hand, found = somebody
    wrong: list[str] = []
    for kind, path in found.items():
        hand.go(path)
        wrong += [f"{kind} {line}" for line in looked_at(hand.page)]
    assert not wrong + hand.errors, "\n".join(wrong + hand.errors)


@pytest.mark.parametrize("path", ["/nowhere/", "/needs/00000000-0000-7000-8000-000000000000/", "/l/forged/"])
def test_what_is_not_there_is_said_as_well(browser: Browser, site_a_year_later: str, path: str) -> None:
    hand = Hand(browser, site_a_year_later)
    hand.page.emulate_media(reduced_motion="reduce")
    hand.page.goto(site_a_year_later + path)
    wrong = looked_at(hand.page)
    hand.context.close()
    assert not wrong, "\n".join(wrong)


def looked_at(page: Page) -> list[str]:
    """What is wrong with this page on a phone and a laptop, in both themes and directions."""
    wrong: list[str] = []
    page.evaluate(SCRIPT)
    for direction in ("ltr", "rtl"):
        for theme in ("light", "dark"):
            page.evaluate(PUT, [theme, direction])
            wrong += [f"{theme} {direction}: {line}" for line in page.evaluate(AXE, RULES)]
        for size in (LAPTOP, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if (more := page.evaluate(TOO_WIDE)) > 0:
                wrong.append(f"{direction}: {more} px too wide at {size['width']}")
            wrong += [f"{direction}: too small at {size['width']}: {html}" for html in page.evaluate(TOO_SMALL)]
    return wrong


def test_what_is_wrong_is_seen(browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    page.set_content(
        "<main><button style='height: 20px'>Go</button><p style='width: 500px; color: #ccc'>Pale</p></main>"
    )
    wrong = "\n".join(looked_at(page))
    page.close()
    for found in ("color-contrast", "html-has-lang", "px too wide at 360", "too small at 360"):
        assert found in wrong


def test_the_step_before_saving_is_held_to_the_same(browser: Browser, site_a_year_later: str) -> None:
    """Only a person who writes reaches it: a need, up to the question who can read it; nothing is saved."""
    hand = Hand(browser, site_a_year_later)
    hand.page.emulate_media(reduced_motion="reduce")
    hand.become("Coordinator of Arbreva")
    hand.go("/needs/new/")
    hand.write("What do you need to learn?", "How do we open a house in the evening?")
    wrong = looked_at(hand.page)
    hand.button("Continue")
    hand.choose("Young people taking part")
    hand.button("Continue")
    hand.choose("Young people")
    hand.button("Continue")
    hand.choose("This season")
    hand.button("Continue")
    expect(hand.page.locator("main")).to_contain_text(re.compile("will be able to read this"))
    wrong += looked_at(hand.page)
    hand.context.close()
    assert not wrong + hand.errors, "\n".join(wrong)
