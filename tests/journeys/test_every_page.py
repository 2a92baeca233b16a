"""Every kind of page that can be reached, whoever reaches it: no axe violation in either theme and direction, nothing
too small, too wide or too heavy, nothing left untranslated."""

from __future__ import annotations

import re
import sys
import urllib.request
from importlib.resources import files

import pytest
from crawl import Reached
from hands import LAPTOP, PHONE, TABS, Hand
from playwright.sync_api import Browser, CDPSession, Page, expect

SCRIPT = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# In the dark nothing but colours is other than in the light (tests/look/test_stylesheet.py), so only rules of axe's
# category of colours are asked again; direction changes where everything stands, so all are asked again.
AXE = """async rules => {
  const colours = axe.getRules(rules).filter(one => one.tags.includes('cat.color')).map(one => one.ruleId)
  const wrong = []
  for (const dir of ['ltr', 'rtl']) for (const theme of ['light', 'dark']) {
    document.documentElement.dataset.theme = theme
    document.documentElement.dir = dir
    const found = await axe.run(document, {resultTypes: ['violations'], runOnly: theme === 'light' ? rules : colours})
    wrong.push(...found.violations.map(one =>
      `${theme} ${dir}: ${one.id} at ${one.nodes[0].target}: ${one.nodes[0].html.slice(0, 160)}`))
  }
  return wrong
}"""
SIZES = """() => ['ltr', 'rtl'].flatMap(dir => {
  document.documentElement.dir = dir
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth
  const small = [...document.querySelectorAll('button, .btn, summary, .mark, nav a, select, textarea, .input, ' +
    '.reads a, .row > a, .next-act > a, .plain > li > a:only-child')]
    .filter(one => one.checkVisibility() && !one.closest('.skip, [hidden]'))
    .map(one => [one.getBoundingClientRect(), one.outerHTML.slice(0, 120)])
    .filter(([box, html]) => box.height && (box.height < 43.9 || box.width < 24))
  // On a phone also a link that is all its line says; one within a sentence is as high as the sentence.
  const whole = link => {
    let line = link.parentElement
    while (getComputedStyle(line).display.startsWith('inline')) line = line.parentElement
    return line.innerText.trim() === link.innerText.trim()
  }
  const pressed = link => getComputedStyle(link, '::after').position === 'absolute' ? link.offsetParent : link
  small.push(...[...document.querySelectorAll('main a')]
    .filter(one => innerWidth < 500 && one.checkVisibility() && whole(one))
    .map(one => [pressed(one).getBoundingClientRect(), one.outerHTML.slice(0, 120)])
    .filter(([box]) => box.height < 43.9))
  return [...(over > 0 ? [`${dir}: ${over} px too wide at ${innerWidth}`] : []),
    ...small.map(([box, html]) => `${dir}: too small at ${innerWidth}: ${html}`)]
})"""
# A phone's 320 pixels are a laptop's at 400 %, 640 at 200 %: nothing is read by scrolling sideways.
NARROW = ({"width": 320, "height": 256}, {"width": 640, "height": 400})
OVER = """() => ['ltr', 'rtl'].flatMap(dir => {
  document.documentElement.dir = dir
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth
  return over > 0 ? [`${dir}: ${over} px too wide at ${innerWidth}`] : []
})"""
COVERED = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect()
  if (one === document.body) return null
  const under = [...document.querySelectorAll('.ways, .hands')]
    .filter(bar => getComputedStyle(bar).position === 'fixed' && !bar.contains(one))
    .map(bar => bar.getBoundingClientRect()).some(bar => box.bottom > bar.top + 1 && box.top < bar.bottom)
  return [one.outerHTML.slice(0, 120), under || box.top < 0 && box.bottom <= 0]
}"""
UNDRAWN = """() => [...document.querySelectorAll('main svg')].filter(svg => svg.checkVisibility())
  .filter(svg => ![...svg.querySelectorAll('path, circle, line, rect, polygon, ellipse, text, use')].some(part => {
    const { fill, stroke } = getComputedStyle(part), ground = getComputedStyle(document.body).backgroundColor
    return [fill, stroke].some(one => one !== 'none' && one !== ground && one !== 'rgba(0, 0, 0, 0)')
  })).map(svg => svg.outerHTML.slice(0, 120))"""
HEAVIEST = {"/", "/home/", "/thread/exchange/*/", "/exchanges/*/", "/library/*/", "/stories/*/"}
LATIN = r"""html => {
  const main = new DOMParser().parseFromString(html, 'text/html').querySelector('main')
  const theirs = 'main [lang], bdi, [dir=auto], script, style, noscript, svg, .tlp, input, textarea, option, code, kbd'
  const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), left = []
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim()
    const said = /[\u0600-\u06ff]/.test(text)  // in the interface's own words, with a name in them
    if (!/[A-Za-z]{2}/.test(text) || said || walk.currentNode.parentElement.closest(theirs)) continue
    left.push(text.slice(0, 80))
  }
  return left
}"""


def test_axe_finds_nothing_and_all_is_large_enough(somebody: Reached) -> None:
    hand, found = somebody
    hand.page.add_init_script(SCRIPT)
    wrong: list[str] = []
    for kind, path in found.items():
        hand.go(path)
        wrong += [f"{kind} {line}" for line in looked_at(hand.page)]
    assert not wrong + hand.errors, "\n".join(wrong + hand.errors)


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


def test_latin_letters_without_a_direction_of_their_own_are_seen(browser: Browser) -> None:
    page = browser.new_page()
    own = "<p dir=auto>Theirs</p><p><bdi>Theirs</bdi></p><p lang=en>Theirs</p><option>Theirs</option><p>كلمة Name</p>"
    html = f"<html lang=ar dir=rtl><main>{own}<p>Left in English</p><h1>Typed</h1></main></html>"
    left = page.evaluate(LATIN, html)
    page.close()
    assert left == ["Left in English", "Typed"]


def test_what_has_the_focus_is_never_under_the_bar(somebody: Reached) -> None:
    hand, found = somebody
    for kind in found.keys() & {"/home/", "/exchanges/*/", "/exchanges/*/programme/"}:
        hand.go(found[kind])
        hand.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        for way in ("Tab", "Shift+Tab"):
            seen = 0
            hand.page.evaluate("document.activeElement.blur()")
            while seen < TABS:
                hand.page.keyboard.press(way)
                if (at := hand.page.evaluate(COVERED)) is None:
                    break
                seen += 1
                assert not at[1], f"{kind} {way}: {at[0]}"
            assert 10 < seen < TABS, (kind, seen)


def test_shapes_keep_their_drawing_in_forced_colours(somebody: Reached) -> None:
    hand, found = somebody
    hand.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    undrawn: list[str] = []
    for kind in found.keys() & HEAVIEST | found.keys() & {"/indicators/*/", "/styleguide/"}:
        hand.go(found[kind])
        undrawn += [f"{kind}: {svg}" for svg in hand.page.evaluate(UNDRAWN)]
    hand.page.emulate_media(forced_colors="none", reduced_motion="reduce")
    assert not undrawn, "\n".join(undrawn)


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
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    wrong: list[str] = page.evaluate(AXE, RULES)
    # Each size is taken once: a change of it lays the whole page out anew.
    for size in (PHONE, LAPTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wrong += page.evaluate(SIZES)
    for size in NARROW:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wrong += page.evaluate(OVER)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return wrong


def test_what_is_wrong_is_seen(browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    page.set_content(
        "<style>[data-theme=dark] b { color: #888; background: #777 }</style><main><p>By night <b>not readable</b></p>"
        "<button style='height: 20px'>Go</button><p style='width: 500px; color: #ccc'>Pale</p>"
        "<dl><dd><a href=/alone>Alone</a></dd></dl><p>Not <a href=/within>alone</a></p></main>"
    )
    wrong = "\n".join(looked_at(page))
    page.close()
    for found in ("light ltr: color-contrast at p", "dark rtl: color-contrast at b", "light rtl: html-has-lang"):
        assert found in wrong
    for found in ("px too wide at 360", "too small at 360: <button", 'too small at 360: <a href="/alone"'):
        assert found in wrong
    assert "/within" not in wrong


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
    hand.choose("Everyone from Arbreva")
    expect(hand.page.locator("#live")).to_contain_text(re.compile("will be able to read this"))
    wrong += looked_at(hand.page)
    hand.context.close()
    assert not wrong + hand.errors, "\n".join(wrong)
