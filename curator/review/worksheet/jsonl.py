"""The worksheet as JSON lines, for long texts and for those who edit with a program."""

from __future__ import annotations

from pathlib import Path

import orjson

from curator.errors import ReviewError, shorten
from curator.review.worksheet.table import Sheet, Table


def write(path: Path, sheet: Sheet) -> None:
    """Write one object a row, its fields in the order of the columns."""
    with path.open("wb") as file:
        for row in sheet.rows:
            file.write(orjson.dumps({name: row.get(name) for name in sheet.columns}) + b"\n")


def read(path: Path) -> Table:
    """
    Read the rows; fields may stand in any order, and lines may be missing.

    Raises: ReviewError for a line that is no JSON object.
    """
    rows = []
    columns: dict[str, None] = {}
    for number, line in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            row, words = None, f": {shorten(str(error))}"
        else:
            words = ""
        if not isinstance(row, dict):
            raise ReviewError(
                f"this line is no JSON object{words}",
                where=f"{path}:{number}",
                hint="each line is one row as it was sent, with its answers filled in",
            )
        columns.update(dict.fromkeys(row))
        rows.append((number, row))
    return Table(tuple(columns), rows, lambda number, name: f"{path}:{number}: $.{name}", str(path))
