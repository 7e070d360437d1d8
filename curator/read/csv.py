"""Read delimited text (CSV, TSV) with a header: good rows as they are, others as rejects."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from curator.errors import RecipeError, SourceError, shorten
from curator.kernels import csv_scan
from curator.read import rows
from curator.read.decoding import known, shown, utf8_pieces
from curator.read.dialect import Dialect, recognise
from curator.read.files import SourceFile, find, open_bytes
from curator.read.pieces import lazily

PIECE_BYTES = 8 << 20
LONGEST_RECORD_BYTES = 64 << 20
"""A quote that is open for longer was never meant to be one."""

HEADER_BYTES = 1 << 20
_RESCAN_FACTOR = 50  # so many times the file may be looked at again because its quotes are flawed


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to read, and what its columns mean."""

    path: str | tuple[str, ...]
    map: dict[str, Any] | None = None
    shape: str | None = None
    roles: dict[str, str] | None = None
    split: str | None = None
    group: str | None = None
    licence: str | None = None
    language: str | None = None
    max_chars: int = 1_000_000  # of one cell
    encoding: str = "utf-8"
    delimiter: str | None = None  # by default a tab for .tsv, else what the header holds most of
    quote: str = '"'  # empty: quotes are text


def read(options: Options) -> pl.LazyFrame:
    """
    Give the rows of all files, rejects in their places.

    Cells are text as written, an empty one is an empty text. Blank lines are no rows. Where the
    quotes of a row do not pair up, its first line is rejected, and the next row begins after it.
    Raises: SourceError, RecipeError; what is wrong inside a file when it is reached.
    """
    for name, sign in (("delimiter", options.delimiter), ("quote", options.quote)):
        if sign and (len(sign) > 1 or not sign.isascii() or sign in "\r\n"):
            raise RecipeError(f"{name} {sign!r} is not one ASCII character")
    known(options.encoding)
    files = find(options.path)
    return lazily(lambda: (piece for source in files for piece in pieces(source, options)))


def pieces(
    source: SourceFile, options: Options, piece_bytes: int = PIECE_BYTES
) -> Iterator[pl.DataFrame]:
    """Yield the RECORD frames of one file, the same rows whatever the pieces."""
    reading: rows.Reading | None = None
    for piece in _parsed(source, options, piece_bytes):
        parts = [rows.rejects(piece.bad, source)] if piece.bad else []
        if piece.good.height:
            if reading is None:
                sample = piece.good.head(rows.SAMPLE_ROWS).to_dicts()
                reading = rows.recognise(sample, options, source.uri)
            parts.append(rows.from_frame(piece.good, reading, source, piece.row, piece.line))
        if parts:
            yield rows.in_order(parts)


class Piece(NamedTuple):
    """Some rows of a file: the well-formed ones as a frame, the others in words."""

    good: pl.DataFrame  # every column String
    row: pl.Series
    line: pl.Series
    bad: list[tuple[int, int | None, str, str]]  # row, line, reason, raw text


def _parsed(source: SourceFile, options: Options, piece_bytes: int) -> Iterator[Piece]:
    """Parse pieces one ahead of their use: one thread finds the cells, another copies them."""
    coming: deque[Future[Piece]] = deque()
    with ThreadPoolExecutor(1) as pool:
        for scanned in _scanned(source, options, piece_bytes):
            coming.append(pool.submit(_piece, scanned))
            if len(coming) > 1:
                yield coming.popleft().result()
        for last in coming:
            yield last.result()


class Scanned(NamedTuple):
    """Some bytes of a file, and the records found in them."""

    data: Any
    found: csv_scan.Scan
    dialect: Dialect
    row: int  # rows before
    line: int  # the line of the first byte


def _scanned(source: SourceFile, options: Options, piece_bytes: int) -> Iterator[Scanned]:
    longest = max(LONGEST_RECORD_BYTES, 4 * options.max_chars)
    dialect: Dialect | None = None
    row, line, rescanned, seen, rest, at_end = 0, 1, 0, 0, b"", False
    with open_bytes(source) as stream:
        coming = utf8_pieces(stream, options.encoding, source.uri, piece_bytes)
        while not at_end:
            chunk = next(coming, b"")
            at_end, seen, rest = not chunk, seen + len(chunk), rest + chunk
            if dialect is None:
                header = recognise(
                    rest,
                    options.delimiter,
                    options.quote,
                    source.uri,
                    at_end=at_end or len(rest) > HEADER_BYTES,
                )
                if header is None:
                    continue
                dialect, used, line = header
                rest = rest[used:]
            data = np.frombuffer(rest, np.uint8)
            patience = _RESCAN_FACTOR * max(seen, longest) - rescanned
            found = csv_scan.scan(
                data,
                ord(dialect.delimiter),
                ord(dialect.quote) if dialect.quote else -1,
                len(dialect.columns),
                at_end=at_end,
                give_up=len(data) >= longest,
                max_rescanned=patience,
            )
            rescanned += found.rescanned
            if found.rescanned > patience:
                raise SourceError(
                    "the quotes do not pair up, over and over",
                    where=f"{source.uri}:{line}",
                    hint='in the recipe, quote: "" reads quotes as text',
                )
            if len(data) >= longest and not found.consumed:
                raise SourceError(
                    f"one line is longer than {longest:,} bytes: this is not delimited text",
                    where=f"{source.uri}:{line}",
                )
            if len(found.starts):
                yield Scanned(data, found, dialect, row, line)
            row, line = row + len(found.starts), line + found.line_ends
            rest = rest[found.consumed :]


def _piece(scanned: Scanned) -> Piece:
    data, found, dialect, row, line = scanned
    quote = ord(dialect.quote) if dialect.quote else -1
    cells = pl.DataFrame(
        _texts(name, *csv_scan.gather(data, found.spans, at, quote))
        for at, name in enumerate(dialect.columns)
    )
    is_whole = (found.flaws == csv_scan.FINE) & (found.cells == len(dialect.columns))
    is_text = cells.select(pl.all_horizontal(pl.all().is_not_null())).to_series().to_numpy()
    whole = np.flatnonzero(is_whole)
    reasons = {
        at: _reason(int(found.flaws[at]), int(found.cells[at]), len(dialect.columns))
        for at in np.flatnonzero(~is_whole).tolist()
    }
    for index in np.flatnonzero(~is_text).tolist():
        wrong = (shorten(name) for name in dialect.columns if cells[name][index] is None)
        reasons[int(whole[index])] = f"bad encoding | {', '.join(wrong)}"
    kept = whole[is_text]
    return Piece(
        cells.filter(pl.Series(is_text)),
        pl.Series("row", kept + (row + 1)),
        pl.Series("line", found.lines[kept] + line),
        [
            (
                row + at + 1,
                line + int(found.lines[at]),
                why,
                shown(data[found.starts[at] : found.ends[at]].tobytes()),
            )
            for at, why in sorted(reasons.items())
        ],
    )


def _reason(flaw: int, cells: int, columns: int) -> str:
    if flaw == csv_scan.STRAY_QUOTE:
        return "stray quote | text follows a closing quote: inside quotes, write them twice"
    if flaw == csv_scan.UNTERMINATED:
        return "unterminated quote | it opens on this line and is not closed at the end of a cell"
    many = "few" if cells < columns else "many"
    return f"too {many} cells | {cells} where the header has {columns}"


def _texts(name: str, offsets: Any, gathered: Any) -> pl.Series:
    """Give cells as text, null where they are not UTF-8."""
    import pyarrow as pa

    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(gathered)]
    array = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(offsets) - 1, buffers)
    cells = pl.Series(name, array, dtype=pl.Binary)
    try:
        return cells.cast(pl.String)
    except pl.exceptions.ComputeError:  # all or nothing: look for the cells that are to blame
        return pl.Series(name, [_text(cell) for cell in cells], pl.String)


def _text(cell: bytes) -> str | None:
    try:
        return cell.decode()
    except UnicodeDecodeError:
        return None
