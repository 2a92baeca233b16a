"""Tables that come in: written by Excel in every way, or by someone who means harm; and tables that go out."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from serai.documents import sheets
from serai.documents.sheets import SheetError, as_csv, as_xlsx, decode, read, read_text, separator_of

HEAD = ["Organisation", "City", "Role"]
LATIN = "Organizacija;Grad;Uloga\nUdruženje „Čašić“;Šabac;Predsjednica\n"
CYRILLIC = "Организација;Град;Улога\nЗдружение Надеж;Чаир;Претседател\n"


def excel(*rows: list[Any], hidden_first: bool = False) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    if hidden_first:
        sheet.sheet_state = "hidden"
        sheet.append(["secret"])
        sheet = book.create_sheet("second")
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells(sheet: sheets.Sheet) -> list[tuple[str, ...]]:
    return [sheet.head, *(row.cells for row in sheet.rows)]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (text, encoding)
        for text in (LATIN, CYRILLIC)
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
    ]
    + [(LATIN, "cp1250"), (CYRILLIC, "cp1251")],
)
def test_the_encodings_of_the_region_are_recognised(text: str, encoding: str) -> None:
    found = cells(read(text.encode(encoding)))
    assert found == [tuple(line.split(";")) for line in text.strip().splitlines()]


def test_an_encoding_that_was_said_is_believed() -> None:
    assert decode("Türkçe; ğ".encode("cp1254"), encoding="cp1254") == "Türkçe; ğ"
    assert decode(b"caf\xe9", encoding="nonsense") == decode(b"caf\xe9")


@pytest.mark.parametrize("separator", sheets.SEPARATORS)
def test_the_separator_is_found_also_where_cells_hold_another(separator: str) -> None:
    text = separator.join(HEAD) + "\n" + separator.join(['"Youth; centre, of | all"', "Čair", "Head"]) + "\n"
    assert separator_of(text) == separator
    assert cells(read_text(text))[1] == ("Youth; centre, of | all", "Čair", "Head")


def test_rows_keep_the_numbers_that_the_spreadsheet_shows() -> None:
    table = [["", "", ""], HEAD, ["One", "Čair", "Head"], ["", "", ""], ["Two", "Čair", 7.0]]
    for sheet in (read(excel(*table)), read_text("\n\n" + "\t".join(HEAD) + '\n"One\n1"\tČair\n\nTwo\tČair\n')):
        assert sheet.rows[0].number == sheet.at + 1
        again = read_text(sheet.text())
        assert (again.head, again.rows, again.at) == (sheet.head, sheet.rows, sheet.at)
    assert [row.number for row in read(excel(*table)).rows] == [3, 5]
    assert read(excel(*table)).rows[1].cells == ("Two", "Čair", "7")


def test_formulas_are_marked_and_stay_marked() -> None:
    from_excel = read(excel(HEAD, ["One", "=HYPERLINK(A1)", "#REF!"]))
    pasted = read_text("\t".join(HEAD) + "\nOne\t=HYPERLINK(A1)\tHead\n")
    for sheet in (from_excel, pasted, read_text(from_excel.text()), read_text(pasted.text())):
        assert 1 in sheet.rows[0].formulas


def test_hidden_sheets_and_empty_rows_without_end_are_left_alone() -> None:
    assert read(excel(HEAD, ["One", "Čair", "Head"], hidden_first=True)).head == tuple(HEAD)
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEAD)
    sheet.append(["One", "Čair", "Head"])
    sheet.cell(row=1_048_576, column=1, value="far away")
    out = io.BytesIO()
    book.save(out)
    assert len(read(out.getvalue()).rows) == 1


def changed(data: bytes, name: str, text: bytes) -> bytes:
    """The same zip with one part written anew."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, text if part.filename == name else old.read(part.filename))
    return out.getvalue()


def nasty() -> list[tuple[str, bytes]]:
    good = excel(HEAD, ["One", "Čair", "Head"])
    sheet = "xl/worksheets/sheet1.xml"
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><worksheet>&b;</worksheet>'
    late = b'<?xml version="1.0"?><!--' + b"x" * 5_000 + b"-->" + entity.removeprefix(b'<?xml version="1.0"?>')
    wide = entity.decode().replace("1.0", '1.0" encoding="utf-16').encode("utf-16")
    styles = b"<styleSheet>" + b"<xf/>" * 200_000 + b"</styleSheet>"
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return [
        ("nothing", b""),
        ("no rows", b"Organisation;City\n"),
        ("too large", b"a;b\n" * 600_000),
        ("too many rows", b"a;b\n" + b"1;2\n" * 2_001),
        ("too much text", b"a;b\n" + (b"x" * 1_500 + b";2\n") * 300),
        ("old Excel", b"\xd0\xcf\x11\xe0" + b"\0" * 600),
        ("no spreadsheet", empty.getvalue()),
        ("cut off", good[: len(good) // 2]),
        ("damaged where it is packed", good[:60] + b"\xff" * 200 + good[260:]),
        ("damaged inside", changed(good, sheet, b"<worksheet><sheetData><row")),
        ("no table inside", changed(good, "xl/workbook.xml", b"<workbook/>")),
        ("entities", changed(good, sheet, entity)),
        ("entities after a while", changed(good, sheet, late)),
        ("entities in UTF-16", changed(good, sheet, wide)),
        ("a crowd of styles", changed(good, "xl/styles.xml", styles)),
        ("bomb", changed(good, sheet, b" " * 45_000_000)),
        ("quote never closed", b'Organisation;City\n"One;Cair\n' + b"Two;Cair\n" * 400),
        ("one endless cell", b"Organisation;City\n" + b"x" * 200_000 + b";Cair\n"),
    ]


NASTY = nasty()


@pytest.mark.parametrize(("what", "data"), NASTY, ids=[what for what, _ in NASTY])
def test_what_cannot_be_read_is_refused_in_words(what: str, data: bytes) -> None:
    with pytest.raises(SheetError) as refusal:
        read(data)
    assert str(refusal.value).endswith(".")
    assert not what.startswith("entities") or "something that is not a table" in str(refusal.value)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_table_or_are_refused(data: bytes) -> None:
    try:
        sheet = read(data)
    except SheetError:
        return
    assert sheet.rows
    assert "\0" not in sheet.text()


CELL = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5))
@settings(max_examples=120, deadline=None)
def test_what_goes_out_comes_back_as_it_was(rows: list[tuple[str, str, str]]) -> None:
    head, table = ["n", *HEAD], [["x", *row] for row in rows]
    one_line = [tuple(" ".join(cell.split()) for cell in row) for row in rows]
    for data in (as_csv(head, table), as_xlsx(head, table, title="t")):
        found = read(data)
        assert not any(row.formulas for row in found.rows)
        assert [row.cells[1:] for row in found.rows] == [
            tuple(unicodedata.normalize("NFC", cell) for cell in row) for row in one_line
        ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_nothing_that_goes_out_runs(cell: str) -> None:
    assert as_csv(["a"], [[cell]]).decode("utf-8-sig").splitlines()[1].lstrip('"').startswith("'")
    written: Any = load_workbook(io.BytesIO(as_xlsx(["a"], [[cell]], title="t"))).active
    assert written["A2"].data_type == "s"
    assert written["A2"].value == cell
