"""One row of a file of JSON lines: what it says, or why it says nothing that can be relied on."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple, NoReturn

MAX_DEPTH = 200
"""Rows nested deeper are broken: readers of JSON differ in what they take."""

_HALF = re.compile(r"[\ud800-\udfff]")
_MAY_BE_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class Fault(NamedTuple):
    """What is wrong with the text of a row; ``check`` is the kind of rule that is broken."""

    check: str
    found: str


class Row(NamedTuple):
    """A row as it was read: with a fault that is no ``duplicate_keys``, ``value`` is None."""

    value: dict[str, Any] | None
    fault: Fault | None


class _Twice(dict[str, Any]):
    """An object that was written with a key twice: readers keep the last, or refuse it."""

    key = ""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    keys = [key for key, _ in pairs]
    twice = _Twice(made)
    twice.key = next(key for key in keys if keys.count(key) > 1)
    return twice


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant)


def read(line: bytes) -> Row:  # noqa: PLR0911 - each fault has its own words
    """Read one line; a line feed or blanks around it are no part of it."""
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        return Row(None, Fault("encoding", f"byte {error.start + 1} of the row"))
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        message = error.msg.removesuffix(" at")
        return Row(None, Fault("json", f"{message} at character {error.pos + 1}"))
    except RecursionError:
        return Row(None, _too_deep())
    except ValueError as error:  # NaN, or a number with more digits than Python reads
        return Row(None, Fault("json", str(error).partition(";")[0]))
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(value):
        return Row(None, _too_deep())
    if _MAY_BE_HALF.search(text) and _half(value):
        return Row(None, Fault("encoding", "half a surrogate pair"))
    if not isinstance(value, dict):
        return Row(None, Fault("row_object", kind(value)))
    return Row(value, _duplicate(value) if b'"' in line else None)


def kind(value: Any) -> str:
    """Name the JSON type of ``value`` for a message."""
    return {
        "null": "null",
        "boolean": "a boolean",
        "integer": "a number",
        "number": "a number",
        "string": "a string",
        "list": "a list",
        "object": "an object",
    }[type_of(value)]


def type_of(value: Any) -> str:
    """Name the JSON type of ``value`` as rules do; a whole number is an integer."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, dict) else "list"


def _too_deep() -> Fault:
    return Fault("json", f"lists and objects more than {MAX_DEPTH} deep")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _duplicate(value: Any) -> Fault | None:
    level = [value]
    while level:
        for box in level:
            if isinstance(box, _Twice):
                return Fault("duplicate_keys", box.key)
        level = [inner for box in level for inner in _inside(box)]
    return None


def _half(value: Any) -> bool:
    if isinstance(value, str):
        return _HALF.search(value) is not None
    if isinstance(value, dict) and any(map(_half, value)):
        return True
    return any(map(_half, _inside(value)))


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for box in level for inner in _inside(box)]
        if not level:
            return False
    return any(isinstance(each, (dict, list)) for each in level)
