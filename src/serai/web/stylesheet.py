"""The one style sheet of Serai: its small files, joined in cascade order and served as one static file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage

FOLDER = Path(__file__).parent / "static" / "serai" / "css"
NAME = "serai/serai.css"
FIRST = ("tokens.css", "type.css", "layout.css")
LAST = ("adapt.css",)

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r" ?([{};,>]) ?")


def sheet_files() -> list[Path]:
    """Every file of the sheet: tokens, type and layout, then the parts by name, then what adapts them."""
    parts = sorted((FOLDER / "parts").glob("*.css"))
    return [*(FOLDER / name for name in FIRST), *parts, *(FOLDER / name for name in LAST)]


def tighten(css: str) -> str:
    """The same rules without comments and without spaces that mean nothing."""
    bare = _SPACE.sub(" ", _COMMENT.sub("", css))
    return _AROUND.sub(r"\1", bare).replace(": ", ":").replace(";}", "}").strip()


@cache
def stylesheet() -> str:
    """The whole style sheet, tightened, as one text (UTF-8 when written)."""
    return tighten("\n".join(path.read_text(encoding="utf-8") for path in sheet_files()))


class SheetFinder(BaseFinder):
    """Gives Django's staticfiles one file, `serai/serai.css`, which the manifest storage then hashes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = InMemoryStorage()
        self.storage.save(NAME, ContentFile(stylesheet().encode()))

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing can be set wrongly: the folder is part of the package."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """No path on disk: the file exists only joined, so `collectstatic` takes it from `list`."""
        return []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, InMemoryStorage]]:
        """The one file, with the storage that holds it."""
        yield NAME, self.storage
