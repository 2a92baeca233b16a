"""Two do something at the same moment, each with a connection of its own, in a copy of the demo world."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
from django.db import connections

from accounts.second import eventually
from serai.accounts.models import Account
from serai.audit.actions import Actor, ChangedMeanwhile
from serai.core.lifecycle import NotAllowedNow
from serai.db.acting import acting_as, person
from serai.db.embedded import Cluster
from serai.directory.models import City, Membership, Organisation

NAME = "serai_at_once"


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
        except (ChangedMeanwhile, NotAllowedNow) as error:
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
