"""The worksheet as CSV: what a spreadsheet would take for more than text is defused."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curator.errors import ReviewError, shorten
from curator.review.item import Scalar
from curator.review.worksheet.table import ID, Sheet, Table, letters

SEPARATORS = ",;\t"
"""Spreadsheets save with the separator of the country they are used in."""
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_FORMULA = r"[\t\r\n]|\s*[=+\-@＝＋－＠]"  # noqa: RUF001 - full-width signs start formulas too
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_WORD = rf"(?<![a-z])(?:{_MONTH}|[ap]m)(?![a-z])"
_DIGITS = rf"(?=\D{{0,20}}\d)(?:{_WORD}|(?<=\d)e(?=[+\-\d])|[\d.,:/+\-%$€£¥ ])+"
_NUMBER = rf"(?i:true|false|{_DIGITS})\Z"  # or a date: 007 would come back as 7, 1/2 as a day
_DEFUSED = re.compile(rf"'*(?:{_FORMULA}|{_NUMBER})")


def write(path: Path, sheet: Sheet) -> None:
    """Write UTF-8 with a byte order mark, by which Excel knows it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(map(_defused, sheet.columns))
        for row in sheet.rows:
            lines.writerow([_defused(row.get(name)) for name in sheet.columns])


def _defused(value: Scalar | None) -> Scalar | None:
    """Put an apostrophe before a text that would be computed, or before one that has had one."""
    return f"'{value}" if isinstance(value, str) and _DEFUSED.match(value) else value


def _restored(cell: str) -> str:
    """Take away the apostrophe that ``_defused`` has put; any other stays."""
    return cell[1:] if cell.startswith("'") and _DEFUSED.match(cell) else cell


def read(path: Path) -> Table:
    """
    Read what a spreadsheet saved, whatever its separator and with or without byte order mark.

    Raises: ReviewError if it is not Unicode, or is no CSV.
    """
    text = _decoded(path)
    told = _SEP_LINE.match(text)
    skipped = 1 if told else 0
    text = text[told.end() :] if told else text
    try:
        with _any_length():
            lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error as error:
        raise ReviewError(
            f"this is no CSV: {shorten(str(error))}",
            where=str(path),
            hint="save it from the spreadsheet as CSV UTF-8",
        ) from error
    columns = [_restored(cell).strip() for cell in (lines or [[""]])[0]]
    known = {name: letters(index) for index, name in reversed(list(enumerate(columns)))}
    rows = [
        (number, dict(zip(columns, map(_restored, line), strict=False)))
        for number, line in enumerate(lines[1:], 2 + skipped)
    ]
    return Table(
        columns, rows, lambda number, name: f"{path}!{known.get(name, '')}{number}", str(path)
    )


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReviewError(
            f"this is not UTF-8, at byte {error.start}",
            where=str(path),
            hint="save it from the spreadsheet as CSV UTF-8",
        ) from error


def _separator(text: str) -> str:
    """Take the separator that parts the header in most columns, an id among them."""
    header = text.split("\n", 1)[0].rstrip("\r")

    def columns(separator: str) -> tuple[bool, int]:
        names = next(csv.reader([header], delimiter=separator), [])
        return ID in names, len(names)

    return max(SEPARATORS, key=columns)


@contextmanager
def _any_length() -> Iterator[None]:
    """Let a cell be longer than the 128 KiB that the standard library stops at."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)
