"""The types that the schema of a function names, wherever a schema stands inside another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPES = ("string", "number", "integer", "boolean", "array", "object")

_NAMED = ("properties", "patternProperties", "$defs", "definitions")  # schemas by name
_LISTED = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not", "contains")


def retyped(schema: Any, change: Callable[[Any], Any]) -> Any:
    """
    Give the schema with every ``type`` as ``change`` gives it; a property of that name is none.

    >>> retyped({"type": "object", "properties": {"type": {"type": "string"}}}, str.upper)
    {'type': 'OBJECT', 'properties': {'type': {'type': 'STRING'}}}
    """
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "type":
            found[name] = change(value)
        elif name in _NAMED and isinstance(value, dict):
            found[name] = {key: retyped(inner, change) for key, inner in value.items()}
        elif name in _LISTED and isinstance(value, list):
            found[name] = [retyped(inner, change) for inner in value]
        else:
            found[name] = retyped(value, change) if name in _SINGLE else value
    return found
