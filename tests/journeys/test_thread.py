"""Arbreva goes from a need to a story, on a phone: with a thumb, by keyboard alone, and with script off."""

from __future__ import annotations

import re

import pytest
from hands import Hand
from playwright.sync_api import Browser, expect

QUESTION = "How do we open a house in the evening?"


@pytest.mark.parametrize("way", ["thumb", "keyboard", "no script"])
def test_from_a_need_to_a_story(browser: Browser, site_at_need: str, way: str) -> None:
    arbreva = Hand(browser, site_at_need, way)
    lipovar = Hand(browser, site_at_need, way)
    arbreva.become("Coordinator of Arbreva")
    lipovar.become("Coordinator of Lipovar")
    state_a_need(arbreva)
    match(arbreva, lipovar)
    exchange = plan_the_exchange(arbreva)
    programme(arbreva, lipovar, exchange)
    take_home(arbreva, exchange)
    plan_and_measure(arbreva, exchange)
    story = tell(arbreva, exchange)
    lipovar.go(story)
    lipovar.sees("What came of it in Arbreva")
    arbreva.follow("Follow the thread")
    for link in (QUESTION, "Lipovar can show it", "Days in Lipovar", "Give them the keys", "An evening a week"):
        arbreva.sees(link)
    assert not arbreva.errors + lipovar.errors


def state_a_need(hand: Hand) -> None:
    hand.go("/needs/")
    hand.follow("State a need")
    hand.write("What do you need to learn?", QUESTION)
    hand.button("Continue")
    hand.choose("Young people taking part")
    hand.button("Continue")
    hand.choose("Young people")
    hand.button("Continue")
    hand.choose("This season")
    hand.button("Continue")
    hand.sees("will be able to read this")
    hand.button("Save for")
    hand.sees(QUESTION)


def match(arbreva: Hand, lipovar: Hand) -> None:
    arbreva.follow("Find cities that can help")
    arbreva.sees("They can show you: Young people taking part")
    arbreva.choose("Lipovar")
    arbreva.button("Ask these cities")
    arbreva.sees("The cities are asked")
    asked = arbreva.page.url
    if lipovar.way == "no script":
        answer_by_link(arbreva, lipovar)
    else:
        lipovar.go("/home/")
        lipovar.follow("Answer: will Lipovar take part?")
        lipovar.choose("Yes, we take part")
        lipovar.button("Save the answer")
    arbreva.page.goto(asked)
    arbreva.sees("The cities agreed")


def answer_by_link(arbreva: Hand, lipovar: Hand) -> None:
    """From the message, by somebody who is not signed in: with a code that Arbreva reads out they see more first."""
    arbreva.follow("Links that wait")
    arbreva.follow("Coordinator of Lipovar")
    arbreva.button("Make a code")
    code = re.findall(r"[0-9]{4}-[0-9]{4}", arbreva.page.inner_text("h1"))[0]
    arbreva.go("/demo/outbox/")
    secret = re.findall(r"/l/[^/]+/", arbreva.page.inner_text("main"))[0]
    browser = lipovar.context.browser
    assert browser is not None
    someone = Hand(browser, lipovar.site, lipovar.way)
    someone.go(secret)
    someone.sees("Will Lipovar take part in an exchange?")
    someone.follow("See more")
    someone.write("The code", code)
    someone.button("See more")
    someone.sees("They can show you: Young people taking part")
    someone.follow("Back to the question")
    someone.button("Yes, we take part")
    someone.sees("Your answer is recorded.")
    someone.context.close()


def plan_the_exchange(hand: Hand) -> str:
    hand.follow("Plan the exchange")
    hand.write("What do you call the exchange?", "Days in Lipovar")
    hand.button("Continue")
    hand.select("Where does it take place?", "Lipovar")
    hand.button("Continue")
    hand.write("On which day does it start?", "2024-09-02")
    hand.write("On which day does it end?", "2024-09-02")
    hand.button("Continue")
    hand.write("What do you want to have learnt", "How a house council works")
    hand.button("Continue")
    hand.sees("How a house council works")
    return re.sub(r"^https?://[^/]+", "", hand.page.url)


def nudge(hand: Hand) -> None:
    """Arrow keys on the session: five minutes later, and back; the focus stays on it, and the hour is said."""
    session = hand.page.get_by_role("link", name="Visit to the house").first
    for key, hour in (("ArrowDown", "10:05"), ("ArrowUp", "10:00")):
        hand._reach(session)
        hand.page.keyboard.press(key)
        expect(hand.page.locator("#live")).to_contain_text(f"Moved to {hour} in the draft.")
        expect(hand.page.locator(".hours")).to_contain_text(hour)
        expect(hand.page.locator(".hours a:focus")).to_have_text("Visit to the house")


def programme(arbreva: Hand, lipovar: Hand, exchange: str) -> None:
    for hand in (arbreva, lipovar):
        hand.go(exchange)
        city = "Arbreva" if hand is arbreva else "Lipovar"
        hand.follow(city, exact=True)
        hand.select("Someone with an account", f"Coordinator of {city}")
        hand.select("Sector", "Municipal administration")
        hand.button("Add")
        hand.sees("1 person is named")
    arbreva.go(exchange + "programme/")
    arbreva.follow("Add a session")
    arbreva.write("What is it?", "Visit to the house")
    arbreva.write("It starts", "2024-09-02T10:00")
    arbreva.write("It ends", "2024-09-02T12:00")
    if arbreva.way == "keyboard":
        arbreva.far_away(500)  # a key is pressed before anything comes that the page asks for only now
    arbreva.button("Save in the draft")
    if arbreva.way == "keyboard":
        nudge(arbreva)
        arbreva.far_away(0)
    for hand in (arbreva, lipovar):
        hand.go(exchange + "safety/")
        for group in range(1, 11):
            answer(hand, group)
        hand.choose("Go, with")
        hand.button("Save my answers")
    arbreva.go(exchange + "release/")
    arbreva.sees("Visit to the house")
    arbreva.button("Release the programme")
    lipovar.go(exchange + "programme/")
    lipovar.sees("Visit to the house")


def answer(hand: Hand, number: int) -> None:
    no = hand.page.locator(f'input[name="risk_{number}"][value="no"]')
    if hand.way == "keyboard":
        hand._choose_radio(no)
    else:
        no.check()


def take_home(hand: Hand, exchange: str) -> None:
    hand.go(exchange)
    hand.button("The first day has come")
    hand.go(exchange + "capture/")
    hand.write("What do you want to bring home?", "Give them the keys")
    hand.button("Keep it")
    hand.follow("Give them the keys")
    hand.sees("Only one person can read this")
    hand.follow("Share it")
    hand.choose("Everyone in this exchange")
    hand.show_readers()
    hand.button("Save for")
    hand.go(exchange)
    hand.button("The days are over")
    hand.follow("Give them the keys")
    hand.follow("Weigh it")
    hand.choose("Adapt it")
    hand.write("Why?", "The library is open and nobody owns it")
    hand.button("Save")
    hand.sees("Adapted.")
    hand.follow("We will try this")
    hand.write("Whose task is it?", "Youth worker")
    hand.write("By which day?", "2025-03-01")
    hand.button("Promise it")
    hand.sees("Give them the keys")


def plan_and_measure(hand: Hand, exchange: str) -> None:
    hand.go("/plans/new/")
    hand.write("What is the plan called?", "A plan for the evenings")
    hand.button("Continue")
    hand.button("Save for")
    hand.follow("Add an objective")
    hand.write("What do you want to reach?", "Young people stay")
    hand.button("Add")
    hand.follow("Add an activity")
    hand.write("What will you do?", "An evening a week")
    hand.select("Adapted from a practice?", "A youth centre that young people run")
    hand.write("What do you change?", "A room instead of a house")
    hand.select("Promised in an exchange?", "Days in Lipovar")
    hand.choose("Give them the keys")
    hand.button("Add")
    hand.follow("Say how you will know")
    hand.write("What do you count?", "Young people in a week")
    hand.write("How many before?", "11")
    hand.write("On which day was that?", "2024-10-01")
    hand.write("How many do you want?", "40")
    hand.page.get_by_label("By which day?").first.fill("2025-12-31")
    hand.button("Add")
    hand.follow("Write down the number")
    hand.write("How many now?", "34")
    hand.write("At least, we are fairly sure", "28")
    hand.write("At most, we are fairly sure", "41")
    hand.button("Keep it")
    hand.sees("It moved towards the target.")


def tell(hand: Hand, exchange: str) -> str:
    hand.go(exchange + "stories/new/")
    hand.write("What is the story called?", "What came of it in Arbreva")
    for record in (QUESTION, "Days in Lipovar", "An evening a week", "Young people in a week"):
        hand.choose(record)
    hand.button("Draft it")
    hand.sees(QUESTION)
    story = re.sub(r"^https?://[^/]+", "", hand.page.url)
    hand.follow("Release it")
    hand.choose("Everyone in this exchange")
    hand.show_readers()
    hand.button("Save for")
    hand.sees("It is measured: Young people in a week")
    return story
