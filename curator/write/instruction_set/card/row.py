"""What a row holds, column by column, and one as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import polars as pl

from curator.write.instruction_set.card.markdown import fence, table
from curator.write.instruction_set.columns import COLUMNS, MEANING, DType, word
from curator.write.instruction_set.made import Made

MAX_EXAMPLE_CHARS = 300


def blocks(made: Made) -> Iterator[str]:
    """Give the columns with type and meaning, then the very first row, long texts cut."""
    yield "## Columns"
    yield from table(
        ("column", "type", "what it holds"),
        [line for name, dtype in COLUMNS.items() for line in _lines(name, dtype, name)],
    )
    if made.facts.example is not None:
        yield "## A row"
        readable = orjson.dumps(_short(made.facts.example), option=orjson.OPT_INDENT_2)
        yield fence(readable.decode(), "json")


def _lines(name: str, dtype: DType, key: str) -> Iterator[tuple[str, str, str]]:
    """Describe a column, then what is inside it."""
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    is_struct = isinstance(inner, pl.Struct)
    kind = "struct" if is_struct else word(inner)
    yield f"`{name}`", f"list of {kind}" if isinstance(dtype, pl.List) else kind, MEANING[key]
    if isinstance(inner, pl.Struct):
        for field in inner.fields:
            yield from _lines(f"{name}.{field.name}", field.dtype, f"{key}.{field.name}")


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= MAX_EXAMPLE_CHARS else f"{value[: MAX_EXAMPLE_CHARS - 1]}…"
    if isinstance(value, dict):
        return {key: _short(inner) for key, inner in value.items() if inner is not None}
    return [_short(inner) for inner in value] if isinstance(value, list) else value
