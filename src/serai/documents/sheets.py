"""Tables that people paste or bring as XLSX or CSV, read with care; and tables they take away, with nothing that runs.

What comes in: any separator, the encodings that Excel writes in this region, no formula, bounded in every direction.
What goes out: text that a spreadsheet will not take for a formula (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, TypeAlias

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MOST_BYTES: Final = 2_000_000
MOST_UNPACKED: Final = 12_000_000  # an XLSX is a zip: two megabytes of it can hold two gigabytes
MOST_FURNITURE: Final = 500_000  # of a part that holds no cells: a million styles would fill a worker for a minute
MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 40
MOST_LETTERS: Final = 2_000  # in one cell
MOST_TEXT: Final = 400_000  # letters in all: the table is sent back with each step, and Django takes 2.5 MB
_EMPTY_RUN = 1_000  # empty rows after which an XLSX is taken to end: formatting often goes on to row 1,048,576
ENCODINGS: Final = ("utf-8", "utf-16", "cp1250", "cp1251", "cp1252", "cp1254")
SEPARATORS: Final = ("\t", ";", ",", "|")
_BROKEN = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError,
    OSError, KeyError, ValueError, TypeError, SyntaxError, IndexError, AttributeError, OverflowError,
)  # fmt: skip
_OF_CELLS = ("xl/worksheets/", "xl/sharedStrings", "xl/pivotCache/")
_RISKY = re.compile(r"^[=+\-@\t\r]")
_OLE = b"\xd0\xcf\x11\xe0"  # what XLS files, and XLSX files with a password, begin with


class SheetError(ValueError):
    """The table cannot be read; the text says why and how to mend it."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its number as the spreadsheet shows it, its cells, and the columns (from 0) that hold a formula."""

    number: int
    cells: tuple[str, ...]
    formulas: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table: its head, the row it stands in, and the rows below that are not empty."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    at: int = 1

    def text(self) -> str:
        """The same table with tabs between the cells, as it is pasted; read again it is the same table."""
        lines: dict[int, Sequence[str]] = {self.at: [guarded(cell) for cell in self.head]}
        for row in self.rows:
            lines[row.number] = [c if at in row.formulas else guarded(c) for at, c in enumerate(row.cells)]
        out = io.StringIO(newline="")
        csv.writer(out, delimiter="\t", lineterminator="\n").writerows(
            lines.get(n, ()) for n in range(1, max(lines) + 1)
        )
        return out.getvalue()


Cell: TypeAlias = tuple[str, bool]  # its text, and whether it is a formula


def column_name(at: int) -> str:
    """A column as spreadsheets call it: A, B, …, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def read(data: bytes, *, encoding: str = "") -> Sheet:
    """The table of a file, whichever of the two kinds it is. `encoding` only where the letters looked wrong.

    Raises `SheetError`.
    """
    if len(data) > MOST_BYTES:
        raise SheetError(_("This file is larger than 2 MB. Leave out what is not needed, or bring it in parts."))
    if data.startswith(_OLE):
        raise SheetError(_("This is an old Excel file, or one with a password. Save it as .xlsx without a password."))
    if data.startswith(b"PK\x03\x04"):
        return _sheet(_excel_rows(data))
    return read_text(decode(data, encoding=encoding))


def read_text(text: str) -> Sheet:
    """The table in a text that was pasted or came as CSV. Raises `SheetError`."""
    if len(text) > MOST_BYTES:
        raise SheetError(_("This is longer than 2 MB. Bring it in parts."))
    lines = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return _sheet(_numbered(lines, separator_of(lines)))


def decode(data: bytes, *, encoding: str = "") -> str:
    """The text of these bytes: as marked or said, else UTF-8, else the Windows code page that fits the letters."""
    if encoding in ENCODINGS:
        return data.decode(encoding, errors="replace").lstrip("\ufeff")
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    first, second = data[0::2].count(0), data[1::2].count(0)
    if max(first, second) > 10 * min(first, second):  # UTF-16 without a mark: signs such as ; hold a zero, on one side
        return data.decode("utf-16-be" if first > second else "utf-16-le", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(_code_page(data), errors="replace")


def _code_page(data: bytes) -> str:
    """Windows-1251 where letters beyond ASCII stand in a row, as in Cyrillic words; else Windows-1250."""
    high = [byte >= 0xC0 for byte in data]
    beside = sum(one and other for one, other in pairwise(high))
    return "cp1251" if beside * 2 > sum(high) else "cp1250"


def separator_of(text: str) -> str:
    """The sign between the cells: the one that gives the head most columns, and the rows as many."""

    def score(separator: str) -> tuple[float, int]:
        rows = [row for _number, row in _numbered(text, separator, most=30)]
        width = len(rows[0]) if rows else 1
        alike = sum(len(row) == width for row in rows) / max(len(rows), 1)
        return (alike if width > 1 else 0.0, width)

    return max(SEPARATORS, key=score)


def _numbered(text: str, separator: str, most: int = 0) -> Iterator[tuple[int, list[Cell]]]:
    """Rows with their number: by records, as a spreadsheet counts them, not by lines."""
    try:
        reader = csv.reader(io.StringIO(text), delimiter=separator)
        for number, row in enumerate(reader, start=1):
            if most and number > most:
                return
            if any(cell.strip() for cell in row):
                yield number, [(cell, cell.lstrip().startswith("=")) for cell in row]
    except csv.Error as error:
        raise SheetError(_("A quotation mark is opened and never closed.")) from error


def _excel_rows(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    _refuse_unsafe(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet: Any = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
        if sheet is None:
            raise SheetError(_("This file has no visible sheet."))
        sheet.reset_dimensions()  # what a file says of its size may be wrong
        empty = 0
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
            cells = [_excel_cell(cell) for cell in row]
            if any(text.strip() for text, _formula in cells):
                empty = 0
                yield number, cells
            elif (empty := empty + 1) >= _EMPTY_RUN:
                return
    except SheetError:
        raise
    except _BROKEN as e:
        # openpyxl lets through whatever its parsers meet in a damaged file.
        raise SheetError(_("This file is damaged. Open it in Excel or LibreOffice and save it again.")) from e


def _refuse_unsafe(data: bytes) -> None:
    """Looks into the zip before anything is unpacked whole. Raises `SheetError`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED or len(parts) > 1_000:
                raise SheetError(_("This file is too large once unpacked. Save only the table in a new file."))
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise SheetError(_("This is not an .xlsx file. Save the table as .xlsx or CSV."))
            for part in (one for one in parts if one.filename.endswith((".xml", ".rels"))):
                if part.file_size > MOST_FURNITURE and not part.filename.startswith(_OF_CELLS):
                    raise SheetError(_("This file is too large once unpacked. Save only the table in a new file."))
                text = packed.read(part)
                # Nothing that declares entities; a zero is a sign of UTF-16, in which no spreadsheet writes them.
                if b"<!DOCTYPE" in text.upper() or b"\0" in text:
                    raise SheetError(_("This file holds something that is not a table. Save it as CSV."))
    except SheetError:
        raise
    except _BROKEN as error:
        raise SheetError(_("This file is damaged, or has a password. Save it again without one.")) from error


def _excel_cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return "", False
    if cell.data_type in ("f", "e"):  # a formula, or the error that one left behind
        text = str(getattr(value, "text", value) or "")
        return text if text.startswith("=") else f"={text}", True
    if isinstance(value, bool):
        return "yes" if value else "no", False
    if isinstance(value, float) and value.is_integer():
        return str(int(value)), False
    if isinstance(value, datetime | date):
        return value.isoformat()[:10], False
    return str(value), False


def _sheet(rows: Iterable[tuple[int, list[Cell]]]) -> Sheet:
    head: tuple[str, ...] | None = None
    kept: list[Row] = []
    first, letters = 1, 0
    for number, cells in rows:
        if head is None:
            named = [_clean(text, number) for text, _formula in cells[:MOST_COLUMNS]]
            while named and not named[-1]:
                named.pop()
            head, first = tuple(named), number
            continue
        if len(kept) >= MOST_ROWS:
            raise SheetError(_("There are more than 2,000 rows. Bring them in parts."))
        within = [*cells, *[("", False)] * len(head)][: len(head)]
        texts = tuple(_clean(text, number, formula=formula) for text, formula in within)
        letters += sum(map(len, texts))
        if letters > MOST_TEXT:
            raise SheetError(_("This table holds very much text. Bring it in parts."))
        formulas = tuple(at for at, (_text, formula) in enumerate(within) if formula)
        kept.append(Row(number=number, cells=texts, formulas=formulas))
    if head is None or not kept:
        raise SheetError(_("There is no table here: a row with the names of the columns, and rows below it."))
    return Sheet(head=head, rows=tuple(kept), at=first)


def _clean(cell: str, number: int, *, formula: bool = False) -> str:
    """One line of composed text without control signs. What `guarded` put before a risky text is taken away again."""
    text = unicodedata.normalize("NFC", cell)
    text = " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split())
    if len(text) > MOST_LETTERS:
        raise SheetError(
            _("A cell in row %(row)s is very long. Perhaps a quotation mark is opened and never closed.")
            % {"row": number}
        )
    return text[1:] if not formula and text[:1] == "'" and _RISKY.match(text[1:]) else text


def guarded(cell: object) -> str:
    """A text that no spreadsheet takes for a formula; a number stays one."""
    if isinstance(cell, int | float | Decimal):
        return str(cell)
    text = "" if cell is None else str(cell)
    return f"'{text}" if _RISKY.match(text) else text


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV in UTF-8 with its mark, so that Excel reads the letters right."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guarded(cell) for cell in head])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(head: Sequence[str], rows: Iterable[Sequence[object]], *, title: str, mirrored: bool = False) -> bytes:
    """A table as XLSX: every cell is a text, none a formula. `mirrored` where the head reads from the right."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "1"
    sheet.sheet_view.rightToLeft = mirrored
    sheet.freeze_panes = "A2"
    for number, row in enumerate([head, *rows], start=1):
        for at, text in enumerate(row, start=1):
            cell = sheet.cell(row=number, column=at, value=_for_excel(text))
            cell.data_type = "s"  # openpyxl would make a formula of a text that begins with =
            cell.number_format = "@"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _for_excel(text: object) -> str:
    """Signs that XML cannot hold are left out."""
    return "".join(s for s in ("" if text is None else str(text)) if s in "\t\n" or unicodedata.category(s) != "Cc")
