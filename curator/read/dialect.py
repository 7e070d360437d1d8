"""How a delimited file is written: told by its first row, the header."""

from __future__ import annotations

import csv
import io
import logging
from pathlib import Path
from typing import NamedTuple

import numpy as np

from curator.errors import SourceError, shorten
from curator.kernels import csv_scan
from curator.read.decoding import shown

_DELIMITERS = ",;\t|"
_TSV = (".tsv", ".tab")
_log = logging.getLogger("curator.read")


class Dialect(NamedTuple):
    """What every row of a file keeps to."""

    delimiter: str
    quote: str  # empty: quotes are text
    columns: tuple[str, ...]


def recognise(
    head: bytes, delimiter: str | None, quote: str, uri: str, *, at_end: bool
) -> tuple[Dialect, int, int] | None:
    """
    Read the header at the beginning of ``head``; names lose the space around them.

    Returns: the dialect, the bytes the header takes, and the number of the line after it; or None
    where the header may go on after ``head``.
    Raises: SourceError when there is no header, or two columns share a name.
    """
    delimiter = delimiter or _guess_delimiter(head, quote, uri)
    found = csv_scan.scan(
        np.frombuffer(head, np.uint8),
        ord(delimiter),
        ord(quote) if quote else -1,
        0,
        at_end=at_end,
        max_records=1,
    )
    if not len(found.starts) and not at_end:
        return None
    if not len(found.starts):
        raise SourceError("the file is empty", where=uri, hint="its first line names the columns")
    where = f"{uri}:{found.lines[0] + 1}"
    if found.flaws[0] != csv_scan.FINE:
        raise SourceError("the quotes of the header do not pair up", where=where)
    text = _text(head[found.starts[0] : found.ends[0]], where)
    if "\r" in text and "\n" not in text and b"\n" not in head:
        raise SourceError(
            "lines end in carriage returns alone", where=where, hint="save it with line feeds"
        )
    columns = _columns(text, delimiter, quote)
    if twice := [name for name in columns if columns.count(name) > 1]:
        raise SourceError(
            f"the header names {shorten(twice[0])!r} twice", where=where, hint="rename one column"
        )
    return Dialect(delimiter, quote, columns), found.consumed, found.line_ends + 1


def _columns(text: str, delimiter: str, quote: str) -> tuple[str, ...]:
    lines = io.StringIO(text, newline="")
    if quote:
        cells = next(csv.reader(lines, delimiter=delimiter, quotechar=quote))
    else:
        cells = text.split(delimiter)
    return tuple(cell.strip() for cell in cells)


def _text(raw: bytes, where: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise SourceError(
            f"the header is not written in the declared encoding: {shorten(shown(raw))}",
            where=where,
            hint="in the recipe, encoding: cp1252, or what the file is written in",
        ) from error


def _guess_delimiter(head: bytes, quote: str, uri: str) -> str:
    if any(suffix in _TSV for suffix in Path(uri).suffixes[-2:]):
        return "\t"
    unquoted, is_quoted = [], False
    for char in shown(head[: 1 << 16]).lstrip("\r\n"):
        is_quoted ^= char == quote
        if char == "\n" and not is_quoted:
            break
        if not is_quoted:
            unquoted.append(char)
    found = max(_DELIMITERS, key=unquoted.count)  # the first of equals
    if found != ",":
        _log.info("%s: its cells are divided by %r", uri, found)
    return found
