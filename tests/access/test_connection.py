"""Who asks is told for one transaction: nothing is left behind on a connection, whatever happens inside."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from serai.db.acting import VISITOR, Asker, NobodyAsks, acting_as, current, person
from serai.db.binaries import MAJOR
from serai.db.keys import keys
from serai.db.rows import new_id
from serai.directory.models import Person
from serai.web.middleware import AskerMiddleware


@pytest.fixture
def published() -> Iterator[uuid.UUID]:
    """A card that everyone may read, committed, so that connections of their own find it."""
    id, group = new_id(), ["everyone"]
    with psycopg.connect(os.environ["SERAI_OWNER_DATABASE"], autocommit=True) as owner:
        owner.execute(
            "INSERT INTO serai_audience (groups, label) VALUES (%s, serai_label(%s)) ON CONFLICT DO NOTHING",
            [group, group],
        )
        owner.execute(
            "INSERT INTO serai_person (id, audience_id, source_id, created_at, changed_at, version, illustrative, name,"
            " role, languages) SELECT %s, id, %s, now(), now(), 1, true, 'x', 'x', '{}' FROM serai_audience"
            " WHERE groups = %s",
            [id, id, group],
        )
        yield id
        owner.execute("DELETE FROM serai_person WHERE id = %s", [id])


def test_the_suite_asks_the_server_it_was_told_to(published: uuid.UUID) -> None:
    with psycopg.connect(os.environ["SERAI_DATABASE"]) as web:
        assert web.info.server_version // 10000 == int(os.environ.get("SERAI_TEST_POSTGRES") or MAJOR)


def test_a_connection_of_the_web_role_starts_with_nobody_and_ends_so(published: uuid.UUID) -> None:
    count = b"SELECT count(*) FROM serai_person WHERE id = %s"
    with psycopg.connect(os.environ["SERAI_DATABASE"]) as web:

        def found() -> int:
            row = web.execute(count, [published]).fetchone()
            assert row is not None
            return int(row[0])

        assert found() == 0
        web.execute("SELECT set_config('serai.asker', 'visitor', true)")
        assert found() == 1
        web.commit()
        assert found() == 0, "what was told is gone with the transaction"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("SET ROLE serai_owner")


def told() -> tuple[str, ...]:
    """What PostgreSQL was told, on Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('serai.asker', true), ''),"
            " coalesce(current_setting('serai.asker_id', true), ''), coalesce(current_setting('serai.also', true), '')"
        )
        return tuple(cursor.fetchone())


def alone(work: Callable[[], None]) -> None:
    """Runs on a connection of its own, outside the test's transaction, as a web process's thread does."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


NOBODY = ("", "", "")
ONE, OTHER = new_id(), new_id()


def test_after_a_transaction_nobody_asks() -> None:
    def work() -> None:
        with acting_as(person(ONE, also=OTHER)):
            assert told() == ("person", str(ONE), str(OTHER))
        assert told() == NOBODY
        with pytest.raises(NobodyAsks):
            Person.objects.count()
        with pytest.raises(ZeroDivisionError), acting_as(person(ONE)):
            raise ZeroDivisionError
        assert told() == NOBODY
        assert current() is None
        with pytest.raises(DatabaseError), acting_as(person(ONE)), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert told() == NOBODY
        assert current() is None

    alone(work)


def test_the_one_before_asks_again() -> None:
    with acting_as(person(ONE)):
        with acting_as(VISITOR):
            assert told() == ("visitor", "", "")
        assert told() == ("person", str(ONE), "")
        with pytest.raises(IntegrityError), acting_as(person(OTHER)):
            raise IntegrityError
        assert told() == ("person", str(ONE), "")
        assert current() == person(ONE)
        with acting_as(person(OTHER)), transaction.atomic():
            transaction.set_rollback(True)
        assert told() == ("person", str(ONE), "")
    assert told() == NOBODY


def test_what_an_asker_reads_by_is_asked_anew_for_the_next() -> None:
    with acting_as(person(ONE)):
        assert keys().sources == (ONE,)
        with acting_as(person(OTHER)):
            assert keys().sources == (OTHER,)
        assert keys().sources == (ONE,)
        with acting_as(VISITOR):
            assert keys().sources == keys().named == ()


class Someone:
    """An account as the middleware sees it."""

    is_authenticated = True
    person_id = ONE


def request_by(account: object) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = account  # type: ignore[assignment]
    request.session = {}  # type: ignore[assignment]
    return request


def test_after_a_request_nobody_asks() -> None:
    def work() -> None:
        seen: list[tuple[str, ...]] = []

        def view(request: HttpRequest) -> HttpResponse:
            seen.append(told())
            return HttpResponse()

        def failing(request: HttpRequest) -> HttpResponse:
            view(request)
            raise ZeroDivisionError

        AskerMiddleware(view)(request_by(Someone()))
        assert told() == NOBODY
        with pytest.raises(ZeroDivisionError):
            AskerMiddleware(failing)(request_by(Someone()))
        assert told() == NOBODY
        assert seen == [("person", str(ONE), "")] * 2
        with pytest.raises(NobodyAsks):
            Person.objects.count()

    alone(work)


def test_an_asker_is_what_it_says() -> None:
    assert person(ONE).person == ONE
    assert Asker(kind="link", id=ONE).person is None
    assert VISITOR.person is None
