"""Messages of many records laid flat: one message a row, and where each record's begin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Turns:
    """
    The messages of N records in one frame: record ``i`` has rows ``offsets[i]:offsets[i + 1]``.

    Work on messages is then work on columns, without a loop over rows and without grouping.

    Shapes: flat (M, one column for each field of a message), offsets (N + 1,).
    """

    flat: pl.DataFrame
    offsets: Offsets

    @staticmethod
    def of(lists: pl.Series) -> Turns:
        """Lay lists of messages flat; a null list has no messages."""
        offsets = np.zeros(len(lists) + 1, np.int64)
        np.cumsum(lists.list.len().fill_null(0).to_numpy(), out=offsets[1:])
        flat = lists.explode(empty_as_null=False, keep_nulls=False).struct.unnest()
        return Turns(flat=flat, offsets=offsets)

    @property
    def record(self) -> Offsets:
        """The record each message belongs to, (M,)."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))

    def lists(self, messages: pl.Series | None = None) -> pl.Series:
        """Nest the messages again, or ``messages``, which has a value for each of them."""
        values = self.flat.to_struct() if messages is None else messages
        # built from buffers: making an array of NumPy values would import pandas
        flat, starts = values.to_arrow(), pa.py_buffer(self.offsets)
        kind = pa.large_list(flat.type)
        rows = len(self.offsets) - 1
        nested = pa.LargeListArray.from_buffers(kind, rows, [None, starts], children=[flat])
        return pl.Series(values.name, nested, dtype=pl.List(values.dtype))

    def where(self, is_taken: npt.NDArray[np.bool_]) -> Turns:
        """Keep the messages where it is true; records that lose all of them stay, empty."""
        taken = np.zeros(len(is_taken) + 1, np.int64)
        np.cumsum(is_taken, out=taken[1:])
        return Turns(flat=self.flat.filter(pl.Series(is_taken)), offsets=taken[self.offsets])

    def last(self, is_taken: npt.NDArray[np.bool_]) -> Offsets:
        """Find, for each record, the last of its messages where it is true, else -1."""
        index = np.where(is_taken, np.arange(len(is_taken)), -1)
        latest = np.concatenate([[-1], np.maximum.accumulate(index)])[self.offsets[1:]]
        return np.where(latest >= self.offsets[:-1], latest, -1)

    def is_leading(self, holds: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Say, for each message, whether it and all before it in its record satisfy ``holds``."""
        broken = np.concatenate([[0], np.cumsum(~holds)])
        leading: npt.NDArray[np.bool_] = broken[1:] == np.repeat(
            broken[self.offsets[:-1]], np.diff(self.offsets)
        )
        return leading
