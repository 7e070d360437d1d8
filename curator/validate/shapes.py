"""
What a JSON Schema cannot tell apart is checked once.

    rows        -> one table a conjunct: a column with its property's schema, the row with the rest
    each table  -> values that no keyword reads become "" or 0
    what is left, as JSON text -> distinct texts -> one verdict each

A schema that uses a keyword not listed here is simply checked on the values as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
import polars as pl

from curator.schemas import Gate, Schema
from curator.schemas.blind import ANY_ITEM, LOCAL, Path, is_blind


def is_valid(rows: pl.DataFrame, parts: Sequence[Conjunct]) -> pl.Series:
    """Say of each row whether it keeps every part of a schema."""
    verdict = pl.repeat(value=True, n=rows.height, dtype=pl.Boolean, eager=True)
    for part in parts:
        verdict &= part.verdicts(rows)
    return verdict


@dataclass(frozen=True)
class Conjunct:
    """A part of a schema, and the column that it is about (None: the whole row)."""

    schema: Schema
    column: str | None

    @cached_property
    def gate(self) -> Gate:
        """Compiled."""
        return Gate(self.schema)

    def verdicts(self, rows: pl.DataFrame) -> pl.Series:
        """Say of each row whether it keeps this part."""
        values = rows.select(seen=self._seen(rows.schema))["seen"]
        is_text = values.dtype.is_nested()
        if is_text:
            values = values.struct.json_encode()
        is_good = self._is_good_text if is_text else self.gate.is_valid
        bad = [value for value in values.unique() if not is_good(value)]
        return ~values.is_in(pl.Series(bad, dtype=values.dtype).implode(), nulls_equal=True)

    def _seen(self, schema: pl.Schema) -> pl.Expr:
        """Give what this part can tell apart: a struct of columns, or the column if it is flat."""
        if self.column is None:
            columns = (
                self._mask(pl.col(name), dtype, (name,)).alias(name)
                for name, dtype in schema.items()
            )
            return pl.struct(columns)
        column = self._mask(pl.col(self.column), schema[self.column], ())
        return pl.struct(column.alias(self.column)) if schema[self.column].is_nested() else column

    def _is_good_text(self, text: str) -> bool:
        row = orjson.loads(text)
        return self.gate.is_valid(row if self.column is None else row[self.column])

    def _mask(self, value: pl.Expr, dtype: Any, path: Path) -> pl.Expr:
        """Give one value for all that this part cannot tell apart; null stays null."""
        is_there = value.is_not_null()
        if isinstance(dtype, pl.Struct):
            fields = [
                self._mask(value.struct.field(name), inner, (*path, name)).alias(name)
                for name, inner in dtype.to_schema().items()
            ]
            return pl.when(is_there).then(pl.struct(fields))
        blind = is_blind(self.schema, path, self.schema)
        if isinstance(dtype, pl.List):
            inner = self._mask(pl.element(), dtype.inner, (*path, ANY_ITEM))
            return value.list.head(0) if blind else value.list.eval(inner)
        if blind and isinstance(dtype, pl.String):
            return pl.when(is_there).then(pl.lit(""))
        if blind and dtype.is_integer():
            return pl.when(is_there).then(pl.lit(0))
        return value


def conjuncts(schema: Schema, columns: Sequence[str]) -> tuple[Conjunct, ...]:
    """Take ``schema`` apart: a row keeps it exactly when it keeps every part."""
    if not _is_local(schema):
        return (Conjunct(schema, None),)
    properties = schema.get("properties", {})
    shared: Schema = {key: schema[key] for key in ("$schema", "$defs") if key in schema}
    parts = {
        name: {**shared, "allOf": [properties[name]]} for name in columns if name in properties
    }
    rest: Schema = {**schema, "properties": dict.fromkeys(properties, True)}
    return (*(Conjunct(part, name) for name, part in parts.items()), Conjunct(rest, None))


def _is_local(schema: Schema) -> bool:
    """Say whether every reference leads to a definition at the top of this very schema."""

    def keys(node: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(node, dict):
            yield from node.items()
        for child in (
            node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        ):
            yield from keys(child)

    local = {LOCAL + name for name in schema.get("$defs", {})}
    found = list(keys(schema))
    names = [key for key, _ in found]
    stray = {"$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef"}.intersection(names)
    refers = all(value in local for key, value in found if key == "$ref" and isinstance(value, str))
    return refers and not stray and names.count("$id") <= 1
