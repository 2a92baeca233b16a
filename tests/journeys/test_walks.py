"""Walking the thread back; what those not taking part see of what Arbreva kept; and a phone without a network."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from hands import LAPTOP, Hand
from PIL import Image
from playwright.sync_api import Browser, expect

# What Arbreva's team, or one of its people alone, kept: each stands in the demo world (src/serai/demo/after.py).
KEPT = (
    "Mothers cook on Fridays",
    "The house council has a budget of its own",
    "First the police of Arbreva want to talk about it",
    "Local Action Plan of Arbreva",
    "Counted at the door, one week in each quarter",
    "Ask the library for the keys",
    "The first open evening failed because",
)
OUTSIDE = ["Coordinator of Kumanovo", "Network secretariat", "Local prevention coordinator", "Administrator"]
MOST_PAGES = 150


def test_a_reader_walks_from_the_story_back_to_the_need(browser: Browser, site_a_year_later: str) -> None:
    hand = Hand(browser, site_a_year_later)
    hand.become("Coordinator of Arbreva")
    hand.go("/stories/")
    hand.follow("What Arbreva took home")
    hand.follow("Follow the thread")
    hand.follow("Young people over 16 who come in a week")
    hand.sees("34")
    hand.follow("Evenings run by young people")
    hand.sees("It grew from")
    hand.follow("Young people run the evenings")
    hand.sees("We start with one evening a week")
    hand.follow("Three days in Lipovar")
    hand.follow("Follow the thread")
    hand.follow("Lipovar, Valdora can show it")
    hand.sees("Recorded on behalf of Coordinator of Valdora")
    hand.follow("How do young people stay involved")
    hand.sees("How do young people stay involved after the age of 16?")


@pytest.fixture(scope="module")
def seen_inside(browser: Browser, site_a_year_later: str) -> dict[str, str]:
    """Every page that Arbreva's coordinator finds; what Arbreva kept is on them."""
    inside = Hand(browser, site_a_year_later, viewport=LAPTOP)
    inside.become("Coordinator of Arbreva")
    pages = walked(inside)
    inside.context.close()
    assert sum(any(words in page for page in pages.values()) for words in KEPT) >= 4, "nothing could leak"
    return pages


@pytest.mark.parametrize("role", [None, *OUTSIDE])
def test_those_outside_see_nothing_of_what_arbreva_kept(
    browser: Browser, site_a_year_later: str, seen_inside: dict[str, str], role: str | None
) -> None:
    outside = Hand(browser, site_a_year_later, viewport=LAPTOP)
    if role:
        outside.become(role)
    pages = walked(outside, also=list(seen_inside))
    outside.context.close()
    leaks = [(words, url) for words in KEPT for url, page in pages.items() if words in page]
    assert not leaks


def walked(hand: Hand, also: list[str] | None = None) -> dict[str, str]:
    """Every page this person finds by following links, and what they get at addresses someone gave them."""
    todo = ["/", "/home/", "/needs/", "/exchanges/", "/library/", "/plans/", "/stories/", *(also or [])]
    pages: dict[str, str] = {}
    while todo and len(pages) < MOST_PAGES + len(also or []):
        path = todo.pop(0)
        if path in pages:
            continue
        answer = hand.context.request.get(hand.site + path)
        pages[path] = answer.text()
        if answer.ok:
            found = re.findall(r'href="(/[^"#?]*)"', pages[path])
            todo += [p for p in found if not p.startswith(("/static", "/account", "/demo", "/styleguide"))]
    return pages


def a_picture() -> bytes:
    """A photo wider than what is kept."""
    file = BytesIO()
    Image.new("RGB", (2000, 1000), (60, 120, 90)).save(file, "PNG")
    return file.getvalue()


def test_what_is_captured_outlives_the_network(browser: Browser, site_a_year_later: str) -> None:
    hand = Hand(browser, site_a_year_later)
    hand.become("Youth worker, Arbreva")
    hand.go("/exchanges/")
    hand.follow("Three days in Lipovar")
    hand.follow("Taken home")
    hand.follow("Capture one more")
    words = "Doors open at four, not at six"
    hand.context.set_offline(True)
    picture = {"name": "IMG.png", "mimeType": "image/png", "buffer": a_picture()}
    for text, people in ((words, "Nobody can be recognised in it"), ("And the keys", "")):
        hand.page.get_by_label("What do you want to bring home?").fill(text)
        hand.page.locator("input[type=file]").set_input_files(picture)
        if people:
            hand.page.get_by_label(people).check()
        hand.page.get_by_role("button", name="Keep it").click()
        expect(hand.page.locator("#live")).to_contain_text("Not sent: there is no network.")
        expect(hand.page.get_by_label("What do you want to bring home?")).to_have_value("")
        # A photo of which nobody said whether people are in it is not kept.
        lost = hand.page.locator("#live").get_by_text("The photo is not kept.")
        expect(lost).to_have_count(0 if people else 1)
    expect(hand.page.locator("[data-offline]")).to_be_visible()
    hand.context.set_offline(False)
    expect(hand.page.locator("[data-offline]")).to_be_hidden(timeout=20_000)
    hand.page.reload()
    expect(hand.page.locator("main")).to_contain_text(words)
    assert hand.page.locator("main").inner_text().count(words) == 1
    kept = hand.page.locator("li.task", has_text=words)
    kept.get_by_role("link", name="With a photo").click()
    expect(hand.page.locator("main")).to_contain_text("Nobody can be recognised in it.")
    assert hand.page.locator("figure img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1600
    hand.page.go_back()
    expect(hand.page.locator("li.task", has_text="And the keys").get_by_text("With a photo")).to_have_count(0)


def test_what_is_typed_comes_back_after_the_page_was_lost(browser: Browser, site_a_year_later: str) -> None:
    hand = Hand(browser, site_a_year_later)
    hand.become("Coordinator of Arbreva")
    hand.go("/needs/new/")
    hand.page.get_by_label("What do you need to learn?").fill("What do we tell the neighbours?")
    hand.page.wait_for_timeout(700)
    hand.page.reload()
    expect(hand.page.get_by_label("What do you need to learn?")).to_have_value("What do we tell the neighbours?")


def test_whoever_was_signed_out_meanwhile_signs_in_and_finds_what_they_typed(
    browser: Browser, site_a_year_later: str
) -> None:
    hand = Hand(browser, site_a_year_later)
    hand.become("Coordinator of Arbreva")
    hand.go("/needs/new/")
    hand.write("What do you need to learn?", "What do we tell the landlords?")
    hand.context.clear_cookies(name="sessionid")  # its time is over, or it was signed out of elsewhere
    hand.button("Continue")
    expect(hand.page).to_have_url(re.compile("/login/"))
    expect(hand.page.get_by_role("button", name="Use my passkey")).to_be_visible()
    back = hand.page.url
    hand.become("Coordinator of Arbreva")
    hand.page.goto(back)  # the page to sign in leads whoever is signed in on to where they were
    expect(hand.page).to_have_url(re.compile("/needs/new/"))
    expect(hand.page.get_by_label("What do you need to learn?")).to_have_value("What do we tell the landlords?")


def test_a_form_too_old_to_be_sent_says_how_it_can_be(browser: Browser, site_a_year_later: str) -> None:
    hand = Hand(browser, site_a_year_later)
    hand.become("Coordinator of Arbreva")
    hand.go("/needs/new/")
    hand.write("What do you need to learn?", "What do we tell the shops?")
    hand.context.clear_cookies(name="csrftoken")  # as after signing in anew in another tab
    hand.button("Continue", swaps=True)
    expect(hand.page.locator("#live")).to_contain_text("Load this page anew and send it again")
    hand.page.reload()
    expect(hand.page.get_by_label("What do you need to learn?")).to_have_value("What do we tell the shops?")
    hand.button("Continue")
    hand.sees("Funding that lasts")  # a choice of the next question
