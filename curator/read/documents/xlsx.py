"""Excel: a heading a sheet and its cells as a table, with the values that formulas last gave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any, NamedTuple

from curator.errors import MissingExtra
from curator.read.documents.archive import MAX_ENTRY_BYTES, Archive
from curator.read.documents.document import Block, Document
from curator.read.documents.markdown_table import table
from curator.read.documents.ooxml import (
    damaged,
    element,
    is_kind,
    literal,
    opened,
    properties,
    shown,
)
from curator.read.values import Unmappable

ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm")

MAX_CELLS = 2_000_000
"""From the first filled cell of a sheet to the last: so much is held in memory."""

_MAIN = re.compile(
    rb"spreadsheetml\.(?:sheet|template)\.main\+xml|ms-excel\.(?:sheet|template)\.macroEnabled\.main"
)
_WORKBOOK = "xl/workbook.xml"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT_R = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>")
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d) 00:00:00")
_NOISE = re.compile(r"-?(\d+)\.\d{9}")  # so fastexcel writes a number that never ends
_TIME_OF_DAY = re.compile(r"1899-12-3[01] (\d\d:\d\d:\d\d)")


class _Sheet(NamedTuple):
    name: str
    part: str
    is_hidden: bool


def recognises(data: bytes) -> bool:
    """Look for the main part of a workbook among the content types."""
    return is_kind(data, _MAIN)


def parse(data: bytes, encoding: str) -> Document:  # noqa: ARG001 - XML says its own encoding
    """
    Give each sheet that is shown and holds something as a heading and a table, as Markdown.

    Lines that stand alone above a table are paragraphs; the row below them is its head. Empty rows
    and columns are left out. ``meta`` names the sheets, the hidden and the empty ones apart.
    Raises: Unmappable (damaged file, empty document, encrypted, too large), MissingExtra.
    """
    try:
        import fastexcel
    except ImportError as error:
        raise MissingExtra("fastexcel", "docs") from error
    archive = opened(data, MAX_ENTRY_BYTES)
    sheets = list(_sheets(archive))
    for sheet in sheets:
        _within_limits(archive, sheet)
    kept: list[str] = []
    empty: list[str] = []
    text = ""
    blocks: list[Block] = []
    try:
        book = fastexcel.read_excel(data)
        for sheet in sheets:
            if sheet.is_hidden:
                continue
            cells = book.load_sheet(sheet.name, header_row=None, dtypes="string").to_polars()
            rows = _filled(cells.rows())
            (kept if rows else empty).append(sheet.name)
            for kind, level, said in _written(sheet.name, rows) if rows else ():
                text += "\n\n" if text else ""
                blocks.append(Block(kind, level, len(text), len(text) + len(said)))
                text += said
    except fastexcel.FastExcelError as error:
        raise damaged(str(error)) from error
    hidden = [sheet.name for sheet in sheets if sheet.is_hidden]
    if not text and hidden:
        raise Unmappable("empty document", "all that it holds is on hidden sheets: show some")
    told = properties(archive)
    named = {"sheets": kept, "empty_sheets": empty, "hidden_sheets": hidden}
    meta = {**told, **{key: names for key, names in named.items() if names}}
    left_out = (f"hidden sheets | {', '.join(hidden)}",) if hidden else ()
    return Document(text, told.get("title", ""), tuple(blocks), meta, left_out)


def _sheets(archive: Archive) -> Iterator[_Sheet]:
    places = {
        each.get("Id"): each.get("Target", "")
        for each in element(archive.read("xl/_rels/workbook.xml.rels")).iter("{*}Relationship")
        if each.get("Type", "").endswith("/worksheet")
    }
    parts = {name.lower(): name for name in archive.names}
    for sheet in element(archive.read(_WORKBOOK)).iter("{*}sheet"):
        target = places.get(sheet.get(f"{_R}id") or sheet.get(f"{_STRICT_R}id"))
        if target is not None:
            path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            is_hidden = sheet.get("state", "visible") != "visible"
            yield _Sheet(sheet.get("name", ""), parts.get(path.lower(), path), is_hidden)


def _within_limits(archive: Archive, sheet: _Sheet) -> None:
    """Refuse a sheet whose filled cells lie so far apart that what is between fills the memory."""
    part = archive.read(sheet.part)
    if b"\0" in part[:4]:
        part = part.replace(b"\0", b"")  # UTF-16
    columns, rows = [1 << 20, 0], [1 << 20, 0]
    for found in _CELL.finditer(part):
        if found[1].endswith(b"/"):
            continue  # a format and no value
        place = _PLACE.search(found[1])
        if place is None:
            if b"&" in found[1]:
                raise damaged(f"sheet {sheet.name} has cells at no place")
            continue
        column, row = _column(place[1].upper()), int(place[2])
        columns = [min(columns[0], column), max(columns[1], column)]
        rows = [min(rows[0], row), max(rows[1], row)]
    width, height = columns[1] - columns[0] + 1, rows[1] - rows[0] + 1
    if width > 0 and width * height > MAX_CELLS:
        what = f"sheet {sheet.name[:40]} spans {height:,} rows and {width:,} columns"
        way_out = "split it, or delete the cells that stand far from the rest"
        raise Unmappable("too large", f"{what}, more than {MAX_CELLS:,} cells: {way_out}")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _filled(cells: Sequence[tuple[Any, ...]]) -> list[list[str]]:
    """Give the cells as they read, without the rows and columns that hold nothing."""
    rows = [row for cell in cells if any(row := [_value(each) for each in cell])]
    used = [any(column) for column in zip(*rows, strict=True)]
    return [list(compress(row, used)) for row in rows]


def _written(name: str, rows: list[list[str]]) -> Iterator[tuple[str, int | None, str]]:
    """Yield kind, level and text of each block: known here, where Markdown would find them late."""
    yield "heading", 2, f"## {' '.join(shown(name).split())}"
    head = 0
    while len(rows[0]) > 1 and head < len(rows) and rows[head][0] and not any(rows[head][1:]):
        yield "paragraph", None, literal(rows[head][0])
        head += 1
    if rows[head:]:
        yield "table", None, table(rows[head:], header=True)


def _value(cell: str | None) -> str:
    """Give a cell as it reads: no time where there is none, no date where there is only time."""
    text = " ".join(shown(cell or "").split())
    if found := _MIDNIGHT.fullmatch(text) or _TIME_OF_DAY.fullmatch(text):
        return found[1]
    if (found := _NOISE.fullmatch(text)) and len(found[1]) > 6:
        return f"{float(text):.15g}"  # what Excel keeps of a number
    return "0" if text == "-0" else text
