"""How PostgreSQL finds what hot pages show: by an index, reading little more than it gives, asking once who reads.

The pages are asked as the web role in a world of 80,000 rows, and every statement they make is explained. A list
whose index or hint is missing reads on and on here, as the bench `rows` would show in time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client

from crowd import EACH, NETWORK, Crowd
from serai.accounts.models import Account
from serai.db.acting import acting_as, person
from serai.db.address import DATABASE
from serai.db.embedded import Cluster
from serai.db.rows import protected_tables
from serai.directory.models import City, Person
from serai.exchanges.models import Exchange, Party
from serai.needs.models import Need
from serai.practices.models import Practice, PracticeVersion
from serai.sharing import readable
from serai.stories.models import Passage, Story
from worlds import NOW

# More of what is listed than of what hangs on it, so that a list in the wrong way is seen in few rows.
LISTED = {Need: 16, Practice: 20, PracticeVersion: 30, Exchange: 10, Party: 30, Story: 10, Passage: 20}
CROWD = Crowd(organisations=300, now=NOW, each=EACH | LISTED)
VISIT = f"/exchanges/{CROWD.id(Exchange, 1)}/"
MEMBERS_PAGES = (
    "/library/", "/needs/", "/exchanges/", "/stories/", "/organisations/", "/cities/", "/cities/-3/", "/home/", VISIT,
    f"{VISIT}programme/", f"{VISIT}takeaways/", f"{VISIT}promises/", f"/thread/exchange/{CROWD.id(Exchange, 1)}/",
    f"/needs/{CROWD.id(Need, 3)}/", f"/library/{CROWD.id(Practice, 3)}/", f"/stories/{CROWD.id(Story, 1)}/",
)  # fmt: skip
EVERYONES_PAGES = ("/", "/library/", "/needs/", "/exchanges/", "/stories/")
# A scan may read this many rows besides (small tables are read whole), and this many for each that is given; a sort
# may take in this many besides, and two for each that is given.
SPARE, EACH_GIVEN, SORTED = 2500, 5, 500
ASKING = re.compile(r"serai_(audiences|sources|named|shown|link_source|link_groups|asker|also)\w*\(")


@dataclass(kw_only=True)
class Plan:
    """One statement of a page and how it was done."""

    sql: str
    root: dict[str, Any] = field(repr=False)

    def nodes(self, top: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Every step, or this one with those below it."""
        waiting = [top or self.root]
        for node in waiting:
            waiting += node.get("Plans", [])
            yield node

    def read_too_much(self) -> list[str]:
        """Scans of protected tables that read far more rows than the statement gives."""
        most = SPARE + EACH_GIVEN * self.root["Actual Rows"]
        found = []
        for node in self.nodes():
            through = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
            read = (node["Actual Rows"] + through) * node["Actual Loops"]
            if _protected(node) and read > most:
                found.append(f"{node['Node Type']} of {node['Relation Name']} read {read:.0f} rows for {self}")
        return found

    def sorted_too_much(self) -> list[str]:
        """Sorts of far more rows than the statement gives: the order has no index."""
        most = SORTED + 2 * self.root["Actual Rows"]
        found = []
        for node in self.nodes():
            taken = max((below["Actual Rows"] for below in node.get("Plans", [])), default=0)
            if node["Node Type"].endswith("Sort") and taken > most and any(map(_protected, self.nodes(node))):
                found.append(f"{taken:.0f} rows sorted for {self}")
        return found

    def asked_often(self) -> list[str]:
        """Steps that ask for each row who asks, or more than once."""
        found = []
        for node in self.nodes():
            conditions = " ".join(str(v) for name, v in node.items() if name.endswith(("Cond", "Filter")))
            if _protected(node) and ASKING.search(conditions):
                found.append(f"{conditions} for each row of {self}")
            asks = any(ASKING.search(line) for line in node.get("Output", []))
            if asks and not node.get("Relation Name") and node["Actual Loops"] > 1:
                found.append(f"{node['Output']} {node['Actual Loops']} times for {self}")
        return found

    def __str__(self) -> str:
        return f"{self.root['Actual Rows']:.0f} rows: {self.sql[self.sql.find(' FROM ') :][:300]}"


def _protected(node: dict[str, Any]) -> bool:
    """Of a table under the rule; or of the cities, which everyone reads: the one open list that may grow long."""
    return node.get("Relation Name") in protected_tables() | {City._meta.db_table}


@pytest.fixture(scope="module")
def crowded(cluster: Cluster, django_db_setup: None, django_db_blocker: Any) -> Iterator[psycopg.Connection]:
    """The administrator's connection with the crowd in one open transaction, speaking as the web role from now on."""
    login = psycopg.conninfo.conninfo_to_dict(cluster.admin_url(DATABASE))
    with django_db_blocker.unblock():
        settings = connection.get_connection_params() | {"user": login["user"], "password": login["password"]}
        opened = connection.get_new_connection(settings)
    opened.autocommit = True  # Django, put on it, is inside its own transaction and only sets savepoints
    opened.execute("BEGIN")
    CROWD.make(opened)
    opened.execute("ANALYZE")
    opened.execute("SET LOCAL ROLE serai_web")
    yield opened
    opened.execute("ROLLBACK")
    opened.close()


@pytest.fixture
def crowd(db: None, crowded: psycopg.Connection) -> Iterator[None]:
    """Django's connection is the crowd's."""
    connection.ensure_connection()
    before, connection.connection = connection.connection, crowded
    crowded.execute("SAVEPOINT a_test")
    yield
    crowded.execute("ROLLBACK TO SAVEPOINT a_test")
    connection.connection = before


def browsing(number: int | None) -> Client:
    """The person of this number, signed in; or a visitor."""
    client = Client()
    if number is not None:
        id = CROWD.id(Person, number)
        with acting_as(person(id)):
            account = Account.objects.create(person_id=id, email=f"{number}@example.org")
        client.force_login(account)
    return client


@contextmanager
def explained() -> Iterator[list[Plan]]:
    """Every SELECT made inside, done once more under EXPLAIN."""
    plans: list[Plan] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.lstrip().startswith("SELECT"):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, VERBOSE, TIMING OFF, FORMAT JSON) {sql}", params)
                (told,) = cursor.fetchone()
            (plan,) = told if isinstance(told, list) else json.loads(told)
            plans.append(Plan(sql=sql, root=plan["Plan"]))
        return answer

    with connection.execute_wrapper(watch):
        yield plans


def wrong(client: Client, path: str) -> list[str]:
    """What is wrong with the plans of a page."""
    with explained() as plans:
        assert client.get(path).status_code == 200, path
    assert any(_protected(node) for plan in plans for node in plan.nodes()), path
    return [line for plan in plans for line in plan.read_too_much() + plan.sorted_too_much() + plan.asked_often()]


@pytest.mark.parametrize("path", MEMBERS_PAGES)
def test_a_member_is_shown_what_an_index_finds(crowd: None, path: str) -> None:
    assert wrong(browsing(2), path) == []


@pytest.mark.parametrize("path", EVERYONES_PAGES)
def test_who_may_read_little_is_not_walked_past_what_they_may_not_read(crowd: None, path: str) -> None:
    assert wrong(browsing(None), path) == []


@pytest.mark.parametrize(
    ("index", "path"),
    [("library_by_title", "/library/"), ("exchanges_by_day", "/exchanges/"), ("stories_by_release", "/stories/")],
)
def test_an_index_that_is_gone_is_missed(crowd: None, crowded: psycopg.Connection, index: str, path: str) -> None:
    crowded.execute(f"RESET ROLE; DROP INDEX {index}; SET LOCAL ROLE serai_web")
    assert wrong(browsing(2), path) != []


def test_a_long_list_of_cities_is_found_in_its_order(crowd: None, crowded: psycopg.Connection) -> None:
    """As many cities as no network has yet: of the few in this world a sort is quick."""
    crowded.execute(
        "RESET ROLE; INSERT INTO serai_city (id, name, country, latitude, longitude, time_zone, languages, fictive)"
        " SELECT -10000 - n, 'Town ' || md5(n::text), 'MK', 42, 21, 'Europe/Skopje', '{}', true"
        " FROM generate_series(1, 4000) AS n;"
        " INSERT INTO serai_networkcity (id, network_id, city_id, designation, footnote)"
        f" SELECT gen_random_uuid(), '{NETWORK}', -10000 - n, '', '' FROM generate_series(1, 4000) AS n;"
        " ANALYZE serai_city, serai_networkcity; SET LOCAL ROLE serai_web"
    )
    client = browsing(2)
    assert wrong(client, "/cities/") == []
    assert wrong(client, "/cities/?after=-10700") == []
    crowded.execute("RESET ROLE; DROP INDEX cities_in_order; SET LOCAL ROLE serai_web")
    assert any("sorted" in line for line in wrong(client, "/cities/"))


def test_a_hint_that_is_gone_is_missed(crowd: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readable, "hint", lambda *args, **options: Q())
    assert wrong(browsing(None), "/needs/") != []
