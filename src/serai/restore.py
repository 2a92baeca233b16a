"""Brings a backup back into an empty installation, and proves it before anyone is served."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pyrage

from serai import archive, erased
from serai.archive import Manifest, spread
from serai.backup import CONFIG, DUMP, ERASED, FILES, KEY, client_environment
from serai.db.address import DEFINER, OWNER
from serai.db.count import counted, counted_in_dump, difference
from serai.db.prepare import grant
from serai.erased import Erasure
from serai.installation import Installation
from serai.service_user import give
from serai.state import write_private


class RestoreError(Exception):
    """Nothing was restored, and nothing serves; the text is one sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What came back: the manifest it was proved against, rows by table, and what was erased again."""

    manifest: Manifest
    counts: Mapping[str, int]
    went: Mapping[str, int]
    later: int


def restore(
    house: Installation, path: Path, *, key: pyrage.x25519.Identity | None, plain: bool = False,
    also_erased: Sequence[Erasure] = (),
) -> Restored:  # fmt: skip
    """Restores `path` into this installation, whose database must run, hold nothing, and serve nobody.

    Counts must equal the manifest's; then everything erased since is erased again, and the counts must be exactly
    that much less. Raises RestoreError or ArchiveError: the database is then empty as before.
    """
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=house.state.backups) as folder:
        manifest = archive.unpack(path, Path(folder), key=key, plain=plain)
        members = Path(folder) / "members"
        _check_dump(house, members / DUMP, manifest)
        before = erased.read(members / ERASED)
        every = erased.joined(before, erased.read(house.state.erased), also_erased)
        owner_url = house.owner_address("restore: bring the database back")
        if house.state.restoring.exists():
            _emptied(house, owner_url)
        _refuse_full(house, owner_url)
        write_private(house.state.restoring, path.name + "\n")
        try:
            _pg_restore(house, members / DUMP, owner_url)
            counts, went = _proved(owner_url, manifest, every)
            _put_files(house, members)
            _put_keys(house, members, every)
        except BaseException:
            _emptied(house, owner_url)
            house.state.restoring.unlink()
            raise
    house.state.restoring.unlink()
    return Restored(manifest=manifest, counts=counts, went=went, later=len(every) - len(before))


def _check_dump(house: Installation, dump: Path, manifest: Manifest) -> None:
    try:
        found = counted_in_dump(house.cluster.program("pg_restore"), dump)
    except ValueError as error:
        raise RestoreError(f"The dump in the archive cannot be read: {error}") from error
    if what := difference(manifest.counts, found):
        raise RestoreError(f"The archive is incomplete: {what}.")


def _refuse_full(house: Installation, owner_url: str) -> None:
    if any(house.state.files.iterdir()):
        raise RestoreError(f"{house.state.files} is not empty: restore into a new state folder.")
    with psycopg.connect(owner_url) as owner:
        row = owner.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchone()
    if row is None or row[0]:
        raise RestoreError("The database is not empty: restore into a new state folder or a new database.")


def _pg_restore(house: Installation, dump: Path, owner_url: str) -> None:
    """The dump as statements, through one transaction of our own: all of it or nothing."""
    restore = [str(house.cluster.program("pg_restore")), "--file=-", str(dump)]
    psql = [str(house.cluster.program("psql")), "--no-psqlrc", "--quiet", "--single-transaction"]
    psql += ["--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"]
    with subprocess.Popen(restore, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reading:  # noqa: S603
        assert reading.stdout is not None
        with subprocess.Popen(  # noqa: S603
            psql, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=client_environment(owner_url), cwd="/"
        ) as writing:
            assert writing.stdin is not None
            assert writing.stderr is not None
            try:
                for line in reading.stdout:
                    # A setting that servers before 17 do not know; pg_dump of 18 writes it for all.
                    if line != b"SET transaction_timeout = 0;\n":
                        writing.stdin.write(line)
                writing.stdin.close()
            except BrokenPipeError:
                reading.kill()
            said = writing.stderr.read().decode(errors="replace").strip()
    if writing.returncode != 0 or reading.returncode != 0:
        raise RestoreError(f"The database could not be restored: {said.splitlines()[0] if said else 'no reason given'}")


def _proved(owner_url: str, manifest: Manifest, every: Sequence[Erasure]) -> tuple[dict[str, int], dict[str, int]]:
    with psycopg.connect(owner_url) as owner:
        if what := difference(manifest.counts, counted(owner)):
            raise RestoreError(f"The restored database is not the one backed up: {what}.")
        went = erased.replay(owner, every)
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        counts = counted(owner)
        expected = {table: number - went.get(table, 0) for table, number in manifest.counts.items()}
        if what := difference(expected, counts):
            raise RestoreError(f"Erasing again took something else too: {what}.")
        if still := erased.standing(owner, every):
            raise RestoreError(f"Something erased is still there: {still[0]}.")
    return counts, went


def _emptied(house: Installation, owner_url: str) -> None:
    """Takes back a restore that failed, whatever it got to."""
    house.state.create(house.user)
    for path in house.state.files.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with psycopg.connect(owner_url) as owner:
        for role in (DEFINER, OWNER):
            owner.execute(f"DROP OWNED BY {role} CASCADE".encode())
        grant(owner, house.database)


def _put_files(house: Installation, members: Path) -> None:
    """Documents, unpacked aside and handed over whole: root writes nothing into the service user's folders."""
    aside = members.parent / "files"
    aside.mkdir(mode=0o700)
    with tarfile.open(members / FILES) as packed:
        spread(packed, aside)
    for path in [aside, *aside.rglob("*")]:
        give(path, house.user)
    house.state.files.rmdir()
    aside.rename(house.state.files)


def _put_keys(house: Installation, members: Path, every: Sequence[Erasure]) -> None:
    """The secret key, the list of what was erased, and the answers that this place has not given itself."""
    state = house.state
    if (members / CONFIG).exists():
        old = json.loads((members / CONFIG).read_text("utf-8"))
        state.keep({name: value for name, value in old.items() if name != "database"} | state.settings())
    write_private(state.secret_key, (members / KEY).read_text("utf-8"))
    write_private(state.erased, erased.written(every))
    give(state.erased, house.user)
