"""Cut files of JSON into pieces of whole rows: lines, a list, or an object keyed by id."""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from curator.errors import RecipeError, SourceError
from curator.kernels.json_cut import Bytes, Places, cut_elements, cut_lines
from curator.read.files import SourceFile, open_bytes
from curator.read.values import Unmappable, loads

Form = Literal["lines", "list", "keyed", "single"]
"""Rows are lines; elements of a list; values of an object; or the file is one row."""

PIECE_BYTES = 16 << 20
HEAD_BYTES = 1 << 20
MAX_ROW_BYTES = 256 << 20
"""A row with more bytes is rejected without being held in memory."""

_NAME = {"list": "list", "keyed": "object"}
_SPACE = b" \t\r\n"
_MOST_ELEMENTS = 1 << 16
_KEY = re.compile(rb'"(?:[^"\\]|\\.)*"')
_OPENS_BLOCK = re.compile(rb'\{\s*("(?:[^"\\]|\\.)*"\s*:\s*([\[{]|.*,)?\s*)?')


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Whole rows of a file, in order."""

    form: Form
    data: bytes  # UTF-8; bytes that could not be decoded are no sound UTF-8 here either
    starts: Places
    ends: Places
    lines: Places  # the line of the file on which each row begins, from 1
    first_row: int  # the number of the first row, from 1
    fault: str = ""  # why none of the rows can be read
    repeats: frozenset[int] = frozenset()  # rows whose key a former row has


def decoded(source: SourceFile, encoding: str, chunk_bytes: int) -> Generator[bytes, None, None]:
    """Give the file's bytes as UTF-8, without a byte-order mark. Raises CuratorError."""
    try:
        codec = codecs.lookup(encoding)
    except LookupError:
        raise RecipeError(
            f"{encoding!r} is not an encoding",
            hint="use a name such as utf-8, latin-1, cp1252, utf-16",
        ) from None
    is_utf8 = codec.name in ("utf-8", "utf-8-sig")
    decoder = codec.incrementaldecoder("surrogateescape")
    is_first = True
    with open_bytes(source) as stream:
        while chunk := stream.read(chunk_bytes):
            if is_first and chunk[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and is_utf8:
                raise SourceError(
                    "is UTF-16, not UTF-8", where=source.uri, hint="add encoding: utf-16"
                )
            if not is_utf8:
                try:
                    text = decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    raise SourceError(
                        f"is not {encoding}: {error.reason}", where=source.uri
                    ) from error
                chunk = text.encode("utf-8", "surrogatepass")
            yield chunk.removeprefix(codecs.BOM_UTF8) if is_first else chunk
            is_first = False


def form_of(source: SourceFile, encoding: str) -> Form:
    """Tell from the beginning of a file how its rows are laid out."""
    with closing(decoded(source, encoding, HEAD_BYTES)) as chunks:
        head = next(chunks, b"")
        is_all = next(chunks, b"") == b""
    text = head.lstrip(_SPACE)
    first, _, rest = text.partition(b"\n")
    value = _parsed(first)
    if text.startswith(b"["):
        is_row = isinstance(value, list) and not all(isinstance(each, dict) for each in value)
        return "lines" if is_row and rest.strip(_SPACE) else "list"
    if not text.startswith(b"{"):
        return "lines"
    if isinstance(value, dict):
        is_one = is_all and not rest.strip(_SPACE)
        return "keyed" if is_one and _is_keyed(value) else "lines"
    if is_all and isinstance(whole := _parsed(text), dict):
        return "keyed" if _is_keyed(whole) else "single"
    if _OPENS_BLOCK.fullmatch(first.strip(_SPACE)) and not _has_object_line(rest):
        return "keyed"
    return "lines"


def _parsed(text: bytes) -> object:
    try:
        return loads(text.decode())
    except ValueError:  # broken JSON or bad encoding: neither says how rows are laid out
        return None


def _is_keyed(value: dict[str, object]) -> bool:
    return bool(value) and all(isinstance(inner, dict) for inner in value.values())


def _has_object_line(text: bytes) -> bool:
    return any(isinstance(_parsed(line), dict) for line in text.splitlines() if line[:1] == b"{")


def pieces(
    source: SourceFile, form: Form, encoding: str, piece_bytes: int = PIECE_BYTES
) -> Generator[Piece, None, None]:
    """Yield the rows of ``source`` in pieces of about ``piece_bytes``, each row once, in order."""
    with closing(decoded(source, encoding, piece_bytes)) as chunks:
        if form == "lines":
            yield from _lines(chunks)
        elif form == "single":
            data = b"".join(chunks)
            yield _one(form, data, 1, 1)
        else:
            yield from _elements(chunks, form)


def _one(form: Form, data: bytes, row: int, line: int, fault: str = "") -> Piece:
    place = np.array([0], dtype=np.int64)
    return Piece(
        form=form,
        data=data,
        starts=place,
        ends=place + len(data),
        lines=place + line,
        first_row=row,
        fault=fault,
    )


def _lines(chunks: Iterator[bytes]) -> Iterator[Piece]:
    rows = lines = 0
    carry = b""
    is_skipping = False  # behind the beginning of a line that is too long
    for chunk in _and_end(chunks):
        data, carry = (carry + chunk, b"") if chunk else (carry, b"")
        if is_skipping:
            _, found, data = data.partition(b"\n")
            is_skipping = not found
            lines += bool(found)
        if chunk:
            cut = data.rfind(b"\n") + 1
            data, carry = data[:cut], data[cut:]
        if data:
            starts, ends, numbers, count = cut_lines(np.frombuffer(data, dtype=np.uint8))
            yield Piece(
                form="lines",
                data=data,
                starts=starts,
                ends=ends,
                lines=numbers + lines + 1,
                first_row=rows + 1,
            )
            rows, lines = rows + len(starts), lines + count
        if len(carry) > MAX_ROW_BYTES:
            rows += 1
            yield _one("lines", carry[:HEAD_BYTES], rows, lines + 1, _too_long())
            carry, is_skipping = b"", True


def _too_long() -> str:
    return f"over-long row | more than {MAX_ROW_BYTES:,} bytes"


def _and_end(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield from (chunk for chunk in chunks if chunk)
    yield b""


def _elements(chunks: Iterator[bytes], form: Form) -> Iterator[Piece]:
    rows, line = 0, 1
    is_open = is_closed = False
    carry = b""
    seen: set[bytes] = set()
    for chunk in _and_end(chunks):
        data, at = carry + chunk, 0
        if not is_open and (body := data.lstrip(_SPACE)):
            at = len(data) - len(body) + 1
            line, is_open = line + data[:at].count(b"\n"), True
        while is_open and not is_closed:
            found = _cut(data, at, form, rows, line)
            piece, at, passed, is_closed = found
            line += passed
            if is_closed and not rows and len(piece.starts) == 1 and not len(_row(piece, 0)):
                break  # an empty list
            if not len(piece.starts):
                break
            rows += len(piece.starts)
            yield _without_repeats(piece, seen) if form == "keyed" else piece
        carry = data[at:]
        rest = carry.strip(_SPACE)
        if rest and (is_closed or not chunk or len(carry) > MAX_ROW_BYTES):
            line += carry[: carry.index(rest[:1])].count(b"\n")
            fault = f"broken JSON | text after the end of the {_NAME[form]}" if is_closed else ""
            if not fault and len(carry) > MAX_ROW_BYTES:
                fault = _too_long()
            yield _one(form, rest[:HEAD_BYTES] if fault else rest, rows + 1, line, fault)
            return


def _without_repeats(piece: Piece, seen: set[bytes]) -> Piece:
    """Say which rows have a key that was ``seen``, and remember the others' keys."""
    repeats = set()
    for index in range(len(piece.starts)):
        key = _KEY.match(_row(piece, index))
        if key is None:
            continue
        if key[0] in seen:
            repeats.add(index)
        seen.add(key[0])
    return replace(piece, repeats=frozenset(repeats))


def _cut(data: bytes, at: int, form: Form, rows: int, line: int) -> tuple[Piece, int, int, bool]:
    view: Bytes = np.frombuffer(data, dtype=np.uint8)
    starts, ends, numbers = (np.empty(_MOST_ELEMENTS, dtype=np.int64) for _ in range(3))
    closing = ord("]" if form == "list" else "}")
    found, after, passed, is_closed = cut_elements(view, at, closing, starts, ends, numbers)
    piece = Piece(
        form=form,
        data=data,
        starts=starts[:found],
        ends=ends[:found],
        lines=numbers[:found] + line,
        first_row=rows + 1,
    )
    return piece, after, passed, is_closed


def _row(piece: Piece, index: int) -> bytes:
    return piece.data[piece.starts[index] : piece.ends[index]]


def row_text(piece: Piece, index: int, encoding: str) -> str:
    """Give one row as text. Raises Unmappable naming the first byte that cannot be decoded."""
    row = _row(piece, index)
    try:
        return row.decode()
    except UnicodeDecodeError as error:
        detail = f"byte {error.start + 1} of the row is not {encoding}"
        raise Unmappable("bad encoding", detail) from None


def shown(piece: Piece, index: int, encoding: str) -> str:
    """Give one row as text, whatever it holds: bytes that are no text are escaped."""
    row = _row(piece, index).rstrip(b"\r")
    try:
        return row.decode()
    except UnicodeDecodeError:
        if codecs.lookup(encoding).name.startswith("utf-8"):
            return row.decode("utf-8", "backslashreplace")
        former = row.decode("utf-8", "surrogatepass").encode(encoding, "surrogateescape")
        return former.decode(encoding, "backslashreplace")
