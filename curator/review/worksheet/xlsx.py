"""The worksheet as an Excel file: lists to choose from, and a second sheet with the guidelines."""

from __future__ import annotations

import math
import re
import textwrap
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from curator.errors import MissingExtra, ReviewError, shorten
from curator.review.item import Scalar
from curator.review.questions import Question
from curator.review.worksheet.table import ID, PROMPT, REVIEWER, Row, Sheet, Table, letters

REVIEW, GUIDELINES, LISTS = "review", "guidelines", "lists"
"""The sheets of the file."""
MAX_CHARS = 32_767
"""UTF-16 code units that a cell holds; openpyxl would cut a longer text and say nothing."""
MAX_ROWS = 1_048_576
MAX_UNPACKED_BYTES = 1 << 30
ROW_POINTS, LONG_CHARS = 90, 40  # height of a row; a text longer than this gets a wide column
LINE_CHARS = 100  # of the guidelines

FILLED_IN = "FFFBE6"
"""The colour of the columns that a person fills in."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_HEADING, _EMPHASIS = re.compile("#{1,6} "), re.compile(r"(?<!\\)(?!^\* )\*{1,2}")
_BACKSLASH = re.compile(r"\\([!-/:-@\[-`{-~])")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, SyntaxError, ValueError, TypeError, KeyError, IndexError,
    AttributeError, EOFError, NotImplementedError,
)  # fmt: skip
"""What openpyxl raises for a file that is none, or that somebody has broken on purpose."""


def write(path: Path, sheet: Sheet) -> None:
    """
    Write all texts as texts, so that nothing is computed, and the choices as drop-down lists.

    Keeps:  control characters, as ``_x000B_``, which is how Excel writes them.
    Raises: ReviewError naming record and column for a text that no cell can hold.
    """
    if len(sheet.rows) >= MAX_ROWS:
        raise ReviewError(
            f"{len(sheet.rows):,} rows are more than an Excel file holds ({MAX_ROWS - 1:,})",
            hint="review a sample, or set path to a .jsonl or .csv file",
        )
    for row in sheet.rows:
        for name in sheet.columns:
            _check_fits(row, name)
    book = _book()
    page, words, lists = (book.create_sheet(name) for name in (REVIEW, GUIDELINES, LISTS))
    lists.sheet_state = "hidden"
    _lay_out(page, sheet)
    page.append([_cell(page, name, "head") for name in sheet.columns])
    asked = {one.name: "asked number" if one.kind == "rating" else "asked" for one in sheet.asked}
    style = {ID: "id", **asked, REVIEWER: "asked"}
    for row in sheet.rows:
        page.append([_cell(page, row.get(name), style.get(name, "")) for name in sheet.columns])
    words.column_dimensions["A"].width = LINE_CHARS
    for line, look in (*_plain(sheet.guidelines), *((_described(one), "") for one in sheet.asked)):
        for part in textwrap.wrap(line, LINE_CHARS) or [""]:
            words.append([_cell(words, part, look)])
    chosen = [question for question in sheet.asked if question.kind in ("label", "rating")]
    for at in range(max((len(question.options) for question in chosen), default=0)):
        lists.append([_cell(lists, _option(one.options, at)) for one in chosen])
    book.save(path)


def _plain(markdown: str) -> Iterator[tuple[str, str]]:
    """Take the marks off, which a spreadsheet does not know; code stays as it is."""
    is_code = False
    for line in (*markdown.split("\n"), ""):
        is_code ^= line.startswith("```")
        if is_code:
            yield line, ""
        else:
            plain = _BACKSLASH.sub(r"\1", _EMPHASIS.sub("", _HEADING.sub("", line)))
            yield plain, "head" if _HEADING.match(line) else ""


def _book() -> Any:
    try:
        from openpyxl import Workbook
        from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
    except ImportError as error:
        raise MissingExtra("openpyxl", "review") from error
    book = Workbook(write_only=True)
    top, line = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")
    filled = PatternFill("solid", start_color=FILLED_IN)
    text = "@"  # what is typed stays a text: no dates, no lost zeros, no formulas
    for style in (
        NamedStyle("id", number_format=text, alignment=line),
        NamedStyle("text", number_format=text, alignment=top),
        NamedStyle("number", alignment=top),
        NamedStyle("asked", number_format=text, alignment=top, fill=filled),
        NamedStyle("asked number", alignment=top, fill=filled),
        NamedStyle("head", font=Font(bold=True), alignment=top),
    ):
        book.add_named_style(style)
    return book


def _lay_out(page: Any, sheet: Sheet) -> None:
    """Set what stands before the rows in the file: the frozen header, widths, filter, lists."""
    from openpyxl.worksheet.datavalidation import DataValidation

    page.freeze_panes = "B2"
    page.sheet_format.defaultRowHeight, page.sheet_format.customHeight = ROW_POINTS, True
    page.row_dimensions[1].height = 20
    last = max(len(sheet.rows), 1) + 1
    page.auto_filter.ref = f"A1:{letters(len(sheet.columns) - 1)}{last}"
    for index, name in enumerate(sheet.columns):
        page.column_dimensions[letters(index)].width = _width(sheet, name)
    # a locked column could no longer be sorted; this one refuses what is typed
    shown = DataValidation(type="custom", formula1="FALSE", allow_blank=False)
    shown.showErrorMessage, shown.error = True, "This column says what is reviewed: leave it."
    shown.add(f"A2:{letters(len(sheet.shown) - 1)}{last}")
    page.data_validations.append(shown)
    listed = 0
    for index, question in enumerate(sheet.asked, len(sheet.shown)):
        if question.kind not in ("label", "rating"):
            continue
        column = letters(listed)
        among = f"{LISTS}!${column}$1:${column}${len(question.options)}"
        choice = DataValidation(type="list", formula1=among, allow_blank=True)
        choice.showErrorMessage, choice.error = True, "Choose one of the list."
        choice.add(f"{letters(index)}2:{letters(index)}{last}")
        page.data_validations.append(choice)
        listed += 1


def _width(sheet: Sheet, name: str) -> int:
    if name == ID:
        return 10
    if name in {one.name for one in sheet.asked if one.kind == "text"}:
        return 45
    longest = max((len(str(row.get(name) or "")) for row in sheet.rows), default=0)
    wide = 60 if name == PROMPT else 45
    return wide if longest > LONG_CHARS else max(14, min(wide, longest + 2))


def _cell(page: Any, value: Scalar | None, style: str = "") -> Any:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, float) and not math.isfinite(value):
        value = str(value)  # Excel takes a file with such a number for broken
    is_text = isinstance(value, str)
    cell = WriteOnlyCell(page, value=escaped(value) if isinstance(value, str) else value)
    cell.style = style or ("text" if is_text else "number")
    if is_text:
        cell.data_type = "s"  # openpyxl makes a formula of "=" and an error of "#N/A"
    return cell


def _check_fits(row: Row, name: str) -> None:
    value = row.get(name)
    if not isinstance(value, str) or len(value) * 7 <= MAX_CHARS:
        return
    units = len(escaped(value).encode("utf-16-le")) // 2
    if units > MAX_CHARS:
        raise ReviewError(
            f"{name} has {units:,} characters, and a cell of an Excel file holds {MAX_CHARS:,}",
            where=f"record {row[ID]}",
            hint="set path to a .jsonl or .csv file",
        )


def _option(options: Sequence[Scalar], at: int) -> Scalar | None:
    return options[at] if at < len(options) else None


def _described(question: Question) -> str:
    choices = f" ({', '.join(map(str, question.options))})" if question.options else ""
    several = " Several are parted by ;" if question.kind == "labels" else ""
    return f"{question.name}: {question.description}{several}{choices}"


def escaped(text: str) -> str:
    r"""
    Write what XML cannot hold as Excel does, and what would be read as such an escape.

    >>> escaped("a\x0bb _x000B_")
    'a_x000B_b _x005F_x000B_'
    """
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def read(path: Path) -> Table:
    """
    Read the sheet whose first row names an id; its formulas count as what they last gave.

    Raises: ReviewError if it is no Excel file, or has no such sheet.
    """
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingExtra("openpyxl", "review") from error
    try:
        with zipfile.ZipFile(path) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise ReviewError(
                f"unpacks to {unpacked:,} bytes, more than {MAX_UNPACKED_BYTES:,}", where=str(path)
            )
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            for page in book.worksheets:
                page.reset_dimensions()
                lines = page.iter_rows(values_only=True)
                columns = [_said(cell).strip() for cell in next(lines, ())]
                if ID in columns:
                    return _table(path, page.title, columns, lines)
        finally:
            book.close()
    except _BROKEN as error:
        raise ReviewError(
            f"this is no Excel file that can be read: {shorten(str(error))}",
            where=str(path),
            hint="save it from the spreadsheet as .xlsx",
        ) from error
    raise ReviewError(
        f"no sheet has a column {ID!r} in its first row",
        where=str(path),
        hint="put the header back as it was sent, or send again to another path",
    )


def _table(path: Path, title: str, columns: Sequence[str], lines: Iterable[Any]) -> Table:
    known = {name: letters(index) for index, name in reversed(list(enumerate(columns)))}
    rows = [
        (number, dict(zip(columns, map(_restored, line), strict=False)))
        for number, line in enumerate(lines, 2)
        if any(cell is not None for cell in line)
    ]
    return Table(
        columns,
        rows,
        lambda number, name: f"{path}!{title}!{known.get(name, '')}{number}",
        str(path),
    )


def _said(cell: Any) -> str:
    return "" if cell is None else _unescaped(str(cell))


def _restored(cell: Any) -> Any:
    return _unescaped(cell) if isinstance(cell, str) else cell
