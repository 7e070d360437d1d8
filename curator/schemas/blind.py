"""What a JSON Schema does not read of a value: such values need not be checked one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
Path = tuple[str, ...]

ANY_ITEM = "[]"
LOCAL = "#/$defs/"
MAX_DEPTH = 64

_NOTES = {"$schema", "$id", "$defs", "$comment", "title", "description", "default", "examples"}
_BRANCHES = ("anyOf", "allOf", "oneOf")
_CONDITIONS = ("not", "if", "then", "else")
_COUNTS = {"minItems", "maxItems", "minProperties", "maxProperties"}
_INSIDE = {"properties", "required", "items", "prefixItems", "additionalProperties", *_COUNTS}
_BLIND = {*_NOTES, *_BRANCHES, *_CONDITIONS, *_INSIDE, "type", "$ref"}
"""Keywords that never read a string or a number, only what kind of value stands where."""


def is_blind(
    schema: Any, path: Path, root: Schema, depth: int = 0, *, is_filled: bool = False
) -> bool:
    """
    Say whether ``schema`` reads but the type of what stands at ``path``; in doubt, no.

    Of a text that ``is_filled`` it may also be read that it is not empty.
    """
    if isinstance(schema, bool):
        return True
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return False
    read = schema.keys() - (_BLIND if path else _BLIND - _INSIDE)
    if is_filled and schema.get("minLength", 2) <= 1:
        read -= {"minLength"}
    if read or isinstance(schema.get("additionalProperties"), dict):
        return False
    inner = list(_branches(schema, path, root))
    if path and path[0] == ANY_ITEM:
        of_items = (schema.get("items", True), *schema.get("prefixItems", ()))
        inner += [(part, path[1:]) for part in of_items]
    elif path:
        inner.append((schema.get("properties", {}).get(path[0], True), path[1:]))
    return all(is_blind(part, rest, root, depth + 1, is_filled=is_filled) for part, rest in inner)


def read_names(schema: Any, root: Schema, depth: int = 0) -> set[str]:
    """Name the fields of which a schema reads more than their type, or whether they are filled."""
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return set()
    found = {
        name
        for name, inner in schema.get("properties", {}).items()
        if _reads(inner, root, depth + 1)
    }
    within = [part for part, _ in _branches(schema, (), root)]
    within += [schema.get("items"), *schema.get("prefixItems", ())]
    within += schema.get("properties", {}).values()
    return found.union(*(read_names(part, root, depth + 1) for part in within))


def _reads(schema: Any, root: Schema, depth: int) -> bool:
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return False
    if schema.keys() - _BLIND - ({"minLength"} if schema.get("minLength", 2) <= 1 else set()):
        return True
    return any(_reads(part, root, depth + 1) for part, _ in _branches(schema, (), root))


def _branches(schema: Schema, path: Path, root: Schema) -> Iterator[tuple[Any, Path]]:
    """Give the schemas that are about the same value."""
    for key in _BRANCHES:
        yield from ((branch, path) for branch in schema.get(key, ()))
    yield from ((schema[key], path) for key in _CONDITIONS if key in schema)
    if "$ref" in schema:
        yield root["$defs"][schema["$ref"].removeprefix(LOCAL)], path
