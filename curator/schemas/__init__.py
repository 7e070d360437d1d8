"""The JSON Schemas of the package: jsonschema-rs decides, jsonschema words the errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

Schema = dict[str, Any]


def folder() -> Path:
    """Where the schemas lie: beside the package in a checkout, inside it when installed."""
    installed = Path(str(files("curator"))) / "_schemas"
    return installed if installed.is_dir() else installed.parents[1] / "schemas"


@cache
def load(name: str) -> Schema:
    """Read ``<name>.schema.json``. Raises FileNotFoundError for a name that does not exist."""
    schema: Schema = json.loads((folder() / f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema


def names() -> tuple[str, ...]:
    """List the schemas by name."""
    return tuple(
        sorted(p.name.removesuffix(".schema.json") for p in folder().glob("*.schema.json"))
    )


def follow(rule: Schema, schema: str = "recipe") -> Schema:
    """Give what a local ``$ref`` points at, with what stands beside the reference laid over it."""
    if "$ref" not in rule:
        return rule
    target: Any = load(schema)
    for part in rule["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return {**target, **{key: value for key, value in rule.items() if key != "$ref"}}


def is_schema(value: Any) -> bool:
    """Say whether ``value`` is itself a JSON Schema of draft 7, whatever it says that it is."""
    import jsonschema_rs

    draft = {"$schema": "http://json-schema.org/draft-07/schema#"}
    return bool(isinstance(value, dict) and jsonschema_rs.meta.is_valid({**value, **draft}))


class Gate:
    """
    One schema, compiled twice: a fast verdict for every row, words for the rows that fail.

    Formats are checked by both. Neither side's wording is ever mixed with the other's.
    """

    def __init__(self, schema: Schema) -> None:
        """Compile ``schema`` (2020-12 unless it says otherwise)."""
        import jsonschema_rs

        self._schema = schema
        self._fast = jsonschema_rs.validator_for(schema, validate_formats=True)

    def is_valid(self, instance: Any) -> bool:
        """Say whether ``instance`` keeps every rule."""
        return bool(self._fast.is_valid(instance))

    def errors(self, instance: Any) -> Iterator[tuple[str, str]]:
        """Yield (JSON path, message) for every broken rule, by path."""
        from jsonschema import FormatChecker
        from jsonschema.validators import validator_for

        validator = validator_for(self._schema)(self._schema, format_checker=FormatChecker())
        found = sorted(validator.iter_errors(instance), key=lambda e: (e.json_path, e.message))
        for error in found:
            yield error.json_path, error.message
