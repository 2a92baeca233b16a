"""Roles and database on any PostgreSQL from 15 on, made with the rights CREATEROLE and CREATEDB only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import Connection, sql

from serai.db.address import BACKUP, DATABASE, DEFINER, KEEPER, OWNER, WEB, WORKER, base, of_role
from serai.state import State

OLDEST = 150000
# PostgreSQL 16 tells membership apart into the right to act as a role and the inheriting of its rights.
MEMBERSHIP_OPTIONS = 160000
WITH_LOGIN = (OWNER, WEB, WORKER, KEEPER, BACKUP)
SERVING = (WEB, WORKER, KEEPER, BACKUP)
LIMITS = {
    WEB: {"statement_timeout": "30s", "idle_in_transaction_session_timeout": "60s", "lock_timeout": "10s"},
    WORKER: {"idle_in_transaction_session_timeout": "10min", "lock_timeout": "30s"},
    KEEPER: {"statement_timeout": "10min", "idle_in_transaction_session_timeout": "10min"},
}


class PrepareError(Exception):
    """The server cannot be prepared; the text is for people and says the way out."""


def prepare(admin_url: str, state: State, database: str = DATABASE, *, new_passwords: bool = False) -> str:
    """Makes Serai's roles and its database; running it again changes nothing. The address, without a role.

    Passwords are made in the state folder. Raises PrepareError for a server older than 15, an administrator
    without the two rights, or roles that another state folder made (unless `new_passwords`), and ValueError for
    what is no address.
    """
    bare = base(admin_url, database=database)
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as admin:
            _check(admin)
            with admin.transaction():
                _roles(admin, state, new_passwords=new_passwords)
            _database(admin, database)
        owner_url = of_role(admin_url, state, OWNER, database=database)
        with psycopg.connect(owner_url, autocommit=True) as owner, owner.transaction():
            grant(owner, database)
    except psycopg.Error as error:
        raise PrepareError(f"The server could not be prepared: {_one_line(error)}") from error
    return bare


def check_prepared(url: str) -> None:
    """Raises PrepareError where a serving role cannot sign in, or the server is too old."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            _check_age(connection)
    except psycopg.OperationalError as error:
        raise PrepareError(f"The database does not let us in: {_one_line(error)}") from error


def drop_database(admin_url: str, database: str) -> None:
    """Removes a database whole; its roles stay."""
    with psycopg.connect(admin_url, autocommit=True) as admin, _member_of_owner(admin):
        admin.execute("SET ROLE serai_owner")
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
        admin.execute("RESET ROLE")


def _one_line(error: psycopg.Error) -> str:
    return str(error.diag.message_primary or error).strip().splitlines()[0]


def _check_age(connection: Connection) -> None:
    if connection.info.server_version < OLDEST:
        major = connection.info.server_version // 10000
        raise PrepareError(f"PostgreSQL {major} is too old: Serai needs 15 or newer.")


def _check(admin: Connection) -> None:
    _check_age(admin)
    row = admin.execute(
        "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row is None or not row[0]:
        raise PrepareError(f"{admin.info.user} may not prepare a database: give it the rights CREATEROLE and CREATEDB.")


def _roles(admin: Connection, state: State, *, new_passwords: bool) -> None:
    # Two that prepare at once would both find a role missing.
    admin.execute("SELECT pg_advisory_xact_lock(hashtext('serai prepare'))")
    there = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'serai\\_%'")}
    strangers = [role for role in WITH_LOGIN if role in there and not (state.secrets / role).exists()]
    if strangers and not new_passwords:
        raise PrepareError(
            f"The role {strangers[0]} exists and this state folder has no password for it. Copy the other "
            "state folder's secrets, or say --new-passwords (the other installation then cannot sign in)."
        )
    if DEFINER not in there:
        admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(DEFINER)))
    for role in WITH_LOGIN:
        if role not in there:
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        _password(admin, role, state.secret(role))
        for name, value in LIMITS.get(role, {}).items():
            setting = sql.SQL("ALTER ROLE {} SET {} = {}")
            admin.execute(setting.format(sql.Identifier(role), sql.Identifier(name), sql.Literal(value)))
    # The owner hands functions over to the definer and replaces them later: so it acts as it, and inherits.
    admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(DEFINER), sql.Identifier(OWNER)))
    _refuse_power(admin)


def _password(admin: Connection, role: str, password: str) -> None:
    # Only the verifier travels, so no log can hold the password.
    verifier = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    admin.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)))


def _refuse_power(admin: Connection) -> None:
    """No serving role may bypass row security, by itself or through a role it is a member of."""
    found = admin.execute(
        """
        WITH RECURSIVE held AS (
            SELECT oid AS role, oid AS top FROM pg_roles WHERE rolname = ANY(%s)
            UNION SELECT m.roleid, held.top FROM pg_auth_members m JOIN held ON m.member = held.role)
        SELECT t.rolname, r.rolname FROM held JOIN pg_roles r ON r.oid = held.role
        JOIN pg_roles t ON t.oid = held.top
        WHERE r.rolsuper OR r.rolbypassrls OR r.rolname IN (%s, %s)
        """,
        [list(SERVING), OWNER, DEFINER],
    ).fetchone()
    if found:
        raise PrepareError(f"The role {found[0]} holds the power of {found[1]}; take it away and prepare again.")


@contextmanager
def _member_of_owner(admin: Connection) -> Iterator[None]:
    """An administrator that is no superuser acts for the owner only while it must."""
    row = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row is not None and row[0]:
        yield
        return
    options = " WITH SET TRUE, INHERIT FALSE" if admin.info.server_version >= MEMBERSHIP_OPTIONS else ""
    admin.execute(f"GRANT {OWNER} TO CURRENT_USER{options}".encode())
    try:
        yield
    finally:
        admin.execute(f"REVOKE {OWNER} FROM CURRENT_USER".encode())


def _database(admin: Connection, database: str) -> None:
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        return
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' {}")
    with _member_of_owner(admin):
        admin.execute(statement.format(sql.Identifier(database), sql.Identifier(OWNER), sql.SQL(_locale(admin))))


def _locale(admin: Connection) -> str:
    """Text compared by code point everywhere: sorting for people is Python's, so servers do not differ."""
    if admin.info.server_version >= 170000:
        return "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
    known = admin.execute("SELECT 1 FROM pg_collation WHERE lower(collname) IN ('c.utf8', 'c.utf-8')").fetchone()
    return f"LC_COLLATE 'C' LC_CTYPE '{'C.UTF-8' if known else 'C'}'"


def grant(owner: Connection, database: str) -> None:
    """Only Serai's roles enter; only the owner makes things; the backup role may read all to come."""
    name = sql.Identifier(database)
    serving = sql.SQL(", ").join(sql.Identifier(role) for role in SERVING)
    backup, definer = sql.Identifier(BACKUP), sql.Identifier(DEFINER)
    for statement in (
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, serving),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(serving),
        # A function's new owner must be allowed to make one in its schema. The definer cannot log in.
        sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(definer),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {}").format(backup),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO {}").format(backup),
        sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(backup),
        sql.SQL("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(backup),
    ):
        owner.execute(statement)
