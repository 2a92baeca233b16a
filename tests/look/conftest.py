"""A browser, and the small server of pages before it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator

import pytest
from desk import Desk
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The server, running."""
    server = Desk()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium: the system's own where there is one, else Playwright's."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()
