"""Masks are proven: each training row, and each token of an export, is made anew and compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from curator.engine import Engine
from curator.errors import Violation
from curator.manifest import load
from curator.pipeline.folder import kept_rows
from curator.prompt.training import training_messages
from curator.records import IS_EXAMPLE
from curator.task import Task
from curator.verify import trainer
from curator.verify.files import named
from curator.verify.witness import of_run

PROMISE = "masks are proven"
_BATCH_ROWS = 10_000


def check(folder: Path, engine: Engine) -> list[Violation]:
    """Find rows and tokens that are not what the task, or its template, makes of their record."""
    return [*_dataset(folder), *trainer.masks(of_run(folder, engine), PROMISE)]


def _dataset(folder: Path) -> list[Violation]:
    """Both sides stream by in the same order: nothing is gathered."""
    shards = folder / "dataset" / "data"
    if not shards.is_dir():
        return []
    task = Task.from_dict(load(folder).recipe.get("task") or {})
    kept = kept_rows(folder).filter(IS_EXAMPLE)
    violations = []
    for split in sorted({path.name.split("-")[0] for path in shards.glob("*.parquet")}):
        written = pl.scan_parquet(sorted(shards.glob(f"{split}-*.parquet")))
        records = kept.filter(pl.col("split").fill_null("train") == split)
        for expected, found in zip(_batches(records), _batches(written), strict=False):
            violations += _compare(task, expected, found, str(shards))
    return violations


def _batches(rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Cut into batches of one size, however the files were cut."""
    rest = pl.DataFrame()
    for batch in rows.collect_batches(maintain_order=True, chunk_size=_BATCH_ROWS):
        rest = batch if rest.is_empty() else pl.concat([rest, batch])
        while rest.height >= _BATCH_ROWS:
            yield rest.head(_BATCH_ROWS)
            rest = rest.slice(_BATCH_ROWS)
    if rest.height:
        yield rest


def _compare(
    task: Task, expected: pl.DataFrame, found: pl.DataFrame, where: str
) -> list[Violation]:
    height = min(expected.height, found.height)  # what one side lacks is a loss, told elsewhere
    rendered = training_messages(task, expected.head(height))
    fields = [field.name for field in rendered.dtype.inner.fields]  # type: ignore[attr-defined]
    trained = pl.element().struct.field(fields)
    written = found.head(height).select(pl.col("messages").list.eval(pl.struct(trained)))
    same = rendered.eq_missing(written["messages"].cast(rendered.dtype))
    message = "{id}: the training row is not its record's prompt and completion"
    return named(expected.head(height).filter(~same), PROMISE, message, where=where)
