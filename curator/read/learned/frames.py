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


def assembled(blocks: Sequence[Block]) -> Assembled:
    """Give the records of all rows of ``blocks`` in their order; columns that are all null lack."""
    rows = np.concatenate([block.table.rows for block in blocks])
    order = np.argsort(rows, kind="stable")
    plans = [block.plan for block in blocks]
    of_plan = np.repeat(np.arange(len(blocks)), [len(block.table.rows) for block in blocks])[order]
    slots, made = _slots(blocks, order), _made(blocks, order)

    def written(cells_of: Callable[[Plan], list[Cell]]) -> Filled | None:
        each = [cells_of(plan) for plan in plans]
        if all(cell is None for cells in each for cell in cells):
            return None
        return json_fill.fill(of_plan, program(each), slots, made)

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
    return Assembled(pl.DataFrame(columns), np.repeat(rows[order], counts))


def _slots(blocks: Sequence[Block], order: Places) -> Slots:
    """Lay the slots of all blocks end to end; all blocks are of one piece."""
    piece = blocks[0].table.piece
    sizes = [block.table.spans.shape[1] for block in blocks]
    counts = [len(block.table.rows) for block in blocks]
    first = np.cumsum([0, *np.repeat(sizes, counts)])[:-1].astype(np.int64)
    spans, opened = [], [piece]
    behind = 0
    for block in blocks:
        spans.append(moved(block.table.spans, len(piece), behind).reshape(-1, 2))
        opened.append(block.table.opened)
        behind += len(block.table.opened)
    data = np.concatenate(opened) if behind else piece
    return Slots(data, np.concatenate(spans), first[order])


def _made(blocks: Sequence[Block], order: Places) -> Slots:
    """Lay the texts end to end that plans make of the slots of their rows."""
    texts: list[str] = []
    sizes = []
    for plan, table in blocks:
        made = made_texts(table, plan)
        texts += [text for row in zip(*made, strict=True) for text in row]
        sizes += [len(made)] * len(table.rows)
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
    is_there = _ragged(of_plan, [[chat is not None for chat in each] for each in chats], np.bool_)
    sizes = _ragged(of_plan, [[len(chat or ()) for chat in each] for each in chats], np.int64)
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
    sizes = _ragged(of_plan, counts, np.int64)
    return _lists(_texts(filled), sizes, np.ones(len(sizes), dtype=np.bool_))


def _ragged(of_plan: Places, values: list[list[Any]], dtype: Any) -> Any:
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
