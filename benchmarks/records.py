"""The generated chats as records, as a run has them after reading and normalising."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from benchmarks.generate import ensure
from curator.engine.polars import ROW_GROUP_ROWS
from curator.read import jsonl
from curator.records import identify
from curator.refine import normalize_text

# A run reads row groups of this size between two steps: frames in memory are cut the same way.
pl.Config.set_streaming_chunk_size(ROW_GROUP_ROWS)
MAP = {"messages": "messages", "label": "topic"}


@cache
def read(rows: int) -> pl.DataFrame:
    """Read the chats, rejects included, numbered in reading order."""
    path, _ = ensure(rows)
    plan = jsonl.read(jsonl.Options(path=str(path), map=MAP))
    numbered = plan.collect().with_columns(position=pl.int_range(pl.len(), dtype=pl.Int64))
    return identify(numbered.lazy()).collect()


@cache
def clean(rows: int) -> pl.DataFrame:
    """Give the chats with their texts in order."""
    return identify(normalize_text.refine(read(rows).lazy(), normalize_text.Options())).collect()


def valid_lines(rows: int) -> Path:
    """Write the chats without the broken lines, for readers that stop at the first."""
    path, truth = ensure(rows)
    valid = path.with_suffix(".valid.jsonl")
    if not valid.exists() or valid.stat().st_mtime < path.stat().st_mtime:
        broken = {line for line, _ in truth["invalid"]}
        with path.open("rb") as source, valid.open("wb") as file:
            file.writelines(line for at, line in enumerate(source, 1) if at not in broken)
    return valid
