"""Empty pages teach: what the thing is, how it begins, and one button."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from sharing.stage import arranged
from threads import browsing_as
from worlds import World, browsing, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def taught(browser: Client, path: str) -> tuple[str, list[str]]:
    """The words of an empty page's lesson, and where the main buttons in it lead."""
    page = " ".join(browser.get(path).content.decode().split())
    (lesson,) = re.findall(r'<section class="empty">(.*?)</section>', page)
    return re.sub(r"<[^>]+>", " ", lesson), re.findall(r'<a class="btn" href="([^"]+)"', lesson)


def test_an_empty_list_says_what_one_is_how_it_begins_and_has_one_button(world: World) -> None:
    browser = browsing_as(world, "Arbreva")
    begins = {
        "/needs/": "/needs/new/", "/exchanges/": "/needs/new/", "/library/": "/library/new/", "/plans/": "/plans/new/",
        "/stories/": "/exchanges/",
    }  # fmt: skip
    exchange = f"/exchanges/{arranged(world).pk}"
    begins |= {f"{exchange}/takeaways/": f"{exchange}/capture/", f"{exchange}/promises/": f"{exchange}/promises/new/"}
    del begins["/exchanges/"]
    for path, start in begins.items():
        words, buttons = taught(browser, path)
        assert buttons == [start], path
        assert len(words.split()) >= 12, path
        assert not re.match(r"\s*(No|Nothing|Empty)\b", words), path


def test_before_the_first_exchange_its_page_and_home_teach_too(world: World) -> None:
    words, buttons = taught(browsing_as(world, "Arbreva"), "/exchanges/")
    assert "days that people of two or more cities spend together" in words
    assert buttons == ["/needs/new/"]
    home = browsing_as(world, "Arbreva").get("/home/").content.decode()
    assert "It begins with one question" in home
    assert home.count('<a class="btn"') == 1


def test_a_visitor_is_taught_and_offered_nothing_that_only_members_do(world: World) -> None:
    for path in ("/needs/", "/exchanges/", "/library/", "/plans/", "/stories/"):
        assert taught(browsing(), path)[1] == [], path
