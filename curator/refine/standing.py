"""Which of several rows that say the same stands for the others."""

from __future__ import annotations

import polars as pl

_RANK = {"test": 0, "validation": 1}


def merged(rows: pl.LazyFrame, *same: str) -> pl.LazyFrame:
    """
    List the rows that another one stands for; rows are the same where all ``same`` agree.

    A test row stands before a validation row, and that before any other, so that no test row is
    lost to training; then the smallest position. Rows added behind the others take no row's place,
    unless they come as test or validation rows.

    Columns: position, id, split, ``same`` -> all columns, and merged_into (the id that stands).
    """
    rank = pl.col("split").replace_strict(_RANK, default=2, return_dtype=pl.Int8)
    stands = pl.struct("position", "id").sort_by(rank, "position").first().over(same)
    return (
        rows.filter(pl.len().over(same) > 1)
        .with_columns(_stands=stands)
        .filter(pl.col("_stands").struct.field("position") != pl.col("position"))
        .with_columns(merged_into=pl.col("_stands").struct.field("id"))
        .drop("_stands")
    )
