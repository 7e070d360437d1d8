"""Cut a file into rows as its bytes are: whoever receives it reads it so too."""

from __future__ import annotations

import codecs
import gzip
import json
import os
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

import numpy as np

from curator.errors import SourceError
from curator.kernels.json_cut import Bytes, Places, cut_elements, cut_lines

Form = Literal["lines", "list", "object"]
"""Rows are lines; or elements of one list; or the file is one object over several lines."""

BLOCK_BYTES = 16 << 20
MAX_ROW_BYTES = 256 << 20
"""A row with more bytes is broken: it is not held in memory."""

_HEAD_BYTES = 1 << 20
_MOST_ELEMENTS = 1 << 16
_SPACE = b" \t\r\n"
_OTHERS = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"ARROW1": "an Arrow file",
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file as it is on disk, and how it begins."""

    path: Path
    uri: str
    size_bytes: int  # on disk
    is_packed: bool  # with gzip
    bom: str  # "", "UTF-8" or "UTF-16"
    form: Form

    @property
    def has_rows(self) -> bool:
        """Whether anything in it can be told to be a row."""
        return self.form != "object" and self.bom != "UTF-16"


@dataclass(frozen=True, kw_only=True)
class Block:
    """Whole rows of a file, in order, not yet cut; those of a list are."""

    data: bytes
    stop: int  # where the rows end
    cut: tuple[Places, Places, Places, int] | None = None
    is_too_long: bool = False  # stands for one row beyond MAX_ROW_BYTES, which is not here


_TOO_LONG = Block(data=b"", stop=0, is_too_long=True)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The rows of a block."""

    data: bytes
    starts: Places
    ends: Places
    numbers: Places  # of the line on which each row begins, from 0 in the block
    blank: Places  # of lines that hold nothing
    line_count: int
    is_too_long: bool


def opened(path: str | Path) -> Source:
    """Look at the beginning of a file. Raises SourceError if it cannot be one of JSON rows."""
    uri = str(path)
    try:
        size_bytes = Path(path).stat().st_size
        with Path(path).open("rb") as stream:
            magic = stream.read(8)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", where=uri) from error
    for begins, what in _OTHERS.items():
        if magic.startswith(begins):
            raise SourceError(
                f"is {what}", where=uri, hint="vendors take JSON lines: curator export makes them"
            )
    is_packed = magic.startswith(b"\x1f\x8b")
    source = Source(
        path=Path(path), uri=uri, size_bytes=size_bytes, is_packed=is_packed, bom="", form="lines"
    )
    head = next(_chunks(source, _HEAD_BYTES), b"")
    bom = ""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        bom = "UTF-16"
    elif head.startswith(codecs.BOM_UTF8):
        bom = "UTF-8"
    form: Form = "lines" if bom == "UTF-16" else _form(head.removeprefix(codecs.BOM_UTF8))
    return Source(
        path=source.path, uri=uri, size_bytes=size_bytes, is_packed=is_packed, bom=bom, form=form
    )


def _form(head: bytes) -> Form:
    text = head.lstrip(_SPACE)
    first, _, rest = text.partition(b"\n")
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):  # broken, cut off, too deep, or going on in the next line
        value = None
    if text.startswith(b"["):
        is_row = isinstance(value, list) and bool(rest.strip(_SPACE))
        return "lines" if is_row else "list"
    is_open = value is None and first.strip(_SPACE) == b"{"
    return "object" if is_open else "lines"


def blocks(source: Source, block_bytes: int = BLOCK_BYTES) -> Generator[Block, None, None]:
    """
    Yield the rows of ``source``, each once, in order; a byte-order mark is no part of them.

    Keeps:  no more than MAX_ROW_BYTES and two blocks are in memory.
    Raises: SourceError where the packing is damaged.
    """
    if not source.has_rows:
        return
    if source.form == "lines" and not source.is_packed:
        yield from _lines(source, block_bytes)
    else:
        chunks = _without_mark(_chunks(source, block_bytes))
        yield from _packed_lines(chunks) if source.form == "lines" else _elements(chunks)


def cut(block: Block) -> Piece:
    """Find the rows of a block."""
    none = np.zeros(0, dtype=np.int64)
    if block.is_too_long:
        starts = ends = numbers = np.zeros(1, dtype=np.int64)
        count, blank = 1, none
    elif block.cut:
        starts, ends, numbers, count = block.cut
        blank = none
    else:
        data = np.frombuffer(block.data, dtype=np.uint8, count=block.stop)
        starts, ends, numbers, count = cut_lines(data)
        blank = np.setdiff1d(np.arange(count), numbers) if len(numbers) < count else none
    return Piece(
        data=block.data,
        starts=starts,
        ends=ends,
        numbers=numbers,
        blank=blank,
        line_count=count,
        is_too_long=block.is_too_long,
    )


def _chunks(source: Source, chunk_bytes: int) -> Iterator[bytes]:
    try:
        with _stream(source) as stream:
            while chunk := stream.read(chunk_bytes):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError("is a damaged gzip file", where=source.uri) from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", where=source.uri) from error


def _stream(source: Source) -> IO[bytes]:
    if source.is_packed:
        return cast("IO[bytes]", gzip.open(source.path, "rb"))
    return source.path.open("rb", buffering=0)


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(chunks, b"")
    if first := first.removeprefix(codecs.BOM_UTF8):
        yield first
    yield from chunks


def _lines(source: Source, block_bytes: int) -> Iterator[Block]:
    """Read what holds whole lines; what is behind the last line end is read again with the next."""
    at = len(codecs.BOM_UTF8) if source.bom else 0
    size, is_skipping = block_bytes, False
    with source.path.open("rb", buffering=0) as stream:
        while chunk := os.pread(stream.fileno(), size, at):
            stop = chunk.rfind(b"\n") + 1
            is_last = len(chunk) < size
            if is_skipping or (not stop and len(chunk) > MAX_ROW_BYTES):
                is_skipping = b"\n" not in chunk and not is_last
                if not is_skipping:
                    yield _TOO_LONG
                at += chunk.find(b"\n") + 1 or len(chunk)
                size = block_bytes
            elif stop or is_last:
                yield Block(data=chunk, stop=stop or len(chunk))
                at, size = at + (stop or len(chunk)), block_bytes
            else:
                size *= 2


def _packed_lines(chunks: Iterator[bytes]) -> Iterator[Block]:
    parts: list[bytes] = []  # of a line that goes on
    held = 0
    is_skipping = False
    for chunk in chunks:
        stop = chunk.rfind(b"\n") + 1
        held += len(chunk)
        if not stop:
            if held > MAX_ROW_BYTES:
                parts, is_skipping = [], True
            if not is_skipping:
                parts.append(chunk)
            continue
        start = 0
        if is_skipping:
            yield _TOO_LONG
            start = chunk.index(b"\n") + 1
        if data := b"".join([*parts, chunk[start:stop]]):
            yield Block(data=data, stop=len(data))
        parts, is_skipping = [chunk[stop:]], False
        held = len(chunk) - stop
    if is_skipping:
        yield _TOO_LONG
    elif last := b"".join(parts):
        yield Block(data=last, stop=len(last))


def _elements(chunks: Iterator[bytes]) -> Iterator[Block]:
    """Cut the elements of the list that the file is; what follows it is one more, broken row."""
    carry = b""
    lines, rows = 0, 0  # that no block has yet
    is_open = is_closed = False
    for chunk in chunks:
        data, at = carry + chunk, 0
        if not is_open and (body := data.lstrip(_SPACE)):
            at = len(data) - len(body) + 1
            lines, is_open = data[:at].count(b"\n"), True
        while is_open and not is_closed:
            starts, ends, numbers, at, passed, is_closed = _cut(data, at)
            if not len(starts):
                break
            is_void = is_closed and not rows and len(starts) == 1 and starts[0] == ends[0]
            if not is_void:
                yield Block(
                    data=data, stop=len(data), cut=(starts, ends, numbers + lines, lines + passed)
                )
                rows, lines, passed = rows + len(starts), 0, 0
            lines += passed
        carry = data[at:]
        if (is_closed and carry.strip(_SPACE)) or len(carry) > MAX_ROW_BYTES:
            break
    if rest := carry.strip(_SPACE):
        lines += carry[: carry.index(rest[:1])].count(b"\n")
        place = np.zeros(1, dtype=np.int64)
        yield Block(
            data=rest,
            stop=len(rest),
            cut=(place, place + len(rest), place + lines, lines),
        )


def _cut(data: bytes, at: int) -> tuple[Places, Places, Places, int, int, bool]:
    view: Bytes = np.frombuffer(data, dtype=np.uint8)
    starts, ends, numbers = (np.empty(_MOST_ELEMENTS, dtype=np.int64) for _ in range(3))
    count, after, passed, is_closed = cut_elements(view, at, ord("]"), starts, ends, numbers)
    return starts[:count], ends[:count], numbers[:count], after, passed, is_closed
