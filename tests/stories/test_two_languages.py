"""Interface language and content language are apart: each text carries its own language and direction."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from threads import asked, browsing_as, whole
from worlds import World, small_world

NAMED = "Evenings that young people run"  # a link to a practice names it; its language stands with its versions
VOID = {"input", "br", "img", "meta", "link", "hr", "path", "circle", "line", "rect", "use", "source", "col", "wbr"}


@pytest.fixture
def world() -> World:
    return small_world()


class Told(HTMLParser):
    """Each text of a page's main part with the language and the direction that hold there."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str, str]] = [("", "", "")]
        self.texts: list[tuple[str, str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What holds inside: of its own, or of what it stands in."""
        given, (_tag, lang, way) = dict(attrs), self.open[-1]
        if tag not in VOID:
            own = given.get("dir") or ("auto" if tag == "bdi" else way)
            self.open.append((tag, given.get("lang") or lang, own or ""))

    def handle_endtag(self, tag: str) -> None:
        """Back to what it stood in."""
        if tag not in VOID and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        """One text."""
        if any(tag == "main" for tag, *_rest in self.open) and data.strip():
            self.texts.append((data.strip(), *self.open[-1][1:]))


def test_what_people_wrote_carries_its_language_and_direction_in_another_interface(world: World) -> None:
    made = whole(world, asked(world, question="How do young people stay?"))
    browser = browsing_as(world, "Arbreva")
    browser.get("/kept-safe/?language=ar-x-pseudo")
    pages = [
        "/home/", "/needs/", f"/needs/{made.need.pk}/", f"/matches/{made.match.pk}/", f"/exchanges/{made.exchange.pk}/",
        f"/exchanges/{made.exchange.pk}/takeaways/", f"/takeaways/{made.takeaway.pk}/", "/library/",
        f"/library/{made.practice.pk}/", f"/sessions/{made.session.pk}/", f"/activities/{made.activity.pk}/",
        "/stories/", f"/stories/{made.story.pk}/", f"/thread/exchange/{made.exchange.pk}/", "/cities/-1/",
    ]  # fmt: skip
    wrote = {
        "How do young people stay?", "Give them the keys", "Evenings that young people run", "A room with keys",
        "They open it, and they close it.", "Two adults are near", "Fixed hours", "What came of it", "It is measured.",
    }  # fmt: skip
    seen, bare = set[str](), set[tuple[str, str, str, str]]()
    for path in pages:
        page = browser.get(path).content.decode()
        assert re.search(r'<html lang="ar[^"]*" dir="rtl"', page), path
        for text, lang, way in Told(page).texts:
            if text in wrote:
                seen.add(text)
                if way != "auto" or (lang != "en" and text != NAMED):
                    bare.add((path, text, lang, way))
    assert seen == wrote
    assert not bare, "\n".join(map(str, sorted(bare)))
