"""Functions as Google declares them: types in capitals, nothing but name, words and parameters."""

from __future__ import annotations

from typing import Any

import orjson

_TYPES = {"string", "number", "integer", "boolean", "array", "object"}
_NESTED = ("properties", "$defs", "definitions")  # their values are schemas by name
_LISTED = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties")
_FIELDS = ("name", "description", "parameters")


class _Odd(ValueError):
    """A schema that a declaration cannot say."""


def declared(tools: str) -> str:
    """Give the JSON text of function declarations; empty where a tool cannot be declared."""
    try:
        return orjson.dumps([_declaration(tool) for tool in orjson.loads(tools)]).decode()
    except (_Odd, orjson.JSONDecodeError, AttributeError, TypeError):
        return ""


def extra_fields(tools: str) -> str:
    """Name the fields of tools that a declaration leaves out."""
    try:
        functions = [_function(tool) for tool in orjson.loads(tools)]
    except (orjson.JSONDecodeError, AttributeError, TypeError):
        return ""
    return ", ".join(sorted({name for one in functions for name in one if name not in _FIELDS}))


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    function: dict[str, Any] = tool.get("function", tool)
    return {
        name: value for name, value in function.items() if name != "type" or function is not tool
    }


def _declaration(tool: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in _function(tool).items() if name in _FIELDS}
    if not isinstance(given.get("name"), str):
        raise _Odd
    if given.get("parameters") is not None:
        given["parameters"] = _capitals(given["parameters"])
    return given


def _capitals(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "type":
            if not isinstance(value, str) or value.lower() not in _TYPES:
                raise _Odd
            found[name] = value.upper()
        elif name in _NESTED and isinstance(value, dict):
            found[name] = {key: _capitals(inner) for key, inner in value.items()}
        elif name in _LISTED and isinstance(value, list):
            found[name] = [_capitals(inner) for inner in value]
        else:
            found[name] = _capitals(value) if name in _SINGLE else value
    return found
