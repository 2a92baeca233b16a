"""Names in the order in which people look for them, also where the server knows no language's order.

The embedded server compares bytes: Čair would stand after Zagreb. Here Latin letters with marks stand with those
without, and capitals with small letters. Other scripts keep the order of their letters.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Func, TextField

from serai.core.words import fold


def _pairs() -> tuple[str, str]:
    """The letters of Latin-1 and Latin Extended-A that fold to one plain letter, and those plain letters."""
    letters = [*map(chr, range(ord("A"), ord("Z") + 1)), *map(chr, range(0xC0, 0x180))]
    pairs = [(letter, fold(letter)) for letter in letters]
    pairs = [(letter, plain) for letter, plain in pairs if len(plain) == 1 and plain.isascii() and plain.isalpha()]
    return "".join(letter for letter, _ in pairs), "".join(plain for _, plain in pairs)


WRITTEN, PLAIN = _pairs()


class InOrder(Func):
    """The key by which a name is put in order; an index over it is used where it is written alike."""

    function = "translate"
    template = f"%(function)s(%(expressions)s, '{WRITTEN}', '{PLAIN}')"
    arity = 1

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*expressions, output_field=TextField(), **extra)
