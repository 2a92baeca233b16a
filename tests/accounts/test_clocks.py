"""The keeper's clocks under a moved clock: each thing goes on its day, not the day before, and nothing else goes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from accounts.second import ROOT, House
from serai.db.address import KEEPER, OWNER, WEB

HERE = Path(__file__).parent
Clock = Callable[[str], int]


@pytest.fixture(scope="module")
def visit(house: House) -> dict[str, str]:
    """An exchange that ended on 27 November 2019: followed up for the last time on 27 November 2020."""
    owner = house.installation.address(OWNER)
    made = house.run(str(HERE / "last_visit.py"), role=WEB, SERAI_OWNER_DATABASE=owner)
    return dict(json.loads(made))


@pytest.fixture(scope="module")
def at(house: House) -> Iterator[Clock]:
    """Runs the clocks as the real keeper role, as if it were this day; how many rows went."""
    told = house.environment(KEEPER, SERAI_DEMO="1", SERAI_CLOCK="2019-11-26T00:00:00+00:00")
    with subprocess.Popen(
        [sys.executable, str(HERE / "keeping.py")],
        env=told,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as keeper:

        def run(day: str) -> int:
            assert keeper.stdin
            assert keeper.stdout
            keeper.stdin.write(f"{day}T12:00:00+00:00\n")
            keeper.stdin.flush()
            return int(keeper.stdout.readline())

        yield run
        assert keeper.stdin
        keeper.stdin.close()
        keeper.wait(timeout=10)


def one(house: House, question: str, *told: Any) -> Any:
    """One value, as the owner sees it."""
    with house.asks() as owner:
        row = owner.execute(question.encode(), told).fetchone()
    return row[0] if row else None


def notes(house: House, visit: dict[str, str]) -> set[str]:
    """Which of the visit's notes are still there."""
    with house.asks() as owner:
        there = {str(row[0]) for row in owner.execute("SELECT id FROM serai_note").fetchall()}
    return {name for name in ("red", "amber", "chatham") if visit[name] in there}


def test_links_notes_and_attendance_go_each_on_their_day(house: House, visit: dict[str, str], at: Clock) -> None:
    # A link of 26 November lasts 30 days; to whom it went is forgotten 30 days later.
    address = "SELECT address FROM serai_invitation WHERE id = %s"
    at("2020-01-24")
    assert one(house, address, visit["link"]) == "asked@example.org"
    assert at("2020-01-25") == 1
    assert one(house, address, visit["link"]) == ""
    # TLP:RED: 90 days after the last follow-up.
    assert at("2021-02-24") == 0
    assert notes(house, visit) == {"red", "amber", "chatham"}
    assert at("2021-02-25") == 1
    assert notes(house, visit) == {"amber", "chatham"}
    assert one(house, "SELECT why FROM serai_purged WHERE record_id = %s", visit["red"]) == "clock"
    # Attendance: 12 months after it. How many and from where stays.
    attended = "SELECT person_id::text || in_words FROM serai_participant WHERE id = %s"
    assert at("2021-11-26") == 0
    assert one(house, "SELECT count(*) FROM serai_participant WHERE person_id IS NOT NULL") == 1
    assert at("2021-11-27") == 2
    assert one(house, "SELECT count(*) FROM serai_participant WHERE person_id IS NOT NULL OR in_words <> ''") == 0
    assert one(house, attended, visit["named"]) is None
    assert one(house, "SELECT how_many FROM serai_participant WHERE id = %s", visit["told"]) == 2
    assert one(house, "SELECT sector FROM serai_participant WHERE id = %s", visit["told"]) == "civil_society"
    # Every other note, with who wrote it: 24 months after it.
    assert at("2022-11-26") == 0
    assert one(house, "SELECT count(*) FROM serai_noteauthor") == 1
    assert at("2022-11-27") == 2
    assert notes(house, visit) == set()
    assert one(house, "SELECT count(*) FROM serai_noteauthor") == 0
    stamp = one(house, "SELECT purged_at::text FROM serai_purged WHERE record_id = %s", visit["chatham"])
    assert stamp.startswith("2022-11-27 00:00:00"), "no time of day for a Chatham House note"


def test_mail_goes_after_30_days(house: House, at: Clock) -> None:
    with house.asks() as owner:
        owner.execute("TRUNCATE serai_mail")
        owner.execute(
            "INSERT INTO serai_mail (id, occasion, address, subject, body, created_at, failed) VALUES"
            " (gen_random_uuid(), 'x', 'a@example.org', '', '', '2030-01-01 12:00+00', '')"
        )
    assert at("2030-01-30") == 0
    assert at("2030-01-31") == 1
    assert one(house, "SELECT count(*) FROM serai_mail") == 0


def test_sign_ins_that_ended_and_expired_counters_go(house: House, at: Clock) -> None:
    past, coming = "now() - interval '1 hour'", "now() + interval '1 hour'"
    with house.asks() as owner:
        owner.execute("TRUNCATE serai_cache, django_session, usersessions_usersession")
        owner.execute(f"INSERT INTO serai_cache VALUES ('old', '1', {past}), ('new', '1', {coming})".encode())
        owner.execute(f"INSERT INTO django_session VALUES ('over', '', {past}), ('on', '', {coming})".encode())
        account = owner.execute("SELECT id FROM serai_account LIMIT 1").fetchone()
        assert account
        for key in ("over", "on", "never"):
            owner.execute(
                "INSERT INTO usersessions_usersession (user_id, created_at, ip, last_seen_at, session_key, user_agent,"
                " data) VALUES (%s, now(), '192.0.2.1', now(), %s, '', '{}')",
                [account[0], key],
            )
    assert at("2030-02-01") == 4
    assert one(house, "SELECT string_agg(session_key, ' ') FROM django_session") == "on"
    assert one(house, "SELECT string_agg(session_key, ' ') FROM usersessions_usersession") == "on"
    assert one(house, "SELECT string_agg(cache_key, ' ') FROM serai_cache") == "new"


@pytest.mark.parametrize(
    "reach",
    [
        "SELECT text FROM serai_note",
        "DELETE FROM serai_note",
        "SELECT name FROM serai_person",
        "SELECT body FROM serai_mail",
        "DELETE FROM serai_mail",
        "UPDATE serai_participant SET person_id = NULL",
        "SELECT session_data FROM django_session",
        "SELECT value FROM serai_cache",
        "SELECT email FROM serai_account",
    ],
)
def test_the_keeper_itself_reads_and_destroys_nothing(house: House, reach: str) -> None:
    with house.asks(KEEPER) as keeper, pytest.raises(psycopg.errors.InsufficientPrivilege):
        keeper.execute(reach.encode())


@pytest.mark.parametrize("clock", ["attendance", "notes", "links", "mails", "signins"])
def test_nobody_but_the_keeper_runs_the_clocks(house: House, clock: str) -> None:
    for role in (WEB, "serai_worker", "serai_backup"):
        with house.asks(role) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute(f"SELECT serai_keep_{clock}()".encode())
