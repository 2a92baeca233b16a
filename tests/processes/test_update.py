"""What the supervisor does before anyone is let in, and once a night; with fakes, so that the order shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clusters import throwaway_state
from serai import archive, unchanged
from serai.db.standing import CURRENT, EMPTY, NEWER, OLDER
from serai.up import UpError, at_night, bring_up_to_date


@dataclass(kw_only=True)
class FakeTree:
    """Answers each run with the next status, and remembers what was run."""

    statuses: list[int] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    lately: bool = False

    def run(self, name: str, command: str) -> int:
        self.ran.append(command)
        return self.statuses.pop(0)

    def add(self, member: Any) -> None:
        self.ran.append(member.name)

    def waiting(self, name: str, seconds: float) -> bool:
        return self.lately


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Nothing is as the last start left it; what is remembered for the next one."""
    kept: list[Any] = []
    monkeypatch.setattr(unchanged, "is_unchanged", lambda house: False)
    monkeypatch.setattr(unchanged, "remember", kept.append)
    return kept


def house(*, demo: bool = False, state: Any = None) -> Any:
    return SimpleNamespace(
        demo=demo,
        state=state,
        migration=lambda *words: "migrate " + " ".join(words),
        backup_command=lambda: SimpleNamespace(start=None, __str__=lambda: "backup"),
    )


def updated(*statuses: int, demo: bool = False) -> list[str]:
    tree = FakeTree(statuses=list(statuses))
    bring_up_to_date(tree, house(demo=demo))  # type: ignore[arg-type]
    return [run if isinstance(run, str) else "backup" for run in tree.ran]


def test_a_current_database_is_only_looked_at(remembered: list[Any]) -> None:
    assert updated(CURRENT) == ["migrate --careful"]
    assert len(remembered) == 1


def test_where_nothing_changed_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "is_unchanged", lambda house: True)
    assert updated() == []


def test_a_program_is_known_by_its_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(unchanged, "HERE", tmp_path)
    (tmp_path / "one.sql").write_text("SELECT 1")
    seen = [unchanged.fingerprint()]
    (tmp_path / "one.sql").write_text("SELECT 12")
    seen.append(unchanged.fingerprint())
    (tmp_path / "two.pyc").touch()
    assert unchanged.fingerprint() == seen[-1], "what Python keeps for itself is no part of it"
    (tmp_path / "two.py").touch()
    seen.append(unchanged.fingerprint())
    assert len(set(seen)) == 3


def test_an_older_one_is_backed_up_first() -> None:
    assert updated(OLDER, 0, 0) == ["migrate --careful", "backup", "migrate "]


def test_an_older_demo_is_not_worth_a_backup() -> None:
    assert updated(OLDER, 0, demo=True) == ["migrate --careful", "migrate "]


@pytest.mark.parametrize(
    ("statuses", "why"),
    [
        ((NEWER,), "newer Serai"),
        ((OLDER, 1), "nothing was changed"),
        ((OLDER, 0, 1), "could not be brought up to date"),
        ((EMPTY,), "could not be brought up to date"),
        ((1,), "could not be brought up to date"),
    ],
)
def test_what_cannot_be_updated_is_not_served(statuses: tuple[int, ...], why: str, remembered: list[Any]) -> None:
    with pytest.raises(UpError, match=why):
        updated(*statuses)
    assert remembered == []


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-11-22T12:00", True),
        ("2026-11-22T02:31", "2026-11-22T23:59", False),
        ("2026-11-22T02:31", "2026-11-23T02:29", False),
        ("2026-11-22T02:31", "2026-11-23T02:30", True),
        ("2026-11-20T02:31", "2026-11-22T02:00", True),
    ],
)
def test_once_a_night_and_a_missed_night_is_made_up_for(last: str | None, now: str, due: bool) -> None:
    with throwaway_state() as state:
        if last:
            made = datetime.fromisoformat(last).replace(tzinfo=UTC)
            (state.backups / archive.name(made, encrypted=True)).touch()
        tree = FakeTree()
        at_night(tree, house(state=state), datetime.fromisoformat(now).replace(tzinfo=UTC))  # type: ignore[arg-type]
        assert tree.ran == (["backup"] if due else [])


def test_a_failed_backup_is_not_tried_again_at_once() -> None:
    with throwaway_state() as state:
        tree = FakeTree(lately=True)
        at_night(tree, house(state=state), datetime(2026, 11, 22, 12, tzinfo=UTC))  # type: ignore[arg-type]
        assert tree.ran == []
