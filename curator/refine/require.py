"""Reject rows that break a JSON Schema or an expression on their fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from curator.errors import RecipeError, shorten
from curator.records import KEPT, RECORD, reject
from curator.refine.expression import parse
from curator.schemas import Gate, Schema


@dataclass(frozen=True, kw_only=True)
class Options:
    """At least one of the two; a row must meet all that is given."""

    expression: str | None = None  # for example: meta.reward >= 1 and label != "other"
    schema: Schema | None = None  # over the record as JSON: without nulls, JSON texts as values

    def __post_init__(self) -> None:
        """Refuse what cannot be read, before any row is."""
        if self.expression is None and self.schema is None:
            raise RecipeError("nothing is required", hint="give an expression or a schema")
        if self.expression is not None:
            parse(self.expression)
        if self.schema is not None:
            _check(self.schema)


def refine(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Mark kept rows that do not meet what is required, or lack the field that decides."""
    if options.expression is not None:
        shown = shorten(options.expression)
        records = records.with_columns(_holds=parse(options.expression))
        for where, why in (
            (~pl.col("_holds"), "does not hold"),
            (pl.col("_holds").is_null(), "a field is missing"),
        ):
            records = reject(records, where, f"require: {why} | {shown}")
        records = records.drop("_holds")
    if options.schema is not None:
        gate = Gate(options.schema)
        row = pl.struct(KEPT.alias("is_kept"), *(pl.col(name) for name in _SHOWN))
        broken = row.map_batches(
            lambda rows: _broken(rows, gate), return_dtype=pl.String, is_elementwise=True
        )
        records = records.with_columns(_broken=broken)
        reason = pl.format("require: breaks the schema | {}", "_broken")
        records = reject(records, pl.col("_broken").is_not_null(), reason).drop("_broken")
    return records


_JSON = ("meta", "tools")
_HIDDEN = {"position", "changes", "rejected", "merged_into", "raw"}
_SHOWN = [name for name in RECORD if name not in _HIDDEN]


def _broken(rows: pl.Series, gate: Gate) -> pl.Series:
    """Say of each row the first rule it breaks, with its path; null where it breaks none."""
    verdicts = (_first(orjson.loads(row), gate) for row in rows.struct.json_encode())
    return pl.Series(rows.name, verdicts, dtype=pl.String)


def _first(row: dict[str, Any], gate: Gate) -> str | None:
    if not row.pop("is_kept"):
        return None
    instance = _without_nulls(row)
    if gate.is_valid(instance):
        return None
    path, message = next(gate.errors(instance))
    return f"{path}: {shorten(message)}"


def _without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    shown = {key: value for key, value in row.items() if value is not None}
    for talk in ("messages", "rejected_messages"):
        if talk in shown:
            shown[talk] = [_message(message) for message in shown[talk]]
    for owner in ("provenance", "review"):
        if owner in shown:
            shown[owner] = {k: v for k, v in shown[owner].items() if v is not None}
    return shown | {key: orjson.loads(shown[key]) for key in _JSON if key in shown}


def _message(message: dict[str, Any]) -> dict[str, Any]:
    shown = {key: value for key, value in message.items() if value is not None}
    if "tool_calls" in shown:
        shown["tool_calls"] = orjson.loads(shown["tool_calls"])
    return shown


def _check(schema: Schema) -> None:
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        message = f"schema is no JSON Schema: {error.json_path}: {shorten(error.message)}"
        raise RecipeError(message) from error
    for target in _references(schema):
        if not target.startswith("#"):
            raise RecipeError(
                f"schema refers to {shorten(target)!r}, which lies outside it",
                hint="nothing is fetched: put it under $defs and refer to #/$defs/...",
            )


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        found = (part.get(key) for key in ("$ref", "$dynamicRef"))
        yield from (target for target in found if isinstance(target, str))
        part = list(part.values())
    if isinstance(part, list | tuple):
        for inner in part:
            yield from _references(inner)
