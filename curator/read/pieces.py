"""Make a lazy frame of records out of eager pieces, read in order when the engine asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl
from polars.io.plugins import register_io_source

from curator.records import RECORD


def lazily(pieces: Callable[[], Iterator[pl.DataFrame]]) -> pl.LazyFrame:
    """
    Stand for all rows of ``pieces()``, which is called anew each time the frame is collected.

    Columns: each piece has those of RECORD.
    """

    def source(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,  # noqa: ARG001 - a piece is as large as its reader found good
    ) -> Iterator[pl.DataFrame]:
        left = n_rows
        for whole in pieces():
            piece = whole if left is None else whole.head(left)
            if left is not None:
                left -= piece.height
            piece = piece if predicate is None else piece.filter(predicate)
            yield piece if with_columns is None else piece.select(with_columns)
            if left == 0:
                return

    return register_io_source(source, schema=pl.Schema(RECORD))
