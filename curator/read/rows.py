"""Source rows -> RECORD frames, rejects included: plain rows the fast way, the rest one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import polars as pl

from curator.read.files import SourceFile
from curator.read.reading import SAMPLE_ROWS, Reading, recognise
from curator.read.shapes import Record, Row
from curator.read.values import Unmappable, dumps
from curator.records import PROVENANCE, RECORD

__all__ = [
    "SAMPLE_ROWS",
    "Reading",
    "finished",
    "fits",
    "from_dicts",
    "from_frame",
    "in_order",
    "inner_fields",
    "recognise",
    "rejects",
    "shaped",
]

MAX_RAW_CHARS = 2_000
"""So much of a rejected row's text is kept; how much was cut is said."""

INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
_TEXT = (pl.String, pl.Null)
_PLAIN = (pl.String, pl.Boolean, pl.Null, *INTEGERS)


def from_dicts(
    found: Iterable[tuple[int, int | None, Row]], reading: Reading, source: SourceFile
) -> pl.DataFrame:
    """Turn (row, line, fields) into a RECORD frame one by one: the simple version."""
    rows: list[dict[str, Any]] = []
    for row, line, fields in found:
        try:
            records = reading.records(fields)
        except Unmappable as why:
            records = [rejected(why, dumps(dict(fields)))]
        rows += [placed(record, row, line, source) for record in records]
    return frame(rows)


def rejects(bad: Iterable[tuple[int, int | None, str, str]], source: SourceFile) -> pl.DataFrame:
    """Give a RECORD frame of rejects from (row, line, "reason | detail", raw text)."""
    return frame([placed(rejected(why, raw), row, line, source) for row, line, why, raw in bad])


def rejected(why: Unmappable | str, raw: str) -> Record:
    """Give the record of a row that is none."""
    cut = len(raw) - MAX_RAW_CHARS
    if cut > 0:
        raw = f"{raw[:MAX_RAW_CHARS]}… ({cut:,} more characters)"
    return {"rejected": f"read: {why}", "raw": raw}


def placed(record: Record, row: int, line: int | None, source: SourceFile) -> Record:
    """Say where the record comes from."""
    place = {"uri": source.uri, "sha256": source.sha256, "row": row, "line": line}
    return record | {"provenance": place}


def frame(rows: list[Record]) -> pl.DataFrame:
    """Give ``rows`` as a RECORD frame."""
    whole = [{"changes": [], **row} for row in rows]
    return pl.DataFrame(whole, schema=dict(RECORD), orient="row", infer_schema_length=None)


def from_frame(
    raw: pl.DataFrame,
    reading: Reading,
    source: SourceFile,
    row: pl.Series,
    line: pl.Series | None = None,
) -> pl.DataFrame:
    """Turn source columns into a RECORD frame in their order; those not taken go to meta."""
    lines = line if line is not None else pl.Series("line", [None] * raw.height, pl.Int64)
    rest = [name for name in raw.columns if name not in reading.taken]
    is_odd = pl.repeat(value=True, n=raw.height, eager=True, dtype=pl.Boolean)
    parts = []
    if fits(raw, reading.layout, reading.only_text) and all(
        raw.schema[name] in _PLAIN for name in rest
    ):
        found = reading.to_frame(shaped(raw, reading.layout))
        is_odd = found["is_odd"] | raw.select(_too_long(raw, reading.max_chars)).to_series()
        if rest:
            found = found.with_columns(
                meta=raw.select(pl.struct(rest).struct.json_encode()).to_series()
            )
        good = ~is_odd
        parts.append(
            finished(found.filter(good), reading, source, row.filter(good), lines.filter(good))
        )
    at = is_odd.arg_true()
    odd = zip(row.gather(at), lines.gather(at), raw[at].iter_rows(named=True), strict=True)
    parts.append(from_dicts(odd, reading, source))
    return in_order(parts)


def fits(
    raw: pl.DataFrame, layout: dict[str, pl.DataType], only_text: Collection[str] = ()
) -> bool:
    """Say whether the columns can be taken as ``layout`` wants them; missing ones count as null."""
    return bool(layout) and all(
        raw.schema[name] in (_TEXT if name in only_text else _PLAIN)
        if dtype == pl.String
        else _same_fields(raw.schema[name], dtype)
        for name, dtype in layout.items()
        if name in raw.columns
    )


def _same_fields(dtype: pl.DataType, wanted: pl.DataType) -> bool:
    found = inner_fields(dtype)
    return (
        bool(found)
        and {field.name for field in found} == {field.name for field in inner_fields(wanted)}
        and all(field.dtype in _TEXT for field in found)
    )


def inner_fields(dtype: pl.DataType) -> tuple[pl.Field, ...]:
    """Give the fields of the objects in a list; none for any other dtype."""
    if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct):
        return tuple(dtype.inner.fields)
    return ()


def shaped(raw: pl.DataFrame, layout: dict[str, pl.DataType]) -> pl.DataFrame:
    """Give exactly the columns of ``layout``: numbers and booleans as text, null where missing."""
    return raw.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in layout.items() if name not in raw.columns
    ).select(
        pl.col(name).cast(dtype) if dtype == pl.String else name for name, dtype in layout.items()
    )


def _too_long(raw: pl.DataFrame, max_chars: int) -> pl.Expr:
    found = [pl.lit(value=False)]
    for name, dtype in raw.schema.items():
        if dtype == pl.String:
            found.append(pl.col(name).str.len_chars() > max_chars)
        elif fields := inner_fields(dtype):
            texts = [pl.element().struct.field(each.name).cast(pl.String) for each in fields]
            longest = pl.max_horizontal(each.str.len_chars() for each in texts)
            found.append(pl.col(name).list.eval(longest).list.max() > max_chars)
    return pl.any_horizontal(found).fill_null(value=False)


def finished(
    found: pl.DataFrame, reading: Reading, source: SourceFile, row: pl.Series, line: pl.Series
) -> pl.DataFrame:
    """Give content columns their origin, the recipe's constants, and the other RECORD columns."""
    place: dict[str, pl.Expr] = {
        "uri": pl.lit(source.uri),
        "sha256": pl.lit(source.sha256),
        "row": pl.lit(row.cast(pl.Int64)),
        "line": pl.lit(line.cast(pl.Int64)),
    }
    provenance = pl.struct(
        place.get(inner.name, pl.lit(None, inner.dtype)).alias(inner.name)
        for inner in PROVENANCE.fields
    )
    constants = [
        pl.col(name).fill_null(value) if name in found.columns else pl.lit(value).alias(name)
        for name, value in reading.constants.items()
    ]
    told = found.with_columns(provenance.alias("provenance"), *constants)
    return told.with_columns(
        pl.lit([] if name == "changes" else None, dtype).alias(name)
        for name, dtype in RECORD.items()
        if name not in told.columns
    ).select(list(RECORD))


def in_order(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Put RECORD frames together by row of the source; records of one row keep their order."""
    filled = [part for part in parts if part.height]
    if len(filled) < 2:
        return filled[0] if filled else parts[0]
    return pl.concat(filled).sort(pl.col("provenance").struct.field("row"), maintain_order=True)
