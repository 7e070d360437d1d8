"""This machine: Polars' streaming engine, flat memory, all cores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from curator.engine import Tick

# A plan that is read twice (keys first, then the texts of a few rows) must be read twice: shared
# subplans would hold the long text of the whole set in memory until the second reader asks for it.
_FLAGS = pl.QueryOptFlags(comm_subplan_elim=False)
ROW_GROUP_ROWS = 10_000
"""Small enough that a row group of long chats fits in memory beside the next one."""


def settle(plan: pl.LazyFrame, path: Path, tick: Tick) -> pl.LazyFrame:
    """Run ``plan`` to ``path``; uncompressed, because it is read back at once and then removed."""

    def count(rows: pl.DataFrame) -> pl.DataFrame:
        tick(rows.height)
        return rows

    partial = path.with_name(path.name + ".partial")
    plan.map_batches(count, streamable=True).sink_parquet(
        partial, compression="uncompressed", row_group_size=ROW_GROUP_ROWS, optimizations=_FLAGS
    )
    partial.replace(path)
    return pl.scan_parquet(path)


def gather(plan: pl.LazyFrame) -> pl.DataFrame:
    """Run a narrow ``plan`` and hold the result."""
    return plan.collect(engine="streaming", optimizations=_FLAGS)


def sink(plans: Mapping[Path, pl.LazyFrame], metadata: dict[str, str]) -> None:
    """Write each plan as zstd Parquet under a partial name, then give each file its own."""
    partial = {path: path.with_name(path.name + ".partial") for path in plans}
    pl.collect_all(
        [
            plan.sink_parquet(
                partial[path],
                compression="zstd",
                row_group_size=ROW_GROUP_ROWS,
                metadata=metadata,
                lazy=True,
            )
            for path, plan in plans.items()
        ],
        optimizations=_FLAGS,
    )
    for path, temporary in partial.items():
        temporary.replace(path)
