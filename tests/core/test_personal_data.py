"""What looks like data of a third person is found in many shapes; dates, years, prices and our own texts are not."""

from __future__ import annotations

import ast
import string
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serai
from serai.core.personal_data import ACCOUNT, BIRTH, CASE, EMAIL, ID, PHONE, Found, line_of, look, quoted

NOW = 2025
ROOT = Path(serai.__file__).parent
EVERY = settings(max_examples=150, deadline=None)

PHONES = [
    "070 123 454",
    "+389 70 123 454",
    "(+389) 70 123-454",
    "00389 70 123 454",
    "02/3123-456",
    "02 3123 456",
    "+355 69 123 4567",
    "069 123 4567",
    "0691234567",
    "04 222 3344",
    "+44 20 7946 0958",
    "(020) 7946 0958",
    "07700 900123",
    "+92 300 1234567",
    "0300-1234567",
    "+254 712 345678",
    "0712 345 678",
    "+47 22 33 44 55",
    "22 33 44 55",
    "912 34 567",
    "+33 6 12 34 56 78",
    "06.12.34.56.78",
    "+221 77 123 45 67",
    "77 123 45 67",
    "+1 514-555-0123",
    "(514) 555-0123",
    "514.555.0123",
    "0532 123 45 67",
    "tel. 312 4567",
    "mobile: 5551234",
    "тел. 3123 456",
    "هاتف 5551234",
    "WhatsApp 5551234",
    "٠٧٠ ١٢٣ ٤٥٤",
    "۰۳۰۰ ۱۲۳۴۵۶۷",
    "०७० १२३ ४५४",
    "\u202a+389 70 123 454\u202c",
    "070\u00a0123\u00a0454",
    "070\u2011123\u2011454",
    "０７０ １２３ ４５４",
]
EMAILS = [
    "a.b@example.org",
    "drejtori@bashkia.gov.al",
    "име@пример.мк",
    "anna (at) post (dot) mk",
    "x+y@sub.example.co.uk",
    "a@b＠c.org",
]
IDS = [
    "0101990450006",  # EMBG with its check digit
    "35202-1234567-1",
    "078-05-1120",
    "AB 12 34 56 C",
    "1 85 05 78 006 084 36",
    "J12345678K",
    "010190 12345",
    "RSSMRA85T10A562S",
    "12345678Z",
    "98765432109",
    "passport no. A1234567",
    "Passport: 1234567",
    "ID 4567812",
    "ЕМБГ 2506990450012",
    "شناختی کارڈ 35202",
    "numri personal: J12345678K",
]
ACCOUNTS = [
    "MK07 2501 2000 0058 984",
    "AL47212110090000000235698741",
    "GB29 NWBK 6016 1331 9268 19",
    "4111 1111 1111 1111",
]
BIRTHS = [
    "born on 3 May 2004",
    "date of birth: 03.05.2004",
    "DOB 2004-05-03",
    "lindur më 3.5.2004",
    "роден на 03.05.2004",
    "rođena 3. maja 2004",
    "née le 3 mai 2004",
    "født 03.05.2004",
    "Agim Hoxha, 12.03.2001",
    "Agim Hoxha (12 March 2001)",
    "Марија Петрова 12.03.2001",
    "12.03.2001, Agim Hoxha",
    "March 12, 2001 – Agim Hoxha",
    "تاريخ الميلاد ٠٣/٠٥/٢٠٠٤",
]
CASES = [
    "case number 12",
    "The suspect lives near the school",
    "his diagnosis",
    "број на досие",
    "njegov dosije",
    "المشتبه به",
]
TABLE = [
    (kind, text)
    for kind, texts in (
        (PHONE, PHONES),
        (EMAIL, EMAILS),
        (ID, IDS),
        (ACCOUNT, ACCOUNTS),
        (BIRTH, BIRTHS),
        (CASE, CASES),
    )
    for text in texts
]
CLEAN = [
    "Tue 26 Nov 2019, 09:30 Skopje (08:30 London)",
    "25–27 November 2019",
    "25.–27.11.2019",
    "05.-07.11.2019",
    "05.11.-07.11.2019",
    "05/11/2019 - 07/11/2019",
    "2019-11-26",
    "2019-11-26 09:30-10:15",
    "26. 11. 2019.",
    "05.11.19",
    "from 0930-1015 and from 08.30-10.15",
    "2018–2019, 2019/20, 2019/2020",
    "call for proposals 2019/2020",
    "call 120 000 parents",
    "About 31,000 euros a year, without rent",
    "€ 1 200 000",
    "1.200.000 ALL",
    "12000000 denars",
    "10000000 EUR",
    "11 987 654 321",
    "1,218,773 people",
    "0.75 and 0,125 of them",
    "aged 12, 14, 16 and 18",
    "41, now 68; we are fairly sure of 57 to 79",
    "Directive 2016/680, article 10(2)",
    "ISBN 978-92-79-12345-6",
    "https://example.org/practices/12345678",
    "room 0.12, floor 3, seats 120-140",
    "Visit: Youth Centre Most, 26.11.2024",
    "Youth Centre Most (26 November 2024)",
    "The network was born on 1 September 2023",
    "We never ask for criminal records or case files",
    "@serai and #youth2024",
    "20191126",
    "41.99646, 21.43141",
    "§ 12 3. 45/2019",
    "٢٦/١١/٢٠١٩",
    "112 or 194",
]


def kinds(text: str) -> list[str]:
    return [found.kind for found in look(text, year=NOW)]


@pytest.mark.parametrize(("kind", "text"), TABLE)
@pytest.mark.parametrize("frame", ["{}", "Call the mother first, {} or so.", "First line\n{}\nlast line", "({})"])
def test_each_shape_is_found_wherever_it_stands(kind: str, text: str, frame: str) -> None:
    framed = frame.format(text)
    found = look(framed, year=NOW)
    assert kind in [one.kind for one in found]
    begin = frame.index("{")
    assert all(begin <= one.start < one.end <= begin + len(text) for one in found)


@pytest.mark.parametrize("text", CLEAN)
def test_dates_hours_years_and_prices_are_nobody(text: str) -> None:
    assert kinds(text) == []
    assert kinds(f"We met ({text}), and then went on.") == []


def test_the_texts_of_the_demo_world_name_nobody() -> None:
    files = [*(ROOT / "demo").glob("*.py"), ROOT / "web" / "samples.py", ROOT / "directory" / "vocabulary.py"]
    texts = {
        node.value
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "@" not in node.value
    }
    assert len(texts) > 300
    assert {text: kinds(text) for text in texts if kinds(text)} == {}


def test_what_the_interface_says_names_nobody() -> None:
    words = [
        path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html") if path.stem != "styleguide"
    ]
    assert len(words) > 60
    assert [found for text in words for found in look(text, year=NOW)] == []


DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2035, 12, 31))
FORMATS = st.sampled_from(
    ["%d.%m.%Y", "%d. %m. %Y", "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d %B %Y", "%B %d, %Y", "%d.%m.%y", "%Y%m%d"]
)
WORDS = st.sampled_from(
    ["We meet", "Visit of the youth centre", "The Deputy Mayor comes", "Skopje", "From", "call us on"]
)


@EVERY
@given(DAYS, DAYS, FORMATS, WORDS, st.sampled_from([" – ", "-", " to ", " and ", ", "]))
def test_no_day_of_a_visit_is_found(first: date, last: date, form: str, words: str, between: str) -> None:
    assert kinds(f"{words} {first.strftime(form)}{between}{last.strftime(form)}, 09:30-17:45.") == []


@EVERY
@given(
    st.integers(0, 10**12),
    st.sampled_from([",", ".", " ", "'"]),
    st.sampled_from([" euros", " denars", " EUR", " %", " people"]),
)
def test_no_sum_is_found(amount: int, between: str, unit: str) -> None:
    for number in (f"{amount:,}".replace(",", between), str(amount)):
        assert kinds(f"It costs {number}{unit} a year.") == []
        assert kinds(f"It costs €{number} a year.") == []


@EVERY
@given(st.integers(1900, 2099), st.integers(1900, 2099))
def test_no_years_are_found(first: int, last: int) -> None:
    assert kinds(f"In {first}-{last}, {first}/{last % 100:02} and since {last}.") == []


ZEROS = [char for char in map(chr, range(0x110000)) if char.isdecimal() and int(char) == 0]


@EVERY
@given(
    st.text(string.digits, min_size=7, max_size=9),
    st.sampled_from(["+389", "+355", "+44", "0", "00254", "+92 3"]),
    st.sampled_from(["", " ", "-", ".", "/", "\u00a0", "\u2009", "\u2013"]),
    st.sampled_from(ZEROS),
)
def test_numbers_are_found_in_every_script(digits: str, code: str, between: str, zero: str) -> None:
    number = code + "7" + between + digits[:3] + between + digits[3:]
    written = "".join(chr(ord(zero) + int(char)) if char in string.digits else char for char in number)
    text = f"Ask the mother, {written}, tomorrow"
    found = look(text, year=NOW)
    assert found
    assert found[0].start == len("Ask the mother, ")
    for one in found:
        assert one.start >= text.index(written)
        assert one.end <= text.index(written) + len(written)


@EVERY
@given(st.text(max_size=300) | st.text(st.sampled_from("0123456789 +-./()@aA,:\n"), max_size=200))
def test_places_are_in_order_apart_and_gone_once_removed(text: str) -> None:
    found = look(text, year=NOW)
    for one, other in pairwise(found):
        assert one.end <= other.start
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    for _ in range(len(text) + 1):
        if not (left := look(text, year=NOW)):
            break
        text = text.replace(text[left[0].start : left[0].end], "…")
    assert look(text, year=NOW) == ()


def test_the_place_is_quoted_so_that_nobody_learns_the_number() -> None:
    text = "Two evenings a week.\nThe boys come later.\n"
    text += "If he is missing call the mother first, 070 123 454, she knows the way home."
    (found,) = look(text, year=NOW)
    assert line_of(text, found) == 3
    assert quoted(text, found) == "… call the mother first, 07x xxx xx4, she knows the way …"
    short = Found(kind=EMAIL, start=0, end=5)
    assert quoted("a@b.c", short) == "x@x.x"
    assert quoted("case number 12", look("case number 12", year=NOW)[0]) == "case number 12"


@pytest.mark.parametrize(
    "unit", ["0", "1 ", "a", "a.", "+", "(0", "12.", "AA00", "a@", "Ab ", "born ", "\n", "٠", "1-", "tel "]
)
def test_no_text_takes_long(unit: str) -> None:
    started = time.process_time()
    look(unit * (3000 // len(unit)), year=NOW)
    assert time.process_time() - started < 2
