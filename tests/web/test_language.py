"""The pseudo-language is shown where it was chosen, and to nobody because their browser asks for Arabic."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["ar", "ar-EG,ar;q=0.9", "AR-x-Pseudo", "ar-x-pseudo;q=1.0, ar;q=0.8"])
def test_a_browser_that_asks_for_arabic_gets_english(asked: str) -> None:
    page = Client().get("/kept-safe/", headers={"Accept-Language": asked})
    assert page["Content-Language"] == "en"
    assert b'dir="rtl"' not in page.content


def test_what_was_chosen_is_shown_whatever_the_browser_asks_for() -> None:
    client = Client(headers={"Accept-Language": "ar, en"})
    assert client.get("/kept-safe/?language=ar-x-pseudo")["Content-Language"] == "ar-x-pseudo"
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "ar-x-pseudo"
    assert client.get("/kept-safe/")["Content-Language"] == "ar-x-pseudo"


def test_other_languages_are_asked_for_as_before() -> None:
    page = Client().get("/kept-safe/", headers={"Accept-Language": "arn, ar;q=0.9, en-GB;q=0.8"})
    assert page["Content-Language"] == "en"
