"""What the artifacts of a folder are held against: the rows that were kept, and their task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from curator.engine import Engine
from curator.manifest import load
from curator.pipeline.folder import kept_rows
from curator.records import IS_EXAMPLE
from curator.task import Task

Table = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Witness:
    """
    The rows of a folder, whichever files of it hold them.

    Columns: kept has those of RECORD, in the order in which artifacts were made of them.
    """

    folder: Path
    kept: pl.LazyFrame
    task: Callable[[], Task]  # what writes a row as it is trained
    numbered: Table = lambda segments: segments  # a table of segments, ``row`` counting ``kept``


def of_run(folder: Path, engine: Engine) -> Witness:
    """Call the records of a run as witness."""
    kept = kept_rows(folder)

    def task() -> Task:
        asked = Task.from_dict(load(folder).recipe.get("task") or {})
        if not asked.output.labels_from_data:
            return asked
        labels = kept.filter(IS_EXAMPLE).select(pl.col("label").drop_nulls().unique())
        return asked.with_labels(tuple(sorted(engine.gather(labels)["label"])))

    return Witness(folder=folder, kept=kept, task=task)
