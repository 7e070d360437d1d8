"""Records of many rows put together by columns, as the plans of the rows say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from curator.kernels import json_fill
from curator.kernels.json_fill import Filled, Slots
from curator.kernels.json_tokens import Places
from curator.read.learned.cells import Cell, ends, program
from curator.read.learned.looks import Source
from curator.read.learned.plan import Plan
from curator.read.learned.table import Mask, Table, made_texts, moved
from curator.records import MESSAGE, MESSAGES, RECORD

_FIELDS = tuple(field.name for field in MESSAGE.fields)


class Block(NamedTuple):
    """Rows that are read by one plan."""

    plan: Plan
    table: Table


class Assembled(NamedTuple):
    """Content columns of records, and the row of the piece that each comes from."""

    frame: pl.DataFrame
    rows: Places


class Laid(NamedTuple):
    """The rows of blocks in their order, laid out for a kernel."""

    rows: Places  # (N,) of the piece
    of_block: Places  # (N,)
    slots: Slots
    made: Slots


def laid_out(tables: Sequence[Table], made: Sequence[Sequence[Source]]) -> Laid:
    """Lay out the rows of ``tables``, all of one piece; of each ``made`` texts are needed, too."""
    rows = np.concatenate([table.rows for table in tables])
    order = np.argsort(rows, kind="stable")
    of_block = np.repeat(np.arange(len(tables)), [len(table.rows) for table in tables])[order]
    return Laid(rows[order], of_block, _slots(tables, order), _made(tables, made, order))


def assembled(blocks: Sequence[Block]) -> Assembled:
    """Give the records of all rows of ``blocks`` in their order; columns that are all null lack."""
    plans = [block.plan for block in blocks]
    laid = laid_out([block.table for block in blocks], [plan.made for plan in plans])
    of_plan = laid.of_block

    def written(cells_of: Callable[[Plan], list[Cell]]) -> Filled | None:
        each = [cells_of(plan) for plan in plans]
        if all(cell is None for cells in each for cell in cells):
            return None
        return json_fill.fill(of_plan, program(each), laid.slots, laid.made)

    columns: dict[str, pl.Series] = {}
    for name, dtype in RECORD.items():
        if dtype == MESSAGES:
            found = _chats(name, plans, of_plan, written)
        elif name == "changes":
            found = _changes(plans, of_plan, written)
        elif dtype == pl.String:
            filled = written(lambda plan, name=name: [r.get(name) for r in plan.records])  # type: ignore[misc]
            found = None if filled is None else pl.Series(_texts(filled))
        else:
            continue
        if found is not None:
            columns[name] = found
    counts = np.array([len(plan.records) for plan in plans])[of_plan]
    return Assembled(pl.DataFrame(columns), np.repeat(laid.rows, counts))


def _slots(tables: Sequence[Table], order: Places) -> Slots:
    """Lay the slots of all tables end to end."""
    piece = tables[0].piece
    sizes = [table.spans.shape[1] for table in tables]
    first = ends(np.repeat(sizes, [len(table.rows) for table in tables]))[:-1]
    spans, opened = [], [piece]
    behind = 0
    for table in tables:
        spans.append(moved(table.spans, len(piece), behind).reshape(-1, 2))
        opened.append(table.opened)
        behind += len(table.opened)
    data = np.concatenate(opened) if behind else piece
    return Slots(data, np.concatenate(spans), first[order])


def _made(tables: Sequence[Table], made: Sequence[Sequence[Source]], order: Places) -> Slots:
    """Lay the texts end to end that are made of the slots of rows."""
    texts: list[str] = []
    sizes = []
    for table, sources in zip(tables, made, strict=True):
        columns = made_texts(table, sources)
        texts += [text for row in zip(*columns, strict=True) for text in row]
        sizes += [len(columns)] * len(table.rows)
    raw = [text.encode() for text in texts]
    places = ends(map(len, raw))
    data = np.frombuffer(b"".join(raw), dtype=np.uint8)
    spans = np.stack([places[:-1], places[1:]], axis=1)
    return Slots(data, spans, ends(sizes)[:-1][order])


Written = Callable[[Callable[[Plan], list[Cell]]], Filled | None]


def _chats(name: str, plans: list[Plan], of_plan: Places, written: Written) -> pl.Series | None:
    chats = [[record.get(name) for record in plan.records] for plan in plans]
    if all(chat is None for each in chats for chat in each):
        return None
    is_there = ragged(of_plan, [[chat is not None for chat in each] for each in chats], np.bool_)
    sizes = ragged(of_plan, [[len(chat or ()) for chat in each] for each in chats], np.int64)
    count = int(sizes.sum())
    fields = []
    for at, field in enumerate(MESSAGE.fields):

        def cells(plan: Plan, at: int = at) -> list[Cell]:
            found = (record.get(name) for record in plan.records)
            return [said[at] for chat in found for said in chat or ()]

        filled = written(cells)
        if filled is None:
            fields.append(pl.Series([None], dtype=field.dtype).new_from_index(0, count).to_arrow())
        elif field.dtype == pl.String:
            fields.append(_texts(filled))
        else:
            fields.append(pl.Series(_texts(filled)).cast(field.dtype).to_arrow())
    messages = pa.StructArray.from_arrays(fields, list(_FIELDS))
    return _lists(messages, sizes, is_there)


def _changes(plans: list[Plan], of_plan: Places, written: Written) -> pl.Series | None:
    filled = written(lambda plan: [cell for record in plan.records for cell in record["changes"]])
    if filled is None:
        return None
    counts = [[len(record["changes"]) for record in plan.records] for plan in plans]
    sizes = ragged(of_plan, counts, np.int64)
    return _lists(_texts(filled), sizes, np.ones(len(sizes), dtype=np.bool_))


def ragged(of_plan: Places, values: list[list[Any]], dtype: Any) -> Any:
    """Give the values of the plan of each row, one after the other."""
    places = ends(map(len, values))
    counts = np.diff(places)[of_plan]
    before = np.cumsum(counts) - counts
    at = np.arange(counts.sum()) + np.repeat(places[of_plan] - before, counts)
    return np.array([value for each in values for value in each], dtype=dtype)[at]


def _texts(filled: Filled) -> Any:
    buffers = [_bits(filled.is_there), pa.py_buffer(filled.offsets), pa.py_buffer(filled.data)]
    return pa.Array.from_buffers(pa.large_string(), len(filled.is_there), buffers)


def _lists(values: Any, sizes: Places, is_there: Mask) -> pl.Series:
    kind = pa.large_list(values.type)
    buffers = [_bits(is_there), pa.py_buffer(ends(sizes))]
    return pl.Series(pa.Array.from_buffers(kind, len(sizes), buffers, children=[values]))


def _bits(is_there: Mask) -> Any:
    return pa.py_buffer(np.packbits(is_there, bitorder="little"))
