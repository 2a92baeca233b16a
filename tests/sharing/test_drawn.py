"""Pages drawn once for all they are told are what would be drawn anew, for each asker and at each change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from markupsafe import Markup

from serai.core.audience import group
from serai.db import clock
from serai.directory.models import City
from serai.exchanges.actions import add_session, change_session, record_exchange
from serai.exchanges.models import Exchange, Session
from serai.exchanges.views import programme as programmes
from serai.practices import views as libraries
from serai.practices.actions import Content, publish_practice
from serai.web import drawn, pages
from serai.web.middleware import SEEING_AS
from worlds import NOW, World, browsing, small_world

NINE = datetime(2019, 11, 26, 9, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A programme and a library with something for everyone, and something for Arbreva's organisation alone."""

    world: World
    exchange: Exchange
    sessions: list[Session]


@pytest.fixture
def shown() -> Iterator[Shown]:
    drawn.drawn_page.cache_clear()
    world = small_world()
    actor, organisation = world["Arbreva"].actor, world["Arbreva"].organisation
    with world["Arbreva"].asks():
        exchange = record_exchange(
            actor, title="Days <together>", organiser=organisation, readers=["everyone"], now=NOW,
            starts_on=date(2019, 11, 25), ends_on=date(2019, 11, 27), place=City.objects.get(name="Arbreva"),
        )  # fmt: skip
        sessions = [
            add_session(
                actor, exchange, title=f"S {n}", kind="talk", now=NOW,
                starts_at=NINE + timedelta(hours=n), ends_at=NINE + timedelta(hours=n, minutes=45),
            )
            for n in range(3)
        ]  # fmt: skip
        for name, readers in (("Open", ["everyone"]), ("Kept", [group("organisation", organisation.id)])):
            content = Content(
                title=f"{name} practice", summary="One sentence.", description="What.", did_not_work=["This."],
                safeguards="Consent.", themes=["youth_engagement"],
            )  # fmt: skip
            publish_practice(actor, organisation=organisation, city=None, content=content, readers=readers, now=NOW)
    yield Shown(world=world, exchange=exchange, sessions=sessions)
    drawn.drawn_page.cache_clear()


def addresses(shown: Shown) -> list[str]:
    return [f"/exchanges/{shown.exchange.id}/programme/", "/library/"]


def anew(request: HttpRequest, template: str, **told: object) -> HttpResponse:
    return pages.show(request, template, told)


def test_what_is_drawn_once_is_what_is_drawn_anew(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """To a visitor and two people, in two languages, one of them from right to left, while a session runs."""
    monkeypatch.setattr(clock, "now", lambda: NINE + timedelta(minutes=10))
    seen = set()
    for someone in (None, shown.world["Lipovar"], shown.world["Valdora"]):
        for language in ("en", "ar-x-pseudo"):
            client = browsing(someone)
            client.cookies["django_language"] = language
            for address in addresses(shown):
                first, second = client.get(address).content, client.get(address).content
                with monkeypatch.context() as once:
                    once.setattr(programmes, "show_once", anew)
                    once.setattr(libraries, "show_once", anew)
                    # An unknown cookie is never given what was kept for visitors.
                    client.cookies["unknown"] = "1"
                    assert first == second == client.get(address).content, (someone, language, address)
                    del client.cookies["unknown"]
                seen.add(first)
    assert len(seen) == 3 * 2 * 2
    assert drawn.drawn_page.cache_info().hits >= 2 * 2 * 2  # of two people; visitors have a store of their own


def test_a_change_is_told_at_once_and_to_nobody_else(shown: Shown) -> None:
    author, other = browsing(shown.world["Arbreva"]), browsing(shown.world["Lipovar"])
    programme, library = addresses(shown)
    assert "S 1" in other.get(programme).content.decode()
    assert "Kept practice" in author.get(library).content.decode()
    assert "Kept practice" not in other.get(library).content.decode()
    with shown.world["Arbreva"].asks():
        change_session(
            shown.world["Arbreva"].actor,
            shown.sessions[1],
            expected=shown.sessions[1].version,
            title="Moved on",
            now=NOW,
        )
    again = other.get(programme).content.decode()
    assert "Moved on" in again
    assert "S 1" not in again
    assert "Days &lt;together&gt;" in again


def test_a_word_to_one_person_is_told_once(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pages.page_context

    def with_a_word(request: HttpRequest) -> dict[str, object]:
        if "say" in request.GET:
            messages.success(request, "A word.")
        return whole(request)

    monkeypatch.setattr(pages, "page_context", with_a_word)
    client = browsing(shown.world["Lipovar"])
    told = [client.get(f"/library/{query}").content.decode().count("A word.") for query in ("", "?say=1", "?say=1", "")]
    assert told == [0, 1, 1, 0]


def test_who_sees_as_another_can_end_it_by_a_form_of_this_request(shown: Shown) -> None:
    client = browsing(shown.world["Lipovar"])
    session = client.session
    session[SEEING_AS] = str(shown.world["Valdora"].person.id)
    session.save()
    for address in addresses(shown):
        answer = client.get(address)
        assert answer.cookies.keys() >= {"csrftoken"}
        assert "csrfmiddlewaretoken" in answer.content.decode()


@dataclass(frozen=True)
class Pair:
    one: object


@pytest.mark.parametrize(
    "value",
    [Markup("<b>"), ["a list"], Session(title="A model"), Pair(Markup("<b>")), ("deep", (Session(title="A model"),))],
    ids=["markup", "list", "model", "in a value", "in a tuple"],
)
def test_what_may_change_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        drawn.drawn("components/tlp.html", "tlp", value)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        drawn.drawn_page("practices/library.html", (("lines", value),))  # type: ignore[arg-type]


def test_a_page_with_a_form_is_refused() -> None:
    with pytest.raises(TypeError, match="holds a form"):
        drawn.drawn_page("account/logout.jinja", (("language", "en"),))
