"""What is counted while the rows of a dataset go by, for its card and its Croissant file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from curator.manifest import sha256_of
from curator.personal_data.rows import found_in
from curator.records import SPLITS

_NO_TEXTS = {"id"}  # hashes that are our own
_OF_PROVENANCE = ("uri", "template")


@dataclass(frozen=True, kw_only=True)
class File:
    """A shard: its name in the dataset's folder, its size and its hash."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(kw_only=True)
class Facts:
    """Counts over all rows of all splits."""

    rows: Counter[str] = field(default_factory=Counter)  # by split
    labels: Counter[str] = field(default_factory=Counter)
    licences: Counter[str | None] = field(default_factory=Counter)
    languages: Counter[str | None] = field(default_factory=Counter)
    sources: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    """By file and licence."""
    derived: Counter[str | None] = field(default_factory=Counter)  # by step; null: as it was read
    reviewed: Counter[str] = field(default_factory=Counter)  # by status
    personal: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """Finds by type, and whether they are nobody's."""
    personal_rows: Counter[str] = field(default_factory=Counter)  # with somebody's, by type
    example: dict[str, Any] | None = None
    num_bytes: dict[str, int] = field(default_factory=dict)  # by split, in memory
    files: list[File] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All rows."""
        return self.rows.total()

    @property
    def splits(self) -> list[str]:
        """The splits that have rows, in order."""
        return [split for split in SPLITS if self.rows[split]]

    def add(self, rows: pl.DataFrame) -> None:
        """Count a batch; the first row without personal data becomes the card's example."""
        place = rows["provenance"].struct
        self.rows.update(_counts(rows["split"]))
        self.labels.update(_counts(rows["label"].drop_nulls()))
        self.licences.update(_counts(rows["licence"]))
        self.languages.update(_counts(rows["language"]))
        self.derived.update(_counts(place.field("derived_by")))
        self.reviewed.update(_counts(rows["review"].struct.field("status").drop_nulls()))
        by_source = pl.DataFrame([place.field("uri"), rows["licence"]]).group_by("uri", "licence")
        self.sources.update({(uri, name): n for uri, name, n in by_source.len().iter_rows()})
        of_somebody = self._look_for_personal_data(rows)
        if self.example is None:
            row = pl.int_range(rows.height, dtype=pl.UInt32, eager=True)
            shown = rows.drop("split").filter(~row.is_in(of_somebody.implode())).head(1)
            self.example = next(shown.iter_rows(named=True), None)

    def name_files(self, paths: list[Path], folder: Path) -> None:
        """Hash the shards."""
        self.files = [
            File(
                name=path.relative_to(folder).as_posix(),
                size_bytes=path.stat().st_size,
                sha256=sha256_of(path),
            )
            for path in paths
        ]

    def _look_for_personal_data(self, rows: pl.DataFrame) -> pl.Series:
        """Count what is found, and give the rows that hold somebody's."""
        place = pl.struct(pl.col("provenance").struct.field(*_OF_PROVENANCE)).alias("provenance")
        finds = found_in(rows.drop(_NO_TEXTS).with_columns(place))
        for kind, is_nobodys, n in finds.group_by("type", "is_nobodys").len().iter_rows():
            self.personal[kind, is_nobodys] += n
        somebodys = finds.filter(~pl.col("is_nobodys"))
        by_type = somebodys.group_by("type").agg(pl.col("row").n_unique())
        self.personal_rows.update(dict(by_type.iter_rows()))
        return somebodys["row"].unique()


def _counts(values: pl.Series) -> dict[Any, int]:
    return dict(values.value_counts().iter_rows())
