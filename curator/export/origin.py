"""Where rows come from that are converted: a file of any shape, or the records of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from curator import manifest
from curator.errors import RecipeError, SourceError
from curator.pipeline.folder import RECORDS, kept_rows
from curator.read import csv, jsonl, parquet
from curator.read.files import SourceFile, find, open_bytes
from curator.records import IS_EXAMPLE
from curator.task import Task
from curator.write import BATCH_ROWS
from curator.write.formats import holds_passages, passages

_SIGNS: Mapping[bytes, Any] = {b"PAR1": parquet, b"{": jsonl, b"[": jsonl}
_HEAD_BYTES = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where rows come from, and the task that renders each lot of them."""

    lots: tuple[tuple[pl.LazyFrame, Task], ...]
    is_file: bool
    lines: jsonl.Plan | None = None  # how JSON is read, whose rows may become lines at once

    def batches(self) -> Iterator[tuple[pl.DataFrame, Task]]:
        """Give the rows in order, some at a time."""
        for rows, task in self.lots:
            for batch in rows.collect_batches(maintain_order=True, chunk_size=BATCH_ROWS):
                yield batch, task


def of_file(path: Path, shape: str | None) -> Origin:
    """
    Read a file of one shape, or of the one that it looks like.

    Raises: SourceError; RecipeError for a shape that there is not, or rows that have none.
    """
    reader, source = _reader(path)
    try:
        return _read(path, shape, reader, source)
    except RecipeError as error:
        if shape is None:  # the reader's hint speaks of a recipe, and here is none
            error.hint = "--from names its shape; a recipe can say what its fields are, with map"
        raise


def _read(path: Path, shape: str | None, reader: Any, source: SourceFile) -> Origin:
    if reader is jsonl and path.is_file():
        plan = jsonl.plan_of(source, jsonl.Options(path=str(path), shape=shape))
        return Origin(lots=(), is_file=True, lines=plan)
    rows = reader.read(reader.Options(path=str(path), shape=shape))
    return Origin(lots=((rows, Task()),), is_file=True)


def _reader(path: Path) -> tuple[Any, SourceFile]:
    """Choose the reader by what a file begins with, whatever its name says."""
    if path.is_file():  # its hash is not asked for
        size_bytes = path.stat().st_size
        first = SourceFile(path=path, uri=str(path), sha256="", size_bytes=size_bytes)
    else:
        first, *_ = find(str(path))
    with open_bytes(first) as stream:
        head = stream.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        raise SourceError("is empty", where=str(path))
    known = (reader for sign, reader in _SIGNS.items() if head.startswith(sign))
    return next(known, csv), first


def of_run(folder: Path, target: str) -> Origin:
    """Take the examples of a run, and passages if the target holds them. Raises: SourceError."""
    recipe = manifest.load(folder).recipe
    path = folder / RECORDS
    if not path.is_file():
        hint = "name one of its files instead"
        raise SourceError(f"{RECORDS} is not there", where=str(folder), hint=hint)
    rows = kept_rows(folder)
    task = Task.from_dict(recipe.get("task") or {})
    if task.output.labels_from_data:
        labels = rows.select(pl.col("label").drop_nulls().unique()).collect()["label"]
        task = task.with_labels(tuple(labels))
    lots = [(rows.filter(IS_EXAMPLE), task)]
    if holds_passages(target):
        lots.append((passages(rows).with_columns(rejected=pl.lit(None, pl.String)), Task()))
    return Origin(lots=tuple(lots), is_file=False)
