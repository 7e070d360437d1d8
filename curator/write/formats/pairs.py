"""Rows with a dispreferred answer: where their prompt ends, and one line for each answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.write.formats.rows import Rows

LINES = (
    (pl.col("messages").list.last().struct.field("role") == "assistant").cast(pl.Int64)
    + (pl.col("rejected_messages").list.len().fill_null(0) > 0).cast(pl.Int64)
).fill_null(0)
"""How many lines a record is where each of its answers is one."""


def is_before(rows: Rows) -> npt.NDArray[np.bool_]:
    """
    Say which messages come before the answers of their row, (M,).

    The preferred answer is the last message where the dispreferred one is a single message, too;
    beside a longer one it is all that follows the last user.
    """
    turns, record = rows.turns, rows.turns.record
    user = turns.last((turns.flat["role"] == "user").to_numpy())
    is_long = (np.diff(rows.worse.offsets) > 1) & (user >= 0) & rows.drawn("[abc09]$").to_numpy()
    sizes = np.where(is_long, user - turns.offsets[:-1] + 1, rows.prompt_sizes)
    before: npt.NDArray[np.bool_] = rows.position < sizes[record]
    return before


def one_line_an_answer(rows: Rows, better: pl.Series, worse: pl.Series) -> pl.Series:
    """List the lines of each row: that of its preferred answer, that of its dispreferred one."""
    has_better = pl.lit(rows.drawn("[abc]$"))
    has_worse = pl.lit(rows.worse_outline != "")
    both = pl.concat_list(
        pl.when(has_better).then(pl.lit(better)), pl.when(has_worse).then(pl.lit(worse))
    )
    return pl.select(both.list.drop_nulls()).to_series()
