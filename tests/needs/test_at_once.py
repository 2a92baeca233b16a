"""Two do something about one match at the same moment, each with a connection of its own: one of them counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from at_once import coordinator, one_after_the_other
from serai.audit.actions import Actor, ChangedMeanwhile, NotYours
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.db import clock
from serai.db.acting import acting_as, person
from serai.db.embedded import Cluster
from serai.exchanges.actions import plan_exchange
from serai.exchanges.models import Party
from serai.needs import actions
from serai.needs.models import Match, MatchAnswer


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
