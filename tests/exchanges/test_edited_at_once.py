"""Two organisers do something about one released session at the same moment, each with a connection of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from at_once import coordinator, one_after_the_other
from serai.audit.actions import ChangedMeanwhile
from serai.core.lifecycle import NotAllowedNow
from serai.db import clock
from serai.db.acting import acting_as, person
from serai.db.embedded import Cluster
from serai.exchanges import actions
from serai.exchanges.differences import unreleased
from serai.exchanges.models import Exchange, ProgrammeRelease, Session
from serai.exchanges.queries import programme_sessions
from threads import SAFE


class Planned:
    """Arbreva's exchange with Lipovar, both of whom said that its programme is safe, and one session of it."""

    def __init__(self, *, released: bool) -> None:
        self.now = clock.now()
        self.arbreva, home, city = coordinator("Arbreva")
        self.lipovar, town, there = coordinator("Lipovar")
        with acting_as(person(self.arbreva.person)):
            self.exchange = actions.plan_exchange(
                self.arbreva, title="Days", organiser=home, place=there, starts_on=None, ends_on=None, now=self.now
            )
            for place, speaker in ((city, home), (there, town)):
                actions.add_party(self.arbreva, self.exchange, kind="city", city=place, speaker=speaker, now=self.now)
            self.session = actions.add_session(self.arbreva, self.fresh(), title="A visit", kind="debate", now=self.now)
        for actor in (self.arbreva, self.lipovar):
            with acting_as(person(actor.person)):
                actions.check_safety(actor, self.fresh(), answers=SAFE, decision="go", now=self.now)
        if released:
            with acting_as(person(self.arbreva.person)):
                self.releases()

    def fresh(self) -> Exchange:
        return Exchange.objects.select_related("audience", "place").get(pk=self.exchange.pk)

    def moves_to(self, where: str, seen: int = 0) -> Callable[[], Any]:
        if not seen:
            with acting_as(person(self.arbreva.person)):
                seen = Session.objects.get(pk=self.session.pk).version
        return lambda: actions.change_session(self.arbreva, self.session, expected=seen, where=where, now=self.now)

    def drops(self) -> Any:
        return actions.drop_session(self.arbreva, self.session, now=self.now)

    def takes_back(self, seen: int) -> Callable[[], Any]:
        return lambda: actions.take_back(self.arbreva, self.session, expected=seen, now=self.now)

    def releases(self) -> Any:
        return actions.release_programme(self.arbreva, self.exchange, now=self.now)

    def at_once(self, ground: Cluster, first: Callable[[], Any], second: Callable[[], Any]) -> Exception | None:
        return one_after_the_other(ground, (self.arbreva, first), (self.arbreva, second))

    def waiting(self) -> list[str]:
        with acting_as(person(self.arbreva.person)):
            return [s.where for s in Session.objects.filter(replaces=self.session.pk, position__lt=0)]


def test_of_two_who_change_a_released_session_first_the_second_sees_what_the_first_wrote(ground: Cluster) -> None:
    planned = Planned(released=True)
    refused = planned.at_once(ground, planned.moves_to("The library"), planned.moves_to("The kiln"))
    assert isinstance(refused, ChangedMeanwhile)
    assert refused.record.where == "The library"
    assert planned.waiting() == ["The library"]


def test_what_is_taken_out_while_it_is_changed_waits_once(ground: Cluster) -> None:
    planned = Planned(released=True)
    assert planned.at_once(ground, planned.moves_to("The library"), planned.drops) is None
    assert planned.waiting() == ["The library"]


def test_nobody_takes_back_what_they_have_not_seen(ground: Cluster) -> None:
    planned = Planned(released=True)
    with acting_as(person(planned.arbreva.person)):
        seen = planned.moves_to("The library")().version
    refused = planned.at_once(ground, planned.moves_to("The kiln", seen), planned.takes_back(seen))
    assert isinstance(refused, ChangedMeanwhile)
    assert planned.waiting() == ["The kiln"]


def test_a_change_is_not_taken_back_while_it_is_released(ground: Cluster) -> None:
    planned = Planned(released=True)
    with acting_as(person(planned.arbreva.person)):
        seen = planned.moves_to("The library")().version
    refused = planned.at_once(ground, planned.releases, planned.takes_back(seen))
    assert isinstance(refused, NotAllowedNow)
    with acting_as(person(planned.arbreva.person)):
        assert [s.where for s in programme_sessions(planned.exchange.pk)] == ["The library"]


def test_a_release_holds_what_is_read_after_it(ground: Cluster) -> None:
    planned = Planned(released=False)
    assert planned.at_once(ground, planned.moves_to("The library"), planned.releases) is None
    with acting_as(person(planned.lipovar.person)):
        assert [s.where for s in programme_sessions(planned.exchange.pk)] == ["The library"]
    with acting_as(person(planned.arbreva.person)):
        assert unreleased(planned.fresh()) == [], "nothing is read that no release told of"


def test_of_two_releases_at_once_each_has_its_number(ground: Cluster) -> None:
    planned = Planned(released=False)
    assert planned.at_once(ground, planned.releases, planned.releases) is None
    with acting_as(person(planned.arbreva.person)):
        numbers = ProgrammeRelease.objects.filter(exchange=planned.exchange).order_by("number")
        assert list(numbers.values_list("number", flat=True)) == [1, 2]
