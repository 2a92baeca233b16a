"""What nobody types by chance is answered as what cannot be, never by a fault; and a fault is a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils import translation

from sharing.stage import arranged, text
from sharing.test_reporting import stated
from worlds import World, browsing, small_world

FIGURES = ("²", "٣", "--5", "9" * 5000, "-1")


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.mark.parametrize("figure", FIGURES)
def test_a_number_that_is_none_begins_the_questions_anew(world: World, figure: str) -> None:
    page = browsing(world["Arbreva"]).post("/needs/new/", {"step": figure, "question": "How?"})
    assert page.status_code == 200
    assert "How?" in text(page)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_city_that_is_none_is_not_proposed(world: World, figure: str) -> None:
    assert browsing(world["Arbreva"]).get("/organisations/new/", {"city": figure}).status_code == 200


def test_a_city_of_ones_own_is_proposed(world: World) -> None:
    page = text(browsing(world["Arbreva"]).get("/organisations/new/", {"city": "-1"}))
    assert '<option value="-1" selected>' in page


def test_a_name_is_looked_up_without_the_sign_that_no_text_holds(world: World) -> None:
    browser = browsing(world["Arbreva"])
    assert "Practitioner of Lipovar" in text(browser.get("/see-as/", {"look_up": "Practitioner\0 of"}))
    need = stated(world)
    page = browser.post(f"/share/need/{need.pk}/", {"look_up": "NGO\0 of Lipovar"})
    assert page.status_code == 200
    assert "NGO of Lipovar" in text(page)


@pytest.mark.parametrize("sent", ["²", "%%", "é" * 9])
def test_a_photo_carried_that_is_none_is_told_at_its_field(world: World, sent: str) -> None:
    exchange = arranged(world)
    page = browsing(world["Arbreva"]).post(f"/exchanges/{exchange.pk}/capture/", {"text": "A", "photo_again": sent})
    assert page.status_code == 422
    assert "This is not a photo we can open." in text(page)


def test_a_choice_between_versions_of_no_field_is_passed_over(world: World) -> None:
    need = stated(world)
    told = {"question": "Why?", "theme": "youth_engagement", "target_groups": ["youth"], "urgency": "year"}
    sent = told | {"version": "1", "choose-nothing": "theirs"}
    assert browsing(world["Arbreva"]).post(f"/needs/{need.pk}/change/", sent).status_code in (302, 422)


@pytest.mark.parametrize("language", ["en", "ar-x-pseudo"])
def test_a_fault_is_a_page_that_asks_no_database(language: str, django_assert_num_queries: Callable[..., Any]) -> None:
    handler = get_resolver().resolve_error_handler(500)
    with translation.override(language), django_assert_num_queries(0):
        page = handler(RequestFactory().get("/"))
    assert page.status_code == 500
    assert f'<html lang="{language}"' in text(page)
    assert language != "en" or "Something broke on our side." in text(page)


def test_a_fault_in_a_view_is_that_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("serai.needs.queries.needs_readable", break_down)
    browser = browsing(world["Arbreva"])
    browser.raise_request_exception = False
    page = browser.get("/needs/")
    assert page.status_code == 500
    assert "Something broke on our side." in text(page)


def test_a_form_older_than_the_sign_in_says_so_and_leads_on() -> None:
    browser = Client(enforce_csrf_checks=True)
    page = browser.post("/account/login/", {"login": "someone@example.org"})
    assert page.status_code == 403
    assert "This form is too old to be sent." in text(page)
    assert "<h1>" in text(page)
