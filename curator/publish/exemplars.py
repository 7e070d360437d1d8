"""The exemplars of a bank as Parquet: all configs of a repository are loaded by one reader."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from curator.errors import WriteError

LINES, TABLE = "bank/exemplars.jsonl", "bank/exemplars.parquet"
_BATCH_ROWS = 2_000
_AS_TEXT = ("tools", "tool_calls")  # Arrow would union the keys of calls and invent nulls


def write(lines: Path, path: Path) -> None:
    """
    Write a row for each line, in order: what a line has not is null, tools and calls are JSON text.

    Raises: WriteError for a line with a field that the table has no column for.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(columns())
    with lines.open("rb") as given, pq.ParquetWriter(path, schema, compression="zstd") as writer:
        rows = (_row(line, number) for number, line in enumerate(given, 1))
        while batch := list(islice(rows, _BATCH_ROWS)):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def columns() -> list[Any]:
    """List the columns with their types: those that ``datasets`` calls List and string."""
    import pyarrow as pa

    def fields(kind: Any, *names: str) -> list[Any]:
        return [pa.field(name, kind) for name in names]

    text, whole, real = pa.string(), pa.int64(), pa.float64()
    says = ("role", "content", "reasoning", "name", "tool_calls", "tool_call_id")
    message = pa.struct([*fields(text, *says), pa.field("weight", pa.int8())])
    place = [
        *fields(text, "uri", "sha256"),
        *fields(whole, "row", "line"),
        *fields(text, "document_id"),
        *fields(whole, "start", "end"),
        *fields(text, "parent_id", "derived_by"),
        *fields(real, "confidence"),
        *fields(text, "template"),
    ]
    return [
        *fields(text, "id"),
        *fields(whole, "rank"),
        pa.field("why", pa.struct([*fields(text, "step", "detail"), *fields(real, "gain")])),
        *fields(whole, "tokens"),
        pa.field("messages", pa.list_(pa.field("element", message))),
        *fields(text, "tools", "label", "group", "context", "reasoning"),
        pa.field("changes", pa.list_(pa.field("element", text))),
        pa.field("provenance", pa.struct(place)),
        pa.field("review", pa.struct([*fields(text, "status", "by"), *fields(real, "score")])),
    ]


def _row(line: bytes, number: int) -> dict[str, Any]:
    row = orjson.loads(line)
    row["messages"] = [_as_text(message) for message in row["messages"]]
    if strange := sorted(_strange(row, columns())):
        raise WriteError(f"{strange[0]} has no column in {TABLE}", where=f"{LINES}:{number}")
    return _as_text(row)


def _as_text(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        key: orjson.dumps(value).decode() if key in _AS_TEXT else value
        for key, value in fields.items()
    }


def _strange(value: Any, fields: list[Any]) -> Iterator[str]:
    """Name what a table would leave out in silence."""
    known = {field.name: field.type for field in fields}
    for key, inner in value.items():
        if key not in known:
            yield key
        elif isinstance(inner, dict):
            yield from (f"{key}.{name}" for name in _strange(inner, list(known[key])))
        elif key == "messages":
            for message in inner:
                yield from (f"{key}.{n}" for n in _strange(message, list(known[key].value_type)))
