"""Why can I, who else can, wider and narrower, and as another sees it: told to whoever can read a thing, else 404."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from serai.accounts.models import Mail
from serai.audit.actions import NotYours
from serai.core.audience import group
from serai.db.acting import VISITOR, acting_as
from serai.db.rows import protected_models
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Note, Session
from serai.needs import actions as needs
from serai.needs.models import Need
from serai.practices import actions as practices
from serai.practices.models import Practice, PracticeVersion
from serai.sharing.actions import WiderThanItsParent, share_record
from serai.sharing.nouns import children_of, nouns, parent_model
from serai.sharing.queries import readers_of, who_may_read
from sharing.stage import arranged, everyone, shelter, text
from worlds import NOW, World, browsing, member, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def stated(world: World, *groups: str) -> Need:
    arbreva = world["Arbreva"]
    with arbreva.asks():
        return needs.state_need(
            arbreva.actor,
            city=world.cities["Arbreva"],
            question="How do young people stay involved?",
            theme="youth_engagement",
            readers=groups or [group("network", world.network.id)],
            now=NOW,
        )


def test_every_protected_record_has_a_noun_with_a_page_that_exists() -> None:
    assert {noun.model for noun in nouns().values()} == set(protected_models())
    for noun in nouns().values():
        assert noun.word
        if noun.page:
            noun.model._meta.get_field(noun.id_field if noun.id_field != "pk" else "id")
            assert reverse(noun.page, args=["00000000-0000-4000-8000-000000000000"])
        if noun.parent:
            assert noun in children_of(nouns()[parent_model(noun).__name__.lower()])


def test_the_sentence_counts_exactly_those_who_can_read(world: World) -> None:
    people = [*everyone(world), shelter(world)]
    exchange = arranged(world)
    organisation = group("organisation", world["Lipovar NGO"].organisation.id)
    person = group("person", world["Valdora"].person.id)
    audiences = [
        [organisation],
        [organisation, person],
        [group("city", -1)],
        [group("city", -1), group("city", -2), person],
        [group("exchange", exchange.id)],
        [group("exchange", exchange.id), group("organisation", world["Valdora NGO"].organisation.id)],
        [group("network", world.network.id)],
        [person],
    ]
    for groups in audiences:
        need = stated(world, *groups)
        with world["Arbreva"].asks():
            counted = readers_of(who_may_read(need), need.source_id)
        reads = 0
        for someone in people:
            with someone.asks():
                reads += Need.objects.filter(pk=need.pk).exists()
        assert counted.people == reads, groups
        assert sum(found.count for found in counted.groups) == reads
    with world["Arbreva"].asks():
        assert readers_of([group("everyone")], None).public


def test_why_says_the_rule_and_the_groups(world: World) -> None:
    need = stated(world, group("city", -2), group("organisation", world["Valdora"].organisation.id))
    address = f"/why/need/{need.id}/"
    assert "It comes from your organisation." in text(browsing(world["Arbreva"]).get(address))
    page = text(browsing(world["Lipovar NGO"]).get(address))
    assert "It was shared with: Everyone from Lipovar." in page
    assert "Those of Municipality of Valdora" in page
    assert "And with its source: <bdi>Municipality of Arbreva</bdi>" in page
    assert "4 people in 4 organisations" in page
    assert "Change who can read it" not in page
    assert "Until its source takes it away, or a person asks" in page
    page = text(browsing(world["Valdora"]).get(address))
    assert "It was shared with: Those of Municipality of Valdora." in page


def test_whoever_cannot_read_gets_the_answer_of_what_does_not_exist(world: World) -> None:
    need = stated(world, group("organisation", world["Lipovar"].organisation.id))
    nowhere = "01900000-0000-7000-8000-000000000000"
    for someone in (world["Valdora"], world["Lipovar NGO"], world.secretariat, None):
        browser = browsing(someone)
        for page in ("why", "readers", "share", "report"):
            answers = [browser.get(f"/{page}/need/{id}/") for id in (need.id, nowhere)]
            assert [a.status_code for a in answers] in ([404, 404], [302, 302]), page
            bodies = [
                a.content.decode().replace(str(id), "") for a, id in zip(answers, (need.id, nowhere), strict=True)
            ]
            assert bodies[0] == bodies[1]
    assert browsing(world["Arbreva"]).get(f"/why/nonsense/{need.id}/").status_code == 404


def test_names_where_they_may_be_seen_and_counts_else(world: World) -> None:
    shelter(world)
    need = stated(world, group("city", -1))
    page = text(browsing(world["Arbreva NGO"]).get(f"/readers/need/{need.id}/"))
    assert "3 people in 3 organisations, 3 sectors, 1 city can read this." in page
    assert "<bdi>Coordinator of Arbreva</bdi>" in page
    assert "An organisation: Social services" in page
    assert "one person, whose name you may not see" in page
    assert "Keeper of the shelter" not in page


def test_everyone_may_ask_why_a_public_record_is_public(world: World) -> None:
    need = stated(world, group("everyone"))
    page = text(browsing().get(f"/why/need/{need.id}/"))
    assert "Everyone, also without an account" in page
    assert "Report this" not in page


def test_narrowing_says_who_could_read_it_until_now(world: World) -> None:
    need = stated(world)
    browser = browsing(world["Arbreva"])
    address = f"/share/need/{need.id}/"
    page = text(browser.get(address))
    assert "7 people in 7 organisations, 3 sectors, 3 cities can read this. What someone has read stays read." in page
    assert page.count("<bdi>NGO of Valdora</bdi>") == 2
    ring = {"readers": "organisation", "confirmed": "organisation"}
    page = text(browser.post(address, ring, follow=True))
    assert "Fewer people can read it now. Until now: 7 people in 7 organisations, 3 sectors, 3 cities" in page
    for someone in everyone(world):
        with someone.asks():
            assert Need.objects.filter(pk=need.pk).exists() is (someone == world["Arbreva"])
    with world["Lipovar"].asks():
        assert not Mail.objects.exists()


def test_widening_tells_those_who_could_read_it_and_not_what(world: World) -> None:
    need = stated(world, group("organisation", world["Lipovar"].organisation.id))
    for name in ("Lipovar", "Valdora"):
        browsing(world[name])
    ring = f"network-{world.network.id}"
    page = browsing(world["Arbreva"]).post(f"/share/need/{need.id}/", {"readers": ring, "confirmed": ring}, follow=True)
    assert "More people can read it now. Those who already could are told." in text(page)
    with world["Lipovar"].asks():
        mail = Mail.objects.get()
        assert f"/why/need/{need.id}/" in mail.body
        assert need.question not in mail.body + mail.subject
    with world["Valdora"].asks():
        assert Need.objects.exists()
        assert not Mail.objects.exists()
    page = text(browsing(world["Valdora"]).get(f"/why/need/{need.id}/"))
    assert "Its readers were changed on: Tue 26 Nov 2019." in page


def test_only_the_source_gives_other_readers(world: World) -> None:
    need = stated(world)
    ring = {"readers": "everyone", "confirmed": "everyone"}
    for name in ("Lipovar", "Arbreva NGO"):
        assert browsing(world[name]).post(f"/share/need/{need.id}/", ring).status_code == 404
        with world[name].asks(), pytest.raises(NotYours):
            share_record(world[name].actor, need, [group("everyone")], now=NOW)
    with acting_as(VISITOR):
        assert not Need.objects.exists()


def test_what_belongs_to_it_follows_and_cannot_be_wider(world: World) -> None:
    exchange, arbreva = arranged(world), world["Arbreva"]
    with arbreva.asks():
        session = exchanges.add_session(
            arbreva.actor, exchange, title="Visit", kind="site_visit", readers=exchange.audience.groups, now=NOW
        )
        share_record(arbreva.actor, exchange, [group("exchange", exchange.id)], now=NOW)
        session = Session.objects.select_related("audience").get(pk=session.pk)
        assert session.audience.groups == [group("exchange", exchange.id)]
        with pytest.raises(WiderThanItsParent):
            share_record(arbreva.actor, session, [group("network", world.network.id)], now=NOW)
    page = text(browsing(arbreva).get(f"/share/session/{session.id}/"))
    assert "Wider is not offered" in page
    assert "Everyone in Network" not in page
    with arbreva.asks():
        share_record(arbreva.actor, session, [group("organisation", world["Lipovar"].organisation.id)], now=NOW)
        share_record(arbreva.actor, exchange, [group("network", world.network.id)], now=NOW)
        assert Session.objects.get(pk=session.pk).audience.label == "TLP:AMBER+STRICT"


def test_every_version_of_a_practice_follows(world: World) -> None:
    lipovar = world["Lipovar"]
    content = practices.Content(
        title="Keys", summary="S", description="D", did_not_work=["No"], safeguards="Two adults"
    )
    with lipovar.asks():
        made = practices.publish_practice(
            lipovar.actor,
            organisation=lipovar.organisation,
            city=world.cities["Lipovar"],
            content=content,
            readers=[group("everyone")],
            now=NOW,
        )
        practices.mend_practice(lipovar.actor, made, content, what_changed="Nothing", expected=1, now=NOW)
        share_record(lipovar.actor, Practice.objects.get(), [group("city", -2)], now=NOW)
        assert {v.audience.label for v in PracticeVersion.objects.select_related("audience")} == {"TLP:AMBER"}
    with acting_as(VISITOR):
        assert not PracticeVersion.objects.exists()


def note_of(world: World) -> Note:
    exchange = arranged(world)
    with world["Arbreva"].asks():
        session = exchanges.add_session(
            world["Arbreva"].actor, exchange, title="Among colleagues", kind="practitioners", chatham=True, now=NOW
        )
    with world["Lipovar"].asks():
        return exchanges.write_note(world["Lipovar"].actor, session, "It failed at first.", now=NOW)


def test_only_its_author_learns_that_they_wrote_a_chatham_house_note(world: World) -> None:
    note = note_of(world)
    assert "You wrote it. Nobody else is told so." in text(browsing(world["Lipovar"]).get(f"/why/note/{note.id}/"))
    for name in ("Arbreva", "Lipovar NGO"):
        page = text(browsing(world[name]).get(f"/why/note/{note.id}/"))
        assert "It was shared with: Everyone in the exchange “Three days in Lipovar”." in page
        assert "And with its source" not in page
        assert browsing(world[name]).get(f"/share/note/{note.id}/").status_code == 404
    assert browsing(world["Lipovar"]).get(f"/share/note/{note.id}/").status_code == 200


def seeing(world: World, name: str, other: str):  # type: ignore[no-untyped-def]
    browser = browsing(world[name])
    assert browser.post("/see-as/", {"person": str(world[other].person.id)}).status_code == 302
    return browser


def test_seeing_as_another_shows_what_both_may_read_and_says_so(world: World) -> None:
    shared = stated(world, group("city", -2))
    kept = stated(world, group("city", -1))
    browser = seeing(world, "Arbreva", "Lipovar")
    for address in (f"/needs/{shared.id}/", "/needs/", "/home/", "/exchanges/", f"/why/need/{shared.id}/"):
        page = browser.get(address)
        assert page.status_code == 200, address
        assert "You see as Coordinator of Lipovar does." in text(page), address
    page = browser.get(f"/needs/{kept.id}/")
    assert page.status_code == 404
    assert "You see as Coordinator of Lipovar does." in text(page)
    theirs = browsing(world["Lipovar"]).get(f"/needs/{shared.id}/")
    assert theirs.status_code == 200
    assert browser.post("/see-as/", {"stop": "1", "next": "/needs/"})["Location"] == "/needs/"
    assert "You see as" not in text(browser.get(f"/needs/{kept.id}/"))


def test_nothing_is_written_while_seeing_as_another(world: World) -> None:
    need = stated(world)
    browser = seeing(world, "Arbreva", "Lipovar")
    ring = {"readers": "everyone", "confirmed": "everyone"}
    for address in (f"/share/need/{need.id}/", f"/report/need/{need.id}/", "/my-data/erase/", "/offers/new/"):
        page = browser.post(address, {**ring, "reason": "x", "sure": "on"})
        assert page.status_code == 409, address
        assert "You are only looking." in text(page)
    assert browser.post("/see-as/", {"person": str(world["Valdora"].person.id)}).status_code == 200
    assert "You see as Coordinator of Lipovar does." in text(browser.get("/needs/"))


def test_one_sees_only_as_somebody_one_may_see(world: World) -> None:
    keeper = shelter(world)
    browser = browsing(world["Arbreva"])
    for person in (str(keeper.person.id), "nonsense", "01900000-0000-7000-8000-000000000000"):
        assert browser.post("/see-as/", {"person": person}).status_code == 404
    page = text(browser.get("/see-as/?look_up=of"))
    assert "Coordinator of Lipovar" in page
    assert "Keeper" not in page
    assert "Coordinator of Arbreva" not in page
    assert browsing().get("/see-as/").status_code == 302
    assert browser.post("/see-as/", {"stop": "1", "next": "https://elsewhere.example/"})["Location"] == "/home/"


def test_my_standing_does_not_hang_on_what_the_other_may_read(world: World) -> None:
    keeper = shelter(world)
    browser = browsing(keeper)
    assert browser.post("/see-as/", {"person": str(world["Valdora"].person.id)}).status_code == 302
    assert browser.get("/home/").status_code == 200
    assert browser.post("/see-as/", {"stop": "1"}).status_code == 302


def test_seeing_as_its_author_does_not_tell_who_wrote_a_note(world: World) -> None:
    note = note_of(world)
    with world["Lipovar"].asks():
        taking_part = note.session.exchange.participants.get(person=world["Lipovar"].person)
        exchanges.end_participation(world["Lipovar"].actor, taking_part, on=NOW.date(), now=NOW + timedelta(days=1))
        assert Note.objects.exists()
    browser = seeing(world, "Arbreva", "Lipovar")
    assert browser.get(f"/why/note/{note.id}/").status_code == 404


def test_the_number_of_queries_does_not_grow_with_readers(world: World, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    need = stated(world)
    browser = browsing(world["Arbreva"])
    for address, most in ((f"/why/need/{need.id}/", 32), (f"/readers/need/{need.id}/", 28)):
        with django_assert_max_num_queries(most):
            assert browser.get(address).status_code == 200
    for n in range(6):
        member(world["Valdora"].actor, world["Valdora"].organisation, name=f"Officer {n}", network=world.network)
    for address, most in ((f"/why/need/{need.id}/", 32), (f"/readers/need/{need.id}/", 28)):
        with django_assert_max_num_queries(most):
            assert browser.get(address).status_code == 200
