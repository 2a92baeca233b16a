"""The house keeps its own rules: small files, no forbidden names, texts and docs that are true."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BANNED = {"utils", "helpers", "common", "services", "base", "misc", "manager"}


def tracked(*suffixes: str) -> list[Path]:
    found = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if found.returncode:
        pytest.skip("no git checkout: the list of files is not known")
    paths = [ROOT / line for line in found.stdout.splitlines()]
    return [p for p in paths if p.exists() and (not suffixes or p.suffix in suffixes)]


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in tracked(".py", ".sql", ".css", ".js", ".html")
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400 and "migrations" not in p.parts
    }
    assert not long


def test_no_drawer_for_odds_and_ends() -> None:
    assert not [p for p in tracked(".py") if p.stem in BANNED or BANNED & set(p.relative_to(ROOT).parts)]


def test_every_file_says_what_it_is_for() -> None:
    silent = [
        str(p.relative_to(ROOT))
        for p in tracked(".py")
        if "migrations" not in p.parts
        and (text := p.read_text(encoding="utf-8").strip())
        and not text.startswith('"""')
    ]
    assert not silent


def test_no_path_of_a_machine_and_no_address_of_a_registry() -> None:
    # Put together here, so that this file does not name them either.
    words = ["/" + "work/", "py" + "pi.org", "npm" + "js.org", "deb" + "ian.org"]
    found = [
        f"{p.relative_to(ROOT)}: {word}"
        for p in tracked(".py", ".md", ".sh", ".toml", ".lock", ".html", ".css", ".js", ".sql", "")
        for word in words
        if p.is_file() and word in p.read_text(encoding="utf-8", errors="ignore")
    ]
    assert not found


def test_logical_directions_only() -> None:
    sided = re.compile(r"(?<![-\w])(margin|padding|border|text-align|float|inset)?-?(left|right)\s*:")
    found = [
        f"{p.relative_to(ROOT)}: {line.strip()}"
        for p in tracked(".css")
        for line in p.read_text(encoding="utf-8").splitlines()
        if sided.search(line)
    ]
    assert not found


def test_pages_hold_no_inline_style_and_no_inline_script() -> None:
    inline = re.compile(r"\sstyle=|\son\w+=\"|<script(?![^>]*\ssrc=)|javascript:")
    found = [
        f"{p.relative_to(ROOT)}: {line.strip()[:80]}"
        for p in tracked(".html", ".jinja")
        for line in p.read_text(encoding="utf-8").splitlines()
        if inline.search(line) and "application/json" not in line
    ]
    assert not found


def test_test_files_have_names_of_their_own() -> None:
    names = [p.name for p in tracked(".py") if "tests" in p.relative_to(ROOT).parts and p.name != "conftest.py"]
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})
