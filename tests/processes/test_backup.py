"""A backup is whole or is refused; a restore proves itself, less exactly what was erased since."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pyrage
import pytest

from clusters import DEBIAN, serving_user, throwaway_external, throwaway_state
from serai import archive, erased
from serai.archive import ArchiveError
from serai.backup import BackupError, back_up, prune
from serai.db.address import BACKUP, OWNER, WEB
from serai.db.embedded import Cluster
from serai.db.prepare import prepare
from serai.installation import Installation
from serai.restore import RestoreError, restore
from serai.service_user import give

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
SCHEMA = """
CREATE TABLE city (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE person (id uuid PRIMARY KEY, name text NOT NULL, city_id uuid REFERENCES city);
CREATE TABLE note (id uuid PRIMARY KEY, person_id uuid REFERENCES person DEFERRABLE INITIALLY DEFERRED, body text);
CREATE UNLOGGED TABLE cache (key text);
CREATE TABLE serai_cache (key text);
CREATE FUNCTION cities() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public
  AS 'SELECT count(*) FROM city';
ALTER FUNCTION cities() OWNER TO serai_definer;
GRANT SELECT ON city TO serai_definer, serai_web;
GRANT SELECT ON note TO serai_web;
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
ALTER TABLE note FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON note TO serai_owner USING (true) WITH CHECK (true);
CREATE POLICY backup_reads ON note FOR SELECT TO serai_backup USING (true);
CREATE POLICY web_reads ON note FOR SELECT TO serai_web USING (body LIKE 'public%');
"""
ODD = [
    "public a",
    "tab\there",
    "line\nbreak",
    "\\.",
    "COPY public.note (id) FROM stdin;\n",
    'quote " and \\ slash',
    "é 漢",
]


@dataclass(frozen=True, kw_only=True)
class World:
    house: Installation
    key: pyrage.x25519.Identity
    notes: list[UUID]
    people: list[UUID]

    def back_up(self, **changes: object) -> Path:
        return back_up(self.house, **{"now": NOW, "keys": [str(self.key.to_public())], **changes}).path

    def owner(self) -> psycopg.Connection:
        return psycopg.connect(self.house.address(OWNER), autocommit=True)


@contextmanager
def running_house(server: str | None = None) -> Iterator[Installation]:
    """An installation with a prepared, empty database that runs."""
    with throwaway_state() as state:
        house = Installation(state=state, user=serving_user(), server=server)
        state.key()
        if server is not None:
            yield house
            return
        cluster = Cluster(state=state, user=serving_user(), durable=False)
        cluster.initialise()
        process = cluster.start()
        try:
            cluster.wait_ready(process)
            house.prepare()
            yield house
        finally:
            cluster.stop(process)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with running_house() as house:
        people, notes = [uuid4() for _ in range(3)], [uuid4() for _ in ODD]
        with psycopg.connect(house.address(OWNER)) as owner:
            owner.execute(SCHEMA.encode())
            city = uuid4()
            owner.execute("INSERT INTO city VALUES (%s, 'Arbreva')", [city])
            for person in people:
                owner.execute("INSERT INTO person VALUES (%s, 'someone', %s)", [person, city])
            for number, (note, body) in enumerate(zip(notes, ODD, strict=True)):
                owner.execute("INSERT INTO note VALUES (%s, %s, %s)", [note, people[number % 3], body])
            owner.execute("INSERT INTO cache VALUES ('gone after a crash')")
            owner.execute("INSERT INTO serai_cache VALUES ('over in minutes')")
        document = house.state.files / "plan.pdf"
        document.write_bytes(b"a document")
        give(document, house.user)
        house.state.keep({"address": "https://a.example"})
        yield World(house=house, key=pyrage.x25519.Identity.generate(), notes=notes, people=people)


@pytest.fixture(autouse=True)
def fresh_list(world: World) -> None:
    os.truncate(world.house.state.erased, 0)


@pytest.fixture(scope="module")
def made(world: World) -> Path:
    return world.back_up()


def bodies(house: Installation, role: str) -> set[str]:
    with psycopg.connect(house.address(role)) as connection:
        return {body for (body,) in connection.execute("SELECT body FROM note")}


def test_backup_destroy_restore_proves_itself(world: World, made: Path) -> None:
    assert archive.is_encrypted(made)
    assert b"Arbreva" not in made.read_bytes()
    with running_house() as other:
        done = restore(other, made, key=world.key)
        assert done.counts == {"city": 1, "note": len(ODD), "person": 3}
        assert bodies(other, OWNER) == set(ODD)
        assert bodies(other, WEB) == {"public a"}, "the policies came back too"
        with psycopg.connect(other.address(WEB)) as web:
            assert web.execute("SELECT cities()").fetchone() == (1,)
        assert (other.state.files / "plan.pdf").read_bytes() == b"a document"
        assert other.state.key() == world.house.state.key()
        assert other.state.settings()["address"] == "https://a.example"
        assert not other.state.restoring.exists()
        assert list(other.state.backups.iterdir()) == [], "nothing decrypted stays behind"
        with pytest.raises(RestoreError, match="not empty"):
            restore(other, made, key=world.key)


@pytest.mark.skipif(not DEBIAN.exists(), reason="no PostgreSQL 15")
def test_it_comes_back_on_someone_elses_older_server(world: World, made: Path) -> None:
    with throwaway_external() as landlord, throwaway_state() as state:
        server = prepare(landlord, state)
        house = Installation(state=state, user=serving_user(), server=server)
        restore(house, made, key=world.key)
        assert bodies(house, WEB) == {"public a"}
        again = back_up(house, now=NOW, keys=[])
        assert again.counts == {"city": 1, "note": len(ODD), "person": 3}


def test_what_was_erased_since_is_erased_again_and_counted(world: World, made: Path) -> None:
    gone, emptied = world.notes[:2], world.people[0]
    with running_house() as other:
        erased.record(other.state.root, at=NOW, what="purge", gone={"note": gone})
        erased.record(
            other.state.root, at=NOW + timedelta(hours=1), what="erase a person", gone={"note": [gone[0], uuid4()]},
            blank={"person": {emptied: {"name": "former member"}}},
        )  # fmt: skip
        done = restore(other, made, key=world.key)
        assert done.later == 2
        assert done.went == {"note": 2}
        assert done.counts["note"] == len(ODD) - 2
        assert bodies(other, OWNER) == set(ODD[2:])
        with psycopg.connect(other.address(OWNER)) as owner:
            assert owner.execute("SELECT name FROM person WHERE id = %s", [emptied]).fetchone() == ("former member",)
        assert len(erased.read(other.state.erased)) == 2, "the list lives on"


def test_an_erasure_that_would_take_more_than_it_says_stops_the_restore(world: World, made: Path) -> None:
    with running_house() as other:
        erased.record(other.state.root, at=NOW, what="half", gone={"person": [world.people[0]]})
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            restore(other, made, key=world.key)
        assert_empty(other)


def assert_empty(house: Installation) -> None:
    with psycopg.connect(house.address(OWNER)) as owner:
        assert owner.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchone() == (0,)
    assert list(house.state.files.iterdir()) == []
    assert not house.state.restoring.exists()


def test_damaged_incomplete_foreign_and_open_archives_are_refused(world: World, made: Path, tmp_path: Path) -> None:
    whole = made.read_bytes()
    flipped = bytearray(whole)
    flipped[len(flipped) // 2] ^= 1
    cases = {
        "flipped": (bytes(flipped), world.key, "damaged"),
        "short": (whole[: len(whole) * 2 // 3], world.key, "damaged"),
        "foreign": (whole, pyrage.x25519.Identity.generate(), "another key"),
        "keyless": (whole, None, "--identity"),
        "empty": (b"", world.key, "not encrypted"),
    }
    with running_house() as other:
        for name, (data, key, why) in cases.items():
            path = tmp_path / name
            path.write_bytes(data)
            with pytest.raises(ArchiveError, match=why):
                restore(other, path, key=key)
        assert_empty(other)


def rewritten(source: Path, target: Path, change: dict[str, bytes | None]) -> Path:
    """An unencrypted archive with some members replaced or left out."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            data = change.get(member.name, old.extractfile(member).read())
            if data is not None:
                entry = replace_size(member, len(data))
                new.addfile(entry, io.BytesIO(data))
    return target


def replace_size(member: tarfile.TarInfo, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(member.name)
    entry.size = size
    return entry


def test_an_open_archive_is_checked_as_strictly(world: World, tmp_path: Path) -> None:
    made = world.back_up(keys=[])
    assert not archive.is_encrypted(made)
    with tarfile.open(made) as tar:
        manifest = json.loads(tar.extractfile("manifest.json").read())
        dump = tar.extractfile("database.dump").read()
    fewer = {**manifest, "counts": {**manifest["counts"], "note": 1}}
    cases = {
        "changed key": ({"secret_key": b"another"}, ArchiveError, "secret_key is not"),
        "missing files": ({"files.tar": None}, ArchiveError, "incomplete"),
        "no manifest": ({"manifest.json": b"{}"}, ArchiveError, "no backup of Serai"),
        "newer": ({"manifest.json": json.dumps({**manifest, "format": 99}).encode()}, ArchiveError, "format 99"),
        "other counts": ({"manifest.json": json.dumps(fewer).encode()}, RestoreError, "note has 7 rows, not 1"),
        "cut dump": (cut(manifest, dump), RestoreError, "cannot be read|incomplete"),
    }
    with running_house() as other:
        with pytest.raises(ArchiveError, match="--not-encrypted"):
            restore(other, made, key=world.key)
        for name, (change, error, why) in cases.items():
            with pytest.raises(error, match=why):
                restore(other, rewritten(made, tmp_path / name, change), key=None, plain=True)
        assert_empty(other)
        assert restore(other, made, key=None, plain=True).counts["note"] == len(ODD)


def cut(manifest: dict[str, object], dump: bytes) -> dict[str, bytes | None]:
    """A manifest that vouches for a dump without its end."""
    short = dump[: len(dump) // 2]
    members = {**manifest["members"], "database.dump": hashlib.sha256(short).hexdigest()}
    return {"database.dump": short, "manifest.json": json.dumps({**manifest, "members": members}).encode()}


@pytest.mark.parametrize("role", ["backup_reads", "owner_all"])
def test_a_missing_policy_is_no_empty_backup(world: World, role: str) -> None:
    definition = {
        "backup_reads": "CREATE POLICY backup_reads ON note FOR SELECT TO serai_backup USING (true)",
        "owner_all": "CREATE POLICY owner_all ON note TO serai_owner USING (true) WITH CHECK (true)",
    }
    before = archive.archives(world.house.state)
    with world.owner() as owner:
        owner.execute(f"DROP POLICY {role} ON note".encode())
        try:
            with pytest.raises(BackupError, match=r"Row security hides rows .* note"):
                world.back_up()
        finally:
            owner.execute(definition[role].encode())
    assert archive.archives(world.house.state) == before


def test_a_table_the_backup_role_may_not_read_is_no_backup(world: World) -> None:
    with world.owner() as owner:
        owner.execute(f"REVOKE SELECT ON city FROM {BACKUP}".encode())
        try:
            with pytest.raises((BackupError, psycopg.errors.InsufficientPrivilege)):
                world.back_up()
        finally:
            owner.execute(f"GRANT SELECT ON city TO {BACKUP}".encode())


def test_a_restore_broken_off_is_begun_again(world: World, made: Path) -> None:
    with running_house() as other:
        with psycopg.connect(other.address(OWNER)) as owner:
            owner.execute("CREATE TABLE note (id uuid)")
        other.state.restoring.write_text("an archive\n")
        assert restore(other, made, key=world.key).counts["note"] == len(ODD)


def test_each_use_of_the_owner_is_written_down(world: World) -> None:
    before = world.house.state.owner_log.read_text().splitlines() if world.house.state.owner_log.exists() else []
    world.back_up()
    after = world.house.state.owner_log.read_text().splitlines()
    assert len(after) == len(before) + 1
    assert "backup: count" in after[-1]


def test_only_the_newest_archives_are_kept(world: World) -> None:
    for day in range(3):
        world.back_up(now=NOW + timedelta(days=day + 1))
    prune(world.house, kept=2)
    assert len(archive.archives(world.house.state)) == 2
    assert archive.newest(world.house.state) == NOW + timedelta(days=3)


def test_a_key_file_behind_a_passphrase_opens(world: World) -> None:
    locked = pyrage.passphrase.encrypt(f"# my key\n{world.key}\n".encode(), "correct horse")
    assert str(archive.identity(archive.unlocked(locked, "correct horse"))) == str(world.key)
    with pytest.raises(ArchiveError, match="passphrase"):
        archive.unlocked(locked, "wrong")


def test_an_unfinished_line_is_no_erasure(tmp_path: Path) -> None:
    erased.record(tmp_path, at=NOW, what="purge", gone={"note": [uuid4()]})
    with (tmp_path / "erased.jsonl").open("a") as file:
        file.write('{"at": "2026')
    assert len(erased.read(tmp_path / "erased.jsonl")) == 1
    assert erased.read(tmp_path / "missing.jsonl") == []


def test_lists_are_joined_in_order_without_repeats() -> None:
    first = erased.Erasure(at="2026-01-01", what="purge", gone={"note": ["a"]})
    later = replace(first, at="2026-01-02")
    assert erased.joined([later, first], [first]) == [first, later]
