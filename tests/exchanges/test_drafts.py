"""A session is private to those who plan until it is released; then those of the exchange read it."""

from __future__ import annotations

import pytest

from serai.audit.actions import change_audience
from serai.core.audience import group
from serai.exchanges import actions
from serai.exchanges.actions.sessions import share_drafts
from serai.exchanges.checked import programme_digest
from serai.exchanges.circles import inner_circle
from serai.exchanges.models import Session
from serai.sharing.actions import share_record
from sharing.stage import arranged, everyone
from threads import browsing_as, fresh, network, release, text, with_session
from worlds import NOW, Someone, World, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def reads(someone: Someone, session: Session) -> bool:
    with someone.asks():
        return Session.objects.filter(pk=session.pk).exists()


def readers(world: World, session: Session) -> set[str]:
    return {name for name in world.people if reads(world[name], session)}


def test_a_new_session_is_read_by_those_who_plan_until_it_is_released(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange, title="Zarzevara", readers=None)
    assert readers(world, session) == {"Arbreva", "Lipovar"}, "the organiser, and who speaks for a party"
    assert not reads(world.secretariat, session)
    path = f"/exchanges/{exchange.pk}/programme/"
    for name, told in {"Arbreva": True, "Lipovar": True, "Lipovar NGO": False, "Valdora": False}.items():
        assert ("Zarzevara" in text(browsing_as(world, name).get(path))) == told, name
    release(world, exchange)
    assert all(reads(someone, session) for someone in everyone(world)), "all whom the exchange is shared with"
    assert "Zarzevara" in text(browsing_as(world, "Lipovar NGO").get(path))
    later = with_session(world, exchange, title="Later", readers=None)
    assert readers(world, later) == {"Arbreva", "Lipovar"}, "also after a release"
    release(world, exchange)
    assert readers(world, later) == set(world.people)


def test_readers_that_its_author_chose_stay_after_the_release(world: World) -> None:
    exchange = arranged(world)
    own = [group("organisation", world["Arbreva"].organisation.id)]
    given, narrowed = with_session(world, exchange, readers=own), with_session(world, exchange, readers=None)
    with world["Arbreva"].asks():
        change_audience(world["Arbreva"].actor, narrowed, own, now=NOW)
    dropped = with_session(world, exchange, readers=None)
    with world["Arbreva"].asks():
        actions.drop_session(world["Arbreva"].actor, dropped, now=NOW)
    release(world, exchange)
    assert readers(world, given) == readers(world, narrowed) == {"Arbreva"}
    assert readers(world, dropped) == {"Arbreva", "Lipovar"}, "what never was released is shown to nobody more"


def test_who_checks_the_safety_for_another_party_reads_every_draft(world: World) -> None:
    exchange, arbreva = arranged(world), world["Arbreva"]
    with arbreva.asks():
        site = actions.add_site(arbreva.actor, name="House", host=arbreva.organisation, readers=network(world), now=NOW)
    with_session(world, exchange, site=site, readers=None)
    digests = set()
    for name in ("Arbreva", "Lipovar"):
        with world[name].asks():
            digests.add(programme_digest(fresh(exchange)))
    assert len(digests) == 1
    release(world, exchange)


@pytest.mark.parametrize("narrow", [False, True])
def test_a_party_that_comes_later_reads_the_drafts_too(world: World, narrow: bool) -> None:
    exchange = arranged(world)
    if narrow:  # as an exchange is planned: for its participants, its organiser and who speaks for a party
        with world["Arbreva"].asks():
            share_record(world["Arbreva"].actor, fresh(exchange), inner_circle(exchange), now=NOW)
            exchange = fresh(exchange)
    draft = with_session(world, exchange, readers=None)
    given = with_session(world, exchange, readers=[group("organisation", world["Arbreva"].organisation.id)])
    with world["Arbreva"].asks():
        valdora = {"city": world.cities["Valdora"], "speaker": world["Valdora"].organisation}
        actions.add_party(world["Arbreva"].actor, exchange, kind="city", now=NOW, **valdora)
    assert readers(world, draft) == {"Arbreva", "Lipovar", "Valdora"}
    assert readers(world, given) == {"Arbreva"}
    release(world, exchange)
    assert readers(world, draft) == set(world.people) - ({"Valdora NGO"} if narrow else set())


def test_no_draft_is_wider_than_its_exchange_and_none_follows_it(world: World) -> None:
    exchange, arbreva = arranged(world), world["Arbreva"]
    own = [group("organisation", arbreva.organisation.id)]
    draft, told = with_session(world, exchange, readers=None), with_session(world, exchange)
    for groups, sessions, drafts in (
        (
            [group("exchange", exchange.pk)],
            {"Arbreva", "Arbreva NGO", "Lipovar", "Lipovar NGO"},
            {"Arbreva", "Lipovar"},
        ),
        (own, {"Arbreva"}, {"Arbreva"}),
        (network(world), set(world.people), {"Arbreva"}),
    ):
        with arbreva.asks():
            share_record(arbreva.actor, fresh(exchange), groups, now=NOW)
            later = fresh(exchange)
        assert (readers(world, told), readers(world, draft)) == (sessions, drafts)
        if groups == own:
            assert readers(world, with_session(world, later, readers=None)) == {"Arbreva"}
    with arbreva.asks():
        share_drafts(arbreva.actor, fresh(exchange), now=NOW)
    assert readers(world, draft) == {"Arbreva", "Lipovar"}
    release(world, exchange)
    assert readers(world, draft) == set(world.people)


def test_what_is_written_down_of_past_days_is_no_draft(world: World) -> None:
    arbreva = world["Arbreva"]
    with arbreva.asks():
        past = actions.record_exchange(
            arbreva.actor, title="Past", organiser=arbreva.organisation, readers=network(world), now=NOW
        )
        past = fresh(past)
    assert readers(world, with_session(world, past, readers=None)) == set(world.people)


def test_a_draft_without_an_hour_says_where_alone(world: World) -> None:
    exchange = arranged(world)
    for where, told in (("The bridge", '<p class="quiet"><span dir="auto">The bridge</span></p>'), ("", "</h1> <div")):
        session = with_session(world, exchange, starts_at=None, ends_at=None, where=where, readers=None)
        page = text(browsing_as(world, "Arbreva").get(f"/sessions/{session.pk}/"))
        assert told in page
