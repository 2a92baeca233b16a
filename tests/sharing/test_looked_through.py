"""Whatever people write freely is looked through before it is saved, in every form there is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django import forms
from django.test import Client

import serai
from serai.audit.models import AuditEntry
from serai.exchanges.models import Exchange, Goal, SafetyCheck, Session, Site
from serai.exchanges.tasklist import SAFETY_QUESTIONS
from serai.needs.models import Match, MatchAnswer
from serai.plans.models import Indicator, Measurement, Objective
from serai.sharing import links
from serai.sharing.heeding import is_free
from serai.stories import actions as stories
from serai.stories.models import Passage, Story
from sharing.stage import arranged, text
from threads import asked, begun, browsing_as, drafted, measured, with_session
from worlds import NOW, World, browsing, small_world

PHONE = "Call the mother, 070 123 454."
HOME = Path(serai.__file__).parent
NAMES = "the name of an organisation, office, team or network: the entry itself, whose readers are chosen"
CARD = "a card of somebody who is told that it is there, and mends it"
NOT_LOOKED_THROUGH = {
    "CityChangeForm": "a city, its designation and the footnote to it: no person",
    "CityForm": "a city, its designation and the footnote to it: no person",
    "FoundForm": NAMES,
    "FoundNetworkForm": NAMES,
    "ListForm": "a list of entries: each is looked over, line by line, before it is brought in",
    "Invite": CARD,
    "MembershipForm": CARD,
    "NamingForm": NAMES,
    "NetworkForm": NAMES,
    "OrganisationForm": NAMES,
    "PersonForm": CARD,
    "WhoForm": NAMES,
    "_Checked": "the code of a language, sent by the page itself",
}


def forms_with_words() -> dict[str, list[str]]:
    """Every form of the house by its name, with the fields in which people write freely."""
    found: dict[str, list[str]] = {}
    for path in sorted(HOME.rglob("*.py")):
        if path.parent.name == "accounts":  # codes, and the names of one's own keys
            continue
        if "forms.Form" in (source := path.read_text()) or "Form)" in source:
            module = import_module(".".join(path.relative_to(HOME.parent).with_suffix("").parts))
            for name, form in vars(module).items():
                own = isinstance(form, type) and issubclass(form, forms.Form) and form.__module__ == module.__name__
                fields = [n for n, f in getattr(form, "base_fields", {}).items() if own and is_free(f)]
                if fields:
                    found[name] = fields
    return found


def functions() -> Iterator[tuple[set[str], str]]:
    """Every function with those of its module that it calls: the names in it, and its source."""
    for path in HOME.rglob("*.py"):
        source = path.read_text()
        if "heeding" not in source and "choose_readers" not in source:
            continue
        here = {n.name: n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)}
        for function in here.values():
            parts, left = {function.name}, [function.name]
            while left:
                called = {n.id for n in ast.walk(here[left.pop()]) if isinstance(n, ast.Name)} & here.keys() - parts
                parts |= called
                left += sorted(called)
            nodes = [n for part in parts for n in ast.walk(here[part])]
            names = {n.attr for n in nodes if isinstance(n, ast.Attribute)}
            names |= {n.id for n in nodes if isinstance(n, ast.Name)} | {
                n.arg or "" for n in nodes if isinstance(n, ast.keyword)
            }
            words = {str(n.value) for n in nodes if isinstance(n, ast.Constant)}
            yield names, " ".join(sorted(words))


def test_every_field_in_which_people_write_freely_is_looked_through() -> None:
    found, every = forms_with_words(), list(functions())
    assert len(found) > 20
    missed: list[tuple[str, str]] = []
    for name, fields in found.items():
        uses = [(names, words.split()) for names, words in every if name in names]
        uses = [use for use in uses if use[0] & {"may_save", "ask_to_heed", "texts"}]
        for field in fields:
            if not any(names & {"may_save", "texts_of"} or field in words for names, words in uses):
                missed.append((name, field))
    assert {name for name, _ in missed} ^ NOT_LOOKED_THROUGH.keys() == set()


@pytest.fixture
def world() -> World:
    return small_world()


def asks_first(browser: Client, address: str, fields: dict[str, Any], name: str) -> None:
    page = browser.post(address, {**fields, name: PHONE})
    assert page.status_code == 422, (address, page.status_code)
    assert "Is there something about a third person?" in text(page), address
    assert "07x xxx xx4" in text(page), address
    back = browser.post(address, {**fields, name: PHONE, "back": "1"})
    assert back.status_code in (200, 422), address
    assert "third person?" not in text(back), address
    assert "070 123 454" in text(back), address


def test_a_match_and_its_answers(world: World) -> None:
    match, arbreva, lipovar = asked(world), browsing_as(world, "Arbreva"), browsing_as(world, "Lipovar")
    with world["Arbreva"].asks():
        MatchAnswer.objects.update(answer="asked", answered_at=None)
        answer = MatchAnswer.objects.select_related("match__need").get()
    with world["Arbreva"].asks():
        link = links.make(
            world["Arbreva"].actor, kind="match", person=world["Lipovar"].person.pk, address="lipovar@example.org",
            records=[answer, match, answer.match.need], now=NOW,
        )  # fmt: skip
    asks_first(arbreva, f"/needs/{match.need_id}/partners/", {"cities": [str(world.cities["Lipovar"].id)]}, "message")
    asks_first(lipovar, f"/matches/answers/{answer.id}/", {"decision": "parked"}, "reason")
    said = {"decision": "parked", "channel": "phone", "said_on": "2019-11-25"}
    asks_first(arbreva, f"/matches/answers/{answer.id}/on-behalf/", said, "said_by")
    asks_first(browsing(), urlsplit(link.address).path, {"answer": "parked"}, "reason")
    with world["Arbreva"].asks():
        assert [a.answer for a in MatchAnswer.objects.all()] == ["asked"]
        assert Match.objects.count() == 1
    page = browsing().post(urlsplit(link.address).path, {"answer": "parked", "reason": "Call …, please."})
    assert page.status_code == 302
    with world["Arbreva"].asks():
        assert [a.reason for a in MatchAnswer.objects.all()] == ["Call …, please."]


def test_a_story_and_its_passages(world: World) -> None:
    exchange, arbreva = arranged(world), browsing_as(world, "Arbreva")
    story = begun(world, exchange)
    with world["Arbreva"].asks():
        passage = stories.add_passage(world["Arbreva"].actor, story, "It rained.", now=NOW)
    told = {"title": "What came", "language": "en", "sources": [f"exchange-{exchange.id}"]}
    asks_first(arbreva, f"/exchanges/{exchange.id}/stories/new/", told, "byline")
    asks_first(arbreva, f"/stories/{story.id}/passages/new/", {}, "text")
    asks_first(arbreva, f"/passages/{passage.id}/change/", {"version": "1"}, "text")
    with world["Arbreva"].asks():
        assert (Story.objects.count(), [p.text for p in Passage.objects.all()]) == (1, ["It rained."])
    kept = {"text": PHONE, "version": "1", "keep_because": "It is our own line."}
    assert arbreva.post(f"/passages/{passage.id}/change/", kept).status_code == 302
    with world["Arbreva"].asks():
        assert "It is our own line." in AuditEntry.objects.filter(record_id=passage.pk).values_list(
            "because", flat=True
        )


def test_a_plan_and_its_numbers(world: World) -> None:
    plan, arbreva = drafted(world), browsing_as(world, "Arbreva")
    indicator = measured(world, plan)
    asks_first(arbreva, f"/plans/{plan.id}/objectives/new/", {}, "text")
    asks_first(arbreva, f"/activities/{indicator.activity_id}/indicators/new/", {"name": "Visits"}, "method")
    asks_first(arbreva, f"/indicators/{indicator.id}/measure/", {"value": "3", "measured_on": "2019-11-20"}, "how")
    with world["Arbreva"].asks():
        assert (Objective.objects.count(), Indicator.objects.count(), Measurement.objects.count()) == (1, 1, 1)


def test_an_exchange_and_its_programme(world: World) -> None:
    exchange, arbreva = arranged(world), browsing_as(world, "Arbreva")
    session = with_session(world, exchange)
    with world["Arbreva"].asks():
        party = exchange.parties.get(city=world.cities["Arbreva"])
    item = {"title": "A walk", "kind": "site_visit", "version": "1"}
    asks_first(arbreva, f"/exchanges/{exchange.id}/goals/", {}, "goal")
    days = {"starts_on": "2019-11-25", "ends_on": "2019-11-27", "form": "in_person", "version": "1"}
    asks_first(arbreva, f"/exchanges/{exchange.id}/change/", days, "title")
    asks_first(arbreva, f"/parties/{party.id}/delegates/", {"how_many": "1", "sector": "youth_work"}, "in_words")
    asks_first(arbreva, f"/exchanges/{exchange.id}/sessions/new/", item, "where")
    asks_first(arbreva, f"/sessions/{session.id}/change/", item, "where")
    asks_first(arbreva, f"/exchanges/{exchange.id}/sites/new/", {"name": "The centre"}, "who_may_come")
    safe = {f"risk_{n}": "no" for n in range(1, len(SAFETY_QUESTIONS) + 1)}
    asks_first(arbreva, f"/exchanges/{exchange.id}/safety/", {**safe, "decision": "go"}, "answer_1")
    with world["Arbreva"].asks():
        assert (Goal.objects.count(), Site.objects.count(), SafetyCheck.objects.count()) == (0, 0, 0)
        assert [s.where for s in Session.objects.all()] == [""]
        assert Exchange.objects.get().title == "Three days in Lipovar"


def test_a_new_exchange_and_a_mended_team(world: World) -> None:
    arbreva = browsing_as(world, "Arbreva")
    typed = {
        "title": "Two days",
        "place": str(world.cities["Lipovar"].id),
        "form": "in_person",
        "starts_on": "2019-11-25",
        "ends_on": "2019-11-26",
        "step": "99",
    }
    asks_first(arbreva, "/exchanges/new/", typed, "goal")
    with world["Arbreva"].asks():
        assert not Exchange.objects.exists()
