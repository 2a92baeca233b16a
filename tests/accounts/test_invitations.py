"""People come by invitation: a link, a page with a button, a mailed code."""

from __future__ import annotations

import re

import pytest
from django.db.models import QuerySet
from django.test import Client

from letters import ADDRESS, code_in, newest, opened_account, signed_in, text
from serai.accounts.demo import outbox_mails
from serai.accounts.models import Account
from serai.accounts.qr import svg
from serai.audit.actions import NotYours
from serai.core.audience import group
from serai.db import clock
from serai.db.acting import acting_as, person
from serai.directory import actions as directory
from serai.directory.models import Membership, Organisation, Person, TeamMember
from serai.needs import actions as needs
from serai.needs.models import Need
from serai.sharing import links
from serai.sharing.invitations import invite, takes_over
from serai.sharing.picking import people_called
from worlds import Someone, World, browsing, close_card

NEW = "youth@lipovar.example"


def invited(world: World, by: str = "Lipovar", address: str = NEW, of: Organisation | None = None) -> links.Made:
    """An invitation into the organisation of whoever invites, or into another."""
    someone = world[by]
    with someone.asks():
        return invite(
            someone.actor,
            of or someone.organisation,
            address=address,
            name="Youth worker of Lipovar",
            role="Youth worker",
            readers=[group("network", world.network.id)],
            now=clock.now(),
        )


def path_in(body: str) -> str:
    """The path of the link in a mail."""
    found = re.search(r"/l/[\w-]+/", body)
    assert found
    return found[0]


def test_following_an_invitation_signs_in_by_a_code_and_never_by_looking(client: Client, world: World) -> None:
    invited(world)
    mail = newest(NEW)
    assert "Municipality of Lipovar" in mail.body
    path = path_in(mail.body)
    page = client.get(path)
    assert "You are invited." in text(page)
    assert "Municipality of Lipovar" in text(page)
    assert client.get("/account/").status_code == 302
    assert newest(NEW).id == mail.id, "looking sends no code"
    answer = client.post(path, {"answer": "begin"})
    assert answer["Location"] == "/account/login/code/confirm/"
    assert client.get("/account/").status_code == 302
    answer = client.post("/account/login/code/confirm/", {"code": code_in(newest(NEW))})
    assert answer["Location"] == "/home/"
    assert client.get("/account/").status_code == 200
    again = Client()
    assert "Go on" in text(again.get(path))
    assert again.post(path, {"go_on": "1"})["Location"] == "/account/login/code/confirm/"


def test_without_the_mailed_code_the_link_opens_no_account(client: Client, world: World) -> None:
    path = path_in(newest(NEW).body) if invited(world) else ""
    client.post(path, {"answer": "begin"})
    client.post("/account/login/code/confirm/", {"code": "0000-0001"})
    assert client.get("/account/").status_code == 302


def test_an_invitation_makes_a_member_who_reads_what_members_read(world: World) -> None:
    invited(world)
    account = Account.objects.get(email=NEW)
    assert account.person_id is not None
    with acting_as(person(account.person_id)):
        mine = Membership.objects.get(person=account.person_id)
        assert mine.organisation_id == world["Lipovar"].organisation.id


def test_only_members_invite_into_a_claimed_organisation(world: World) -> None:
    lipovar = world["Lipovar"].organisation
    for stranger in ("Arbreva", "Lipovar NGO", "Valdora"):
        with pytest.raises(NotYours):
            invited(world, by=stranger, of=lipovar)
    with world.secretariat.asks(), pytest.raises(NotYours):
        invite(
            world.secretariat.actor,
            lipovar,
            address=NEW,
            name="X",
            role="",
            readers=[group("network", world.network.id)],
            now=clock.now(),
        )
    assert not Account.objects.filter(email=NEW).exists()
    assert not [mail for mail in outbox_mails() if mail.address == NEW]


def test_the_first_own_member_takes_the_organisation_over_at_the_first_sign_in(client: Client, world: World) -> None:
    arbreva = world["Arbreva"]
    readers = [group("network", world.network.id)]
    with arbreva.asks():
        club = directory.add_organisation(
            arbreva.actor,
            name="Sports club",
            sector="civil_society",
            city=world.cities["Arbreva"],
            readers=readers,
            now=clock.now(),
        )
    made = invited(world, by="Arbreva", address="club@example.org", of=club)
    calls_back = f"/links/{made.link.pk}/call-back/"
    assert calls_back in browsing(arbreva).get("/links/").content.decode()
    with arbreva.asks():
        assert Organisation.objects.get(pk=club.pk).claimed_on is None
    signed_in(client, "club@example.org")
    with arbreva.asks():
        assert Organisation.objects.get(pk=club.pk).source_id == club.pk
    waiting = browsing(arbreva).get("/links/").content.decode()
    assert "Youth worker of Lipovar" in waiting
    assert calls_back not in waiting, "it comes from the organisation now"
    with pytest.raises(NotYours):
        invited(world, by="Arbreva", of=club)


def test_someone_who_is_here_gets_the_membership(world: World) -> None:
    account = opened_account(world)
    invited(world, address=ADDRESS)
    with world["Lipovar"].asks():
        assert Membership.objects.filter(
            person=account.person_id, organisation=world["Lipovar"].organisation.id
        ).exists()


def theirs(organisation: Organisation) -> QuerySet[Membership]:
    """The memberships of an organisation."""
    return Membership.objects.filter(organisation=organisation.pk)


def test_someone_whose_card_is_not_readable_is_not_told_of_and_takes_the_seat_by_the_link(
    client: Client, world: World
) -> None:
    arbreva, lipovar = world["Arbreva"], world["Lipovar"]
    with arbreva.asks():
        hidden = directory.add_member(
            arbreva.actor,
            arbreva.organisation,
            name="Someone inside",
            role="",
            now=clock.now(),
            readers=[group("organisation", arbreva.organisation.id)],
            email="inside@arbreva.example",
        )
    made = invited(world, address="Inside@arbreva.example")
    with lipovar.asks():
        card = theirs(lipovar.organisation).get(person__name="Youth worker of Lipovar")
        assert card.person_id != hidden.pk
    signed_in(client, "inside@arbreva.example")
    with lipovar.asks():
        assert not theirs(lipovar.organisation).filter(person=hidden.pk).exists(), "not before the link is followed"
    client = Client()
    client.post(path_in(made.address), {"answer": "begin"})
    code = code_in(newest("inside@arbreva.example"))
    assert client.post("/account/login/code/confirm/", {"code": code})["Location"] == "/home/"
    with acting_as(person(hidden.pk)):
        mine = Membership.objects.filter(person=hidden.pk).values_list("organisation_id", flat=True)
        assert set(mine) == {arbreva.organisation.pk, lipovar.organisation.pk}
    with lipovar.asks():
        assert theirs(lipovar.organisation).filter(person=hidden.pk).count() == 1
        assert not theirs(lipovar.organisation).filter(person=card.person_id).exists()


def test_what_was_given_to_the_card_written_for_them_is_theirs_and_the_card_is_gone(
    client: Client, world: World
) -> None:
    lipovar, now = world["Lipovar"], clock.now()
    of_lipovar = [group("organisation", lipovar.organisation.id)]
    opened_account(world)
    close_card(world["Arbreva"])
    made = invited(world, address=ADDRESS)
    me = world["Arbreva"].person.id
    with lipovar.asks():
        card = Person.objects.get(name="Youth worker of Lipovar")
        city = world.cities["Lipovar"]
        team = directory.add_team(lipovar.actor, city=city, name="Team", readers=of_lipovar, now=now)
        directory.seat(lipovar.actor, team, card, sector="education", chairs=False, now=now)
        shared = [group("team", team.id)], [*of_lipovar, group("person", card.id)]
        for question, readers in zip(("For the team", "For them by name"), shared, strict=True):
            needs.state_need(
                lipovar.actor, city=city, question=question, theme="youth_engagement", readers=readers, now=now
            )
    assert "Youth worker of Lipovar" in text(browsing(lipovar).get(f"/people/{card.id}/"))
    client.post(path_in(made.address), {"answer": "begin"})
    assert client.post("/account/login/code/confirm/", {"code": code_in(newest(ADDRESS))}).status_code == 302
    with acting_as(person(me)):
        assert set(Need.objects.values_list("question", flat=True)) == {"For the team", "For them by name"}
        assert TeamMember.objects.get().person_id == me
    with lipovar.asks():
        assert people_called("Youth worker") == []
        assert [seat.person_id for seat in TeamMember.objects.all()] == [me]
        assert TeamMember.objects.select_related("person").get().person is None, "their own card is as closed as before"
    assert browsing(lipovar).get(f"/people/{card.id}/").status_code == 404
    assert browsing(lipovar).get(f"/teams/{team.id}/").status_code == 200
    again = invited(world, address=ADDRESS)
    Client().post(path_in(again.address), {"answer": "begin"})
    takes_over(Account.objects.get(person_id=me))
    with lipovar.asks():
        assert people_called("Youth worker") == []


def test_a_link_made_about_the_member_of_others_takes_no_seat(world: World) -> None:
    lipovar, arbreva = world["Lipovar"], world["Arbreva"]
    readers = [group("network", world.network.id)]
    with lipovar.asks():
        quiet = directory.add_member(
            lipovar.actor, lipovar.organisation, name="Without an account", role="", now=clock.now(), readers=readers
        )
    account = opened_account(world)
    with arbreva.asks():
        made = links.make(
            arbreva.actor,
            kind="join",
            person=quiet.pk,
            address=ADDRESS,
            records=[lipovar.organisation],
            now=clock.now(),
        )
    Client().post(path_in(made.address), {"answer": "begin"})
    takes_over(account)
    with lipovar.asks():
        assert theirs(lipovar.organisation).filter(person=quiet.pk).count() == 1
        assert not theirs(lipovar.organisation).filter(person=account.person_id).exists()


def test_a_narrow_organisation_is_not_named_in_the_mail(world: World) -> None:
    arbreva: Someone = world["Arbreva"]
    with arbreva.asks():
        quiet = directory.add_organisation(
            arbreva.actor,
            name="A shelter nobody may know of",
            sector="civil_society",
            city=world.cities["Arbreva"],
            readers=[group("organisation", arbreva.organisation.id)],
            now=clock.now(),
        )
    made = invited(world, by="Arbreva", of=quiet)
    assert "shelter" not in newest(NEW).body + newest(NEW).subject
    page = Client().get(path_in(made.address))
    assert "shelter" not in text(page)
    assert "This part you can read after signing in." in text(page)


def test_the_invitation_page(client: Client, world: World) -> None:
    opened_account(world)
    signed_in(client)
    page = f"/organisations/{world['Arbreva'].organisation.id}/invite/"
    assert "Invite someone by mail." in text(client.get(page))
    wrong = client.post(page, {"address": "not an address", "name": "Kept as typed"})
    assert wrong.status_code == 422
    assert b"Kept as typed" in wrong.content
    told = {"address": NEW, "name": "Youth worker", "role": "Youth worker"}
    posted = client.post(page, told)
    assert (posted.status_code, posted["Location"]) == (302, page + "sent/")
    answer = client.get(page + "sent/")
    mails = len(outbox_mails())
    assert client.get(page + "sent/").content.count(b"/l/") == answer.content.count(b"/l/"), "loaded again"
    assert len(outbox_mails()) == mails
    assert "The invitation is on its way by mail." in text(answer)
    link = re.search(r"http\S+/l/[\w-]+/", newest(NEW).body)
    assert link
    chat = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.content.decode(), re.S)
    assert chat
    assert chat[1].strip() == f"You are invited to Serai. Begin here:\n{link[0]}", "neutral, whoever looks on"
    assert svg(link[0], title="The link as a QR code") in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "/l/" not in client.get(page).content.decode(), "nowhere else"
    kept = client.cookies["once"]
    assert (kept["httponly"], kept["path"], kept["max-age"]) == (True, page + "sent/", 300)
    colleague = signed_in(Client(), NEW)
    colleague.cookies["once"] = kept.value
    assert colleague.get(page + "sent/")["Location"] == page, "another's sign-in in the same browser"
    assert link[0].split("/l/")[1].strip("/") not in str(dict(client.session.items())), "the secret stands in no table"
    strange = f"/organisations/{world['Lipovar'].organisation.id}/invite/"
    assert client.post(strange, {**told, "address": "other@example.org"}).status_code == 404
    assert Client().get(page).status_code == 302
