"""How a journey acts: with a thumb, by the keyboard alone, or with script off. The steps are the same."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}
TABS = 140  # no page has more things to reach; a journey that tabs further is lost
AGAIN = 1500  # milliseconds after which a browser takes what is typed in a list for a new word
REST = 60  # milliseconds that a thumb or a mouse button is down


class Hand:
    """One person before one browser. `way` is thumb, keyboard or no script."""

    def __init__(self, browser: Browser, site: str, way: str = "thumb", viewport: Any = None) -> None:
        self.context = browser.new_context(
            viewport=viewport or PHONE, java_script_enabled=way != "no script", has_touch=way == "thumb"
        )
        self.page: Page = self.context.new_page()
        self.site, self.way = site, way
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def go(self, path: str) -> None:
        """Opens an address of the site."""
        answer = self.page.goto(self.site + path)
        assert answer is not None
        assert answer.status < 400, f"{path} answered {answer.status}"

    def far_away(self, milliseconds: int) -> None:
        """Every answer takes this much longer from now on."""
        distance = {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1}
        self.context.new_cdp_session(self.page).send("Network.emulateNetworkConditions", distance)

    def become(self, role: str) -> None:
        """Looks around as one of the demo's people."""
        self.go("/demo/as/")
        self.press(self.page.get_by_role("button", name=re.compile(role)).first)
        expect(self.page).to_have_url(re.compile("/home/"))

    def press(self, what: Locator, *, swaps: bool = False) -> None:
        """Presses a button or follows a link, and waits for the page it leads to; `swaps`: a part of this one."""
        if self.way == "keyboard":
            self._reach(what)
        if swaps and self.way != "no script":
            self._touch(what)
            return
        with self.page.expect_navigation():
            self._touch(what)
        expect(self.page.locator(".htmx-swapping, .htmx-settling")).to_have_count(0)  # then the focus is where it stays

    def _touch(self, what: Locator) -> None:
        if self.way == "keyboard":
            self.page.keyboard.press("Enter")
        else:
            what.click(delay=REST if self.way == "thumb" else 0)  # what moves away from under it is missed

    def follow(self, name: str, *, exact: bool = False) -> None:
        """Follows the first link of this name."""
        self.press(self.page.get_by_role("link", name=name, exact=exact).first)

    def button(self, name: str, *, swaps: bool = False) -> None:
        """Presses the button of this name."""
        self.press(self.page.get_by_role("button", name=name).first, swaps=swaps)

    def show_readers(self) -> None:
        """Has the readers of the chosen ring shown; with script that happened by choosing it."""
        ask = self.page.get_by_role("button", name="Show who that is")
        if self.way == "no script":
            self.press(ask.first)
        else:  # whoever presses before they are there is shown them, and asked again
            chosen = self.page.locator("[name=readers]:checked").input_value()
            expect(self.page.locator("[name=confirmed]")).to_have_attribute("value", chosen)

    def write(self, label: str, text: str) -> None:
        """Types into the field with this label."""
        field = self.page.get_by_label(label, exact=False).first
        if self.way == "keyboard":
            self._reach(field)
            if field.get_attribute("type") in ("date", "datetime-local", "number"):
                field.fill(text)  # its parts differ by the browser's own language
            else:
                self.page.keyboard.type(text)
        else:
            field.fill(text)

    def choose(self, label: str) -> None:
        """Ticks the choice with this label."""
        choice = self.page.get_by_label(label, exact=False).first
        if self.way != "keyboard":
            choice.check()
        elif choice.get_attribute("type") == "checkbox":
            self._reach(choice)
            self.page.keyboard.press("Space")
        else:
            self._choose_radio(choice)
        expect(choice).to_be_checked()

    def select(self, label: str, option: str) -> None:
        """Chooses from a list that folds down."""
        field = self.page.get_by_label(label, exact=False).first
        if self.way != "keyboard":
            field.select_option(label=option)
            return
        self._reach(field)
        for _again in range(3):
            self.page.keyboard.type(option)
            if field.locator("option:checked").inner_text().startswith(option):
                return
            self.page.wait_for_timeout(AGAIN)
        raise AssertionError(f"typing does not lead to {option}")

    def sees(self, text: str) -> None:
        """The page says this."""
        expect(self.page.locator("main")).to_contain_text(text)

    def _choose_radio(self, choice: Locator) -> None:
        name = choice.get_attribute("name")
        self._reach(self.page.locator(f'input[name="{name}"]'))
        for _step in range(40):
            if choice.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not lead to {choice}")

    def _reach(self, wanted: Locator) -> None:
        """Tabs until the focus is on it (or on one of its group), from where the focus is, round once at most."""
        focused = self.page.locator(":focus")
        for _tab in range(TABS):
            if wanted.and_(focused).count():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {wanted}")
