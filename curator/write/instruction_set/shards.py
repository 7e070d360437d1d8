"""Parquet shards whose bytes depend on the rows alone, not on how they came in."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from curator.write.instruction_set.columns import SCHEMA

GROUP_ROWS = 2_000
"""Rows in a row group: a reader of one row unpacks this many."""


class Shards:
    """The files of one split; rows wait for a full row group, so batch sizes leave no trace."""

    def __init__(self, folder: Path, split: str, max_rows: int) -> None:
        """Write to ``folder`` once the first row is there, at most ``max_rows`` a file."""
        self._folder, self._split, self._max_rows = folder, split, max_rows
        self._waiting: list[pl.DataFrame] = []
        self._waiting_rows = 0
        self._shard_rows = 0
        self._writer: pq.ParquetWriter | None = None
        self._paths: list[Path] = []
        self.size_bytes = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows, and write those that fill a row group."""
        self._waiting.append(rows)
        self._waiting_rows += rows.height
        while self._waiting_rows >= self._room():
            self._write(self._room())

    def close(self) -> list[Path]:
        """Write what waits, give every file its final name, and list the files."""
        if self._waiting_rows:
            self._write(self._waiting_rows)
        self._end_shard()
        names = [f"{self._split}-{i:05}-of-{len(self._paths):05}" for i in range(len(self._paths))]
        return [
            path.rename(self._folder / f"{name}.parquet")
            for path, name in zip(self._paths, names, strict=True)
        ]

    def _room(self) -> int:
        return min(GROUP_ROWS, self._max_rows - self._shard_rows)

    def _write(self, rows: int) -> None:
        waiting = pl.concat(self._waiting)
        group, rest = waiting.head(rows), waiting.slice(rows)
        self._waiting, self._waiting_rows = [rest], rest.height
        table = group.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(SCHEMA)
        self.size_bytes += table.nbytes
        self._open().write_table(table, row_group_size=GROUP_ROWS)
        self._shard_rows += rows
        if self._shard_rows == self._max_rows:
            self._end_shard()

    def _open(self) -> pq.ParquetWriter:
        if self._writer is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._paths.append(self._folder / f"{self._split}-{len(self._paths):05}.part")
            self._writer = pq.ParquetWriter(self._paths[-1], SCHEMA, compression="zstd")
        return self._writer

    def _end_shard(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer, self._shard_rows = None, 0
