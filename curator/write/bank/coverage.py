"""What the exemplars stand for: how well they cover train, and how near test rows come to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.records import prompt_over

MEASURED = 1_024
"""Exemplars that are measured, from rank 0; a bank that a search chooses from may hold all rows."""
DIMS = 512
BLOCK_ROWS = 4_096
DIGITS = 6
FEATURES = f"words and 4-byte pieces of context and input, hashed into {DIMS} numbers"


def coverage(examples: pl.LazyFrame, chosen: pl.Series) -> dict[str, Any]:
    """
    Say for each k how well the first k of the ``chosen`` texts cover the train rows.

    That is the mean, over all train rows, of the cosine to the nearest of the k, and 0 where it is
    negative; ``gains`` are its steps. Whole numbers are added: the sums are exact in any order.
    """
    centres = vectors(chosen.head(MEASURED))
    total, rows = np.zeros(centres.shape[0]), 0
    for batch in _batches(examples, "train"):
        near = _cosines(batch["text"], centres)
        np.maximum.accumulate(near, axis=1, out=near)
        total += near.sum(axis=0, dtype=np.float64)
        rows += batch.height
    first = total / _unit() / max(rows, 1)
    return {
        "measure": "mean over the train rows of the cosine to the nearest of the first k exemplars",
        "features": FEATURES,
        "train_rows": rows,
        "first": first.round(DIGITS).tolist(),
        "gains": np.diff(first, prepend=0.0).round(DIGITS).tolist(),
    }


def nearest_test(examples: pl.LazyFrame, chosen: pl.Series) -> dict[str, Any]:
    """Name for each of the first ``chosen`` texts the test row most like it; ties by id."""
    centres = vectors(chosen.head(MEASURED))
    best = np.full(centres.shape[0], -1.0, np.float32)
    name = np.full(centres.shape[0], "", "<U32")
    rows = 0
    for batch in _batches(examples, "test"):
        ordered = batch.sort("id")
        rows += ordered.height
        near = _cosines(ordered["text"], centres)
        top = near.argmax(axis=0)  # the first of equals, so the smallest id
        found, called = near.max(axis=0), ordered["id"].to_numpy().astype("<U32")[top]
        wins = (found > best) | ((found == best) & (called < name))
        best, name = np.where(wins, found, best), np.where(wins, called, name)
    likeness = (best.astype(np.float64) / _unit()).round(DIGITS)
    pairs = zip(name.tolist(), likeness.tolist(), strict=True) if rows else ()
    return {
        "measure": "cosine",
        "features": FEATURES,
        "test_rows": rows,
        "rows": [{"id": one, "similarity": value} for one, value in pairs],
    }


def vectors(texts: pl.Series) -> NDArray[np.float32]:
    """Give each text as a vector of whole numbers, (N, DIMS)."""
    from curator.kernels.buffers import text_buffers
    from curator.kernels.ngrams import ALIKE, features

    return features(*text_buffers(texts.fill_null("")), DIMS, ALIKE).astype(np.float32)


def _batches(examples: pl.LazyFrame, split: str) -> Iterator[pl.DataFrame]:
    rows = examples.filter(pl.col("split") == split)
    texts = rows.select("id", text=prompt_over("input"))
    for batch in texts.collect_batches(maintain_order=True, chunk_size=BLOCK_ROWS):
        for block in batch.iter_slices(BLOCK_ROWS):  # a batch may be larger than was asked for
            if block.height:
                yield block


def _cosines(texts: pl.Series, centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """Multiply each text with each centre, (N, centres), in units of ``_unit``, from 0 up."""
    # the products add up to less than 2 ** 24: exact as float32, in whatever order
    near: NDArray[np.float32] = vectors(texts) @ centres.T
    return near.clip(0, _unit(), out=near)


def _unit() -> int:
    from curator.kernels.ngrams import UNIT

    return UNIT * UNIT
