"""Read JSON lines, a JSON list, or an object keyed by id: fast where all readers agree."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from curator.kernels.json_tokens import Places
from curator.read import rows
from curator.read.files import SourceFile, find
from curator.read.json_pieces import Form, Piece, form_of, pieces, row_text, shown
from curator.read.learned import Learned, Rows
from curator.read.learned.frames import Assembled
from curator.read.pieces import lazily
from curator.read.reading import SAMPLE_ROWS, Reading, recognise
from curator.read.values import Unmappable, dumps, members

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
    learned: Learned | None
    encoding: str

    def carefully(self) -> Plan:
        """Give the same plan without the fast way."""
        return replace(self, learned=None)


def plans(options: Options) -> list[Plan]:
    """Look at the first rows of every file, and decide how it is read."""
    return [plan_of(source, options) for source in find(options.path)]


def plan_of(source: SourceFile, options: Options) -> Plan:
    """Look at the first rows of a file, and decide how it is read."""
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
    return Plan(source, form, reading, Learned(reading) if reading else None, options.encoding)


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
    parts = []
    found = rows_of(piece, plan)
    left = np.ones(len(piece.starts), dtype=np.bool_)
    if plan.learned:
        frame, known = plan.learned.read(found)
        if frame is not None:
            parts.append(frame)
            left[known] = False
    return rows.in_order([*parts, found.carefully(np.flatnonzero(left))])


def rows_of(piece: Piece, plan: Plan) -> Rows:
    """Give the rows of a piece, and the ways to make RECORD frames of them."""
    numbers = np.arange(piece.first_row, piece.first_row + len(piece.starts), dtype=np.int64)

    def carefully(some: Places) -> pl.DataFrame:
        careful: list[dict[str, Any]] = []
        for index in some.tolist():
            place_of = (int(numbers[index]), int(piece.lines[index]), plan.source)
            careful += [rows.placed(record, *place_of) for record in _careful(piece, index, plan)]
        return rows.frame(careful)

    def finished(told: Assembled) -> pl.DataFrame:
        assert plan.reading
        place = (pl.Series(numbers[told.rows]), pl.Series(piece.lines[told.rows]))
        return rows.finished(told.frame, plan.reading, plan.source, *place)

    data = np.frombuffer(piece.data, dtype=np.uint8)
    may_be_learned = piece.form in ("lines", "list") and not piece.fault
    return Rows(
        data, piece.starts, piece.ends, numbers, piece.lines, may_be_learned, finished, carefully
    )


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
