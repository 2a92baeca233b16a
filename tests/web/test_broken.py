"""Where something of ours breaks, a plain page says so, in the reader's language."""

from __future__ import annotations

import pytest
from django.test import Client

from serai.exchanges import queries
from worlds import small_world


@pytest.mark.django_db
def test_a_fault_of_ours_is_told_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    small_world()

    def broken() -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(queries, "exchanges_readable", broken)
    browser = Client(raise_request_exception=False)
    for language, direction in (("en", "ltr"), ("ar-x-pseudo", "rtl")):
        page = browser.get("/exchanges/", headers={"accept-language": language})
        assert page.status_code == 500
        assert f'lang="{language}" dir="{direction}"' in page.content.decode()
        assert "<h1>" in page.content.decode()
