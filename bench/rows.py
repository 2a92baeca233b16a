"""What the rule costs: hot pages as the web role beside the same pages as superuser, in a world of 1,000,000 rows.

Where the superuser's page gives the same rows, it is the peer as it is. Where it would give more, it reads through
views that hold the rule's condition as literals for this asker: the audiences, sources and rows they read by, worked
out beforehand. Either way the peer pays nothing for who asks: its statements that tell so or ask for it count nothing.
All is taken at its fastest of many turns: on a busy machine a median of milliseconds tells how busy it is. The code
outside the statements is the same for both, and taken as the faster of the two.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bench.table import Row, peak_memory_mb
from serai.db import address
from serai.db.embedded import Cluster
from serai.db.prepare import prepare
from serai.service_user import named
from serai.state import State

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # the world is the one of tests/access/test_hot_lists.py

ORGANISATIONS = int(os.environ.get("SERAI_ORGANISATIONS", "5000"))
RUNS = int(os.environ.get("SERAI_RUNS", "25"))  # of each page in each role, in turns
SHOWN = 3
PAGE, STATEMENT = 1.5, 3.0
PLAIN, LITERAL = "superuser", "superuser with the rule as literals"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SECRET = re.compile(r'value="[A-Za-z0-9]{64}"')  # differs in each answer
FOR_THE_RULE = ("set_config('serai.", "SELECT serai_audiences()")


@dataclass(kw_only=True)
class Measured:
    """One page in one role: seconds of each run, and of each statement by its place."""

    walls: list[float] = field(default_factory=list)
    statements: list[list[float]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    page: str = ""

    @property
    def code(self) -> float:
        """Seconds of the page outside its statements, at their fewest."""
        return min(wall - sum(times) for wall, times in zip(self.walls, self.statements, strict=True))

    @property
    def wall(self) -> float:
        """Seconds of the page, all at its fastest."""
        return self.code + sum(self.each)

    @property
    def each(self) -> list[float]:
        """Seconds of each statement at its fastest."""
        return [min(times) for times in zip(*self.statements, strict=True)]


@contextmanager
def world() -> Iterator[tuple[Cluster, Any]]:
    """A cluster with the settings of production, and the crowd in it."""
    user = named("nobody") if os.geteuid() == 0 else None
    root = Path(tempfile.mkdtemp(prefix="serai-rows-", dir="/tmp"))
    cluster = Cluster(state=State(root=root).create(user), user=user)
    cluster.initialise()
    process = cluster.start()
    try:
        cluster.wait_ready(process)
        prepare(cluster.admin_url(), cluster.state)
        _settle(cluster)
        from crowd import Crowd

        crowd = Crowd(organisations=ORGANISATIONS, now=datetime.now(UTC))
        with psycopg.connect(cluster.admin_url(address.DATABASE)) as admin:
            crowd.make(admin)
        with psycopg.connect(cluster.admin_url(address.DATABASE), autocommit=True) as admin:
            admin.execute("VACUUM ANALYZE")
        yield cluster, crowd
    finally:
        cluster.stop(process)
        shutil.rmtree(root, ignore_errors=True)


def _settle(cluster: Cluster) -> None:
    """Django in this process, asking as the web role; the database migrated by its owner."""
    os.environ |= {
        "SERAI_DATABASE": cluster.url(address.WEB, address.DATABASE),
        "SERAI_STATE": str(cluster.state.root),
        "SERAI_SECRET_KEY": "only for this bench",
        "SERAI_POOL": "0",
    }
    from serai.db.migrate import migrate

    migrate(cluster.url(address.OWNER, address.DATABASE))
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


class Roles:
    """Three logins kept open; Django's one connection is any of them."""

    def __init__(self, cluster: Cluster) -> None:
        from django.db import connection

        self.wrapper, self.kept = connection, {}
        admin = psycopg.conninfo.conninfo_to_dict(cluster.admin_url(address.DATABASE))
        login = {"USER": admin["user"], "PASSWORD": admin["password"]}
        for role, changed in (("web", {}), (PLAIN, login), (LITERAL, login)):
            connection.settings_dict |= changed
            connection.connect()
            self.kept[role] = connection.connection

    def be(self, role: str) -> None:
        """From here on Django asks in this role."""
        self.wrapper.connection = self.kept[role]

    def literal(self, person: UUID | None) -> None:
        """Views before the tables, each with what this asker reads as literals."""
        from serai.db.acting import VISITOR, acting_as
        from serai.db.acting import person as asking
        from serai.db.rows import protected_models

        self.be("web")
        with acting_as(asking(person) if person else VISITOR), self.wrapper.cursor() as cursor:
            cursor.execute("SELECT serai_audiences()::text, serai_sources()::text, serai_named()::text")
            audiences, sources, rows = cursor.fetchone()
        self.be(LITERAL)
        with self.wrapper.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(array_agg(DISTINCT passage_id) FILTER (WHERE answer <> 'yes'), '{}')::text,"
                " coalesce(array_agg(DISTINCT passage_id) FILTER (WHERE organisation_id = ANY (%(mine)s::uuid[])"
                " OR person_id = ANY (%(mine)s::uuid[]) OR id = ANY (%(rows)s::uuid[])), '{}')::text"
                " FROM public.serai_naming",
                {"mine": sources, "rows": rows},
            )
            unagreed, named_in = cursor.fetchone()
            cursor.execute("DROP SCHEMA IF EXISTS literal CASCADE; CREATE SCHEMA literal")
            for model in protected_models():
                table = model._meta.db_table
                others = "".join(f" OR {name} = ANY ('{sources}'::uuid[])" for name in model.answered_by)
                condition = (
                    f"(hidden_at IS NULL AND (audience_id = ANY ('{audiences}'::integer[]){others}))"
                    f" OR source_id = ANY ('{sources}'::uuid[]) OR id = ANY ('{rows}'::uuid[])"
                )
                if table == "serai_passage":
                    condition = (
                        f"({condition}) AND (id <> ALL ('{unagreed}'::uuid[])"
                        f" OR source_id = ANY ('{sources}'::uuid[]) OR id = ANY ('{named_in}'::uuid[]))"
                    )
                cursor.execute(f"CREATE VIEW literal.{table} AS SELECT * FROM public.{table} WHERE {condition}")
            cursor.execute("SET search_path = literal, public")


def browsing(person: UUID | None) -> Any:
    """A signed-in browser, or a visitor's."""
    from django.conf import settings
    from django.test import Client

    from serai.accounts.models import Account
    from serai.db.acting import acting_as
    from serai.db.acting import person as asking

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    if person is not None:
        with acting_as(asking(person)):
            account = Account.objects.get_or_create(person_id=person, defaults={"email": f"{person}@example.org"})[0]
        client.force_login(account)
    return client


def once(roles: Roles, client: Any, path: str, into: Measured) -> None:
    """One run of a page: its wall time, and each statement's."""
    times: list[float] = []
    texts: list[str] = []
    given: list[int] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        answer = execute(sql, params, many, context)
        if "SAVEPOINT" not in sql:
            times.append(time.perf_counter() - began)
            texts.append(sql)
            given.append(context["cursor"].rowcount)
        return answer

    began = time.perf_counter()
    with roles.wrapper.execute_wrapper(watch):
        page = client.get(path)
    into.walls.append(time.perf_counter() - began)
    assert page.status_code == 200, f"{path} answered {page.status_code}"
    into.statements.append(times)
    into.texts, into.given, into.page = texts, given, _SECRET.sub("", page.content.decode())


def measured(roles: Roles, client: Any, path: str) -> dict[str, Measured]:
    """The page in each role, in turns, after one run of each that is not counted."""
    found = {role: Measured() for role in roles.kept}
    for run in range(RUNS + 1):
        for role, into in found.items():
            roles.be(role)
            once(roles, client, path, into if run else Measured())
    roles.be("web")
    return found


def rows() -> Iterator[Row]:
    """One row for each hot page."""
    with world() as (cluster, crowd):
        from django.db import connection

        from serai.directory.models import Person
        from serai.exchanges.models import Exchange
        from serai.stories.models import Story

        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            versions = f"PostgreSQL {cursor.fetchone()[0]}"
        roles = Roles(cluster)
        visit, story = f"/exchanges/{crowd.id(Exchange, 1)}/", f"/stories/{crowd.id(Story, 1)}/"
        pages = {
            "the coordinator": (
                crowd.id(Person, 2),
                [
                    *("/library/", "/needs/", "/exchanges/", "/stories/", "/plans/", "/organisations/", "/cities/"),
                    *("/home/", visit, f"{visit}programme/", f"/thread/exchange/{crowd.id(Exchange, 1)}/", story),
                ],
            ),
            "the secretariat": (crowd.id(Person, 1), ["/home/"]),
            "a visitor": (None, ["/", "/library/"]),
        }
        for who, (person, paths) in pages.items():
            roles.be("web")
            client = browsing(person)
            roles.literal(person)
            for path in paths:
                yield _row(f"{_ID.sub('1', path)} for {who}", crowd, versions, measured(roles, client, path))


@dataclass(kw_only=True)
class Beside:
    """A page of the web role beside one peer: ratios of the page, of its statements together, and of the worst."""

    page: float
    together: float
    worst: tuple[float, str]
    slowest: list[str]


def beside(web: Measured, peer: Measured) -> Beside:
    """The ratios; what the peer does only because of the rule is taken off. The worst is of protected tables."""
    from serai.db.rows import protected_tables

    theirs, lines = 0.0, []
    for text, mine, other, given, seen in zip(web.texts, web.each, peer.each, web.given, peer.given, strict=False):
        if any(mark in text for mark in FOR_THE_RULE):
            continue
        theirs += other
        said = f"{mine / other:.1f}x ({mine * 1000:.2f} against {other * 1000:.2f} ms), {given} rows: {_short(text)}"
        lines.append((mine, mine / other, said if given == seen else f"{said}; superuser {seen} rows", text))
    # Of the others both ask alike, and the machine's other work alone differs.
    ruled = [line for line in lines if any(f'"{table}"' in line[3] for table in protected_tables())]
    code = min(web.code, peer.code)  # the same for both: what differs there is the machine
    page = (code + sum(web.each)) / (code + theirs)
    slowest = [said for _mine, _ratio, said, _text in sorted(lines, reverse=True)[:SHOWN]]
    worst = max((ratio, said) for _mine, ratio, said, _text in ruled)
    return Beside(page=page, together=sum(web.each) / theirs, worst=worst, slowest=slowest)


def _row(name: str, crowd: Any, versions: str, found: dict[str, Measured]) -> Row:
    web = found["web"]
    same = [role for role in (PLAIN, LITERAL) if (web.page, web.given) == (found[role].page, found[role].given)]
    for role in (PLAIN, LITERAL):
        to = beside(web, found[role])
        said = f"{name}: {web.wall * 1000:.1f} ms, {role} {found[role].wall * 1000:.1f} ms: page {to.page:.2f}x,"
        said += f" statements together {to.together:.2f}x, rows {sum(web.given)} and {sum(found[role].given)}"
        print("\n      ".join([said, f"worst {to.worst[1]}", *to.slowest]), file=sys.stderr)
    role = same[0] if same else LITERAL
    peer, to = found[role], beside(web, found[role])
    why = "the asker reads all that this page gives" if role == PLAIN else "the superuser alone would give other rows"
    return Row(
        engine=f"the rule: {name}",
        size=f"{crowd.rows:,} protected rows, {crowd.organisations:,} organisations",
        ours=f"{web.wall * 1000:.1f} ms, statements {sum(web.each) * 1000:.1f} ms",
        peer=f"{role}: {peer.wall * 1000:.1f} ms, statements {sum(peer.each) * 1000:.1f} ms",
        ratio=f"page {to.page:.2f}, worst statement {to.worst[0]:.1f}",
        bound=f"{'equal' if same else 'unequal'} pages, rows {sum(web.given)} and {sum(peer.given)}",
        target=f"page <= {PAGE}, no statement above {STATEMENT:.0f}",
        met=bool(same) and to.page <= PAGE and to.worst[0] <= STATEMENT,
        memory_mb=peak_memory_mb(),
        note=f"{versions}; {why}; worst {to.worst[1]}",
    )


def _short(text: str) -> str:
    words = " ".join(text.split())
    start = words.find(" FROM ")
    end = words.find(" IN (%s, ", start)
    return words[start + 6 : end if end > 0 else None][:90].replace('"', "").replace("|", " ")
