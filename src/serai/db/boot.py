"""Refuses to serve where the audience rule would not hold: asked by each process as it starts, in its own role.

`serai migrate` seals what it leaves behind: which policy files and which migrations it ran, and a fingerprint of the
catalogue. A process compares before it answers anyone. It loads no Django, so that the supervisor can ask too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Protocol

import psycopg
from psycopg import Connection

from serai.db import carried
from serai.db.address import OWNER

# Rights, policies, functions, guards and views as stored, without writing them out as SQL (four times slower). Stored
# trees name things by number, so a database restored from a dump is sealed anew by `serai migrate`, which `up` runs.
CATALOGUE = """
    SELECT encode(sha256(convert_to(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), 'UTF8')), 'hex') FROM (
        SELECT concat_ws('|', 'table', c.oid, c.relname, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity,
            c.relacl::text, c.reloptions::text) AS line
        FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        UNION ALL
        SELECT concat_ws('|', 'column', a.attrelid, a.attname, a.attacl::text)
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        WHERE a.attacl IS NOT NULL AND c.relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws('|', 'policy', p.polrelid, p.polname, p.polcmd, p.polpermissive, p.polroles::text,
            md5(coalesce(p.polqual::text, '')), md5(coalesce(p.polwithcheck::text, '')))
        FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
        WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws('|', 'function', f.oid, f.proname, f.proargtypes::text, f.proowner, f.prosecdef,
            f.proconfig::text, f.proacl::text, md5(f.prosrc || coalesce(f.prosqlbody::text, '')))
        FROM pg_catalog.pg_proc f WHERE f.pronamespace = 'public'::regnamespace AND f.proname <> 'serai_seal'
        UNION ALL
        SELECT concat_ws('|', 'trigger', t.tgrelid, t.tgname, t.tgfoid, t.tgenabled, t.tgtype, encode(t.tgargs, 'hex'),
            md5(coalesce(t.tgqual::text, '')))
        FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws('|', 'rule', r.ev_class, r.rulename, md5(r.ev_action::text))
        FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
        WHERE c.relnamespace = 'public'::regnamespace
    ) AS every
"""
# Who we are, and every role we can become, that is above the rule or has policies of its own.
POWERS = """
    SELECT me.rolname, r.rolname, r.rolsuper, r.rolbypassrls, owned.relname
    FROM pg_catalog.pg_roles me JOIN pg_catalog.pg_roles r ON r.oid = me.oid OR pg_has_role(me.oid, r.oid, 'MEMBER')
    LEFT JOIN LATERAL (SELECT min(c.relname) AS relname FROM pg_catalog.pg_class c
        WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v') AND c.relnamespace = 'public'::regnamespace) owned
        ON true
    WHERE me.rolname IN (session_user, current_user)
        AND (r.rolsuper OR r.rolbypassrls OR owned.relname IS NOT NULL
            OR r.oid <> me.oid AND EXISTS (SELECT 1 FROM pg_catalog.pg_policy p WHERE r.oid = ANY (p.polroles)))
    ORDER BY r.oid <> me.oid, r.rolsuper DESC, r.rolbypassrls DESC, owned.relname, r.rolname
"""
# Protected is what has readers, and what has policies.
UNFORCED = """
    SELECT c.relname, c.relrowsecurity FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        AND (EXISTS (SELECT 1 FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid)
            OR EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'audience_id' AND NOT a.attisdropped))
    ORDER BY c.relname
"""


class Unsafe(Exception):
    """The rule would not hold in this database; the text is one sentence for people and says the way out."""


class Executes(Protocol):
    """A cursor of the owner's, Django's or psycopg's."""

    def execute(self, query: str) -> object: ...
    def fetchone(self) -> tuple[object, ...] | None: ...


def seal(owner: Executes, *, demo: bool) -> None:
    """Writes down what was just migrated and which policies were set, in the same transaction, as the owner."""
    owner.execute(CATALOGUE)
    row = owner.fetchone()
    assert row
    told = {"files": carried.digest(demo=demo), "migrations": carried.migrations(), "catalogue": row[0]}
    told["others"] = carried.others()
    owner.execute(
        "CREATE FUNCTION serai_seal() RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp"
        f" AS $seal$ SELECT '{json.dumps(told)}'::jsonb $seal$"
    )
    owner.execute("REVOKE ALL ON FUNCTION serai_seal() FROM PUBLIC")
    owner.execute("GRANT EXECUTE ON FUNCTION serai_seal() TO serai_web, serai_worker, serai_keeper")


def check(url: str, *, demo: bool) -> None:
    """Returns where whoever signs in by this address may serve; else raises `Unsafe` with the first reason.

    Raises psycopg.OperationalError where the database does not answer.
    """
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        for reason in reasons(connection, demo=demo):
            raise Unsafe(reason)


def check_own() -> None:
    """`check` for this process, by the address and the kind of site that its environment names."""
    check(os.environ.get("SERAI_DATABASE", "postgresql:///serai"), demo=os.environ.get("SERAI_DEMO") == "1")


def reasons(connection: Connection, *, demo: bool) -> Iterator[str]:
    """Every reason not to serve as this connection's role, each one sentence, the gravest first."""
    yield from _of_role(connection)
    for table, enabled in connection.execute(UNFORCED):
        yield f"Row security is not {'forced' if enabled else 'enabled'} on {table}: run serai migrate."
    yield from _of_seal(connection, demo=demo)


def _of_role(connection: Connection) -> Iterator[str]:
    for me, role, superuser, bypasses, table in connection.execute(POWERS):
        if superuser:
            power, mend = "is a superuser, whom no rule holds", f"ALTER ROLE {role} NOSUPERUSER"
        elif bypasses:
            power, mend = "may bypass row security", f"ALTER ROLE {role} NOBYPASSRLS"
        elif table:
            power, mend = f"owns {table}", f"ALTER TABLE {table} OWNER TO {OWNER}"
        else:
            power, mend = "has rights of its own", ""
        if role == OWNER == me:
            yield f"The role {me} migrates and never serves: name a serving role's address in SERAI_DATABASE."
        elif role == me:
            yield f"The role {me} {power}: an administrator must say {mend}."
        else:
            yield f"The role {me} is a member of {role}, which {power}: an administrator must REVOKE that membership."


def _of_seal(connection: Connection, *, demo: bool) -> Iterator[str]:
    known = connection.execute("SELECT to_regprocedure('public.serai_seal()') IS NOT NULL").fetchone()
    if known is None or not known[0]:
        yield "This database was not brought up to date by this Serai: run serai migrate."
        return
    row = connection.execute(f"SELECT public.serai_seal(), ({CATALOGUE})".encode()).fetchone()
    assert row
    sealed, catalogue = row
    here = carried.migrations()
    if newer := sorted(set(sealed["migrations"]) - set(here)):
        yield f"This database was written by a newer Serai (it has {newer[-1]}): install that one."
    elif sealed["migrations"] != here:
        yield f"This database is from an earlier Serai (it lacks {here[-1]}): run serai migrate."
    elif newer := sorted(set(sealed.get("others", ())) - set(others := carried.others())):
        yield f"This database was brought up to date with newer packages (it has {newer[-1]}): install those."
    elif older := sorted(set(others) - set(sealed.get("others", ()))):
        yield f"A package was updated, the database was not (it lacks {older[-1]}): run serai migrate."
    elif sealed["files"] != carried.digest(demo=demo):
        yield "The policies in this database are another version's: run serai migrate with the Serai that serves."
    elif sealed["catalogue"] != catalogue:
        yield "Policies, rights or functions in this database were changed by hand: run serai migrate."
