"""The register names every table; my data comes as a file; erased, "former member" stands everywhere."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from django.apps import apps
from django.conf import settings

from serai import erased
from serai.accounts.models import Account
from serai.audit.actions import NotYours
from serai.core.audience import group
from serai.db.acting import VISITOR, acting_as, person
from serai.db.rows import protected_models
from serai.directory.models import Membership, Network, Person
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Commitment, Note, Participant, Takeaway
from serai.sharing.actions import Needed, erase_myself
from serai.sharing.register import KINDS
from sharing.stage import arranged, text
from threads import with_session
from worlds import NOW, World, browsing, member, small_world

# Holds no person and nothing typed: audiences, the cache, migrations, kinds of models, the queue of ids.
NOBODY = {"serai_audience", "serai_cache", "django_migrations", "django_content_type", "auth_group", "auth_permission"}


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture(autouse=True)
def list_of_erasures() -> Iterator[None]:
    path = settings.STATE / "erased.jsonl"
    path.write_text("")
    yield
    path.write_text("")


def test_the_register_names_every_kind_of_record_once() -> None:
    nouns = [noun for kind in KINDS for noun in kind.nouns]
    assert sorted(nouns) == sorted(model.__name__.lower() for model in protected_models())
    tables = [table for kind in KINDS for table in kind.tables]
    assert len(tables) == len(set(tables))
    beside = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    beside -= {model._meta.db_table for model in protected_models()}
    beside = {table for table in beside if not table.startswith(("procrastinate_", "auth_group_"))}
    assert beside - NOBODY - set(tables) == set()
    for kind in KINDS:
        for words in (kind.word, kind.purpose, kind.basis, kind.controller, kind.recipients, kind.clock):
            assert str(words).strip()


def test_everyone_can_read_the_register() -> None:
    page = text(browsing().get("/register/"))
    for kind in KINDS:
        assert str(kind.word).replace("’", "’") in page
        assert str(kind.clock) in page
    assert "Passport numbers" in page


def lived(world: World) -> dict[str, uuid.UUID]:
    """The practitioner of Lipovar takes part, keeps something, shares something, writes two notes, promises."""
    exchange, ngo = arranged(world), world["Lipovar NGO"]
    talk = with_session(world, exchange, title="Talk", kind="practitioners", chatham=True)
    walk = with_session(world, exchange, title="Walk")
    with ngo.asks():
        kept = exchanges.capture_takeaway(ngo.actor, exchange, "Kept for myself", now=NOW)
        shared = exchanges.capture_takeaway(ngo.actor, exchange, "Shared with all", now=NOW)
        exchanges.share_takeaway(ngo.actor, shared, [group("exchange", exchange.id)], now=NOW)
        mine = exchanges.write_note(ngo.actor, walk, "My own note", now=NOW)
        said = exchanges.write_note(ngo.actor, talk, "Said among colleagues", now=NOW)
        exchanges.promise(
            ngo.actor,
            exchange,
            text="We try it",
            organisation=ngo.organisation,
            owner_role="Practitioner",
            due_on=date(2020, 1, 1),
            now=NOW,
        )
    return {"kept": kept.pk, "shared": shared.pk, "mine": mine.pk, "said": said.pk}


def test_my_data_is_everything_about_me_and_nothing_about_others(world: World) -> None:
    ids = lived(world)
    browser = browsing(world["Lipovar NGO"])
    answer = browser.get("/my-data/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    told = json.loads(answer.content)
    assert told["person"][0]["name"] == "Practitioner of Lipovar"
    assert told["account"]["email"].endswith("@example.org")
    assert {row["id"] for row in told["takeaway"]} == {str(ids["kept"]), str(ids["shared"])}
    assert {row["text"] for row in told["note"]} == {"My own note", "Said among colleagues"}
    assert len(told["membership"]) == len(told["participant"]) == 1
    assert "digest" not in answer.content.decode()
    assert "password" not in answer.content.decode()
    page = text(browser.get("/my-data/"))
    assert "Takeaways" in page
    for name in ("Arbreva", "Lipovar"):
        theirs = browsing(world[name]).get("/my-data/export/").content.decode()
        for id in ids.values():
            assert str(id) not in theirs
    assert browsing().get("/my-data/export/").status_code == 302


def test_erased_a_former_member_stands_everywhere_and_nothing_of_ones_own_is_left(world: World) -> None:
    ids, ngo = lived(world), world["Lipovar NGO"]
    browser = browsing(ngo)
    assert browser.post("/my-data/erase/", {}).status_code == 422
    with ngo.asks():
        assert Person.objects.get(pk=ngo.person.pk).erased_on is None
    page = browser.post("/my-data/erase/", {"sure": "on"}, follow=True)
    assert "You are erased." in text(page)
    assert browser.get("/home/").status_code == 302
    with acting_as(VISITOR):
        assert not Account.objects.filter(person_id=ngo.person.pk).exists()
    with world["Arbreva"].asks():
        card = Person.objects.get(pk=ngo.person.pk)
        assert (card.name, card.role, card.erased_on) == ("former member", "", NOW.date())
        assert Takeaway.objects.get(pk=ids["shared"]).text == "Shared with all"
        assert Commitment.objects.get().text == "We try it"
        assert Note.objects.get(pk=ids["said"]).text == "Said among colleagues"
        assert Membership.objects.get(person=card).ended_on == NOW.date()
        assert Participant.objects.get(person=card).ended_on == NOW.date()
    (entry,) = erased.read(settings.STATE / "erased.jsonl")
    assert entry.what == "erasure"
    assert set(entry.gone["serai_takeaway"]) == {str(ids["kept"])}
    assert set(entry.gone["serai_note"]) == {str(ids["mine"])}
    assert set(entry.gone["serai_noteauthor.note_id"]) == {str(ids["said"])}
    written = (settings.STATE / "erased.jsonl").read_text()
    for words in ("Practitioner", "@example.org", "Kept for myself"):
        assert words not in written
    with acting_as(person(ngo.person.pk)):
        assert not Takeaway.objects.filter(pk=ids["shared"]).exists()
        assert not Note.objects.exists()


def test_nobody_erases_another(world: World) -> None:
    lived(world)
    with acting_as(person(world["Arbreva"].person.pk, also=world["Lipovar NGO"].person.pk)), pytest.raises(NotYours):
        erase_myself(world["Arbreva"].actor, now=NOW)
    with acting_as(VISITOR), pytest.raises(NotYours):
        erase_myself(world["Lipovar NGO"].actor, now=NOW)
    with world["Arbreva"].asks():
        erase_myself(world["Lipovar NGO"].actor, now=NOW)
    with world["Lipovar"].asks():
        assert Person.objects.get(pk=world["Lipovar NGO"].person.pk).name == "Practitioner of Lipovar"
        assert Person.objects.get(pk=world["Arbreva"].person.pk).name == "former member"


def test_who_is_needed_hands_over_first(world: World) -> None:
    contact = member(world.secretariat.actor, world.secretariat.organisation, name="Contact", network=world.network)
    with world.secretariat.asks():
        Network.objects.filter(pk=world.network.pk).update(data_protection_id=contact.person.pk)
    with contact.asks(), pytest.raises(Needed, match="contact"):
        erase_myself(contact.actor, now=NOW)
    page = browsing(contact).post("/my-data/erase/", {"sure": "on"})
    assert page.status_code == 422
    assert "Let the secretariat name someone else first." in text(page)
