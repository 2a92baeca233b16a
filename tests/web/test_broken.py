"""Where something of ours breaks, a plain page says so, in the reader's language."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils import translation

from serai.urls import handler400, handler500

__all__ = ["handler400", "handler500"]


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


urlpatterns = [path("breaks/", breaks), path("", include("serai.urls"))]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar-x-pseudo", "rtl")])
def test_a_fault_of_ours_is_told_on_a_page(language: str, direction: str) -> None:
    with translation.override("en"):  # what this request speaks, the next test does not
        client = Client(raise_request_exception=False)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = client.get("/breaks/")
    assert page.status_code == 500
    assert f'lang="{language}" dir="{direction}"' in page.content.decode()
    assert "<h1>" in page.content.decode()
    assert '<div class="next-act"><a href="/">' in page.content.decode()
    assert reverse("account_login") not in page.content.decode(), "who is signed in is not asked to sign in"


@pytest.mark.django_db(databases=["default", "apart"])
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar-x-pseudo", "rtl")])
def test_what_is_not_taken_as_it_was_sent_is_told_on_a_page(language: str, direction: str) -> None:
    with translation.override("en"):
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = client.post(reverse("account_login"), {f"field{n}": "" for n in range(1100)})
    assert page.status_code == 400
    assert f'lang="{language}" dir="{direction}"' in page.content.decode()
    assert '<div class="next-act"><a href="/">' in page.content.decode()
