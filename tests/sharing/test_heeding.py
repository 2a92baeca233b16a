"""Data of a third person is pointed out before anything is saved; the police and the words of a case have no keep."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse

from serai.audit.models import AuditEntry
from serai.core.audience import group
from serai.directory import actions as directory
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Commitment, Exchange, Note, Session, Takeaway, Weighing
from serai.needs.models import Need, Offer
from serai.plans import actions as plans
from serai.plans.models import Activity
from sharing.stage import arranged, text
from worlds import NOW, Someone, World, browsing, member, small_world

PHONE = "If he is missing call the mother, 070 123 454."
CASE = "The suspect lives near the school."
OFFER = {"theme": "women", "target_groups": ["women"], "evidence": "E1", "capacity": 5}


@pytest.fixture
def world() -> World:
    return small_world()


def officer(world: World) -> Someone:
    """A police officer of Arbreva."""
    with world["Arbreva"].asks():
        police = directory.add_organisation(
            world["Arbreva"].actor,
            name="Police of Arbreva",
            sector="law_enforcement",
            city=world.cities["Arbreva"],
            readers=[group("network", world.network.id)],
            now=NOW,
        )
    return member(world["Arbreva"].actor, police, name="Community police officer", network=world.network)


def offer(someone: Someone, what: str, **more: Any) -> HttpResponse:
    return browsing(someone).post("/offers/new/", {**OFFER, "what": what, **more})


def test_a_phone_number_is_shown_with_its_digits_hidden(world: World) -> None:
    page = text(offer(world["Arbreva"], f"Two evenings.\n{PHONE}", readers="organisation"))
    assert "Line 2 looks like a phone number of someone." in page
    assert "call the mother, 07x xxx xx4" in page
    assert page.index("Remove it") < page.index("Keep it, because…")
    assert "Worried about someone? Not here." in page


def test_it_is_saved_only_without_it_or_with_a_reason(world: World) -> None:
    arbreva = world["Arbreva"]
    chosen = {"readers": "organisation", "confirmed": "organisation"}
    page = offer(arbreva, PHONE, **chosen)
    assert page.status_code == 422
    assert "Look at what was pointed out before you save." in text(page)
    assert offer(arbreva, PHONE, keep_because="  ", **chosen).status_code == 422
    with arbreva.asks():
        assert not Offer.objects.exists()
    assert offer(arbreva, PHONE, keep_because="It is the number of our own help line.", **chosen).status_code == 302
    with arbreva.asks():
        entry = AuditEntry.objects.get(record_id=Offer.objects.get().id)
        assert entry.because == "It is the number of our own help line."


def test_removing_it_changes_what_is_carried_and_nothing_else(world: World) -> None:
    page = text(offer(world["Arbreva"], PHONE, readers="organisation", remove="070 123 454"))
    assert 'name="what" value="If he is missing call the mother, …."' in page
    assert "looks like" not in page
    assert 'name="capacity" value="5"' in page
    saved = offer(world["Arbreva"], "If he is missing call the mother, ….", readers="city", confirmed="city")
    assert saved.status_code == 302


def test_a_reason_without_anything_found_is_not_kept(world: World) -> None:
    page = offer(world["Arbreva"], "Two evenings", readers="city", confirmed="city", keep_because="No reason")
    assert page.status_code == 302
    with world["Arbreva"].asks():
        assert AuditEntry.objects.get(record_id=Offer.objects.get().id).because == ""


@pytest.mark.parametrize("words", [PHONE, CASE])
def test_the_police_keep_nothing(world: World, words: str) -> None:
    page = offer(officer(world), words, readers="organisation", confirmed="organisation", keep_because="I must.")
    assert page.status_code == 422
    assert "It cannot be kept here." in text(page)
    assert "Keep it, because" not in text(page)


def test_the_words_of_a_case_are_kept_by_nobody(world: World) -> None:
    page = offer(world["Arbreva"], CASE, readers="organisation", confirmed="organisation", keep_because="I must.")
    assert page.status_code == 422
    assert 'This looks like a note on someone’s case. <span class="place"' in text(page).replace("</b>", "")
    assert "It cannot be kept here." in text(page)


def session_of(world: World, exchange: Exchange, *, chatham: bool = False) -> Session:
    arbreva = world["Arbreva"]
    with arbreva.asks():
        return exchanges.add_session(
            arbreva.actor, exchange, title="What we saw", kind="reflection", chatham=chatham, now=NOW
        )


def forms(world: World) -> list[tuple[str, dict[str, Any], type, str]]:
    """Every form that saves without a choice of readers: address, fields, what it makes, the field with the words."""
    exchange, arbreva = arranged(world), world["Arbreva"]
    session = session_of(world, exchange)
    with arbreva.asks():
        kept = exchanges.capture_takeaway(
            arbreva.actor, exchange, "Keys", city=world.cities["Arbreva"], session=session, now=NOW
        )
        plan = plans.draft_plan(
            arbreva.actor,
            city=world.cities["Arbreva"],
            title="Plan",
            readers=[group("organisation", arbreva.organisation.id)],
            now=NOW,
        )
        objective = plans.add_objective(arbreva.actor, plan, "Stay", now=NOW)
    due = {"owner_role": "Youth worker", "first_step": "", "due_on": "2020-01-01"}
    return [
        (f"/exchanges/{exchange.id}/capture/", {}, Takeaway, "text"),
        (f"/sessions/{session.id}/notes/new/", {}, Note, "text"),
        (f"/takeaways/{kept.id}/weigh/", {"decision": "adopted"}, Weighing, "reason"),
        (f"/exchanges/{exchange.id}/promises/new/", due, Commitment, "text"),
        (f"/objectives/{objective.id}/activities/new/", {"title": "Evenings"}, Activity, "what"),
    ]


def test_forms_that_save_at_once_ask_first(world: World) -> None:
    browser = browsing(world["Arbreva"])
    for address, fields, model, name in forms(world):
        with world["Arbreva"].asks():
            before = model.objects.count()
        page = browser.post(address, {**fields, name: PHONE})
        assert page.status_code == 422, address
        assert "Is there something about a third person?" in text(page), address
        assert "07x xxx xx4" in text(page)
        assert f'name="{name}" value="{PHONE}"' in text(page)
        removed = browser.post(address, {**fields, name: PHONE, "remove": "070 123 454"})
        assert removed.status_code == 422
        assert "It is removed. Now save it." in text(removed)
        assert f'name="{name}" value="If he is missing call the mother, …."' in text(removed)
        back = browser.post(address, {**fields, name: PHONE, "back": "1"})
        assert back.status_code == 200, address
        assert "070 123 454" in text(back), address
        with world["Arbreva"].asks():
            assert model.objects.count() == before, address
        saved = browser.post(address, {**fields, name: PHONE, "keep_because": "The help line of the city."})
        assert saved.status_code == 302, address
        with world["Arbreva"].asks():
            made = model.objects.order_by("-id").first()
            assert AuditEntry.objects.get(record_id=made.pk).because == "The help line of the city."


def test_a_chatham_house_note_keeps_nothing_and_its_trail_no_reason(world: World) -> None:
    exchange = arranged(world)
    session = session_of(world, exchange, chatham=True)
    browser = browsing(world["Lipovar"])
    address = f"/sessions/{session.id}/notes/new/"
    page = browser.post(address, {"text": PHONE, "keep_because": "The help line."})
    assert page.status_code == 422
    assert "It cannot be kept here." in text(page)
    assert browser.post(address, {"text": "Call the help line."}).status_code == 302


def test_mending_a_need_is_looked_through_too(world: World) -> None:
    from serai.needs import actions as needs

    arbreva = world["Arbreva"]
    with arbreva.asks():
        need = needs.state_need(
            arbreva.actor,
            city=world.cities["Arbreva"],
            question="How?",
            theme="women",
            target_groups=["women"],
            readers=[group("network", world.network.id)],
            now=NOW,
        )
    fields = {"question": PHONE, "theme": "women", "target_groups": ["women"], "urgency": "now", "version": 1}
    assert browsing(arbreva).post(f"/needs/{need.id}/change/", fields).status_code == 422
    with arbreva.asks():
        assert Need.objects.get().question == "How?"
