"""Texts for a tired official: short sentences, no letters that stand for words, dates as people say them."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime

import pytest
from babel.messages.pofile import read_po

from serai.web import dates
from serai.web.texts import catalogues

# Known to whoever meets them here: file formats, TLP, what a browser or a phone calls so itself.
KNOWN = {"CSV", "JPEG", "MB", "NGO", "PIN", "PNG", "QR", "TLP", "RED", "CC", "BY", "UTC", "ID"}
LONG = 20


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Every English text of the interface, both numbers of those that count, once each."""
    found: set[str] = set()
    for text in catalogues().values():
        for message in read_po(io.StringIO(text)):
            if message.id:
                found |= set(message.id if isinstance(message.id, tuple | list) else [message.id])
    assert len(found) > 1000
    return sorted(found)


def sentences(text: str) -> list[str]:
    """The sentences of a text; what stands on a line of its own is one."""
    return [one for one in re.split(r"(?<=[.?!])\s+|\n+", text) if one]


def test_every_sentence_has_fewer_than_twenty_words(texts: list[str]) -> None:
    assert [one for text in texts for one in sentences(text) if len(one.split()) >= LONG] == []
    assert len(sentences("One. Two? Three!")) == 3


def test_no_letters_stand_for_words(texts: list[str]) -> None:
    unknown = {word: text for text in texts for word in re.findall(r"\b[A-Z]{2,}\b", text) if word not in KNOWN}
    assert unknown == {}


def test_a_day_and_both_clocks_as_people_say_them() -> None:
    at = datetime(2019, 11, 26, 8, 30, tzinfo=UTC)
    assert dates.day(date(2019, 11, 26)) == "Tue 26 Nov 2019"
    assert dates.moment(at, "Europe/Skopje") == "Tue 26 Nov 2019, 09:30"
    skopje, london = ("Skopje", "Europe/Skopje"), ("London", "Europe/London")
    assert dates.clocks(at, skopje, london) == "09:30 Skopje (08:30 London)"
    assert dates.clocks(at, skopje, ("Elbasan", "Europe/Tirane")) == "09:30 Skopje", "the same hour is told once"
