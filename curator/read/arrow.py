"""Arrow batches -> RECORD frames: labels by their names, every type as text or JSON can say it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import polars as pl

from curator.errors import SourceError, shorten
from curator.read import reading, rows
from curator.read.files import SourceFile

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 10_000
_AS_THEY_ARE = (pl.String, pl.Boolean, pl.Null, pl.Float32, pl.Float64, *rows.INTEGERS)


def pieces(
    batches: Iterable[pa.Table],
    names: dict[str, list[str]],
    options: reading.Options,
    source: SourceFile,
) -> Iterator[pl.DataFrame]:
    """Yield a RECORD frame for each batch; ``names`` are those of the numbers in label columns."""
    found: rows.Reading | None = None
    row = 0
    for batch in batches:
        if batch.num_rows == 0:
            continue
        frame = _plain(_text_checked(batch, source), names, source)
        if found is None:
            sample = frame.head(rows.SAMPLE_ROWS).to_dicts()
            found = rows.recognise(sample, options, source.uri)
        numbers = pl.int_range(row + 1, row + frame.height + 1, eager=True)
        yield rows.from_frame(frame, found, source, numbers)
        row += frame.height


def label_names(schema: pa.Schema) -> dict[str, list[str]]:
    """
    Give the names behind the numbers of each label column, where the schema holds them.

    Source: the ``huggingface`` entry that ``datasets`` writes into a schema's metadata.
    """
    try:
        told = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = told["info"]["features"].items()
        labels = {name: what for name, what in features if what.get("_type") == "ClassLabel"}
        return {name: [str(each) for each in what["names"]] for name, what in labels.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _text_checked(batch: pa.Table, source: SourceFile) -> pl.DataFrame:
    """Turn the batch into a frame, but not before its text is known to be text."""
    import pyarrow as pa

    try:
        batch.validate(full=True)
        frame = pl.from_arrow(batch)
    except (pa.ArrowException, pl.exceptions.PolarsError) as error:
        raise SourceError(f"is damaged: {shorten(str(error))}", where=source.uri) from error
    assert isinstance(frame, pl.DataFrame)
    return frame


def _plain(frame: pl.DataFrame, names: dict[str, list[str]], source: SourceFile) -> pl.DataFrame:
    columns = []
    for column in frame:
        name, dtype = column.name, column.dtype
        if name in names and dtype.is_integer():
            known = pl.Series(range(len(names[name])), dtype=pl.Int64)
            told = pl.Series(names[name], dtype=pl.String)
            columns.append(
                column.cast(pl.Int64).replace_strict(
                    known, told, default=None, return_dtype=pl.String
                )
            )
            continue
        try:
            columns.append(column.cast(_said(dtype)))
        except pl.exceptions.PolarsError as error:
            raise SourceError(
                f"column {shorten(name)!r} ({shorten(str(dtype))}) cannot be read as text",
                where=source.uri,
                hint="write the data without it",
            ) from error
    return pl.DataFrame(columns)


def _said(dtype: pl.DataType) -> pl.DataType:
    """Give the type that says the same in text, numbers, lists and objects."""
    if isinstance(dtype, (pl.List, pl.Array)):
        return pl.List(_said(dtype.inner))  # type: ignore[arg-type]
    if isinstance(dtype, pl.Struct):
        return pl.Struct({field.name: _said(field.dtype) for field in dtype.fields})  # type: ignore[arg-type]
    return dtype if isinstance(dtype, _AS_THEY_ARE) else pl.String()
