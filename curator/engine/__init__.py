"""Where a step runs. An engine settles plans on disk and gathers narrow ones; steps never do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import polars as pl

Tick = Callable[[int], None]
"""Called with the number of rows that have just gone by."""


class Engine(Protocol):
    """What the pipeline needs to know of a place where steps run."""

    def settle(self, plan: pl.LazyFrame, path: Path, tick: Tick) -> pl.LazyFrame:
        """Run ``plan`` to the file ``path`` in position order, and scan it from there."""

    def gather(self, plan: pl.LazyFrame) -> pl.DataFrame:
        """Run a plan whose result is narrow (keys, verdicts, counts) and hold it in memory."""

    def sink(self, plans: Mapping[Path, pl.LazyFrame], metadata: dict[str, str]) -> None:
        """Write each plan to its Parquet file, whole or not at all, in one pass where it can."""
