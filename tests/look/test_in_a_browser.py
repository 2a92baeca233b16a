"""What only a browser shows: no axe violation, no sideways scroll, and nothing typed is lost with the network."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from desk import Desk
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def view(browser: Browser) -> Iterator[Page]:
    """A phone. Any error in a script or against the content policy fails the test."""
    context = browser.new_context(viewport={"width": 360, "height": 780})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert not wrong


def axe(page: Page) -> dict[str, Any]:
    """Axe's findings, by rule, with the first element each."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return {one["id"]: one["nodes"][0]["target"] for one in found["violations"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(view: Page, desk: Desk, theme: str, direction: str) -> None:
    view.goto(f"{desk.address}/guide?theme={theme}&direction={direction}")
    assert view.evaluate("getComputedStyle(document.body).direction") == direction
    for width in (320, 1280):
        view.set_viewport_size({"width": width, "height": 780})
        assert view.evaluate("document.documentElement.scrollWidth") <= width
        assert axe(view) == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_targets_are_44_high(view: Page, desk: Desk, width: int) -> None:
    view.set_viewport_size({"width": width, "height": 780})
    view.goto(f"{desk.address}/guide?theme=light&direction=ltr")
    low = view.evaluate(
        """() => [...document.querySelectorAll('.btn, .input, .fold > summary, .mark, .ways a, .foot a, .as-link,' +
        '.account a, .languages a, .facts a, .passage a, .table :is(th, td) > a')]
        .filter(e => e.getBoundingClientRect().height && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"""
    )
    assert low == []


def test_the_picture_of_an_indicator_has_the_whole_row_of_a_phone(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/guide?theme=light&direction=ltr")
    view.evaluate("document.querySelector('main').prepend(document.querySelector('.progress').cloneNode(true))")
    table = view.locator("main > .progress")
    for width, whole in ((360, True), (1280, False)):
        view.set_viewport_size({"width": width, "height": 780})
        shares = table.evaluate("e => [...e.querySelectorAll('.strip')].map(s => s.clientWidth / e.clientWidth)")
        assert shares
        assert all((share > 0.95) == whole for share in shares), (width, shares)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_label_stands_apart_from_what_is_beside_it(view: Page, desk: Desk, direction: str) -> None:
    view.set_viewport_size({"width": 1280, "height": 780})
    view.goto(f"{desk.address}/guide?theme=light&direction={direction}")
    gaps = view.evaluate(
        """() => { document.querySelector('main').prepend(document.querySelector('.reads').cloneNode(true));
        if (document.body.matches(':dir(rtl)'))
          document.querySelectorAll('main > .reads p :is(b, a)').forEach(one => { one.textContent = 'كلمة'; });
        const boxes = [...document.querySelectorAll('main > .reads p > *')].map(e => e.getBoundingClientRect());
        return boxes.slice(1).map((one, at) => Math.max(one.left - boxes[at].right, boxes[at].left - one.right)); }"""
    )
    assert len(gaps) == 2
    assert all(8 < gap < 16 for gap in gaps), gaps


def test_what_is_named_keeps_the_edge_of_a_page_in_another_direction(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/guide?theme=light&direction=rtl")
    view.evaluate(
        """() => document.querySelector('main').insertAdjacentHTML('afterbegin',
        '<p class=kicker dir=auto>What young people ask</p>' +
        '<ul class=plain><li><a href="#"><bdi>Network secretariat</bdi></a></li></ul><p dir=auto>A paragraph</p>')"""
    )
    edges = "main > .kicker, main > .plain bdi, main > p:not([class])"
    sides = view.evaluate(
        "edges => [...document.querySelectorAll(edges)].map(e => getComputedStyle(e).textAlign)", edges
    )
    assert sides == ["right", "right", "start"]


def test_the_title_of_a_list_stands_off_its_line(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/guide?theme=light&direction=ltr")
    view.evaluate(
        """() => document.querySelector('main').insertAdjacentHTML('afterbegin',
        '<section class="tasks"><h2>Young people stay</h2><ol><li class="task">An evening</li></ol></section>')"""
    )
    heading = view.locator(".tasks > h2:not([class])")
    assert heading.evaluate("e => getComputedStyle(e).paddingBlockEnd") == "8px"


def test_a_thread_told_as_one_paragraph_is_of_one_letter(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/guide?theme=light&direction=ltr")
    fonts = view.evaluate(
        "[...document.querySelectorAll('.follow > p, .follow > p *')].map(e => getComputedStyle(e).font)"
    )
    assert len(fonts) > 3
    assert len(set(fonts)) == 1


def test_the_link_of_a_row_is_pressed_anywhere_in_its_cell(view: Page, desk: Desk) -> None:
    view.set_viewport_size({"width": 1280, "height": 780})
    view.goto(f"{desk.address}/guide?theme=light&direction=ltr")
    cells = view.locator(".table :is(th, td):has(> a)")
    assert cells.count() == 2
    for cell in cells.all():
        cell.scroll_into_view_if_needed()
        corners = cell.evaluate(
            """e => { const r = e.getBoundingClientRect();
            return [[r.left + 2, r.top + 2], [r.right - 2, r.bottom - 2]].map(([x, y]) =>
            document.elementFromPoint(x, y).localName); }"""
        )
        assert corners == ["a", "a"]


def test_a_cell_that_says_nothing_is_no_line_of_a_block(view: Page, desk: Desk) -> None:
    view.set_viewport_size({"width": 360, "height": 780})
    view.goto(f"{desk.address}/guide?theme=light&direction=ltr")
    assert view.evaluate("[...document.querySelectorAll('.blocks td')].map(e => e.offsetHeight > 0)") == [False, True]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_what_is_stuck_is_one_line_and_covers_nothing(view: Page, desk: Desk, width: int, direction: str) -> None:
    view.set_viewport_size({"width": width, "height": 780})
    view.goto(f"{desk.address}/guide?theme=light&direction={direction}")
    lines = view.evaluate(
        """() => [...document.querySelectorAll('.pipe .held > p')].map(line => {
        const r = line.getBoundingClientRect(), lane = line.closest('tr').getBoundingClientRect();
        const dots = [...line.closest('.lane').querySelectorAll('.stuck, .value')].map(d => d.getBoundingClientRect());
        const over = dots.filter(d => d.right > r.left && d.left < r.right && d.bottom > r.top && d.top < r.bottom);
        return [r.height, over.length, r.left >= lane.left, r.right <= lane.right]; })"""
    )
    assert lines == [[24, 0, True, True], [24, 0, True, True]]


def test_what_became_of_promises_fits_a_phone(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/guide?theme=light&direction=ltr")
    lines = view.evaluate(
        """() => [...document.querySelectorAll('.stack thead th')].map(head => {
        const words = document.createRange(); words.selectNodeContents(head.lastChild);
        return [head.innerText.trim(), new Set([...words.getClientRects()].map(r => r.top)).size]; })"""
    )
    assert lines == [["After", 1], ["Made", 1], ["Kept", 1], ["Changed", 1], ["Let go", 1], ["Silent", 1]]
    region = view.locator(".scroll:has(.stack)")
    assert region.evaluate("e => e.scrollWidth - e.clientWidth") == 0


def test_a_text_for_a_chat_is_copied_by_one_press(view: Page, desk: Desk) -> None:
    view.context.grant_permissions(["clipboard-read", "clipboard-write"])
    view.goto(f"{desk.address}/guide?theme=light&direction=ltr")
    view.evaluate(
        """() => document.querySelector('main').insertAdjacentHTML('afterbegin',
        '<textarea id="chat" readonly>Begin here</textarea>' +
        '<button data-copy="chat" data-copied="Copied.">Copy</button>')"""
    )
    view.get_by_role("button", name="Copy", exact=True).click()
    expect(view.locator("#live")).to_have_text("Copied.")
    assert view.evaluate("navigator.clipboard.readText()") == "Begin here"


def test_what_is_typed_comes_back(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/note")
    view.get_by_label("What did you see?").fill("Young people hold the keys")
    view.goto(f"{desk.address}/done")
    view.goto(f"{desk.address}/note")
    expect(view.get_by_label("What did you see?")).to_have_value("Young people hold the keys")
    view.get_by_role("button", name="Throw it away").click()
    expect(view.get_by_label("What did you see?")).to_have_value("")
    view.reload()
    expect(view.get_by_label("What did you see?")).to_have_value("")


def test_a_sent_form_leaves_nothing_behind(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/note")
    view.get_by_label("What did you see?").fill("Young people hold the keys")
    view.get_by_role("button", name="Save").click()
    expect(view.get_by_role("heading", name="Saved")).to_be_focused()
    assert desk.notes[0]["text"] == "Young people hold the keys"
    view.goto(f"{desk.address}/note")
    expect(view.get_by_label("What did you see?")).to_have_value("")
    assert view.evaluate("Object.keys(localStorage)") == []


def test_nothing_moves_under_a_thumb_once_the_next_page_is_seen(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/note")
    view.get_by_label("What did you see?").fill("Young people hold the keys")
    view.evaluate(
        """() => { const seen = window.seen = new Set(), look = () => {
        const link = [...document.links].find(one => one.text === 'Once more');
        if (link) seen.add(Math.round(link.getBoundingClientRect().y));
        requestAnimationFrame(look); }; look();
        document.querySelector('textarea').style.height = '3000px'; }"""
    )
    view.get_by_role("button", name="Save").click()
    expect(view.locator("#live p").first).to_have_text("Kept.")
    expect(view.locator("#live p[style]")).to_have_count(0)
    view.wait_for_timeout(150)
    expect(view.locator("#live p")).to_have_text(["Kept.", "One more thing."])
    assert len(view.evaluate("[...window.seen]")) == 1, "the link was at more than one place"


def test_a_form_with_a_mistake_keeps_its_words_and_takes_the_focus(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/note")
    view.get_by_label("What did you see?").fill("ab")
    view.get_by_role("button", name="Save").click()
    expect(view.locator(".errors")).to_be_focused()
    expect(view.get_by_label("What did you see?")).to_have_value("ab")
    view.get_by_label("What did you see?").fill("abc")
    view.get_by_role("button", name="Save").click()
    expect(view.get_by_role("heading", name="Saved")).to_be_visible()
    assert [note["text"] for note in desk.notes] == ["abc"]
    assert view.evaluate("Object.keys(localStorage)") == []


def test_with_the_network_gone_a_form_says_so_and_keeps_all(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/note")
    view.get_by_label("What did you see?").fill("Nobody is late here")
    view.context.set_offline(True)
    view.get_by_role("button", name="Save").click()
    expect(view.locator("#live")).to_contain_text("It is kept here")
    expect(view.get_by_label("What did you see?")).to_have_value("Nobody is late here")
    expect(view.locator("[data-offline]")).to_contain_text("No network since")
    view.context.set_offline(False)
    view.reload()
    expect(view.get_by_label("What did you see?")).to_have_value("Nobody is late here")


def test_a_form_pressed_twice_is_sent_once_and_again_when_one_comes_back(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/note")
    view.evaluate(
        """() => {
          document.querySelector("main").insertAdjacentHTML("beforeend", '<form id="plain" method="post"></form>');
          window.sent = 0;
          addEventListener("submit", (event) => {
            if (!event.defaultPrevented) window.sent += 1;
            event.preventDefault();
          });
        }"""
    )
    press = "() => { document.getElementById('plain').requestSubmit(); return window.sent; }"
    assert [view.evaluate(press) for _ in range(3)] == [1, 1, 1]
    view.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow'))")
    assert view.evaluate(press) == 2


def test_a_captured_note_waits_and_is_sent_once(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/capture")
    view.context.set_offline(True)
    for text in ("First idea", "Second idea"):
        view.get_by_label("What did you see?").fill(text)
        view.get_by_role("button", name="Save").click()
        expect(view.get_by_label("What did you see?")).to_have_value("")
    expect(view.locator("[data-offline]")).to_contain_text("Waiting to be sent: 2.")
    view.context.set_offline(False)
    expect(view.locator("#live")).to_contain_text("Sent now: 2.")
    expect(view.locator("[data-offline]")).to_be_hidden()
    assert [note["text"] for note in desk.notes] == ["First idea", "Second idea"]
    assert len({note["sent_id"] for note in desk.notes}) == 2
    view.reload()
    assert len(desk.notes) == 2


def test_a_note_the_server_refuses_is_not_thrown_away(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/capture")
    view.context.set_offline(True)
    view.get_by_label("What did you see?").fill("ab")
    view.get_by_role("button", name="Save").click()
    expect(view.locator("[data-offline]")).to_contain_text("Waiting to be sent: 1.")
    view.context.set_offline(False)
    expect(view.locator("#live")).to_contain_text("Could not be sent: 1.")
    expect(view.locator("[data-offline]")).to_contain_text("Waiting to be sent: 1.")
    assert desk.notes == []


def test_the_choice_of_dark_stays(view: Page, desk: Desk) -> None:
    view.goto(f"{desk.address}/note")
    view.get_by_role("button", name="Dark").click()
    view.reload()
    assert view.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(view.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_the_form_works_with_script_off(browser: Browser, desk: Desk) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk.address}/note")
    page.get_by_label("What did you see?").fill("No script at all")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    context.close()
    assert desk.notes[0]["text"] == "No script at all"
