"""The database's own list of tables, policies, rights and functions, held against docs/who-may-read.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from access.ground import Ground, opened
from access.randomworld import FIXED, parents_of
from access.rowmaking import NOW
from serai.db.address import BACKUP, DEFINER, KEEPER, OWNER, WEB, WORKER
from serai.db.embedded import Cluster
from serai.db.rows import protected_models, protected_tables

DOC = Path(__file__).parents[2] / "docs" / "who-may-read.md"
SERVING = (WEB, WORKER, KEEPER, BACKUP)
COMMANDS = {"SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d"}
# Sequences that a sign-in table of a package draws its ids from.
SEQUENCES = {"mfa_authenticator_id_seq", "usersessions_usersession_id_seq"}


@pytest.fixture(scope="module")
def ground(cluster: Cluster, django_db_setup: None) -> Iterator[Ground]:
    with opened(cluster, NOW) as open_ground:
        yield open_ground


def written(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of the document, without its head."""
    part = DOC.read_text("utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def open_tables() -> dict[str, set[str]]:
    """Each open table with the rights of the web role, as the document has them."""
    return {table.strip("`"): set(rights.split(", ")) for table, rights, _why in written("Open tables")}


def tables(ground: Ground) -> dict[str, tuple[bool, bool]]:
    """Every table with whether row security is enabled and forced."""
    query = (
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    return {name: (enabled, forced) for name, enabled, forced in ground.rows(query)}


def rights(ground: Ground, role: str) -> dict[str, set[str]]:
    """What a role may do with each table, or with a column of it."""
    found: dict[str, set[str]] = {}
    for table in tables(ground):
        any_column = ", ".join(
            f"has_any_column_privilege(%s, '{table}', '{c}')" for c in ("SELECT", "INSERT", "UPDATE")
        )
        query = f"SELECT {any_column}, has_table_privilege(%s, '{table}', 'DELETE')"
        row = ground.one(query, [role] * 4)
        found[table] = {name for name, has in zip(COMMANDS, row, strict=True) if has}
    return found


def permitted(ground: Ground, role: str) -> dict[str, set[str]]:
    """The commands for which a permissive policy of each table names this role."""
    query = (
        "SELECT c.relname, p.polcmd FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE p.polpermissive"
        " AND (p.polroles = '{0}' OR (SELECT oid FROM pg_roles WHERE rolname = %s) = ANY (p.polroles))"
    )
    found: dict[str, set[str]] = {}
    for table, letter in ground.rows(query, [role]):
        letter = letter.decode() if isinstance(letter, bytes) else letter
        found.setdefault(table, set()).update(n for n, known in COMMANDS.items() if letter in ("*", known))
    return found


def test_every_table_is_open_by_the_document_or_under_row_security(ground: Ground) -> None:
    written_down, web = open_tables(), rights(ground, WEB)
    everyone_reads = {
        table
        for table, expression in ground.rows(
            "SELECT tablename, qual FROM pg_policies WHERE cmd = 'SELECT' AND 'serai_web' = ANY (roles)"
        )
        if expression == "true"
    }
    for table, (enabled, forced) in tables(ground).items():
        if table in written_down:
            assert not enabled or table in everyone_reads, f"{table} is narrower than the document says"
            assert web[table] == written_down[table], table
        else:
            assert table not in everyone_reads, table
            assert (enabled and forced) or not web[table], f"{table} is open and not in the document"
    assert written_down.keys() <= tables(ground).keys()


@pytest.mark.parametrize("role", [WEB, WORKER, KEEPER, BACKUP, DEFINER, OWNER])
def test_under_row_security_a_role_has_a_policy_for_each_command_it_may_give(ground: Ground, role: str) -> None:
    given, policies = rights(ground, role), permitted(ground, role)
    for table, (enabled, forced) in tables(ground).items():
        if not enabled:
            continue
        assert forced, table
        assert given[table] <= policies.get(table, set()), f"{role} is given more of {table} than a policy lets through"
        if role != OWNER:
            assert policies.get(table, set()) <= given[table], f"{role} has a policy for {table} and no right"


def test_the_backup_role_reads_everything_and_writes_nothing(ground: Ground) -> None:
    assert {name: found for name, found in rights(ground, BACKUP).items() if found != {"SELECT"}} == {}


def test_every_protected_table_has_the_standard_policies(ground: Ground) -> None:
    query = "SELECT tablename, policyname, permissive, cmd, coalesce(qual, with_check) FROM pg_policies"
    found: dict[str, dict[str, tuple[str, str, str]]] = {}
    for table, policy, permissive, command, text in ground.rows(query):
        found.setdefault(table, {})[policy] = (permissive, command, text)
    for model in protected_models():
        policies = found[model._meta.db_table]
        assert policies["asker_reads"][:2] == ("PERMISSIVE", "SELECT")
        assert policies["both_read"][:2] == ("RESTRICTIVE", "SELECT")
        asked = set(re.findall(r"\((\w+_id) = ANY \(\( SELECT serai_sources\(", policies["asker_reads"][2]))
        assert asked == {"source_id", *model.answered_by}, f"{model.__name__}.answered_by is what the policy has"
        adding = [text for _, command, text in policies.values() if command == "INSERT"]
        for column, parent in parents_of(model).items():
            checked = rf"FROM {parent._meta.db_table} \w+\s+WHERE \(?\(?\w+\.id = {model._meta.db_table}\.{column}\)"
            assert any(re.search(checked, text) for text in adding), f"{model.__name__}.{column} is not checked"
        changing = [text for _, command, text in policies.values() if command == "UPDATE" and "serai_also" in text]
        assert bool(changing) == (model not in FIXED), model.__name__


def test_no_view_or_partition_is_a_way_around(ground: Ground) -> None:
    query = "SELECT relname, relkind, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    for name, kind, options in ground.rows(query):
        kind = kind.decode() if isinstance(kind, bytes) else kind
        assert kind not in ("m", "p", "f"), f"{name} copies or parts a table"
        if kind == "v":
            assert "security_invoker=true" in (options or []), f"{name} reads as its owner"


def test_no_sequence_is_granted_without_need(ground: Ground) -> None:
    names = [n for (n,) in ground.rows("SELECT relname FROM pg_class WHERE relkind = 'S'")]
    held = {n for n in names if ground.one("SELECT has_sequence_privilege('serai_web', %s, 'USAGE')", [n])[0]}
    assert held == SEQUENCES


def test_every_function_of_ours_is_fixed_and_shut(ground: Ground) -> None:
    query = (
        "SELECT p.proname, p.prosecdef, r.rolname, p.proconfig,"
        " coalesce((SELECT bool_or(a.grantee = 0) FROM aclexplode(p.proacl) a), true)"
        " FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.pronamespace = 'public'::regnamespace"
    )
    definers = 0
    for name, definer, owner, config, public in ground.rows(query):
        if definer:
            definers += 1
            assert name.startswith("serai_"), name
            assert owner == DEFINER, f"{name} acts as {owner}"
            fixed = set(config) - {"plan_cache_mode=force_generic_plan"}
            assert fixed == {"search_path=pg_catalog, public, pg_temp"}, f"{name} can be led astray"
        if name.startswith("serai_"):
            assert not public, f"{name} may be called by everyone"
    assert definers > 20


def test_a_function_with_a_kept_plan_finds_one_search_path(ground: Ground) -> None:
    """Called by a policy and by a definer function in turn it would be planned anew each time."""
    query = (
        "SELECT proname FROM pg_proc JOIN pg_language lang ON lang.oid = prolang WHERE lanname = 'plpgsql'"
        " AND proname LIKE 'serai\\_%%' AND coalesce(proconfig::text, '') NOT LIKE '%%search_path%%'"
    )
    assert ground.rows(query) == []


def called_by() -> dict[str, set[str]]:
    """Each function that reads more than its caller may, with the roles that call it, as the document has them."""
    listed: dict[str, set[str]] = {}
    for functions, roles, _tells in written("What looks further"):
        for name in re.findall(r"`(\w+)`", functions):
            assert name not in listed, name
            listed[name] = {f"serai_{role}" for role in roles.split(", ")}
    return listed


@pytest.mark.parametrize("role", SERVING)
def test_what_reads_more_than_its_caller_is_refused_but_to_whom_the_document_names(ground: Ground, role: str) -> None:
    listed, refused = called_by(), set()
    query = (
        "SELECT p.proname, coalesce((SELECT string_agg('NULL::' || format_type(type, NULL), ', ' ORDER BY place)"
        " FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a(type, place)), '')"
        " FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner"
        " WHERE p.pronamespace = 'public'::regnamespace AND (p.prosecdef OR r.rolname = %s)"
    )
    found = ground.rows(query, [DEFINER])
    assert listed.keys() <= {name for name, _ in found}
    for name, nothing in found:
        with ground.tried():
            ground.role(role)
            try:
                ground.rows(f"SELECT {name}({nothing})")
            except psycopg.errors.InsufficientPrivilege as error:
                if f"permission denied for function {name}" in str(error):
                    refused.add(name)
            except psycopg.Error:
                pass  # it was called, and did not like to be told nothing
    assert refused == {name for name, _ in found if role not in listed.get(name, ())}
    assert {"serai_hide", "serai_show", "serai_reported", "serai_everybody_in", "serai_empty"} <= refused


def test_serving_roles_hold_no_power(ground: Ground) -> None:
    query = (
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND"
        " (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)"
    )
    assert ground.rows(query, [[*SERVING, DEFINER, OWNER]]) == []
    for role in SERVING:
        for power in (OWNER, DEFINER, "pg_read_all_data", "pg_write_all_data", "pg_execute_server_program"):
            assert not ground.one("SELECT pg_has_role(%s, %s, 'MEMBER')", [role, power])[0], f"{role} is a {power}"
        for catalogue, column in (("pg_class", "relowner"), ("pg_proc", "proowner"), ("pg_namespace", "nspowner")):
            owned = f"SELECT count(*) FROM {catalogue} WHERE {column} = (SELECT oid FROM pg_roles WHERE rolname = %s)"
            assert ground.one(owned, [role])[0] == 0, f"{role} owns something"
        assert not ground.one("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role])[0]
        for right in ("TEMP", "CREATE"):
            assert not ground.one("SELECT has_database_privilege(%s, current_database(), %s)", [role, right])[0], right
    assert not ground.one("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [DEFINER])[0]


def test_jobs_are_shut_to_pages(ground: Ground) -> None:
    web = rights(ground, WEB)
    assert {table for table, found in web.items() if found and table.startswith(("procrastinate", "auth_"))} == set()
    assert web["serai_administrator"] == web["serai_noteauthor"] - {"SELECT"} == set()


def test_nobody_deletes_or_changes_what_is_fixed(ground: Ground) -> None:
    for role in (WEB, WORKER):
        given = rights(ground, role)
        for model in protected_models():
            expected = {"SELECT", "INSERT"} | (set() if model in FIXED else {"UPDATE"})
            assert given[model._meta.db_table] == expected, model.__name__
            for column in ("id", "created_at", "hidden_at"):
                right = "SELECT has_column_privilege(%s, %s, %s, 'UPDATE')"
                assert not ground.one(right, [role, model._meta.db_table, column])[0], f"{model.__name__}.{column}"


def test_no_constraint_tells_what_others_typed(ground: Ground) -> None:
    query = (
        "SELECT c.relname, string_agg(a.attname, ', ' ORDER BY k.place) FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indrelid"
        " CROSS JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k(num, place)"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num JOIN pg_type t ON t.oid = a.atttypid"
        " WHERE i.indisunique AND c.relrowsecurity AND c.relnamespace = 'public'::regnamespace"
        " GROUP BY i.indexrelid, c.relname HAVING bool_or(t.typcategory NOT IN ('U', 'N', 'D', 'B'))"
    )
    listed = {
        (table, columns) for cell, _ in written("Unique words") for table, columns in re.findall(r"`(\w+)` (.+)", cell)
    }
    assert set(ground.rows(query)) == listed


def test_the_keeper_reads_ids_dates_states_and_addresses_alone(ground: Ground) -> None:
    query = (
        "SELECT c.relname, a.attname, t.typname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_type t ON t.oid = a.atttypid WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0"
        " AND NOT a.attisdropped AND c.relkind = 'r'"
        " AND has_column_privilege('serai_keeper', c.oid, a.attnum, 'SELECT')"
    )
    words = {"kind", "state", "time_zone", "address", "email", "cache_key"}
    for table, column, type_ in ground.rows(query):
        plain = type_ in ("uuid", "date", "timestamptz", "int4", "int8", "bool") and column != "version"
        assert plain or column in words, f"the keeper reads {table}.{column}"
    for table, found in rights(ground, KEEPER).items():
        assert table not in protected_tables() or found <= {"SELECT"}, table


def test_protected_models_hang_on_no_row_of_their_own_kind() -> None:
    """Such a parent would need a policy that asks its own table; none is needed yet."""
    assert [m.__name__ for m in protected_models() if m in parents_of(m).values()] == []
