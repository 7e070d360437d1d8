"""Hold every record against a JSON Schema: the record's own, or one that the recipe names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from curator import schemas
from curator.errors import RecipeError, Violation, shorten
from curator.records import KEPT
from curator.validate import Report
from curator.validate.shapes import conjuncts, is_valid

CHUNK_ROWS = 25_000
MESSAGE_CHARS = 160


@dataclass(frozen=True, kw_only=True)
class Options:
    """``schema`` is a file, or the schema itself; rows past ``max_reported`` are only counted."""

    schema: str | dict[str, Any] | None = None
    max_reported: int = 100


def validate(records: pl.LazyFrame, options: Options) -> Report:
    """
    Report the rows that break the schema, with the path and the rule, in reading order.

    Raises: RecipeError where the schema cannot be read or is none.
    """
    schema = _schema(options.schema)
    gate = _gate(schema)
    checked = broken = 0
    violations: list[Violation] = []
    kept = records.filter(KEPT)
    parts = conjuncts(schema, kept.collect_schema().names())
    for rows in kept.collect_batches(maintain_order=True, chunk_size=CHUNK_ROWS):
        invalid = rows.filter(~is_valid(rows, parts))
        checked += rows.height
        for row in invalid.head(max(0, options.max_reported - broken)).iter_rows(named=True):
            violations += _words(gate, row)
        broken += invalid.height
    if broken > options.max_reported:
        more = broken - options.max_reported
        violations.append(
            Violation(rule="record_schema", message=f"{more} more records break the schema")
        )
    named = schema.get("$id", "the recipe's own")
    facts = {"schema": named, "checked": checked, "broken": broken}
    return Report(violations=tuple(violations), facts=facts)


def _schema(given: str | dict[str, Any] | None) -> schemas.Schema:
    if given is None:
        return schemas.load("record")
    if isinstance(given, dict):
        return given
    try:
        schema: schemas.Schema = json.loads(Path(given).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise RecipeError(f"the schema cannot be read: {error}", where=given) from error
    return schema


def _gate(schema: schemas.Schema) -> schemas.Gate:
    try:
        return schemas.Gate(schema)
    except ValueError as error:
        raise RecipeError(
            f"record_schema: this is no JSON Schema: {shorten(str(error))}"
        ) from error


def _words(gate: schemas.Gate, row: dict[str, Any]) -> Iterator[Violation]:
    """Word every rule that ``row`` breaks."""
    origin = row["provenance"] or {}
    place = origin.get("line") or origin.get("row")
    source = ":".join(str(part) for part in (origin.get("uri"), place) if part is not None)
    for path, message in gate.errors(row):
        yield Violation(
            rule="record_schema",
            message=_cut(message),
            where=f"{source}: {path}" if source else path,
            record_id=row["id"],
        )


def _cut(message: str) -> str:
    """Shorten in the middle: the value stands first, the rule that it breaks last."""
    if len(message) <= MESSAGE_CHARS:
        return shorten(message, MESSAGE_CHARS)
    return shorten(message, 80) + shorten(message[-79:], 80)
