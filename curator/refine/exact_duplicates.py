"""Merge rows that say exactly the same into one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from curator.records import KEPT, Over, completion, text_over
from curator.refine.standing import merged
from curator.similarity import setting

_KEY = ("low", "high", "parts", "setting", "label")


@dataclass(frozen=True, kw_only=True)
class Options:
    """What has to be equal; the label always has to be, or a label conflict would vanish."""

    over: Over = "input_output"


def sign(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Give each kept row 128 stable bits of its text, and where the text parts into messages.

    Source: XXH64 with two seeds; equal by chance with a probability of 2^-128 a pair.
    """
    text = text_over(options.over)
    messages = pl.col("messages").list.len()
    end = completion().struct.field("content").str.len_bytes()
    parts = {
        "input": pl.lit(None, pl.UInt64),
        "input_output": messages.cast(pl.UInt64) * (1 << 32) + end.fill_null(0),
        "messages": messages.cast(pl.UInt64),
    }[options.over]
    hashes = text.map_batches(_hashed, return_dtype=_HASHES, is_elementwise=True)
    return (
        records.filter(KEPT)
        .select("position", "id", "split", "label", setting=setting(), hash=hashes, parts=parts)
        .unnest("hash")
    )


def resolve(signatures: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Reject all but one of the rows that are equal.

    Keeps:  test before validation before other rows, then the first one.
    """
    return merged(signatures, *_KEY).select(
        "position", "merged_into", rejected=pl.lit(f"exact_duplicates: same {_NAMES[options.over]}")
    )


_NAMES = {"input": "input", "input_output": "input and output", "messages": "messages"}
_HASHES = pl.Struct({"low": pl.UInt64, "high": pl.UInt64})


def _hashed(texts: pl.Series) -> pl.Series:
    from curator.kernels.buffers import share, text_buffers
    from curator.kernels.hashing import xxh64

    offsets, data = text_buffers(texts)
    lanes = np.empty((2, len(texts)), np.uint64)

    def fill(start: int, stop: int) -> None:
        for seed in range(2):
            lanes[seed, start:stop] = xxh64(offsets[start : stop + 1], data, seed)

    share(len(texts), fill)
    return pl.DataFrame({"low": lanes[0], "high": lanes[1]}).to_struct(texts.name)
