"""Rows tell their life: each knows its source, a fate has a reason, a stand-in exists."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from curator.engine import Engine
from curator.errors import Violation
from curator.pipeline.folder import REJECTED
from curator.verify import spans
from curator.verify.files import gather, named, record_files

PROMISE = "rows tell their life"


def check(folder: Path, engine: Engine) -> list[Violation]:
    """Find rows without source or reason, merges into nothing, and spans that do not hold."""
    origin = pl.col("provenance").struct
    known = pl.all_horizontal(origin.field(name).is_not_null() for name in ("uri", "sha256", "row"))
    violations = []
    for path in record_files(folder):
        rows = pl.scan_parquet(path)
        orphans = gather(engine, rows.filter(~known).select("position", "id"), "position")
        message = "row {position} ({id}) does not say which row of which file it was"
        violations += named(orphans, PROMISE, message, where=str(path))
    lost = pl.scan_parquet(folder / REJECTED)
    mute = lost.filter(pl.col("step").is_null() | pl.col("reason").is_null())
    violations += named(
        gather(engine, mute.select("position", "id"), "position"),
        PROMISE,
        "row {position} ({id}) was rejected without a step and a reason",
        where=str(folder / REJECTED),
    )
    every_id = pl.concat([pl.scan_parquet(path).select("id") for path in record_files(folder)])
    astray = (
        lost.filter(pl.col("merged_into").is_not_null())
        .select("position", "id", "merged_into")
        .join(every_id, left_on="merged_into", right_on="id", how="anti")
    )
    violations += named(
        gather(engine, astray, "position"),
        PROMISE,
        "row {position} ({id}) was merged into {merged_into}, which no file holds",
        where=str(folder / REJECTED),
    )
    return [*violations, *spans.check(folder, engine, PROMISE)]
