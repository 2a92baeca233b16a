"""Roles and database by CREATEROLE and CREATEDB alone, on the embedded server and on someone else's PostgreSQL 15."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import errors

from clusters import DEBIAN, throwaway_cluster, throwaway_external, throwaway_state
from serai.db.address import BACKUP, DEFINER, KEEPER, OWNER, WEB, WORKER, base, for_role, of_role, parts
from serai.db.prepare import PrepareError, drop_database, prepare
from serai.installation import Installation
from serai.state import State

SERVING = (WEB, WORKER, KEEPER, BACKUP)


@dataclass(frozen=True, kw_only=True)
class Server:
    landlord: str  # an administrator without superuser
    state: State


@contextmanager
def embedded() -> Iterator[Server]:
    with throwaway_cluster() as cluster:
        with psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
            admin.execute("CREATE ROLE landlord LOGIN CREATEROLE CREATEDB PASSWORD 'secret'")
        landlord = for_role(cluster.admin_url(), role="landlord", password="secret")
        yield Server(landlord=landlord, state=cluster.state)


@contextmanager
def external() -> Iterator[Server]:
    with throwaway_external() as landlord, throwaway_state() as state:
        yield Server(landlord=landlord, state=state)


@pytest.fixture(
    scope="module",
    params=["embedded", pytest.param("15", marks=pytest.mark.skipif(not DEBIAN.exists(), reason="no PostgreSQL 15"))],
)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with ExitStack() as stack:
        server = stack.enter_context(embedded() if request.param == "embedded" else external())
        prepare(server.landlord, server.state)
        yield server


def asked(server: Server, role: str) -> psycopg.Connection:
    return psycopg.connect(of_role(server.landlord, server.state, role, database="serai"), autocommit=True)


def test_preparing_again_changes_nothing(server: Server) -> None:
    before = {path.name: path.read_text() for path in server.state.secrets.iterdir()}
    url = prepare(server.landlord, server.state)
    assert {path.name: path.read_text() for path in server.state.secrets.iterdir()} == before
    assert parts(url)["dbname"] == "serai"
    assert "user" not in parts(url)


def test_nobody_is_a_superuser_or_bypasses(server: Server) -> None:
    with asked(server, OWNER) as owner:
        rows = owner.execute(
            "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'serai\\_%' "
            "AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"
        ).fetchall()
    assert dict(rows) == {OWNER: True, WEB: True, WORKER: True, KEEPER: True, BACKUP: True, DEFINER: False}


@pytest.mark.parametrize("role", SERVING)
def test_a_serving_role_owns_nothing_and_becomes_nobody(server: Server, role: str) -> None:
    with asked(server, role) as connection:
        for statement in ("CREATE TABLE mine (id int)", "CREATE TEMP TABLE mine (id int)", f"SET ROLE {OWNER}",
                          f"SET ROLE {DEFINER}", "CREATE SCHEMA mine"):  # fmt: skip
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_the_owner_hands_a_function_to_the_definer_and_replaces_it(server: Server) -> None:
    with asked(server, OWNER) as owner:
        for number in (1, 2):
            owner.execute(
                "CREATE OR REPLACE FUNCTION who() RETURNS text LANGUAGE sql SECURITY DEFINER "
                f"AS 'SELECT current_user || {number}'".encode()
            )
            owner.execute(f"ALTER FUNCTION who() OWNER TO {DEFINER}".encode())
    with asked(server, WEB) as web:
        assert web.execute("SELECT who()").fetchone() == (f"{DEFINER}2",)


def test_only_the_backup_role_reads_a_new_table(server: Server) -> None:
    with asked(server, OWNER) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS fresh (id serial)")
    for role in SERVING:
        with asked(server, role) as connection:
            if role == BACKUP:
                connection.execute("SELECT * FROM fresh")
                connection.execute("SELECT last_value FROM fresh_id_seq")
            else:
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute("SELECT * FROM fresh")


def test_text_compares_by_code_point_everywhere(server: Server) -> None:
    with asked(server, WEB) as web:
        assert web.execute("SELECT 'Z' < 'a', upper('é'), current_setting('server_encoding')").fetchone() == (
            True, "É", "UTF8",
        )  # fmt: skip


def test_the_landlord_cannot_enter_and_keeps_no_membership(server: Server) -> None:
    with psycopg.connect(server.landlord) as landlord:
        row = landlord.execute(
            "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
            "JOIN pg_roles g ON g.oid = m.grantor WHERE r.rolname = %s AND g.rolname = current_user "
            "AND m.member = (SELECT oid FROM pg_roles WHERE rolname = current_user)",
            [OWNER],
        ).fetchone()
        assert row == (0,)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(for_role(server.landlord, role="landlord", password="secret", database="serai"))


def test_another_installations_roles_are_not_taken_by_mistake(server: Server) -> None:
    with throwaway_state() as other, pytest.raises(PrepareError, match="--new-passwords"):
        prepare(server.landlord, other, "other")
    with asked(server, WEB):
        pass


def test_an_account_without_the_rights_is_told_so(server: Server) -> None:
    with psycopg.connect(server.landlord, autocommit=True) as landlord:
        landlord.execute("CREATE ROLE guest LOGIN PASSWORD 'secret'")
    with pytest.raises(PrepareError, match="CREATEROLE and CREATEDB"):
        prepare(for_role(server.landlord, role="guest", password="secret"), server.state)


def test_a_server_that_was_not_prepared_from_here_is_not_served(server: Server) -> None:
    with throwaway_state() as other:
        house = Installation(state=other, user=None, server=base(server.landlord, database="serai"))
        with pytest.raises(PrepareError, match="serai database prepare"):
            house.prepare()
        other.secret(WEB)
        with pytest.raises(PrepareError, match="does not let us in"):
            house.prepare()
    Installation(state=server.state, user=None, server=base(server.landlord, database="serai")).prepare()


def test_a_serving_role_with_power_is_refused(server: Server) -> None:
    with psycopg.connect(server.landlord, autocommit=True) as landlord:
        landlord.execute(f"GRANT {OWNER} TO {WEB}".encode())
        try:
            with pytest.raises(PrepareError, match=f"{WEB} holds the power of serai_(owner|definer)"):
                prepare(server.landlord, server.state)
        finally:
            landlord.execute(f"REVOKE {OWNER} FROM {WEB}".encode())


def test_a_database_is_dropped_by_who_made_it(server: Server) -> None:
    prepare(server.landlord, server.state, "second")
    drop_database(server.landlord, "second")
    with psycopg.connect(server.landlord) as landlord:
        assert landlord.execute("SELECT 1 FROM pg_database WHERE datname = 'second'").fetchone() is None
