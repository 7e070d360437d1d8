"""Count where every row ended: the sum that a run must close."""

from __future__ import annotations

from typing import Any

import polars as pl

from curator import records as rows
from curator.engine import Engine
from curator.manifest import Ledger

Counts = dict[str, dict[str, int]]


def ledger(
    engine: Engine, read: pl.LazyFrame, derived: dict[str, int], final: pl.LazyFrame
) -> Ledger:
    """Set the rows that were numbered when made against the rows that are there at the end."""
    counts = engine.gather(
        final.select(**rows.reasons()).group_by("step", "reason").agg(n=pl.len())
    ).sort("step", "reason")
    rejected: Counts = {}
    kept = 0
    for step, reason, n in counts.select("step", "reason", "n").iter_rows():
        if step is None:
            kept = n
        else:
            rejected.setdefault(step, {})[reason or ""] = n
    numbered = engine.gather(read.select(pl.len())).item()
    return Ledger(read=numbered, kept=kept, rejected=rejected, derived=derived)


def inputs(engine: Engine, final: pl.LazyFrame) -> tuple[dict[str, Any], ...]:
    """List the files that were read, in reading order, with their hash, rows and kept rows."""
    origin = pl.col("provenance").struct
    is_read = origin.field("derived_by").is_null()
    uri, sha256 = origin.field("uri"), origin.field("sha256")
    counts = (
        final.filter(is_read)
        .group_by(uri=uri, sha256=sha256)
        .agg(rows=pl.len(), kept=rows.KEPT.sum(), first=pl.col("position").min())
    )
    return tuple(engine.gather(counts).sort("first").drop("first").to_dicts())


def changes(engine: Engine, final: pl.LazyFrame) -> Counts:
    """Count what steps changed or noted: step -> what -> rows."""
    change = pl.col("changes").explode(empty_as_null=True, keep_nulls=True)
    what = change.str.splitn(rows.REASON_SEPARATOR, 2).struct.field("field_0")
    parts = pl.col("change").str.splitn(": ", 2).struct
    counts = engine.gather(
        final.select(change=what)
        .filter(pl.col("change").is_not_null())
        .group_by(step=parts.field("field_0"), what=parts.field("field_1"))
        .agg(n=pl.len())
    ).sort("step", "what")
    counted: Counts = {}
    for step, kind, n in counts.iter_rows():
        counted.setdefault(step, {})[kind or ""] = n
    return counted


def splits(engine: Engine, kept: pl.LazyFrame) -> dict[str, int]:
    """Count the kept examples of each split, in the order train, validation, test."""
    by_split = dict(engine.gather(kept.group_by("split").agg(n=pl.len())).iter_rows())
    return {split: by_split[split] for split in rows.SPLITS if split in by_split}
