"""Functions as Google declares them: types in capitals, nothing but name, words and parameters."""

from __future__ import annotations

from typing import Any

import orjson

from curator.prompt.schema_types import TYPES, retyped

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
    if not isinstance(given.get("name"), str) or not given["name"].strip():
        raise _Odd
    if given.get("parameters") is not None:
        given["parameters"] = retyped(given["parameters"], _capital)
    return given


def _capital(name: Any) -> str:
    if not isinstance(name, str) or name.lower() not in TYPES:
        raise _Odd
    return name.upper()
