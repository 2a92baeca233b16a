"""Two do something about one match at the same moment, each with a connection of its own: one of them counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.db import connections

from accounts.second import eventually
from serai.accounts.models import Account
from serai.audit.actions import Actor, ChangedMeanwhile, NotYours
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.db import clock
from serai.db.acting import acting_as, person
from serai.db.embedded import Cluster
from serai.directory.models import City, Membership, Organisation
from serai.exchanges.actions import plan_exchange
from serai.exchanges.models import Party
from serai.needs import actions
from serai.needs.models import Match, MatchAnswer
from served import copy_database

NAME = "serai_at_once"


@pytest.fixture(scope="module")
def ground(demo_world: str, cluster: Cluster) -> Iterator[Cluster]:
    """A copy of the demo world, to be written in; with `demo_world` for the clock and the way back."""
    for alias in ("default", "apart"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = NAME
    copy_database(cluster, demo_world, NAME)
    yield cluster
    connections.close_all()
    with psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())


def coordinator(city: str) -> tuple[Actor, Organisation, City]:
    """Who coordinates in a city of the demo world."""
    account = Account.objects.get(email__startswith=f"{city.lower()}@")
    assert account.person_id
    with acting_as(person(account.person_id)):
        mine = Membership.objects.select_related("organisation__city").get(person=account.person_id)
    body = mine.organisation
    assert body is not None
    assert body.city is not None
    return Actor(person=account.person_id, organisation=body.pk), body, body.city


class Asked:
    """A new match: Arbreva asks Lipovar and Valdora."""

    def __init__(self) -> None:
        self.now: datetime = clock.now()
        self.arbreva, home, city = coordinator("Arbreva")
        self.lipovar, town, there = coordinator("Lipovar")
        self.valdora, other, elsewhere = coordinator("Valdora")
        readers = [group("organisation", one.pk) for one in (home, town, other)]
        with acting_as(person(self.arbreva.person)):
            need = actions.state_need(
                self.arbreva, city=city, question="?", theme="youth_engagement", readers=readers, now=self.now
            )
            self.match = actions.propose_match(
                self.arbreva, need, {there: town, elsewhere: other}, reasons={}, now=self.now
            )
            self.rows = {one.city_id: one for one in MatchAnswer.objects.filter(match=self.match)}
        self.of_lipovar, self.of_valdora = self.rows[there.pk], self.rows[elsewhere.pk]
        self.home = home

    def answers(self, decision: str) -> Callable[[], Any]:
        return lambda: actions.answer_match(self.lipovar, self.of_lipovar, decision=decision, now=self.now, expected=1)

    def takes_back(self) -> Any:
        return actions.undo_answer(self.lipovar, self.of_lipovar, now=self.now)

    def plans(self) -> Any:
        return plan_exchange(
            self.arbreva,
            title="Days",
            organiser=self.home,
            place=None,
            starts_on=None,
            ends_on=None,
            match=self.match,
            now=self.now,
        )

    def by(self, actor: Actor, act: Callable[[], Any]) -> None:
        """Does it and lets it be."""
        with acting_as(person(actor.person)):
            act()


def one_after_the_other(
    ground: Cluster, first: tuple[Actor, Callable[[], Any]], second: tuple[Actor, Callable[[], Any]]
) -> Exception | None:
    """The second begins while the first has acted and not committed: it must wait. What the second then said."""
    acted, may_commit = threading.Event(), threading.Event()

    def run(actor: Actor, act: Callable[[], Any], *, leads: bool) -> Exception | None:
        try:
            with acting_as(person(actor.person)):
                act()
                if leads:
                    acted.set()
                    assert may_commit.wait(20)
        except (NotAllowedNow, ChangedMeanwhile) as error:
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(2) as threads, psycopg.connect(ground.admin_url(), autocommit=True) as admin:
        leading: Future[Exception | None] = threads.submit(run, *first, leads=True)
        assert acted.wait(20), leading.result(1)
        following = threads.submit(run, *second, leads=False)
        waits = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
        try:
            eventually(lambda: admin.execute(waits, [NAME]).fetchone() or following.done(), what="nobody waited")
            assert not following.done(), "the second did not wait for the first"
        finally:
            may_commit.set()
        assert leading.result(20) is None
        return following.result(20)


def test_of_two_answers_at_once_the_first_counts(ground: Cluster) -> None:
    asked = Asked()
    refused = one_after_the_other(
        ground, (asked.lipovar, asked.answers("declined")), (asked.lipovar, asked.answers("accepted"))
    )
    assert isinstance(refused, NotAllowedNow)
    with acting_as(person(asked.arbreva.person)):
        assert MatchAnswer.objects.get(pk=asked.of_lipovar.pk).answer == "declined"


def test_of_two_who_ask_for_time_at_once_the_second_is_shown_the_first(ground: Cluster) -> None:
    asked = Asked()
    refused = one_after_the_other(
        ground, (asked.lipovar, asked.answers("parked")), (asked.lipovar, asked.answers("declined"))
    )
    assert isinstance(refused, ChangedMeanwhile)
    assert refused.record.answer == "parked"


def agreed() -> Asked:
    """Lipovar said yes, Valdora no: an exchange can be planned."""
    asked = Asked()
    asked.by(asked.lipovar, asked.answers("accepted"))
    asked.by(
        asked.valdora,
        lambda: actions.answer_match(asked.valdora, asked.of_valdora, decision="declined", now=asked.now),
    )
    return asked


def test_an_answer_is_not_taken_back_while_the_exchange_is_planned_on_it(ground: Cluster) -> None:
    asked = agreed()
    refused = one_after_the_other(ground, (asked.arbreva, asked.plans), (asked.lipovar, asked.takes_back))
    assert isinstance(refused, NotAllowedNow)
    with acting_as(person(asked.arbreva.person)):
        assert Match.objects.get(pk=asked.match.pk).state == "planned"
        assert MatchAnswer.objects.get(pk=asked.of_lipovar.pk).answer == "accepted"
        assert Party.objects.filter(exchange__match=asked.match, city=asked.of_lipovar.city_id).exists()


def test_no_exchange_is_planned_on_an_answer_that_is_just_taken_back(ground: Cluster) -> None:
    asked = agreed()
    refused = one_after_the_other(ground, (asked.lipovar, asked.takes_back), (asked.arbreva, asked.plans))
    assert isinstance(refused, NotAllowedNow)
    with acting_as(person(asked.arbreva.person)):
        assert Match.objects.get(pk=asked.match.pk).state == "proposed"
        assert not Party.objects.filter(exchange__match=asked.match).exists()


def test_of_two_who_plan_at_once_one_does(ground: Cluster) -> None:
    asked = agreed()
    refused = one_after_the_other(ground, (asked.arbreva, asked.plans), (asked.arbreva, asked.plans))
    assert isinstance(refused, NotAllowedNow)


def test_who_reads_a_row_and_may_not_change_it_does_not_lock_it_without_a_word(ground: Cluster) -> None:
    asked = agreed()
    with acting_as(person(asked.valdora.person)):
        assert MatchAnswer.objects.filter(pk=asked.of_lipovar.pk).exists()
        with pytest.raises(NotYours):
            actions.answer_match(asked.valdora, asked.of_lipovar, decision="declined", now=asked.now)
        with pytest.raises(NotYours):
            actions.undo_answer(asked.valdora, asked.of_lipovar, now=asked.now)
        with pytest.raises(NotYours):
            actions.mark_planned(asked.valdora, asked.match, now=asked.now)
