"""A release writes to the people it affects and to nobody else: that the programme changed, never what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import gettext, override

from serai.accounts.demo import Shown, outbox_mails
from serai.accounts.models import Account
from serai.core.audience import group
from serai.exchanges import actions
from serai.exchanges.models import Exchange, Participant, Session
from sharing.stage import arranged, everyone, shelter
from threads import SAFE, browsing_as, network, text, with_session
from worlds import NOW, World, browsing, small_world

HOUR = timedelta(hours=1)
ALL = {"Arbreva NGO", "Lipovar", "Lipovar NGO"}  # who take part, but for the coordinator of Arbreva, who releases


@pytest.fixture
def world() -> World:
    found = small_world()
    for someone in everyone(found):  # each with an account, so that who gets no mail is left out by the rule
        browsing(someone)
    return found


def fresh(exchange: Exchange) -> Exchange:
    return Exchange.objects.select_related("audience", "place").get(pk=exchange.pk)


def release(world: World, exchange: Exchange) -> list[Shown]:
    """What is mailed by it."""
    for name in ("Arbreva", "Lipovar"):
        with world[name].asks():
            actions.check_safety(world[name].actor, fresh(exchange), answers=SAFE, decision="go", now=NOW)
    before = {mail.id for mail in outbox_mails()}
    with world["Arbreva"].asks():
        actions.release_programme(world["Arbreva"].actor, fresh(exchange), now=NOW)
    return [mail for mail in outbox_mails() if mail.id not in before]


def told(world: World, mails: list[Shown]) -> set[str]:
    """Who got them, each one."""
    name_of = {f"{world[name].person.id}@example.org": name for name in world.people}
    assert len({mail.address for mail in mails}) == len(mails), "one mail each"
    return {name_of[mail.address] for mail in mails}


def change(world: World, session: Session, **fields: Any) -> None:
    with world["Arbreva"].asks():
        at = Session.objects.get(pk=session.pk)
        actions.change_session(world["Arbreva"].actor, at, expected=at.version, now=NOW, **fields)


def test_moving_one_session_mails_exactly_its_people(world: World) -> None:
    exchange = arranged(world)
    for_all = with_session(world, exchange, title="Zarzevara", where="The kiln", readers=None)
    ngos = [group("organisation", world[name].organisation.id) for name in ("Arbreva", "Arbreva NGO")]
    for_two = with_session(world, exchange, title="Zarzevara", where="The kiln", readers=ngos)
    assert not outbox_mails(), "a draft is told to nobody"
    first = release(world, exchange)
    assert told(world, first) == ALL

    change(world, for_two, starts_at=for_two.starts_at + HOUR)
    assert len(outbox_mails()) == len(first), "nor is a session moved in the draft"
    second = release(world, exchange)
    assert told(world, second) == {"Arbreva NGO"}
    assert not release(world, exchange), "nothing changed"

    change(world, for_all, where="The library")
    assert told(world, release(world, exchange)) == ALL
    with world["Arbreva"].asks():
        actions.drop_session(world["Arbreva"].actor, for_two, now=NOW)
    assert told(world, release(world, exchange)) == {"Arbreva NGO"}, "who could read what is taken out"

    for mail in outbox_mails():
        assert f"/exchanges/{exchange.pk}/programme/" in mail.body
        assert not [
            word for word in ("Zarzevara", "kiln", "library", exchange.title) if word in mail.subject + mail.body
        ]
    assert {mail.subject for mail in first} == {"The programme is there"}
    assert {mail.subject for mail in second} == {"The programme has changed"}


def test_the_host_of_a_site_is_told_of_what_changes_there_and_who_left_is_not(world: World) -> None:
    exchange, host = arranged(world), world["Valdora NGO"]
    with host.asks():
        site = actions.add_site(
            host.actor, name="House", host=host.organisation, readers=exchange.audience.groups, now=NOW
        )
    there, elsewhere = with_session(world, exchange, site=site), with_session(world, exchange, title="Debate")
    inner = [group("exchange", exchange.pk)]
    private = with_session(world, exchange, title="Among us", site=site, readers=inner)
    assert told(world, release(world, exchange)) == ALL | {"Valdora NGO"}
    change(world, elsewhere, where="Hall")
    assert told(world, release(world, exchange)) == ALL
    change(world, private, where="Cellar")
    assert told(world, release(world, exchange)) == ALL, "the host does not read this one"
    with world["Lipovar"].asks():
        seat = Participant.objects.get(person=world["Lipovar NGO"].person)
        actions.end_participation(world["Lipovar"].actor, seat, on=NOW.date(), now=NOW)
    change(world, there, site=None)
    assert told(world, release(world, exchange)) == {"Arbreva NGO", "Lipovar", "Valdora NGO"}, "the house it leaves too"


def test_the_page_of_a_release_says_how_many_are_told_before_and_after(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange, readers=[group("organisation", world["Arbreva"].organisation.id)])
    browser, path = browsing_as(world, "Arbreva"), f"/exchanges/{exchange.pk}/release/"
    for name in ("Arbreva", "Lipovar"):
        with world[name].asks():
            actions.check_safety(world[name].actor, fresh(exchange), answers=SAFE, decision="go", now=NOW)
    assert "Nobody is told by mail." in text(browser.get(path))
    assert "The programme is released. Nobody is told by mail." in text(browser.post(path, follow=True))
    assert not outbox_mails()
    with_session(world, exchange)
    change(world, session, where="Hall")
    assert "3 people are told by mail." in text(browser.get(path))
    assert "The programme is released. 3 people are told by mail." in text(browser.post(path, follow=True))
    assert told(world, outbox_mails()) == ALL


def test_each_is_told_in_the_language_they_chose(world: World) -> None:
    exchange = arranged(world)
    with_session(world, exchange)
    Account.objects.filter(person_id=world["Lipovar"].person.id).update(language="ar-x-pseudo")
    subjects = {mail.address: mail.subject for mail in release(world, exchange)}
    with override("ar-x-pseudo"):
        loud = gettext("The programme is there")
    assert loud != "The programme is there"
    assert set(subjects.values()) == {loud, "The programme is there"}
    assert [address for address, subject in subjects.items() if subject == loud] == [
        f"{world['Lipovar'].person.id}@example.org"
    ]


def test_which_hosts_are_told_is_said_in_the_same_words_whether_or_not_there_are_others(world: World) -> None:
    said = "Of the hosts, those are told whose cards you can see."
    exchange, hidden = arranged(world), shelter(world)
    browsing(hidden)
    path = f"/exchanges/{exchange.pk}/release/"
    pages = []
    for host in (None, world["Arbreva"], hidden):
        site = None
        if host is not None:
            with host.asks():
                rules: dict[str, Any] = {"host": host.organisation, "readers": network(world), "now": NOW}
                site = actions.add_site(host.actor, name="A house", **rules)
        session = with_session(world, exchange, site=site)
        for name in ("Arbreva", "Lipovar"):
            with world[name].asks():
                actions.check_safety(world[name].actor, fresh(exchange), answers=SAFE, decision="go", now=NOW)
        page = text(browsing_as(world, "Arbreva").get(path))
        pages.append(re.findall(r"\d+ people are told by mail\.[^<]*", page))
        with world["Arbreva"].asks():
            actions.drop_session(world["Arbreva"].actor, session, now=NOW)
    assert pages == [["3 people are told by mail."], *[[f"3 people are told by mail. {said}"]] * 2]
