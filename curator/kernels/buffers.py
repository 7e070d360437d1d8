"""Texts as the arrays that kernels read, and work spread over the threads that Polars may use."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[Any]
SMALLEST_SHARE = 256  # items: below it a thread costs more than it saves


def text_buffers(texts: pl.Series) -> tuple[Array, Array]:
    """
    Lay the UTF-8 bytes of ``texts`` end to end; a null is an empty text.

    Shapes: texts (N,) -> offsets (N + 1,) int64, data (T,) uint8; text i is
            data[offsets[i]:offsets[i + 1]].
    """
    if texts.is_empty():
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    arrow = texts.fill_null("").to_arrow(compat_level=pl.CompatLevel.oldest())  # no string views
    _, offsets, data = arrow.buffers()
    first, last = arrow.offset, arrow.offset + len(arrow) + 1
    content = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    return np.frombuffer(offsets, np.int64)[first:last], content


def share(count: int, work: Callable[[int, int], object]) -> None:
    """Call ``work(start, stop)`` over disjoint parts of ``range(count)``, one a thread."""
    threads = min(pl.thread_pool_size(), max(1, count // SMALLEST_SHARE))
    bounds = [count * part // threads for part in range(threads + 1)]
    if threads == 1:
        work(0, count)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, bounds[:-1], bounds[1:]))


def as_lists(starts: Array, values: Array) -> pl.Series:
    """Give ``values[starts[i]:starts[i + 1]]`` as list i, without a copy."""
    import pyarrow as pa

    def plain(items: Array) -> Any:  # not pa.array(): it imports pandas
        buffer = pa.py_buffer(np.ascontiguousarray(items))
        return pa.Array.from_buffers(pa.from_numpy_dtype(items.dtype), items.size, [None, buffer])

    return pl.Series(pa.LargeListArray.from_arrays(plain(starts), plain(values)))


def list_buffers(lists: pl.Series) -> tuple[Array, Array]:
    """Lay the items of ``lists`` end to end: the inverse of ``as_lists``."""
    starts = np.zeros(len(lists) + 1, np.int64)
    np.cumsum(lists.list.len().to_numpy(), out=starts[1:])
    return starts, lists.explode(empty_as_null=False).to_numpy()
