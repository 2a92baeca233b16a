"""One backup as one file: a tar with a manifest that vouches for every member, encrypted with age."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyrage

from serai.state import State

FORMAT = 1
STAMP = "%Y%m%dT%H%M%SZ"
KEPT = 14  # nightly archives
MAGIC = b"age-encryption.org/"
MANIFEST = "manifest.json"


class ArchiveError(Exception):
    """The archive cannot be made or is not to be trusted; the text is one sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What an archive claims to hold. `counts`: rows by table. `members`: SHA-256 by name."""

    made_at: str
    serai: str
    counts: Mapping[str, int]
    members: Mapping[str, str]
    format: int = FORMAT


def archives(state: State) -> list[Path]:
    """Finished archives, the oldest first."""
    return sorted(path for path in state.backups.glob("serai-*.tar*") if path.suffix in {".age", ".tar"})


def newest(state: State) -> datetime | None:
    """When the newest archive was made, by its name; None without one."""
    for path in reversed(archives(state)):
        try:
            return datetime.strptime(path.name.split(".")[0].removeprefix("serai-"), STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def name(made_at: datetime, *, encrypted: bool) -> str:
    """An archive's file name, in order of time."""
    return f"serai-{made_at.strftime(STAMP)}.tar{'.age' if encrypted else ''}"


def recipients(keys: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """age keys as recipients. ArchiveError names the one that is none."""
    found = []
    for key in keys:
        try:
            found.append(pyrage.x25519.Recipient.from_str(key.strip()))
        except pyrage.RecipientError as error:
            raise ArchiveError(f"{key!r} is no age key: such a key starts with age1.") from error
    return found


def write(target: Path, members: Mapping[str, Path], *, made_at: datetime, serai: str,
          counts: Mapping[str, int], keys: Sequence[str]) -> None:  # fmt: skip
    """Writes the archive beside `target`, syncs it, and only then gives it its name."""
    plain = target.with_suffix(".part")
    sealed = target.with_suffix(".sealed")
    manifest = Manifest(
        made_at=made_at.isoformat(), serai=serai, counts=counts,
        members={name: digest(path) for name, path in members.items()},
    )  # fmt: skip
    try:
        with os.fdopen(os.open(plain, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            _tar(file, manifest, members)
        if keys:
            sealed.touch(mode=0o600)
            pyrage.encrypt_file(str(plain), str(sealed), recipients(keys))
            plain.unlink()
            plain = sealed
        _synced(plain)
        plain.rename(target)
        _synced(target.parent)
    finally:
        plain.unlink(missing_ok=True)
        sealed.unlink(missing_ok=True)


def _tar(file: io.BufferedWriter, manifest: Manifest, members: Mapping[str, Path]) -> None:
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    with tarfile.open(fileobj=file, mode="w") as tar:
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(text), 0o600
        tar.addfile(entry, io.BytesIO(text))
        for member, path in members.items():
            tar.add(path, arcname=member, recursive=False)


def is_encrypted(path: Path) -> bool:
    """Whether a file starts as age's files do."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def identity(text: str) -> pyrage.x25519.Identity:
    """The age identity in a key file's text (comments and blank lines skipped)."""
    for line in text.splitlines():
        if line.strip().startswith("AGE-SECRET-KEY-"):
            return pyrage.x25519.Identity.from_str(line.strip())
    raise ArchiveError("The key file holds no line that starts with AGE-SECRET-KEY-.")


def unlocked(data: bytes, passphrase: str) -> str:
    """The text of a key file that a passphrase protects."""
    try:
        return bytes(pyrage.passphrase.decrypt(data, passphrase)).decode()
    except pyrage.DecryptError as error:
        raise ArchiveError("The passphrase does not open the key file.") from error


def unpack(archive: Path, into: Path, *, key: pyrage.x25519.Identity | None, plain: bool = False) -> Manifest:
    """Decrypts and unpacks an archive into an empty folder; every member is checked against the manifest.

    Raises ArchiveError for an archive that is damaged, incomplete, for another key, or not encrypted (unless
    `plain` says that this is meant).
    """
    if not archive.is_file():
        raise ArchiveError(f"There is no archive at {archive}.")
    tar = archive
    if is_encrypted(archive):
        if key is None:
            raise ArchiveError("This archive is encrypted: name its key file by --identity.")
        tar = into / "archive.tar"
        try:
            pyrage.decrypt_file(str(archive), str(tar), [key])
        except (pyrage.DecryptError, OSError) as error:
            if getattr(error, "errno", None):
                raise ArchiveError(f"The archive could not be unpacked here: {error}") from error
            raise ArchiveError(f"The archive is damaged, cut short, or for another key ({error}).") from error
    elif not plain:
        raise ArchiveError(
            "This archive is not encrypted, so anyone may have changed it: say --not-encrypted if it is yours."
        )
    return _unpacked(tar, into / "members")


def spread(packed: tarfile.TarFile, into: Path) -> None:
    """Files and folders below `into`, which is there; raises tarfile.TarError for anything else, or elsewhere.

    By hand, because tarfile's own filter is younger than the oldest Python that we run on (3.11.4).
    """
    ground = into.resolve()
    for member in packed:
        target = into / member.name
        if not target.resolve().is_relative_to(ground) or not (member.isdir() or member.isreg()):
            raise tarfile.TarError(f"{member.name} is no file of a backup")
        if member.isdir():
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source = packed.extractfile(member)
        assert source is not None, "a regular file"
        with source, target.open("xb") as made:
            shutil.copyfileobj(source, made)


def _unpacked(path: Path, into: Path) -> Manifest:
    into.mkdir(mode=0o700)
    try:
        with tarfile.open(path) as tar:
            spread(tar, into)
        manifest = Manifest(**json.loads((into / MANIFEST).read_text("utf-8")))
    except (tarfile.TarError, EOFError, OSError, ValueError, TypeError) as error:
        raise ArchiveError(f"The archive is damaged or no backup of Serai ({error}).") from error
    if manifest.format != FORMAT:
        raise ArchiveError(f"The archive has format {manifest.format}, and this Serai reads {FORMAT}.")
    there = {str(found.relative_to(into)) for found in into.rglob("*") if found.is_file()} - {MANIFEST}
    if there != set(manifest.members):
        odd = sorted(there ^ set(manifest.members))[0]
        raise ArchiveError(f"The archive is incomplete: {odd} is not where the manifest says.")
    for member, expected in manifest.members.items():
        if digest(into / member) != expected:
            raise ArchiveError(f"The archive is damaged: {member} is not what was backed up.")
    return manifest


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
