"""Statements written once give what the ORM gives, to each asker what is theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from django.db.models import UUIDField

from serai.accounts.models import Account
from serai.accounts.signed_in import COLUMNS
from serai.core.audience import group
from serai.db.acting import VISITOR, Asker, acting_as, person
from serai.db.ready import Gap, Ready
from serai.exchanges.actions import add_session, record_exchange
from serai.exchanges.models import Exchange, Session
from serai.exchanges.queries import programme_heading, programme_sessions
from serai.needs.models import Match
from serai.practices.actions import Content, publish_practice
from serai.practices.queries import library_lines, practices_readable
from worlds import NOW, World, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def askers(world: World) -> list[Asker]:
    return [person(world["Arbreva"].person.id), person(world["Lipovar"].person.id), VISITOR]


def test_a_programme_is_what_the_orm_says_to_each_asker(world: World) -> None:
    actor, organisation = world["Arbreva"].actor, world["Arbreva"].organisation
    made: list[UUID] = []
    with acting_as(person(actor.person)):
        for readers in (["everyone"], [group("organisation", organisation.id)]):
            exchange = record_exchange(
                actor, title="Days together", organiser=organisation, readers=readers, now=NOW,
                starts_on=date(2019, 11, 25), ends_on=date(2019, 11, 27),
            )  # fmt: skip
            for number in range(3):
                at = datetime(2019, 11, 26, 9 + number, tzinfo=UTC) if number else None
                ends = at + timedelta(minutes=45) if at else None
                add_session(actor, exchange, title=f"S {number}", kind="talk", starts_at=at, ends_at=ends, now=NOW)
            made.append(exchange.id)
    seen = []
    for asker in askers(world):
        with acting_as(asker):
            for id in made:
                slots = programme_sessions(id)
                rows = Session.objects.filter(exchange=id, position__gt=0).select_related("site")
                assert {(s.id, s.title, s.starts_at, s.ends_at, s.where, s.site_id) for s in slots} == {
                    (r.id, r.title, r.starts_at, r.ends_at, r.where, r.site_id) for r in rows
                }
                assert [s.starts_at.tzinfo for s in slots if s.starts_at] == [UTC] * sum(
                    1 for s in slots if s.starts_at
                )
                there = Exchange.objects.filter(pk=id).select_related("audience").first()
                seen.append(there is not None)
                if there is None:
                    with pytest.raises(Exchange.DoesNotExist):
                        programme_heading(id)
                    continue
                found = programme_heading(id)
                assert (found.title, found.label, found.groups) == (
                    there.title, there.audience.label, tuple(there.audience.groups),
                )  # fmt: skip
                assert bool(found.own) == (asker.person == actor.person)
    assert seen == [True, True, True, False, True, False]


def test_the_library_is_what_the_orm_says_to_each_asker(world: World) -> None:
    actor, organisation = world["Arbreva"].actor, world["Arbreva"].organisation
    with acting_as(person(actor.person)):
        for number, readers in enumerate((["everyone"], [group("organisation", organisation.id)])):
            content = Content(
                title=f"Practice {number}", summary="One sentence.", description="What.", did_not_work=["This."],
                safeguards="Consent.", themes=["youth_engagement"],
            )  # fmt: skip
            publish_practice(actor, organisation=organisation, city=None, content=content, readers=readers, now=NOW)
    lengths = []
    for asker in askers(world):
        with acting_as(asker):
            lines = library_lines()
            rows = list(practices_readable())
            assert [(x.practice, x.title, x.summary, x.themes, x.language, x.city) for x in lines] == [
                (
                    v.practice_id,
                    v.title,
                    v.summary,
                    " ".join(v.themes),
                    v.language,
                    v.practice.city and v.practice.city.name,
                )
                for v in rows
            ]
            lengths.append(len(lines))
    assert lengths[0] == lengths[1] + 1 == lengths[2] + 1


class One(NamedTuple):
    """One column."""

    value: object


def test_a_gap_must_be_filled_and_a_column_that_django_converts_is_refused(world: World) -> None:
    ready = Ready(One, lambda: Match.objects.filter(pk=Gap("match", UUIDField())).values_list("state"))
    with acting_as(VISITOR), pytest.raises(KeyError, match="match"):
        ready.all()
    with acting_as(VISITOR), pytest.raises(TypeError, match="converts"):
        Ready(One, lambda: Match.objects.values_list("reasons")).all()


def test_an_account_is_read_in_the_order_of_its_fields() -> None:
    assert tuple(field.attname for field in Account._meta.concrete_fields) == COLUMNS
