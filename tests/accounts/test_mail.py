"""Mail: one row for an occasion and an address, nothing above TLP:GREEN, read by nobody it is not for."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from letters import ADDRESS, newest, opened_account
from serai.accounts.demo import outbox_mails
from serai.accounts.mail import TooNarrowForMail, address_of, post
from serai.accounts.models import Account, Mail
from serai.audit.actions import add
from serai.core.audience import group
from serai.db import clock
from serai.db.acting import VISITOR, acting_as, person
from serai.needs.models import Need
from worlds import World


def write(occasion: str = "test", address: str = "Someone@Example.org", **more: Any) -> bool:
    """A mail of a test."""
    return post(occasion, address, "Subject", "Body", None, clock.now(), **more)


def test_an_occasion_is_told_once_to_an_address() -> None:
    with acting_as(VISITOR):
        assert write()
        assert not write(address="someone@example.ORG")
        assert write(occasion="another")
        assert write(address="other@example.org")
    assert [mail.address for mail in outbox_mails()].count("someone@example.org") == 2


def test_a_mail_goes_with_the_act_it_tells_of_or_not_at_all() -> None:
    def act() -> None:
        with acting_as(VISITOR):
            write()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert outbox_mails() == []


def test_nothing_above_green_goes_into_a_mail(world: World) -> None:
    arbreva = world["Arbreva"]
    allowed = {"everyone": ["everyone"], "network": [group("network", world.network.id)]}
    refused = {
        "city": [group("city", -1)],
        "organisation": [group("organisation", arbreva.organisation.id)],
        "person": [group("person", arbreva.person.id)],
    }
    with arbreva.asks():
        for name, groups in {**allowed, **refused}.items():
            need = Need(city=world.cities["Arbreva"], question="What we ask", theme="youth_engagement")
            add(arbreva.actor, need, verb="state", groups=groups, now=clock.now())
            if name in allowed:
                assert write(occasion=name, about=[need])
            else:
                with pytest.raises(TooNarrowForMail):
                    write(occasion=name, about=[need])
    assert len(outbox_mails()) == 2


def test_a_subject_is_one_line() -> None:
    with acting_as(VISITOR):
        post("x", "a@example.org", "One\r\nBcc: all@example.org", "Body", None, clock.now())
    assert newest().subject == "One Bcc: all@example.org"


def test_a_mail_is_read_by_whom_it_goes_to_and_by_nobody_else(world: World) -> None:
    account = opened_account(world)
    assert account.person_id is not None
    with world["Lipovar"].asks():
        post("x", ADDRESS, "Subject", "Body with a link", account.person_id, clock.now())
        assert Mail.objects.count() == 0, "not even by whose act it follows from"
    for asker in (VISITOR, person(world.administrator.person), person(world.secretariat.person.id)):
        with acting_as(asker):
            assert Mail.objects.count() == 0
    with world["Arbreva"].asks():
        assert Mail.objects.get().body == "Body with a link"
    with acting_as(person(account.person_id, also=world["Lipovar"].person.id)):
        assert Mail.objects.count() == 0, "seeing as someone else shows what both may read"


def test_the_web_role_cannot_mark_a_mail_as_sent_or_take_one_away(world: World) -> None:
    account = opened_account(world)
    with world["Arbreva"].asks():
        post("x", ADDRESS, "Subject", "Body", account.person_id, clock.now())
        for forbidden in (
            "UPDATE serai_mail SET sent_at = now()",
            "DELETE FROM serai_mail",
            "INSERT INTO serai_mail (id, occasion, address, subject, body, created_at, failed, posted_by)"
            " VALUES (gen_random_uuid(), 'y', 'a@b.c', '', '', now(), '', gen_random_uuid())",
        ):
            with pytest.raises(Exception, match=r"permission denied|row-level security"), transaction.atomic():
                connection.cursor().execute(forbidden)


def test_a_link_in_a_mail_leads_to_this_site(settings: Any) -> None:
    settings.PUBLIC_ADDRESS = "https://serai.example.org/"
    assert address_of("/l/x/") == "https://serai.example.org/l/x/"


def test_accounts_are_found_whatever_the_case(world: World) -> None:
    opened_account(world)
    assert Account.objects.filter(email=ADDRESS).count() == 1
    assert Account.objects.get_by_natural_key(ADDRESS.upper()).email == ADDRESS
