"""A workbook becomes a heading and a table for each sheet, with values as a person reads them."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.read.documents.markdown import blocks_of
from curator.read.documents.xlsx import parse, recognises
from curator.read.values import Unmappable

SHEET = "xl/worksheets/sheet1.xml"
WORD = st.text(alphabet="abcé😀שß中|*_#-+.`<>[]()&~", min_size=1, max_size=6).filter(
    lambda text: any(char.isalpha() for char in text)
)


def book_of(cells, title="Sheet"):
    """Give a workbook with one sheet of cells by their names."""
    book = openpyxl.Workbook()
    book.active.title = title
    for place, value in cells.items():
        book.active[place] = value
    return book


def saved(book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(data, name, part) -> bytes:
    """Give the file with one part in place of what it was."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for each in old.namelist():
            new.writestr(each, part if each == name else old.read(each))
    return stream.getvalue()


def sheet_xml(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_a_table_is_found_wherever_it_stands():
    """Empty rows and columns are left out; pipes and line breaks stay in their cell."""
    read = parse(saved(book_of({"C4": "a", "E4": "b", "C7": "x|y\nz", "E9": "w"}, "One")), "utf-8")
    assert read.text == "## One\n\n| a | b |\n| --- | --- |\n| x\\|y z |  |\n|  | w |"
    assert [(block.kind, block.level) for block in read.blocks] == [("heading", 2), ("table", None)]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (123456789.123456789, "123456789.123457"),
        (12345678901234, "12345678901234"),
        (-0.0, "0"),
        ("007", "007"),
        (True, "true"),
        (dt.date(2024, 1, 2), "2024-01-02"),
        (dt.datetime(2024, 1, 2, 3, 4, 5), "2024-01-02 03:04:05"),  # noqa: DTZ001 - cells have no zone
        (dt.time(3, 4), "03:04:00"),
        ("2 \u00a0 words\u00ad", "2 words"),
    ],
)
def test_values_read_as_a_person_writes_them(value, shown):
    """No noise of floats, no midnight, no day of 1899."""
    read = parse(saved(book_of({"A1": "head", "A2": value})), "utf-8")
    assert read.text.split("\n")[-1] == f"| {shown} |"


def test_lines_alone_above_a_table_are_paragraphs():
    """The name of a table and a remark are no head; the first full row is."""
    cells = {"B1": "Counts of 2024", "B3": "by hand", "B4": "bird", "C4": "n", "B5": "Knot"}
    read = parse(saved(book_of(cells, "S")), "utf-8")
    assert read.text == (
        "## S\n\nCounts of 2024\n\nby hand\n\n| bird | n |\n| --- | --- |\n| Knot |  |"
    )


def test_a_merged_cell_is_filled_once():
    """What it covers is empty."""
    book = book_of({"A1": "both", "A2": "a", "B2": "b"})
    book.active.merge_cells("A1:B1")
    book.active["A3"] = "c"
    assert parse(saved(book), "utf-8").text.endswith("both\n\n| a | b |\n| --- | --- |\n| c |  |")


def test_the_value_of_a_formula_is_the_one_that_was_saved():
    """Nothing is computed; a cell whose formula failed is empty."""
    cells = '<c r="A1"><v>7</v></c><c r="B1"><f>1+1</f><v>2</v></c>'
    error = '<c r="A2"><v>8</v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    rows = sheet_xml(f'<row r="1">{cells}</row><row r="2">{error}</row>')
    read = parse(with_part(saved(openpyxl.Workbook()), SHEET, rows), "utf-8")
    assert read.text == "## Sheet\n\n| 7 | 2 |\n| --- | --- |\n| 8 |  |"


def test_hidden_and_empty_sheets_are_left_out_and_told():
    """Their names are in meta, apart from those of the sheets that were read."""
    book = book_of({"A1": "x"}, "Shown")
    book.create_sheet("Empty")
    hidden = book.create_sheet("Hidden")
    hidden["A1"], hidden.sheet_state = "secret", "hidden"
    book.properties.creator, book.properties.title = "R. Ruff", "Birds"
    read = parse(saved(book), "utf-8")
    assert read.text == "## Shown\n\n| x |\n| --- |"
    assert read.title == "Birds"
    assert read.meta == {
        "author": "R. Ruff",
        "title": "Birds",
        "sheets": ["Shown"],
        "empty_sheets": ["Empty"],
        "hidden_sheets": ["Hidden"],
    }
    assert read.left_out == ("hidden sheets | Hidden",)


def test_a_workbook_with_nothing_to_show_says_why():
    """What is on hidden sheets is not read behind its owner's back."""
    book = openpyxl.Workbook()
    book.create_sheet("Hidden").sheet_state = "hidden"
    book["Hidden"]["A1"] = "secret"
    with pytest.raises(Unmappable) as refused:
        parse(saved(book), "utf-8")
    assert str(refused.value) == (
        "empty document | all that it holds is on hidden sheets: show some"
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.lists(WORD, max_size=2), min_size=1, max_size=3), max_size=4))
def test_every_cell_is_kept_and_every_span_is_exact(rows):
    """The blocks are those that a reader of Markdown finds."""
    book = openpyxl.Workbook()
    for y, row in enumerate(rows, 2):
        for x, words in enumerate(row, 2):
            book.active.cell(y, x, " ".join(words) or None)
    read = parse(saved(book), "utf-8")
    said = sorted(char for row in rows for words in row for char in "".join(words))
    text = read.text.removeprefix("## Sheet").replace("\\", "")
    plain = text.replace("| --- ", "")
    assert all(word in text for row in rows for words in row for word in words)
    assert sorted(c for c in plain if c.isalpha()) == [c for c in said if c.isalpha()]
    found = blocks_of(read.text)[0]
    spans = [(block.start, block.end) for block in read.blocks]
    assert [(block.start, block.end) for block in found] == spans


def test_cells_at_the_far_corner_are_refused():
    """A sheet that spans everything would fill the memory, however few cells it has."""
    far = '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    rows = sheet_xml(f'<row r="1"><c r="A1"><v>1</v></c></row>{far}')
    with pytest.raises(Unmappable) as refused:
        parse(with_part(saved(openpyxl.Workbook()), SHEET, rows), "utf-8")
    assert str(refused.value) == (
        "too large | sheet Sheet spans 1,048,576 rows and 16,384 columns, more than 2,000,000 "
        "cells: split it, or delete the cells that stand far from the rest"
    )


def test_a_format_at_the_far_corner_does_no_harm():
    """Whole columns are coloured in many a sheet."""
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    rows = sheet_xml(f'<row r="1"><c r="A1"><v>1</v></c></row>{far}')
    data = with_part(saved(openpyxl.Workbook()), SHEET, rows)
    assert parse(data, "utf-8").text == "## Sheet\n\n| 1 |\n| --- |"


def test_a_million_rows_are_refused_by_their_places():
    """Three columns of them are more than a document holds."""
    rows = "".join(
        f'<row r="{y}"><c r="A{y}"><v>1</v></c><c r="C{y}"><v>2</v></c></row>'
        for y in range(1, 1_000_001, 10)
    )
    data = with_part(saved(openpyxl.Workbook()), SHEET, sheet_xml(rows))
    with pytest.raises(Unmappable, match=r"^too large \| sheet Sheet spans 999,991 rows"):
        parse(data, "utf-8")


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_are_refused(name):
    """A bomb of entities is never given to a library."""
    bomb = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w/>'
    with pytest.raises(Unmappable) as refused:
        parse(with_part(saved(openpyxl.Workbook()), name, bomb), "utf-8")
    assert str(refused.value) == (
        f"damaged file | {name} declares entities, which no office program writes: save it anew"
    )


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_a_broken_part_is_damaged(name):
    """The message says what to do."""
    data = with_part(saved(book_of({"A1": "x"})), name, b"<w")
    with pytest.raises(Unmappable, match=r"^damaged file \| .*: open it and save it anew$"):
        parse(data, "utf-8")


def test_only_workbooks_are_recognised():
    """By what the file says it holds."""
    assert recognises(saved(openpyxl.Workbook()))
    assert not recognises(b"PK\x03\x04 and no more")
