"""Read Parquet files: plain columns, lists of messages, and labels kept as numbers with names."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from curator.errors import SourceError, shorten
from curator.read import arrow
from curator.read.files import SourceFile, find, open_bytes
from curator.read.pieces import lazily

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to read, and what its columns mean."""

    path: str | tuple[str, ...]
    map: dict[str, Any] | None = None
    shape: str | None = None
    roles: dict[str, str] | None = None
    split: str | None = None
    group: str | None = None
    licence: str | None = None
    language: str | None = None
    max_chars: int = 1_000_000  # of one text


def read(options: Options) -> pl.LazyFrame:
    """
    Give the rows of all files, row group by row group.

    Numbers stay numbers; dates, times and decimals become text, and bytes where they are UTF-8.
    Raises: SourceError, RecipeError; what is wrong inside a file when it is reached.
    """
    files = find(options.path)
    return lazily(lambda: (piece for source in files for piece in _pieces(source, options)))


def _pieces(source: SourceFile, options: Options) -> Iterator[pl.DataFrame]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open_bytes(source) as stream:
        try:
            # a packed file cannot be read from its end, where Parquet begins
            file = pq.ParquetFile(stream if stream.seekable() else io.BytesIO(stream.read()))
        except (pa.ArrowException, OSError) as error:
            raise SourceError(
                f"is not a whole Parquet file: {shorten(str(error))}",
                where=source.uri,
                hint="copy or write the file again",
            ) from error
        names = arrow.label_names(file.schema_arrow)
        yield from arrow.pieces(_batches(file, source), names, options, source)


def _batches(file: Any, source: SourceFile) -> Iterator[pa.Table]:
    import pyarrow as pa

    batches = file.iter_batches(batch_size=arrow.BATCH_ROWS)
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"is damaged: {shorten(str(error))}", where=source.uri) from error
        if batch is None:
            return
        yield pa.Table.from_batches([batch])
