"""What a backup unpacks to: the files that were packed, and nothing beside or behind them."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from serai.archive import spread


def packed(name: str, *, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarFile:
    """An archive with one good file, then this member."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for member in (tarfile.TarInfo("a/good"), tarfile.TarInfo(name)):
            if member.name == name:
                member.type, member.linkname = kind, link
            text = b"it" if member.isreg() else b""
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    held.seek(0)
    return tarfile.open(fileobj=held)


def test_files_and_folders_come_back(tmp_path: Path) -> None:
    with packed("b", kind=tarfile.DIRTYPE) as tar:
        spread(tar, tmp_path)
    assert (tmp_path / "a" / "good").read_bytes() == b"it"
    assert (tmp_path / "b").is_dir()


@pytest.mark.parametrize(
    ("name", "kind", "link"),
    [
        ("../beside", tarfile.REGTYPE, ""),
        ("a/../../beside", tarfile.REGTYPE, ""),
        ("/tmp/serai-beside", tarfile.REGTYPE, ""),
        ("link", tarfile.SYMTYPE, "/etc/passwd"),
        ("hard", tarfile.LNKTYPE, "a/good"),
        ("pipe", tarfile.FIFOTYPE, ""),
        ("device", tarfile.CHRTYPE, ""),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, name: str, kind: bytes, link: str) -> None:
    into = tmp_path / "into"
    into.mkdir()
    with packed(name, kind=kind, link=link) as tar, pytest.raises(tarfile.TarError, match="no file of a backup"):
        spread(tar, into)
    assert [path.name for path in tmp_path.iterdir()] == ["into"]
    assert not Path("/tmp/serai-beside").exists()
