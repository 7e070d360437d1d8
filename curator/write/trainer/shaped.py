"""Rows by their shapes, and those of one shape put together by columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from curator.prompt.turns import Turns
from curator.records import ROLES
from curator.write.trainer.chat import Chat, chats
from curator.write.trainer.probe import WHITESPACE, Slot
from curator.write.trainer.shapes import Place, Shape

Ints = NDArray[np.int64]

ODD = 255
"""Stands for a message that has no shape: of a call, of a tool, or of a text that is blank."""

MAX_BYTES = 1_048_576
"""Longer rows are written by Jinja, which refuses what is larger than any chat."""


class Block(NamedTuple):
    """Some rows as they are written."""

    rows: Ints  # (n,)
    texts: pl.Series
    prompt_bytes: Ints
    counts: Ints  # regions of each row
    areas: Ints  # (4, sum of counts): message, role, start, end


class Rows:
    """The messages of a batch by row and place."""

    def __init__(self, turns: Turns, tools: pl.Series) -> None:
        self.turns, self.tools, self.count = turns, tools, len(turns.offsets) - 1

    @cached_property
    def size_bytes(self) -> Ints:
        """How long the texts of each row are, (N,)."""
        said = [pl.col(name) for name in ("content", "reasoning") if name in self.turns.flat]
        sizes = self.turns.flat.select(
            pl.sum_horizontal(text.str.len_bytes().cast(pl.Int64) for text in said)
        )
        before = np.concatenate([[0], np.cumsum(sizes.to_series().to_numpy())])
        total: Ints = np.diff(before[self.turns.offsets])
        return total

    def shapes(self) -> Iterator[tuple[tuple[bytes, str | None], Ints]]:
        """Give each shape with its rows, in the order of their first."""
        codes, offsets = _codes(self.turns.flat), pa.py_buffer(self.turns.offsets)
        buffers = [None, offsets, pa.py_buffer(codes)]
        said = pa.Array.from_buffers(pa.large_binary(), self.count, buffers)
        frame = pl.DataFrame({"said": pl.Series(said), "tools": self.tools.cast(pl.String)})
        groups = frame.with_row_index("row").group_by("said", "tools", maintain_order=True)
        for shape, tools, members in groups.agg("row").iter_rows():
            yield (shape, tools), np.array(members, np.int64)

    def chats(self, members: Ints) -> Iterator[Chat]:
        """Give some rows as a template reads them."""
        counts = np.diff(self.turns.offsets)[members]
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        first = np.repeat(self.turns.offsets[members] - offsets[:-1], counts)
        flat = self.turns.flat[first + np.arange(offsets[-1])]
        return chats(Turns(flat=flat, offsets=offsets), self.tools.gather(pl.Series(members)))

    def texts(self, members: Ints, message: int, column: str) -> pl.Series:
        """Give a field of the same message of some rows."""
        at = pl.Series(self.turns.offsets[members] + message)
        return self.turns.flat[column].gather(at)

    def lack(self, shape: Shape, members: Ints) -> NDArray[np.bool_]:
        """Say of each row whether no field holds a literal that it must not."""
        holds = np.zeros(members.size, bool)
        for message, column, literals in shape.guards:
            texts = self.texts(members, message, column)
            holds |= texts.str.contains_any(list(literals)).fill_null(value=False).to_numpy()
        return ~(holds | (self.size_bytes[members] > MAX_BYTES))


def _codes(flat: pl.DataFrame) -> NDArray[np.uint8]:
    """Give each message a number for what a template may see of it without its texts."""
    roles = {role: index for index, role in enumerate(ROLES)}
    odd = [pl.col("tool_calls").is_not_null(), pl.col("tool_call_id").is_not_null()]
    code = pl.col("role").replace_strict(roles, default=None, return_dtype=pl.UInt8)
    weight = len(ROLES)
    for name in ("content", "reasoning", "name"):
        if name not in flat.columns:
            continue
        text = pl.col(name)
        odd.append(pl.lit(_is_blank(flat[name])))
        kind = pl.when(text.is_null()).then(0).when(text.str.len_bytes() == 0).then(1).otherwise(2)
        code += kind.cast(pl.UInt8) * weight
        weight *= 3
    known = [one.fill_null(value=False) for one in odd]
    code = pl.when(pl.any_horizontal(known)).then(None).otherwise(code).fill_null(ODD)
    return flat.select(code.cast(pl.UInt8)).to_series().to_numpy()


def _is_blank(texts: pl.Series) -> pl.Series:
    """Say of each text whether it has only white space; nulls and empty texts have none."""
    # comparing looks at the first bytes alone: white space sorts before "!" or after "~"
    may_be = ((texts < "!") & (texts > "")) | ((texts > "~") & (texts < "\u3001"))
    at = may_be.fill_null(value=False).arg_true()
    is_blank = texts.gather(at).str.strip_chars(WHITESPACE) == ""
    return pl.Series(np.zeros(len(texts), bool)).scatter(at, is_blank)


def assembled(shape: Shape, rows: Rows, members: Ints) -> Block:
    """Write rows of a learned shape."""
    cut = {slot: _cut(rows, members, slot) for slot in dict.fromkeys(shape.slots)}
    parts = [cut[part] if isinstance(part, Slot) else part for part in shape.parts]
    # a column of nothing first, so that a text without slots has a row for each
    first = pl.repeat("", members.size, dtype=pl.String, eager=True)
    texts = pl.select(pl.concat_str([pl.lit(part) for part in (first, *parts)])).to_series()
    sizes = {slot: text.str.len_bytes().to_numpy() for slot, text in cut.items()}
    before = np.zeros((len(shape.slots) + 1, members.size), np.int64)
    for place, slot in enumerate(shape.slots):
        before[place + 1] = before[place] + sizes[slot]

    def at(place: Place) -> Ints:
        where: Ints = before[place.slots] + place.size_bytes
        return where

    areas = np.empty((4, members.size, len(shape.areas)), np.int64)
    for index, area in enumerate(shape.areas):
        areas[0, :, index], areas[1, :, index] = area.message, area.role
        areas[2, :, index], areas[3, :, index] = at(area.start), at(area.end)
    prompts = np.full(members.size, -1) if shape.prompt is None else at(shape.prompt)
    counts = np.full(members.size, len(shape.areas))
    return Block(members, texts, prompts, counts, areas.reshape(4, -1))


def _cut(rows: Rows, members: Ints, slot: Slot) -> pl.Series:
    """Give what stands in a slot."""
    texts = rows.texts(members, slot.message, slot.field)
    for side, chars in slot.cuts:
        strip = texts.str.strip_chars_start if side == "start" else texts.str.strip_chars_end
        texts = strip(chars)
    return texts
