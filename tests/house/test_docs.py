"""What the docs name exists: commands, make targets, settings, files and pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])


def spoken(path: Path) -> list[str]:
    """What stands in backticks or code blocks."""
    text = path.read_text(encoding="utf-8")
    return re.findall(r"`([^`\n]+)`", text) + [
        line for block in re.findall(r"```\n(.*?)```", text, re.S) for line in block.splitlines()
    ]


def missing(said: str) -> list[str]:
    """Of what this text names, what is not there."""
    makefile = (ROOT / "Makefile").read_text()
    cli = (ROOT / "src/serai/cli.py").read_text()
    settings = (
        "".join(p.read_text() for p in (ROOT / "src/serai").glob("*.py")) + (ROOT / "tests/conftest.py").read_text()
    )
    return [
        *(f"make {target}" for target in re.findall(r"\bmake (\w+)", said) if f"\n{target}:" not in makefile),
        *(f"serai {command}" for command in re.findall(r"^serai ([a-z]+)", said) if f'"{command}"' not in cli),
        *(name for name in re.findall(r"\bSERAI_[A-Z_]+\b", said) if name not in settings),
        *(path for path in re.findall(r"^(?:src|tests|bench|docs)/[\w./-]+", said) if not (ROOT / path).exists()),
    ]


@pytest.mark.parametrize("path", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_what_a_page_names_exists(path: Path) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text(encoding="utf-8"))
    wrong = [link for link in links if not (path.parent / link).exists()]
    assert [*(name for said in spoken(path) for name in missing(said)), *wrong] == []
