"""Finds what looks like data of a third person in free text: numbers, addresses, dates of birth, words of a case.

It points out, it does not decide: see product.md, "Safe to share" 8. The shapes of numbers are those of the countries
the networks are in; check digits are used where a shape alone would catch a price or a date as well. Digits of every
script count. Positions are those of the text as given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from serai.core.case_words import CASE_WORDS

PHONE, EMAIL, ID, BIRTH, ACCOUNT, CASE = "phone", "email", "id", "birth", "account", "case"
KINDS: Final = (
    CASE,
    EMAIL,
    ACCOUNT,
    ID,
    BIRTH,
    PHONE,
)  # of two that lie over one another the longer wins, then the first


@dataclass(frozen=True, kw_only=True)
class Found:
    """One place: `text[start:end]`, and which of KINDS it looks like."""

    kind: str
    start: int
    end: int


def look(text: str, *, year: int) -> tuple[Found, ...]:
    """What looks like data of a third person, in order; `year` is the present one, by which ages are told."""
    plain = _plain(text)
    every = [
        (end - start, -at, start, kind) for at, kind in enumerate(KINDS) for start, end in _FINDERS[kind](plain, year)
    ]
    found: list[Found] = []
    for length, _order, start, kind in sorted(every, reverse=True):
        end = start + length
        if all(end <= other.start or other.end <= start for other in found):
            found.append(Found(kind=kind, start=start, end=end))
    return tuple(sorted(found, key=lambda one: one.start))


def line_of(text: str, found: Found) -> int:
    """The line it stands in, counted from 1."""
    return text.count("\n", 0, found.start) + 1


def quoted(text: str, found: Found, *, around: int = 24) -> str:
    """A few words around the place, with what was found made unreadable: "… call the mother first, 07x xxx xx4 …"."""
    first, last = text.rfind("\n", 0, found.start) + 1, text.find("\n", found.end)
    begin = max(first, found.start - around)
    stop = min(last if last >= 0 else len(text), found.end + around)
    before, after = text[begin : found.start], text[found.end : stop]
    if begin > first:
        before = "… " + before.partition(" ")[2]
    if stop < len(text):
        after = after.rpartition(" ")[0] + " …"
    inside = text[found.start : found.end]
    return before + (inside if found.kind == CASE else _masked(inside)) + after


def _masked(text: str) -> str:
    places = [at for at, char in enumerate(text) if char.isalnum()]
    kept = {*places[:2], *places[-1:]} if len(places) > 5 else set()
    return "".join(char if at in kept or not char.isalnum() else "x" for at, char in enumerate(text))


_ALIKE = {"＠": "@", "＋": "+", "．": ".", "／": "/", "（": "(", "）": ")", "\N{FRACTION SLASH}": "/"}


def _plain(text: str) -> str:
    """The same length, with every script's digits as 0 to 9, every dash as one, every blank on a line a space."""
    return "".join(_plain_char(char) for char in text)


def _plain_char(char: str) -> str:
    if char in _ALIKE:
        return _ALIKE[char]
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd" or char == "\N{MINUS SIGN}":
        return "-"
    return " " if category in ("Zs", "Cf") or char == "\t" else char


# --- dates, hours and sums: what is no number of a person

_DATED = re.compile(r"(?<![\w.])\d{1,4}(?: ?[./-]{1,2} ?\d{1,4})+(?!\w)")
_HOURS = re.compile(
    r"(?<![\d.-])(?:[01]?\d|2[0-3])[:.h][0-5]\d ?- ?(?:[01]?\d|2[0-3])[:.h][0-5]\d(?![\d-])"
    r"|(?<![\d.-])(?:[01]\d|2[0-3])[0-5]\d ?- ?(?:[01]\d|2[0-3])[0-5]\d(?![\d-])|\d{1,2}:\d{2}"
)
_PACKED = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_SUM = r"(?<!\d)(?:\d{1,3}(?:[., ']\d{3})+|\d{1,18})(?:[.,]\d{1,6})?"
_MONEY = (
    r"(?:[€$£₺₨%]|(?:EUR|USD|GBP|MKD|ALL|NOK|SEK|CHF|CAD|KES|XOF|CFA|PKR|TRY|TL|RSD|BAM|KM)\b|(?i:euros?|dollars?"
    r"|pounds?|denars?|den|lek[ëe]?|kroner|kr|shillings?|francs?|rupees?|lira|per ?cent|people|residents|inhabitants"
    r"|millions?|евра|денари|лекë?|يورو|دولار|روپے)\b)"
)
_PRICE = re.compile(rf"{_MONEY} ?{_SUM}|{_SUM} ?{_MONEY}")
_WEB = re.compile(r"https?://\S+|\b(?:ISBN|ISSN|DOI|ORCID)\b[ :]*[\dX./-]+(?: [\dX-]+)*")


def _is_date(token: str) -> bool:
    """Days, months and at least one year; or one or two days whose years have two digits; or 2019/20."""
    numbers = [part for part in re.split(r"\D+", token) if part]
    years = [part for part in numbers if len(part) == 4]
    small = [int(part) for part in numbers if len(part) <= 2]
    if len(years) + len(small) != len(numbers) or any(not "1900" <= part <= "2099" for part in years):
        return False
    if not years:
        return len(small) in (3, 6) and all(1 <= n <= 31 for at, n in enumerate(small) if at % 3 < 2)
    return len(numbers) == 2 or all(1 <= n <= 31 for n in small)


def _cleared(plain: str) -> str:
    """The text with dates, hours, sums and web addresses blotted out."""

    def blot(match: re.Match[str]) -> str:
        return "\0" * len(match.group())

    def packed(match: re.Match[str]) -> str:
        return blot(match) if _day(match.group(1), match.group(2), match.group(3)) else match.group()

    for pattern in (_WEB, _PRICE, _HOURS):
        plain = pattern.sub(blot, plain)
    plain = _DATED.sub(lambda match: blot(match) if _is_date(match.group()) else match.group(), plain)
    return _PACKED.sub(packed, plain)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


# --- addresses and telephone numbers

_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@| ?[(\[{] ?(?:at|@|à|kod) ?[)\]}] ?)[\w-]{1,63}"
    r"(?:(?:\.| ?[(\[{] ?(?:dot|punkt|point) ?[)\]}] ?)[\w-]{1,63}){1,4}",
    re.I,
)
_STEP = r"(?:[ ./()-]{0,2}\d)"
_PHONES = (
    re.compile(rf"(?<![\w+])(?:\+ ?\d|\(\+\d|00[1-9]){_STEP}{{6,14}}(?!\d)"),
    re.compile(rf"(?<!\w)(?<!\d[.,/:-])\(?0\d{_STEP}{{6,11}}(?!\d)"),
    re.compile(r"(?<![\d-])\(?[2-9]\d\d\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?!\d)"),  # North America
    re.compile(r"(?<!\d)(?:7[05678]|33) \d{3} \d\d \d\d(?!\d)"),  # Senegal
    re.compile(r"(?<![\d,.])[2-9]\d(?:(?: \d\d){3}|\d \d\d \d{3})(?![\d,.]? ?\d)"),  # Norway
)
_CALL = re.compile(
    r"(?<!\w)(?:tel|telephone|telefon\w*|phone|mobile?|mob|mobil\w*|cell|call|whatsapp|viber|signal|sms|gsm|tlf|"
    r"portable|numri|simu|тел|телефон\w*|моб\w*|هاتف|الهاتف|جوال|فون|موبائل)(?!\w)[^\d\n]{0,15}"
    rf"(?P<number>\d{_STEP}{{5,12}})(?!\d)",
    re.I,
)


def _phones(plain: str, year: int) -> Iterator[tuple[int, int]]:
    clear = _cleared(plain)
    for pattern in _PHONES:
        for match in pattern.finditer(clear):
            opened = match.group().startswith("(") and ")" not in match.group()
            yield match.start() + opened, match.end()
    for match in _CALL.finditer(clear):
        if not match["number"].endswith("000"):
            yield match.span("number")


def _emails(plain: str, year: int) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _EMAIL.finditer(plain))


# --- accounts and numbers of persons

_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)")
_CARD = re.compile(r"(?<!\d)(?:\d{4}[ -]?){3}\d{4}(?!\d)")
_IDS = (
    re.compile(r"(?<!\d)\d{5}-\d{7}-\d(?!\d)"),  # Pakistan
    re.compile(r"(?<![\d-])\d{3}-\d\d-\d{4}(?![\d-])"),  # United States
    re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D](?!\w)"),  # United Kingdom
    re.compile(r"(?<!\d)[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d\d)?(?!\d)"),  # France
    re.compile(r"(?<!\w)[A-Z]\d{8}[A-Z](?!\w)"),  # Albania
    re.compile(r"(?<![\d-])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d[ -]\d{4,5}(?![\d-])"),  # Norway, Denmark
    re.compile(r"(?<!\w)\d{8}-?[A-Z](?!\w)"),  # Spain
    re.compile(r"(?<!\w)[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z](?!\w)"),  # Italy
)
_RUN = re.compile(r"(?<![\w.,+])\d{8,20}(?![\w]|[.,]\d)")
_NAMED_ID = re.compile(
    r"(?<!\w)(?:(?-i:ID|NID|SIN|SSN)|(?:id|identity|personal|national)[ -](?:card|no|nr|number|id)|"
    r"passport|pasaport\w*|passeport|pasoš\w*|пасош\w*|jmbg|embg|ембг|јмбг|мат\w* број|mati\w* broj|numr\w* personal|"
    r"cnic|kimlik|tckn|fødselsnummer|personnummer|kitambulisho|carte d.identité|sécurité sociale|"
    r"شناختی کارڈ|رقم الهوية|جواز سفر)"
    r"(?!\w)[^\w\n]{0,4}(?:(?:no|nr|number|numër|br|бр)\b[^\w\n]{0,4})?"
    r"(?P<number>[A-Z]{0,3}[ -]?\d(?:[ -]?\d){4,14}[A-Z]?)(?!\w)",
    re.I,
)


def _accounts(plain: str, year: int) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(plain):
        number = match.group().replace(" ", "")
        if 15 <= len(number) <= 34 and (_mod97(number) == 1 or sum(char.isdigit() for char in number) >= 12):
            yield match.span()
    for match in _CARD.finditer(_cleared(plain)):
        if _luhn(re.sub(r"\D", "", match.group())):
            yield match.span()


def _mod97(number: str) -> int:
    return int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 if number.isascii() else 0


def _luhn(number: str) -> bool:
    odd, even = number[-1::-2], number[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(n), 10)) for n in even)) % 10 == 0


def _ids(plain: str, year: int) -> Iterator[tuple[int, int]]:
    clear = _cleared(plain)
    for match in _NAMED_ID.finditer(clear):
        yield match.span("number")
    for pattern in _IDS:
        yield from (match.span() for match in pattern.finditer(clear))
    for match in _RUN.finditer(clear):
        if not match.group().startswith("0") or _is_master_number(match.group()):
            yield match.span()


def _is_master_number(number: str) -> bool:
    """Whether it is an EMBG or JMBG: 13 digits that begin with a day and end with a check digit."""
    if len(number) != 13 or not (1 <= int(number[:2]) <= 31 and 1 <= int(number[2:4]) <= 12):
        return False
    rest = 11 - sum(weight * int(n) for weight, n in zip((7, 6, 5, 4, 3, 2) * 2, number[:12], strict=True)) % 11
    return int(number[12]) == (0 if rest > 9 else rest)


# --- dates of birth beside a name

_BORN = re.compile(
    r"(?<!\w)(?:born|date of birth|birth ?(?:day|date)|d\.?o\.?b\.?|lindur\w*|datëlindj\w*|роден\w*|рођен\w*|rođen\w*|"
    r"rodjen\w*|née?|naissance|født|fødselsdato|doğum\w*|aliyezaliwa|kuzaliwa|ولد|ولدت|مواليد|تاريخ الميلاد|پیدائش)"
    r"(?!\w)[^\d\n]{0,25}$",
    re.I,
)
_DATE = re.compile(
    r"(?<![\w.])(?:(?P<d1>\d{1,2})[./-] ?(?P<m1>\d{1,2})[./-] ?(?P<y1>(?:19|20)\d\d)"
    r"|(?P<y2>(?:19|20)\d\d)[./-](?P<m2>\d{1,2})[./-](?P<d2>\d{1,2})"
    r"|\d{1,2}\.? (?:[^\W\d_]{3,12})\.? (?P<y3>(?:19|20)\d\d)"
    r"|[^\W\d_]{3,12}\.? \d{1,2},? (?P<y4>(?:19|20)\d\d))(?!\w)"
)
_WORD = r"[^\W\d_][^\W\d_’'-]*(?:[’'-][^\W\d_]+)?"
_NAME_BEFORE = re.compile(rf"(?<!\w)({_WORD}) ({_WORD})[ ,;:(*-]{{1,4}}$")
_NAME_AFTER = re.compile(rf"^[ ,;:)-]{{1,4}}({_WORD}) ({_WORD})(?!\w)")
YOUNGEST, YOUNGEST_SAID, OLDEST = 10, 5, 105


def _births(plain: str, year: int) -> Iterator[tuple[int, int]]:
    for match in _DATE.finditer(plain):
        age = year - int(next(filter(None, match.group("y1", "y2", "y3", "y4"))))
        before, after = plain[max(0, match.start() - 90) : match.start()], plain[match.end() : match.end() + 60]
        named = _is_name(_NAME_BEFORE.search(before)) or _is_name(_NAME_AFTER.search(after))
        if (YOUNGEST if named else YOUNGEST_SAID) <= age <= OLDEST and (named or _BORN.search(before)):
            yield match.span()


def _is_name(match: re.Match[str] | None) -> bool:
    """Two words beside one another that both begin with a capital."""
    return match is not None and all(
        word[0].isupper() and len(word) > 1 and not word.isupper() for word in match.groups()
    )


# --- words of a case

_CASE = re.compile(
    r"(?<!\w)(?:" + "|".join(re.escape(words) for every in CASE_WORDS.values() for words in every) + r")(?!\w)", re.I
)


def _cases(plain: str, year: int) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _CASE.finditer(plain))


_FINDERS: Final[dict[str, Callable[[str, int], Iterator[tuple[int, int]]]]] = {
    PHONE: _phones,
    EMAIL: _emails,
    ID: _ids,
    BIRTH: _births,
    ACCOUNT: _accounts,
    CASE: _cases,
}
