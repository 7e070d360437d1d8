"""Read JSON lines, a JSON list, or an object keyed by id: fast where all readers agree."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from curator.kernels.json_fields import CHAT, TEXT, UNWANTED, ask
from curator.kernels.json_scan import Scan, scan
from curator.kernels.json_texts import gather
from curator.kernels.json_tokens import Bytes, Places
from curator.read import rows
from curator.read.files import SourceFile, find
from curator.read.json_pieces import Form, Piece, form_of, pieces, row_text, shown
from curator.read.pieces import lazily
from curator.read.reading import SAMPLE_ROWS, Reading, recognise
from curator.read.values import Unmappable, dumps, members

QUOTE = ord('"')
THREADS = 2
"""Pieces worked on at a time: the scan leaves the interpreter to others, and so does Polars."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a recipe may say of JSON files."""

    path: str | tuple[str, ...]
    map: dict[str, Any] | None = None
    shape: str | None = None
    roles: dict[str, str] | None = None
    split: str | None = None
    group: str | None = None
    licence: str | None = None
    language: str | None = None
    max_chars: int = 1_000_000  # of one text; a row with a longer one is rejected
    encoding: str = "utf-8"


def read(options: Options) -> pl.LazyFrame:
    """
    Give the records of all files in order, every line that cannot be one as a reject.

    Raises: SourceError when a file is not there, RecipeError when no shape or map fits it.
    """
    return lazily(partial(frames, plans(options), options))


@dataclass(frozen=True)
class Plan:
    """How one file is read."""

    source: SourceFile
    form: Form
    reading: Reading | None  # None: no good row was found
    encoding: str

    def carefully(self) -> Plan:
        """Give the same plan without the fast way."""
        return replace(self, reading=self.reading and replace(self.reading, layout={}))


def plans(options: Options) -> list[Plan]:
    """Look at the first rows of every file, and decide how it is read."""
    return [_plan(source, options) for source in find(options.path)]


def _plan(source: SourceFile, options: Options) -> Plan:
    form = form_of(source, options.encoding)
    sample: list[dict[str, Any]] = []
    with closing(pieces(source, form, options.encoding, 1 << 20)) as cut:
        for piece in cut:
            for index in range(min(len(piece.starts), 20 * SAMPLE_ROWS)):
                if piece.fault:
                    break
                try:
                    sample.append(_members(piece, index, options.encoding)[0])
                except Unmappable:
                    continue
                if len(sample) == SAMPLE_ROWS:
                    break
            if sample:
                break
    reading = recognise(sample, options, source.uri) if sample else None
    return Plan(source, form, reading, options.encoding)


def frames(plans: list[Plan], options: Options) -> Iterator[pl.DataFrame]:
    """Yield the frames of all pieces in order, a few of them being worked on at a time."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[pl.DataFrame]] = deque()
        try:
            for plan in plans:
                for piece in pieces(plan.source, plan.form, options.encoding):
                    waiting.append(pool.submit(_frame, piece, plan))
                    if len(waiting) > THREADS:
                        yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _frame(piece: Piece, plan: Plan) -> pl.DataFrame:
    reading = plan.reading
    numbers = np.arange(piece.first_row, piece.first_row + len(piece.starts), dtype=np.int64)
    is_regular = np.zeros(len(numbers), dtype=np.bool_)
    parts = []
    if reading and reading.layout and piece.form in ("lines", "list") and not piece.fault:
        found, is_regular = _regular(piece, reading)
        place = (pl.Series(numbers[is_regular]), pl.Series(piece.lines[is_regular]))
        parts.append(rows.finished(found, reading, plan.source, *place))
    careful: list[dict[str, Any]] = []
    for index in np.flatnonzero(~is_regular).tolist():
        place_of = (int(numbers[index]), int(piece.lines[index]), plan.source)
        careful += [rows.placed(record, *place_of) for record in _careful(piece, index, plan)]
    return rows.in_order([*parts, rows.frame(careful)])


def _regular(piece: Piece, reading: Reading) -> tuple[pl.DataFrame, np.ndarray[Any, Any]]:
    """Read the regular rows without a loop in Python; which they were turns out on the way."""
    layout = reading.layout
    inner = tuple(dict.fromkeys(f.name for d in layout.values() for f in rows.inner_fields(d)))
    kinds = {name: TEXT if dtype == pl.String else CHAT for name, dtype in layout.items()}
    unwanted = dict.fromkeys(sorted(reading.taken - set(layout)), UNWANTED)
    asked = ask(kinds | unwanted, set(layout) - reading.taken, inner)
    data = np.frombuffer(piece.data, dtype=np.uint8)
    found = scan(data, piece.starts, piece.ends, asked, reading.max_chars)
    columns = {
        name: _texts(*gather(data, found.texts[at]))
        if kind == TEXT
        else _chats(data, inner, found.said, found.chat_offsets)
        for at, (name, kind) in enumerate(kinds.items())
    }
    rest = _texts(found.rest_offsets, found.rest, np.diff(found.rest_offsets) > 0)
    told = reading.to_frame(pl.DataFrame(columns, schema=layout)).with_columns(meta=rest)
    is_odd = told["is_odd"] | pl.Series(_has_number(data, kinds, reading.only_text, found))
    is_regular = found.is_regular
    is_regular[np.flatnonzero(is_regular)[is_odd.to_numpy()]] = False
    return told.filter(~is_odd).drop("is_odd"), is_regular


def _has_number(
    data: Bytes, kinds: dict[str, int], only_text: Collection[str], found: Scan
) -> np.ndarray[Any, Any]:
    """Tell which regular rows hold a number or boolean where only text will do."""
    has_number = np.zeros(len(found.rest_offsets) - 1, dtype=np.bool_)
    for at, (name, kind) in enumerate(kinds.items()):
        if kind == TEXT and name in only_text:
            has_number |= _unquoted(data, found.texts[at])
    for spans in found.said:
        at_messages = np.flatnonzero(_unquoted(data, spans))
        has_number[np.searchsorted(found.chat_offsets, at_messages, side="right") - 1] = True
    return has_number


def _unquoted(data: Bytes, spans: Places) -> np.ndarray[Any, Any]:
    starts, ends = spans[:, 0], spans[:, 1]
    before = np.where(ends < 0, 0, np.where(starts < 0, ~starts, starts) - 1)
    is_unquoted: np.ndarray[Any, Any] = (ends >= 0) & (data[before] != QUOTE)
    return is_unquoted


def _texts(offsets: Places, data: Bytes, is_there: np.ndarray[Any, Any]) -> pl.Series:
    return pl.Series(_arrow_texts(offsets, data, is_there))


def _arrow_texts(offsets: Places, data: Bytes, is_there: np.ndarray[Any, Any]) -> Any:
    valid = pa.py_buffer(np.packbits(is_there, bitorder="little"))
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), len(is_there), buffers)


def _chats(data: Bytes, inner: tuple[str, ...], said: Places, offsets: Places) -> pl.Series:
    texts = [_arrow_texts(*gather(data, spans)) for spans in said]
    messages = pa.StructArray.from_arrays(texts, list(inner))
    starts = pa.Array.from_buffers(pa.int64(), len(offsets), [None, pa.py_buffer(offsets)])
    return pl.Series(pa.LargeListArray.from_arrays(starts, messages))


def _careful(piece: Piece, index: int, plan: Plan) -> list[dict[str, Any]]:
    try:
        if piece.fault:
            return [rows.rejected(piece.fault, shown(piece, index, plan.encoding))]
        fields, raw = _members(piece, index, plan.encoding)
        if plan.reading is not None:
            return plan.reading.records(fields, raw)
        why = Unmappable("no known shape", "no good row stands at the beginning of the file")
    except Unmappable as error:
        why = error
    return [rows.rejected(why, shown(piece, index, plan.encoding))]


def _members(piece: Piece, index: int, encoding: str) -> tuple[dict[str, Any], dict[str, str]]:
    text = row_text(piece, index, encoding)
    if piece.form != "keyed":
        return members(text)
    if not text:
        raise Unmappable("broken JSON", "nothing stands between two commas")
    _, outer = members(f"{{{text}}}")
    ((key, inner),) = outer.items()
    if index in piece.repeats:
        raise Unmappable("duplicate key", key)
    fields, raw = members(inner)
    name = "key" if "key" not in fields else "_key"
    return {name: key, **fields}, {name: dumps(key), **raw}
