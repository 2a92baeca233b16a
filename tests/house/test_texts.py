"""Every text of the interface is in every catalogue, and no catalogue holds a wrong placeholder."""

from __future__ import annotations

import io
import re

import pytest
from babel.messages.pofile import read_po

from serai.sharing.nouns import nouns
from serai.web.texts import as_mo, catalogues, disguised

PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return {str(path): text for path, text in catalogues().items()}


def test_every_catalogue_is_up_to_date(written: dict[str, str]) -> None:
    from pathlib import Path

    for path, text in written.items():
        assert Path(path).read_text(encoding="utf-8") == text, f"run make texts: {path} is behind"
        assert Path(path).with_suffix(".mo").read_bytes() == as_mo(text), f"run make texts: {path} is not compiled"


def test_every_text_is_translated_with_its_placeholders(written: dict[str, str]) -> None:
    for path, text in written.items():
        for message in read_po(io.StringIO(text)):
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
            told = message.string if isinstance(message.string, tuple | list) else (message.string,)
            assert all(told), f"{path}: {message.id!r} is not translated"
            assert "fuzzy" not in message.flags, f"{path}: {message.id!r} is fuzzy"
            for string in told:
                assert set(PLACE.findall(string)) <= set(PLACE.findall(" ".join(ids))), f"{path}: {message.id!r}"


def test_a_word_that_is_counted_is_another_text_than_the_word_alone(written: dict[str, str]) -> None:
    """Older Pythons find a text with a plural only where it is counted, so the word alone would stay English."""
    for path, text in written.items():
        counted = {m.id[0] for m in read_po(io.StringIO(text)) if isinstance(m.id, tuple | list) and m.context is None}
        kinds = {str(getattr(kind, name)) for kind in nouns().values() for name in ("word", "words")}
        assert len(kinds) > 40
        assert not kinds & counted, path


@pytest.mark.parametrize(
    ("text", "kept"),
    [("Only %(n)s of %(count)d", ["%(n)s", "%(count)d"]), ("TLP:RED is not {translated}", ["TLP:RED", "{translated}"])],
)
def test_a_disguise_keeps_what_must_stay(text: str, kept: list[str]) -> None:
    told = disguised(text)
    assert all(part in told for part in kept)
    assert not re.search(r"[a-z]", PLACE.sub("", told).replace("TLP:RED", ""))
