"""The rows that would be published, batch by batch: of the dataset, and of what goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from curator.errors import SourceError, shorten

BATCH_ROWS = 5_000
DATA, EXEMPLARS, DOCUMENTS = "dataset/data", "bank/exemplars.jsonl", "documents.parquet"
SEGMENTS, MASKS = "trainer/segments.parquet", "trainer/masks.json"
_TEXT = {"number": pl.Int64(), "field": pl.String(), "id": pl.String(), "text": pl.String()}


class Batch(NamedTuple):
    """Some rows of a file, and their numbers in it, from 1."""

    file: str
    numbers: pl.Series
    rows: pl.DataFrame
    fields: pl.Series | None = None  # where rows are texts, the field that each stands in

    def where(self, at: int, field: str = "") -> str:
        """Name the place of a row, or of a field of it."""
        place = f"{self.file}: row {self.numbers[at]:,}"
        inside = field if self.fields is None else self.fields[at]
        return f"{place}: $.{inside}" if inside else place


def dataset(folder: Path, columns: list[str] | None = None) -> Iterator[Batch]:
    """
    Give the rows of the dataset, in order.

    Raises: SourceError for a file that cannot be read.
    """
    for path in sorted((folder / DATA).glob("*.parquet")):
        yield from _parquet(folder, path.relative_to(folder).as_posix(), columns)


def exemplars(folder: Path) -> Iterator[Batch]:
    """
    Give every text inside the bank's exemplars, with the id and the number of its line.

    Raises: SourceError for a file that cannot be read.
    """
    try:
        with (folder / EXEMPLARS).open("rb") as file:
            lines = enumerate(map(orjson.loads, file), 1)
            while some := list(islice(lines, BATCH_ROWS)):
                flat = [
                    (n, *where, row["id"], text) for n, row in some for *where, text in _texts(row)
                ]
                texts = pl.DataFrame(flat, schema=_TEXT, orient="row")
                rows = texts.select("id", "text")
                yield Batch(EXEMPLARS, texts["number"], rows, texts["field"])
    except (OSError, KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise _unreadable(folder / EXEMPLARS, error) from error


def passages(folder: Path, columns: list[str]) -> Iterator[Batch]:
    """
    Give the passages of a trainer export, which no row of the dataset holds.

    They are read where the run keeps them: that the tokens spell them, the proof of masks says.

    Raises: SourceError for a file that cannot be read.
    """
    if not (folder / DOCUMENTS).is_file() or not (folder / SEGMENTS).is_file():
        return
    exported = pl.scan_parquet(folder / SEGMENTS).select("id").unique().collect()["id"]
    for batch in _parquet(folder, DOCUMENTS, columns):
        is_exported = batch.rows["id"].is_in(exported.implode())
        yield Batch(batch.file, batch.numbers.filter(is_exported), batch.rows.filter(is_exported))


def _parquet(folder: Path, name: str, columns: list[str] | None) -> Iterator[Batch]:
    first = 1
    try:
        with pq.ParquetFile(folder / name) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=columns):
                rows = pl.DataFrame(pa.Table.from_batches([batch]))
                yield Batch(name, _from(first, rows.height), rows)
                first += rows.height
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(folder / name, error) from error


def _from(first: int, count: int) -> pl.Series:
    return pl.int_range(first, first + count, eager=True)


def _texts(value: object, field: str = "") -> Iterator[tuple[str, str]]:
    """Give every text inside a JSON value, behind the name of its field."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{field}.{name}" if field else name)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _texts(inner, f"{field}[{at}]")


def _unreadable(path: Path, error: Exception) -> SourceError:
    words = f"cannot be read: {shorten(str(error))}"
    return SourceError(words, where=str(path), hint="run the recipe again")
