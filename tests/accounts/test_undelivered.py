"""Mail that did not arrive: told to whose act it was, without the address at which somebody else signs in."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from letters import newest, opened_account, signed_in, text
from serai.accounts import mail
from serai.accounts.models import Account
from serai.accounts.queries import undelivered
from serai.audit.actions import Actor
from serai.core.audience import group
from serai.db import clock
from serai.db.acting import acting_as, person
from serai.needs import actions as needs
from serai.needs.answer_link import ask_by_mail
from serai.sharing import links
from serai.sharing.exports import everything_about
from serai.sharing.models import Invitation
from worlds import Someone, World, close_card

LIPOVAR = "secret@lipovar.example"


@pytest.fixture(autouse=True)
def _nothing_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_INSERT", mail._INSERT.replace("'', serai_person()", "'refused 550', serai_person()"))


@pytest.fixture
def arbreva(world: World, client: Client) -> Someone:
    """The coordinator of Arbreva, signed in with `client`; that of Lipovar has an address too."""
    opened_account(world)
    signed_in(client)
    with world["Lipovar"].asks():
        Account.objects.create(email=LIPOVAR, person_id=world["Lipovar"].person.id)
    return world["Arbreva"]


def ask(world: World) -> Invitation:
    """Arbreva asks Lipovar by mail."""
    arbreva, lipovar, now = world["Arbreva"], world["Lipovar"], clock.now()
    with arbreva.asks():
        need = needs.state_need(
            arbreva.actor,
            city=world.cities["Arbreva"],
            question="How do we speak with returnees?",
            theme="youth_engagement",
            readers=[group("organisation", someone.organisation.id) for someone in (arbreva, lipovar)],
            now=now,
        )
        asked = {world.cities["Lipovar"]: lipovar.organisation}
        match = needs.propose_match(arbreva.actor, need, asked, reasons={}, now=now)
        assert ask_by_mail(arbreva.actor, match, now=now) == 1
        return Invitation.objects.get()


def test_who_was_asked_is_told_by_name_and_who_was_invited_by_what_was_typed(
    client: Client, world: World, arbreva: Someone
) -> None:
    assert "did not arrive" not in text(client.get("/account/"))
    asked = ask(world)
    typed = {"address": "typo@example.org", "name": "Youth worker"}
    assert client.post(f"/organisations/{arbreva.organisation.id}/invite/", typed).status_code == 302
    pages = ("/account/", "/links/", f"/links/{asked.pk}/code/")
    before = [text(client.get(page)) for page in pages]
    close_card(world["Lipovar"])
    after = [text(client.get(page)) for page in pages]
    for words, narrowed in zip(before, after, strict=True):
        assert "Coordinator of Lipovar" in words
        assert "Coordinator of Lipovar" not in narrowed
        assert "Someone whose card you cannot read" in narrowed
        assert LIPOVAR not in words + narrowed
    assert "typo@example.org" in after[0]
    assert "The other side refused it (refused 550). Check the address." in after[0]
    assert "The other side refused it (refused 550). Tell them another way." in after[0]
    with arbreva.asks():
        assert len(undelivered()) == 2
    with acting_as(person(world["Valdora"].person.id)):
        assert undelivered() == []
    with acting_as(person(arbreva.person.id, also=world["Lipovar"].person.id)):
        assert undelivered() == [], "seeing as someone else"


def test_a_city_is_asked_by_mail_also_where_the_card_of_its_coordinator_is_closed(
    world: World, arbreva: Someone
) -> None:
    close_card(world["Lipovar"])
    ask(world)
    assert newest(LIPOVAR).subject == "A question for your city"


def test_what_one_takes_along_holds_no_address_of_others(world: World, arbreva: Someone) -> None:
    alone, now = Actor(person=arbreva.person.id), clock.now()  # as someone without an organisation sends it
    with arbreva.asks():
        links.make(alone, kind="match", person=world["Lipovar"].person.pk, address=LIPOVAR, records=[], now=now)
        links.make(alone, kind="join", person=None, address="typed@example.org", records=[], now=now)
        told = everything_about(person(arbreva.person.id))
    assert [one["address"] for one in told["invitation"]] == ["", "typed@example.org"]
    assert LIPOVAR not in str(told)


def test_whoever_asks_for_the_code_of_a_link_is_not_told_where_it_went(
    client: Client, world: World, arbreva: Someone
) -> None:
    ask(world)
    found = re.search(r"/l/[\w-]+/", newest(LIPOVAR).body)
    assert found
    before = text(client.get("/account/")).count("refused 550")
    client.post(f"{found[0]}more/", {"send": "1"})
    assert "wants to see more" in newest(LIPOVAR).body
    page = text(client.get("/account/"))
    assert page.count("refused 550") == before
    assert LIPOVAR not in page
