"""Folding names and texts so that *Čair*, *Cair* and *Чаир* are the same; used to find, never to show.

Latin loses its marks, Cyrillic and Greek are written in Latin letters, Arabic script loses vowel signs and the
variants of a letter; other scripts keep their letters. No locale is asked: the same text folds the same everywhere.
Sources: Cyrillic after ISO 9:1968 (the one Serbian and Macedonian Latin agree with), its marks dropped; Greek after
ELOT 743; decomposition after Unicode NFKD.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_CYRILLIC: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "ђ": "d", "ѓ": "gj", "е": "e", "є": "je", "ж": "z",
    "з": "z", "ѕ": "dz", "и": "i", "і": "i", "ї": "ji", "й": "j", "ј": "j", "к": "k", "ќ": "kj", "л": "l", "љ": "lj",
    "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "c", "у": "u", "ф": "f",
    "х": "h", "ц": "c", "ч": "c", "џ": "dz", "ш": "s", "щ": "sc", "ъ": "a", "ы": "y", "ь": "", "э": "e", "ю": "ju",
    "я": "ja", "ё": "e", "ў": "u", "ѝ": "i", "ѣ": "e", "ѫ": "a",
    # Turkic and other languages written in Cyrillic
    "ә": "a", "ғ": "g", "җ": "z", "қ": "k", "ң": "n", "ө": "o", "ү": "u", "ұ": "u", "ҳ": "h", "һ": "h", "ҷ": "c",
    "ӣ": "i", "ӯ": "u",
}  # fmt: skip
_GREEK: Final = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_LATIN: Final = {
    "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŋ": "ng", "ə": "a",
    "ŧ": "t", "ĸ": "k", "ɓ": "b", "ɗ": "d", "ɖ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o", "ɲ": "n", "ɣ": "g",
    "ƒ": "f", "ɩ": "i", "ʋ": "v", "ǝ": "e",
}  # fmt: skip
# Letters that Arabic, Persian and Urdu keyboards write differently, and those that are often left out.
_ARABIC: Final = {
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ے": "ي", "ې": "ي", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۃ": "ه", "ک": "ك",
    "ګ": "گ", "ء": "", "ـ": "",
}  # fmt: skip
_LETTERS: Final = _CYRILLIC | _GREEK | _LATIN | _ARABIC

# Signs within a word: N'Djamena, Mbour, Xi’an, and the modifier letters of transliterations.
_WITHIN: Final = frozenset("'`´‘’‛′ʹʺʻʼʽʾʿˈˊˋ՚׳＇")
# Blocks whose combining marks are dropped; elsewhere (Devanagari, Thai, …) marks are vowels and stay.
_MARKS: Final = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x06D6, 0x06ED), (0x08D3, 0x08FF), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
)  # fmt: skip


def _piece(char: str) -> str:
    """What one decomposed character becomes: letters, nothing, or a space."""
    if char in _LETTERS:
        return _LETTERS[char]
    if char in _WITHIN or unicodedata.category(char) == "Cf":
        return ""
    if any(first <= ord(char) <= last for first, last in _MARKS):
        return ""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if char.isalnum() or unicodedata.category(char).startswith("M"):
        return char
    return " "


class _Table(dict[int, str]):
    """Character by character, worked out when it first occurs."""

    def __missing__(self, code: int) -> str:
        small = chr(code).casefold()
        if small in _LETTERS or small in _WITHIN:  # before it falls apart: й is a letter, not an и with a mark
            found = _piece(small)
        else:
            # Decomposing brings out capitals, and small letters that fall apart again.
            apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", small).casefold())
            found = unicodedata.normalize("NFC", "".join(map(_piece, apart)))
        self[code] = found
        return found


_TABLE: Final = _Table()

_HAS_GREEK: Final = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
# Pairs that ELOT 743 writes otherwise than letter by letter; an accent on the first vowel parts the two.
_GREEK_PAIRS: Final = (
    (re.compile("ο[υύ]"), "ou"),
    (re.compile("([αεη])[υύ](?=[θκξπσςτφχψ]|\\b)"), "\\1f"),
    (re.compile("([αεη])[υύ]"), "\\1v"),
    (re.compile("γ(?=[γξχ])"), "n"),
    (re.compile("\\bμπ"), "b"),
)


def _greek_pairs(text: str) -> str:
    text = text.lower()
    for pair, written in _GREEK_PAIRS:
        text = pair.sub(written, text)
    return text


def fold(text: str) -> str:
    """The folded form: small letters and digits, words parted by one space. Folding twice changes nothing."""
    given = text
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)  # ѓ is one letter, also where it was typed as two signs
        if _HAS_GREEK.search(text):
            text = _greek_pairs(text)
    folded = " ".join(text.translate(_TABLE).split())
    if folded.isascii():
        return folded
    folded = unicodedata.normalize("NFC", folded)
    return folded if folded == given else fold(folded)


def same(one: str, other: str) -> bool:
    """Whether two names are the same but for script, marks, case and punctuation."""
    return fold(one) == fold(other)
