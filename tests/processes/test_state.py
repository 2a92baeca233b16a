"""The state folder: private, whole after any crash, and never someone else's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from clusters import serving_user, throwaway_state
from serai.service_user import named, reaches
from serai.state import LONGEST_SOCKET_FOLDER, State, StateError, default_root, hand_over, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_once_and_readable_by_us_alone() -> None:
    with throwaway_state() as state:
        first = state.secret("serai_web")
        assert len(first) >= 40
        assert state.secret("serai_web") == first
        assert state.secret("serai_worker") != first
        assert mode(state.secrets) == 0o700
        assert mode(state.secrets / "serai_web") == 0o600
        assert mode(state.secret_key if state.key() else state.root) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands work to another user")
def test_the_service_user_reaches_its_folders_and_no_secret() -> None:
    with throwaway_state() as state:
        user = serving_user()
        state.secret("serai_web")
        state.key()
        assert reaches(user, state.files)
        assert reaches(user, state.erased)
        for closed in (state.secrets, state.secrets / "serai_web", state.secret_key, state.backups):
            assert not reaches(user, closed)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs two users")
def test_a_folder_of_another_user_is_refused() -> None:
    with throwaway_state() as state:
        os.chown(state.root, named("nobody").uid, -1)
        with pytest.raises(StateError, match="belongs to another user"):
            state.create(None)


def test_a_link_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    with throwaway_state() as state:
        state.static.rmdir()
        state.static.symlink_to(tmp_path)
        with pytest.raises(StateError, match="something else"):
            state.create(serving_user())


def test_a_long_path_keeps_its_socket_elsewhere(tmp_path: Path) -> None:
    short, long = State(root=Path("/var/lib/serai")), State(root=tmp_path / ("x" * 100))
    assert short.sockets == Path("/var/lib/serai/run")
    assert len(os.fsencode(long.sockets)) <= LONGEST_SOCKET_FOLDER
    assert long.sockets != State(root=tmp_path / ("y" * 100)).sockets


def test_answers_are_kept_and_added_to() -> None:
    with throwaway_state() as state:
        assert state.settings() == {}
        state.keep({"address": "https://a.example"})
        state.keep({"port": "8000"})
        assert state.settings() == {"address": "https://a.example", "port": "8000"}
        assert mode(state.config) == 0o600


def test_a_private_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "kept"
    write_private(target, "before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_private(target, "after")
    assert target.read_text() == "before"


def test_handing_over_follows_no_link(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    (tmp_path / "key.pem").symlink_to(precious)
    hand_over(b"secret", tmp_path / "key.pem", None)
    assert precious.read_text() == "keep me"
    assert (tmp_path / "key.pem").read_bytes() == b"secret"


def test_where_the_state_lies_when_nobody_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERAI_STATE", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_root(demo=True, user=None) == tmp_path / ".serai"
    assert default_root(demo=False, user=None) == Path("/data/serai")
    someone = named("nobody")
    assert default_root(demo=False, user=someone) == Path("/var/lib/serai")
    monkeypatch.setenv("SERAI_STATE", "named")
    assert default_root(demo=False, user=someone) == tmp_path / "named"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands work to another user")
def test_the_demo_of_a_closed_folder_lies_where_the_service_user_reaches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SERAI_STATE", raising=False)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.chdir(closed)
    root = default_root(demo=True, user=named("nobody"))
    assert root.parent == Path("/var/lib")
    assert root.name.startswith("serai-demo-")


def test_what_a_killed_backup_left_is_removed() -> None:
    with throwaway_state() as state:
        (state.backups / "making-x").mkdir()
        (state.backups / "making-x" / "database.dump").write_text("clear text")
        (state.backups / "serai-1.part").write_text("clear text")
        (state.backups / "serai-1.tar.age").write_text("an archive")
        state.tidy()
        assert [path.name for path in state.backups.iterdir()] == ["serai-1.tar.age"]
