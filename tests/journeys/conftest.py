"""A real browser, and the demo world served by the product's own web process."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from crawl import EXPECTED, PEOPLE, Reached, reachable
from hands import PHONE, Hand
from kept import watch, writer
from playwright.sync_api import Browser, expect, sync_playwright

import prepared
from machine import ARGUMENTS, chromium
from serai.db.embedded import Cluster
from served import copy_database, served

__all__ = ["watch", "writer"]

expect.set_options(timeout=20_000)  # a busy machine is not a fault; what is true at once does not wait


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium. Ended with the module: while it runs, Django refuses its own calls in this thread."""
    program = chromium()
    if program is None:
        assert not os.environ.get("CI"), "CI must not skip the journeys"
        pytest.skip("no browser: install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def at_need(cluster: Cluster, django_db_setup: None) -> str:
    """The demo world at its first stage; journeys copy it."""
    return prepared.demo(cluster, "need")


@pytest.fixture
def site_at_need(cluster: Cluster, at_need: str) -> Iterator[str]:
    """A site of one's own at stage `need`, to change at will."""
    copy_database(cluster, at_need, "serai_journey")
    with served(cluster, "serai_journey", "need") as address:
        yield address


@pytest.fixture(scope="module")
def site_a_year_later(cluster: Cluster, demo_database: str, static_files: None) -> Iterator[str]:
    """The last stage, to be read."""
    with served(cluster, demo_database, "a-year-later") as address:
        yield address


@pytest.fixture(scope="module")
def known() -> set[str]:
    """The kinds of pages that somebody has reached so far in this module."""
    return set()


@pytest.fixture(scope="module", params=list(PEOPLE))
def somebody(
    request: pytest.FixtureRequest, browser: Browser, site_a_year_later: str, known: set[str]
) -> Iterator[Reached]:
    """One person before the last stage, and the pages that person reaches."""
    role, starts = PEOPLE[request.param]
    hand = Hand(browser, site_a_year_later, viewport=PHONE)
    hand.page.emulate_media(reduced_motion="reduce")  # else axe measures colours on their way to another theme
    if role:
        hand.become(role)
    found = reachable(hand.context.request, site_a_year_later, starts, known)
    assert known >= EXPECTED[request.param], EXPECTED[request.param] - known
    yield hand, found
    hand.context.close()
