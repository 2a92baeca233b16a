"""Each policy and guard is taken away in turn; something that must hold then fails. So none is there for show."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from access.checks import MODELS, Checks
from access.ground import Ground
from access.house import laid as house_laid
from access.randomworld import FIXED, grown, laid
from serai.db.acting import VISITOR
from serai.db.address import OWNER
from serai.db.rows import protected_models

POLICIES = (
    "SELECT tablename, policyname, coalesce(cmd, 'ALL'), roles::text[] FROM pg_policies WHERE schemaname = 'public'"
)
GUARDS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'serai\\_%' ORDER BY 1, 2"
# A seed whose world has someone for every check: who can report, take and add a row of each table.
SEED = 3


@pytest.fixture(scope="module")
def checks(ground: Ground) -> Checks:
    world = laid(ground, grown(SEED, rows=8, people=10))
    return Checks(ground, world, house_laid(ground))


def failing(checks: Checks, table: str, policy: str = "", *, first_alone: bool = False) -> str | None:
    """The first check on this table that fails."""
    for name, check in checks.in_turn(table, policy, first_alone=first_alone):
        checks.ground.role(OWNER)
        try:
            held = check()
        except psycopg.errors.InsufficientPrivilege:
            held = False
        if not held:
            return name
    return None


def tables() -> Iterator[str]:
    yield from MODELS
    yield from ("serai_noteauthor", "serai_mail", "serai_purged")
    yield from ("serai_network", "serai_city", "serai_networkcity", "serai_networkorganisation", "serai_account")


@pytest.mark.parametrize("table", list(tables()))
def test_as_it_stands_every_check_holds(checks: Checks, table: str) -> None:
    assert failing(checks, table) is None


def test_the_world_has_someone_for_every_check(checks: Checks) -> None:
    never = {"serai_auditentry", "serai_report", "serai_invitation"}  # written by doors alone
    assert set(MODELS) - never <= checks.good.keys()


def test_each_policy_is_missed(checks: Checks) -> None:
    """Where two policies let the same through (the demo's outbox does), they are missed together."""
    ground = checks.ground
    policies = [
        (table, policy, (table, command, tuple(roles))) for table, policy, command, roles in ground.rows(POLICIES)
    ]
    assert len(policies) > 300
    survived = []
    for table, policy, kind in policies:
        alike = [other for _, other, its in policies if its == kind and other != policy]
        with ground.tried():
            ground.done(f"DROP POLICY {policy} ON {table}")
            missed = failing(checks, table, policy, first_alone=bool(alike))
        if missed is None and alike:
            with ground.tried():
                for other in (policy, *alike):
                    ground.done(f"DROP POLICY {other} ON {table}")
                missed = failing(checks, table, policy)
        if missed is None:
            survived.append((table, policy))
    assert survived == []


def test_each_reading_policy_that_lets_all_through_is_found(checks: Checks) -> None:
    ground, survived = checks.ground, []
    for table in MODELS:
        with ground.tried():
            ground.done(f"ALTER POLICY asker_reads ON {table} USING (true)")
            if checks.reads(table):
                survived.append(table)
    assert survived == []


def test_each_guard_is_missed(checks: Checks) -> None:
    ground = checks.ground
    guards = ground.rows(GUARDS.replace("%", "%%"))
    assert {table for table, name in guards if name == "serai_keeps"} == {
        model._meta.db_table for model in protected_models() if model not in FIXED
    }
    survived = []
    for table, guard in guards:
        with ground.tried():
            ground.done(f"DROP TRIGGER {guard} ON {table}")
            if guard == "serai_keeps":
                caught = not checks.takes(table)
            elif guard == "serai_forgets":
                caught = still_kept(ground, table)
            else:
                caught = failing(checks, table) is not None
            if not caught:
                survived.append((table, guard))
    assert survived == []


def still_kept(ground: Ground, table: str) -> bool:
    """Whether what the asker has outlives a write to this table."""
    ground.ask(VISITOR)
    ground.rows("SELECT serai_audiences()")
    ground.done(f"DELETE FROM {table} WHERE false")
    return bool(ground.one("SELECT current_setting('serai.audiences')")[0])


def test_with_the_guard_nobody_takes_what_is_their_organisations(checks: Checks) -> None:
    for model in protected_models():
        assert model in FIXED or checks.takes(model._meta.db_table), model.__name__
