"""Every kind of page that can be reached: none is too heavy, none is left untranslated."""

from __future__ import annotations

import sys
import urllib.request

from crawl import Reached
from playwright.sync_api import CDPSession, Page

HEAVIEST = {"/", "/home/", "/thread/exchange/*/", "/exchanges/*/", "/library/*/", "/stories/*/"}
LATIN = r"""html => {
  const main = new DOMParser().parseFromString(html, 'text/html').querySelector('main')
  const theirs = '[lang], bdi, [dir=auto], script, style, noscript, svg, .tlp, input, textarea, code, kbd'
  const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), left = []
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim()
    if (/[A-Za-z]{2}/.test(text) && !walk.currentNode.parentElement.closest(theirs)) left.push(text.slice(0, 80))
  }
  return left
}"""


def test_no_text_of_the_interface_stays_in_latin_letters(somebody: Reached) -> None:
    hand, found = somebody
    left: list[str] = []
    hand.go("/kept-safe/?language=ar-x-pseudo")
    assert hand.page.evaluate("document.documentElement.dir") == "rtl"
    for kind, path in found.items():
        if kind == "/styleguide/":  # shows components with sample sentences, for those who build
            continue
        html = hand.context.request.get(hand.site + path).text()
        left += [f"{kind}: {text}" for text in hand.page.evaluate(LATIN, html)]
    hand.go("/kept-safe/?language=en")
    assert not left, "\n".join(left)


class Meter:
    """Counts what a browser takes over the wire for the page it opens next."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: dict[str, str] = {}
        self.bytes: dict[str, float] = {}
        self.cached: set[str] = set()
        cdp: CDPSession = page.context.new_cdp_session(page)
        cdp.send("Network.enable")
        cdp.on("Network.requestWillBeSent", lambda e: self.asked.update({e["requestId"]: e["request"]["url"]}))
        cdp.on("Network.requestServedFromCache", lambda e: self.cached.add(e["requestId"]))
        cdp.on("Network.loadingFinished", lambda e: self.bytes.update({e["requestId"]: e["encodedDataLength"]}))

    def open(self, url: str) -> tuple[float, float, list[str]]:
        """Bytes of the page itself, bytes of all, and the addresses that were asked over the wire."""
        self.asked, self.bytes, self.cached = {}, {}, set()
        self.page.goto(url, wait_until="networkidle")
        wire = [r for r in self.asked if r not in self.cached and not self.asked[r].startswith("data:")]
        own = next(self.bytes[r] for r in wire if self.asked[r] == url)
        return own, sum(self.bytes.get(r, 0) for r in wire), [self.asked[r] for r in wire]


def test_a_first_visit_and_a_return_are_light(somebody: Reached) -> None:
    hand, found = somebody
    meter = Meter(hand.page)
    cdp = hand.context.new_cdp_session(hand.page)
    for kind in found.keys() & HEAVIEST:
        cdp.send("Network.clearBrowserCache")
        own, first, asked = meter.open(hand.site + found[kind])
        _own, again, _asked = meter.open(hand.site + found[kind])
        told = f"{kind}: page {own:.0f}, first visit {first:.0f}, again {again:.0f} bytes, {len(asked)} requests"
        sys.stdout.write(told + "\n")
        assert own < 20_000, told
        assert first < 100_000, told
        assert again < 40_000, told
        assert 2 < len(asked) <= 14, told
        assert not [url for url in asked if not url.startswith(hand.site)], f"{kind} loads from elsewhere: {asked}"


def test_no_page_is_heavy(somebody: Reached) -> None:
    """The markup of each page as it goes over the wire. The style guide shows all parts four times over."""
    hand, found = somebody
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in hand.context.cookies())
    heavy = {}
    for kind, path in found.items():
        told = urllib.request.Request(hand.site + path, headers={"Cookie": cookies, "Accept-Encoding": "gzip"})
        with urllib.request.urlopen(told) as answer:
            size = len(answer.read())
        if size > (30_000 if kind == "/styleguide/" else 20_000):
            heavy[kind] = size
    assert not heavy
