"""Those named in a passage answer at the same moment, while its words are changed, or before an update."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connections
from django.test.utils import CaptureQueriesContext

from at_once import NAME, coordinator, one_after_the_other
from serai.audit.actions import Actor
from serai.core.audience import group
from serai.db import address, clock
from serai.db.acting import acting_as, person
from serai.db.embedded import Cluster
from serai.exchanges.models import Exchange
from serai.stories import actions
from serai.stories.models import Naming, Passage


class Told:
    """A draft of Arbreva's that the network reads; a passage of it names Lipovar and Valdora."""

    def __init__(self) -> None:
        self.now = clock.now()
        self.arbreva, _home, _city = coordinator("Arbreva")
        self.lipovar, town, _there = coordinator("Lipovar")
        self.valdora, other, _elsewhere = coordinator("Valdora")
        readers = [group("organisation", one.pk) for one in (town, other)]
        with acting_as(person(self.arbreva.person)):
            exchange = Exchange.objects.order_by("id")[0]
            story = actions.begin_story(self.arbreva, title="?", exchange=exchange, readers=readers, now=self.now)
            self.passage = actions.add_passage(
                self.arbreva, story, "They gave keys.", organisations=[town, other], now=self.now
            )

    def says(self, actor: Actor, answer: str) -> Callable[[], Any]:
        """An answer of one of them."""

        def act() -> Any:
            mine = Naming.objects.get(passage=self.passage, organisation=actor.organisation)
            return actions.answer_naming(actor, mine, answer, now=self.now)

        return act

    def waits(self) -> bool:
        """Whether the passage waits for somebody."""
        with acting_as(person(self.arbreva.person)):
            return Passage.objects.get(pk=self.passage.pk).waits


def test_of_two_who_say_yes_at_once_each_is_heard(ground: Cluster) -> None:
    told = Told()
    assert told.waits()
    yes = [(one, told.says(one, "yes")) for one in (told.lipovar, told.valdora)]
    assert one_after_the_other(ground, yes[0], yes[1]) is None
    assert not told.waits()


def test_who_takes_a_yes_back_while_another_gives_one_is_heard(ground: Cluster) -> None:
    told = Told()
    with acting_as(person(told.lipovar.person)):
        told.says(told.lipovar, "yes")()
    taken, given = (told.lipovar, told.says(told.lipovar, "withdrawn")), (told.valdora, told.says(told.valdora, "yes"))
    assert one_after_the_other(ground, taken, given) is None
    assert told.waits()


def test_who_changes_the_words_holds_the_answers_first(ground: Cluster) -> None:
    """As an answer does: otherwise each could wait for what the other holds."""
    told = Told()
    with acting_as(person(told.arbreva.person)), CaptureQueriesContext(connections["default"]) as made:
        actions.change_passage(told.arbreva, told.passage, expected=1, text="They gave both keys.", now=told.now)
    statements = [query["sql"] for query in made.captured_queries]
    held = next(at for at, sql in enumerate(statements) if "serai_naming" in sql and "FOR UPDATE" in sql)
    changed = next(at for at, sql in enumerate(statements) if sql.startswith('UPDATE "serai_passage"'))
    assert held < changed


def test_what_was_asked_before_a_passage_kept_it_is_kept_with_the_update(ground: Cluster) -> None:
    told, owner = Told(), ground.url(address.OWNER, NAME)
    with psycopg.connect(ground.admin_url(NAME)) as admin:
        admin.execute("UPDATE serai_passage SET waits = false, agreed_at = NULL")
    assert not told.waits()
    connections["default"].close()
    code = f"from serai.db.migrate import migrate; migrate({owner!r})"
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"SERAI_DATABASE": owner}, check=True)
    assert told.waits()
