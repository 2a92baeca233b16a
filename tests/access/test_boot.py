"""No process serves where the rule would not hold: each reason alone, on a real server, and what a good one costs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connections

from clusters import serving_user
from serai import children, wsgi
from serai.db import boot, carried
from serai.db.address import DEFINER, KEEPER, OWNER, WEB, WORKER, base
from serai.db.embedded import Cluster
from serai.doctor import roles
from serai.installation import Installation
from served import copy_database

NAME = "serai_boot"
SERVING = (WEB, WORKER, KEEPER)
# What is broken, how it is mended again, and what is said about it. {me}: the role that is to serve.
BREAKS = [
    ("ALTER ROLE {me} SUPERUSER", "ALTER ROLE {me} NOSUPERUSER", "{me} is a superuser.*ALTER ROLE {me} NOSUPERUSER"),
    ("ALTER ROLE {me} BYPASSRLS", "ALTER ROLE {me} NOBYPASSRLS", "{me} may bypass.*ALTER ROLE {me} NOBYPASSRLS"),
    ("CREATE TABLE mine (); ALTER TABLE mine OWNER TO {me}", "DROP TABLE mine", "{me} owns mine"),
    ("GRANT serai_owner TO {me}", "REVOKE serai_owner FROM {me}", "member of serai_owner, which owns .*REVOKE"),
    ("GRANT serai_definer TO {me}", "REVOKE serai_definer FROM {me}", "{me} is a member of serai_definer"),
    (
        "CREATE ROLE boss SUPERUSER; CREATE ROLE middle; GRANT boss TO middle; GRANT middle TO {me}",
        "DROP ROLE middle; DROP ROLE boss",
        "{me} is a member of boss, which is a superuser",
    ),
    (
        "CREATE ROLE boss BYPASSRLS; GRANT boss TO {me}",
        "DROP ROLE boss",
        "{me} is a member of boss, which may bypass row security",
    ),
    (
        "ALTER TABLE serai_note DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE serai_note ENABLE ROW LEVEL SECURITY",
        "not enabled on serai_note: run serai migrate",
    ),
    (
        "ALTER TABLE serai_mail NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE serai_mail FORCE ROW LEVEL SECURITY",
        "not forced on serai_mail: run serai migrate",
    ),
    (
        "ALTER FUNCTION serai_seal() RENAME TO unsealed",
        "ALTER FUNCTION unsealed() RENAME TO serai_seal",
        "not brought up to date by this Serai: run serai migrate",
    ),
    (
        "ALTER POLICY asker_reads ON serai_need RENAME TO other",
        "ALTER POLICY other ON serai_need RENAME TO asker_reads",
        "changed by hand: run serai migrate",
    ),
    ("GRANT DELETE ON serai_need TO {me}", "REVOKE DELETE ON serai_need FROM {me}", "changed by hand"),
    (
        "GRANT SELECT (reason) ON serai_report TO {other}",
        "REVOKE SELECT (reason) ON serai_report FROM {other}",
        "by hand",
    ),
    ("ALTER FUNCTION serai_now() SECURITY DEFINER", "ALTER FUNCTION serai_now() SECURITY INVOKER", "by hand"),
    (
        "ALTER TABLE serai_need DISABLE TRIGGER serai_keeps",
        "ALTER TABLE serai_need ENABLE TRIGGER serai_keeps",
        "by hand",
    ),
    ("CREATE VIEW peep AS SELECT * FROM serai_need", "DROP VIEW peep", "by hand"),
]  # fmt: skip


@pytest.fixture(scope="module")
def house(cluster: Cluster, django_db_setup: None, django_db_blocker: Any) -> Iterator[Cluster]:
    """A copy of the suite's migrated database, to be broken."""
    with django_db_blocker.unblock():
        connections.close_all()
        copy_database(cluster, "serai", NAME)
        connections["owner"].ensure_connection()  # as it is found open after migrating
    yield cluster
    with psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())


def said(house: Cluster, role: str, *, demo: bool = True) -> str:
    """Why this role may not serve; empty where it may."""
    try:
        boot.check(house.url(role, NAME), demo=demo)
    except boot.Unsafe as refusal:
        return str(refusal)
    return ""


@contextmanager
def broken(house: Cluster, breaking: str, mending: str) -> Iterator[None]:
    """Inside, this is broken."""
    with psycopg.connect(house.admin_url(NAME), autocommit=True) as admin:
        admin.execute(breaking.encode())
        try:
            yield
        finally:
            admin.execute(mending.encode())


@pytest.mark.parametrize("role", SERVING)
def test_as_it_was_migrated_it_is_served(house: Cluster, role: str) -> None:
    assert said(house, role) == ""


@pytest.mark.parametrize(("breaking", "mending", "why"), BREAKS, ids=[b[0].split("{", 1)[0][:50] for b in BREAKS])
def test_each_reason_is_said_and_mended(house: Cluster, breaking: str, mending: str, why: str) -> None:
    for me, other in ((WEB, KEEPER), (KEEPER, WEB)):
        names = {"me": me, "other": other}
        with broken(house, breaking.format(**names), mending.format(**names)):
            reason = said(house, me)
        assert re.search(why.format(**names), reason), reason or "it was served"
        assert "\n" not in reason
        assert said(house, me) == ""


def test_owner_and_definer_never_serve(house: Cluster) -> None:
    assert said(house, OWNER).startswith("The role serai_owner migrates and never serves")
    with pytest.raises(psycopg.OperationalError):
        boot.check(house.url(DEFINER, NAME), demo=True)


def test_the_administrator_of_the_server_does_not_serve(house: Cluster) -> None:
    with pytest.raises(boot.Unsafe, match="postgres is a superuser"):
        boot.check(house.admin_url(NAME), demo=True)


def test_another_versions_files_and_migrations_are_seen(house: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "another version" in said(house, WEB, demo=False), "the demo's doors are policies too"
    here = carried.migrations()
    assert here[0] == "0001_initial"
    monkeypatch.setattr(carried, "migrations", lambda: [*here, "9999_later"])
    assert "earlier Serai (it lacks 9999_later): run serai migrate" in said(house, WEB)
    monkeypatch.setattr(carried, "migrations", lambda: here[:-1])
    assert f"newer Serai (it has {here[-1]})" in said(house, WEB)


def test_the_migrations_of_every_installed_app_are_compared(house: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    packages = {
        migration.__module__.removesuffix(f".migrations.{name}"): label
        for (label, name), migration in loader.disk_migrations.items()
        if label != "serai"
    }
    assert set(carried.PACKAGES) == set(packages), "an app with migrations came or went: see carried.PACKAGES"
    known = {(packages[line.rpartition(".")[0]], line.rpartition(".")[2]) for line in carried.others()}
    assert known == {key for key in loader.disk_migrations if key[0] != "serai"}
    here = carried.others()
    monkeypatch.setattr(carried, "others", lambda: [*here, "allauth.mfa.9999_later"])
    assert "(it lacks allauth.mfa.9999_later): run serai migrate" in said(house, WEB)
    monkeypatch.setattr(carried, "others", lambda: here[1:])
    assert f"newer packages (it has {here[0]})" in said(house, WEB)


def test_an_empty_database_is_not_served(house: Cluster) -> None:
    with psycopg.connect(house.admin_url(), autocommit=True) as admin:
        admin.execute(b"CREATE DATABASE serai_empty OWNER serai_owner TEMPLATE template0")
        try:
            with pytest.raises(boot.Unsafe, match="not brought up to date by this Serai: run serai migrate"):
                boot.check(house.url(WEB, "serai_empty"), demo=True)
        finally:
            admin.execute(b"DROP DATABASE serai_empty WITH (FORCE)")


def test_worker_keeper_and_web_end_with_the_reason(
    house: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: Any = SimpleNamespace()
    table = "ALTER TABLE serai_note {} ROW LEVEL SECURITY"
    with broken(house, table.format("DISABLE"), table.format("ENABLE")):
        for role, start in ((WEB, children.serve), (WORKER, children.work), (KEEPER, children.keep)):
            monkeypatch.setenv("SERAI_DATABASE", house.url(role, NAME))
            assert start(given) == 1
            assert capsys.readouterr().err == "serai: Row security is not enabled on serai_note: run serai migrate.\n"
        monkeypatch.setenv("SERAI_DATABASE", house.url(WEB, NAME))
        with pytest.raises(boot.Unsafe):
            wsgi.Sure(lambda environ, start: [b"a page"], boot.check_own)


def test_while_the_database_is_lost_nobody_is_answered_and_then_everybody(
    house: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses: list[str] = []
    monkeypatch.setenv("SERAI_DATABASE", house.url(WEB, "serai_gone"))
    sure = wsgi.Sure(lambda environ, start: [b"a page"], boot.check_own)
    assert b"".join(sure({}, lambda status, headers: statuses.append(status))) == wsgi.SORRY
    assert statuses == ["503 Service Unavailable"]
    monkeypatch.setenv("SERAI_DATABASE", house.url(WEB, NAME))
    assert list(sure({}, lambda *_: None)) == [b"a page"]


def test_a_start_asks_four_questions_over_one_connection(house: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    execute = psycopg.Connection.execute

    def heard(connection: psycopg.Connection, question: Any, *told: Any, **how: Any) -> Any:
        asked.append(connection)
        return execute(connection, question, *told, **how)

    monkeypatch.setattr(psycopg.Connection, "execute", heard)
    boot.check(house.url(WEB, NAME), demo=True)
    assert len(asked) == 4
    assert len(set(map(id, asked))) == 1


def test_doctor_says_the_same(house: Cluster) -> None:
    server = base(house.url(OWNER, NAME))
    site = Installation(state=house.state, user=serving_user(), server=server, demo=True)
    assert [finding for finding in roles(site) if not finding.well] == []
    drop, give = "REVOKE serai_definer FROM serai_worker", "GRANT serai_definer TO serai_worker"
    forced = "ALTER TABLE serai_mail {}FORCE ROW LEVEL SECURITY"
    with broken(house, give, drop), broken(house, forced.format("NO "), forced.format("")):
        told = [finding.text for finding in roles(site) if not finding.well]
    assert any("serai_worker is a member of serai_definer" in text for text in told)
    assert told.count("Row security is not forced on serai_mail: run serai migrate.") == 1
