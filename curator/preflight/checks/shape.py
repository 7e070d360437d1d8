"""Checks on keys, types and values: they look at no text but short ones such as roles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from curator.preflight.json_rows import kind, type_of
from curator.preflight.paths import Steps, compiled, found, step

Place = tuple[str, Any]
Hit = tuple[str, str]
"""Where a rule is broken, and what stands there."""


def required_keys(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """Every key of ``keys`` must be there."""
    for path, value in places:
        if isinstance(value, dict):
            yield from ((path, key) for key in limits["keys"] if key not in value)


def any_key(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """At least one of ``keys`` must be there."""
    for path, value in places:
        if isinstance(value, dict) and not any(key in value for key in limits["keys"]):
            yield path, ", ".join(value) or "nothing"


def one_key(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """Exactly one of ``keys`` must be there."""
    for path, value in places:
        if isinstance(value, dict):
            there = [key for key in limits["keys"] if key in value]
            if len(there) != 1:
                yield path, " and ".join(there) or "none of them"


def allowed_keys(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """No key but ``keys`` may be there."""
    for path, value in places:
        if isinstance(value, dict):
            yield from ((path + step(key), key) for key in value if key not in limits["keys"])


def never(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """Nothing may stand here."""
    del limits
    for path, value in places:
        yield path, kind(value)


def types(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """A value must be of one of ``types``; an integer is a number too."""
    for path, value in places:
        is_type = type_of(value)
        if is_type not in limits["types"] and not (
            is_type == "integer" and "number" in limits["types"]
        ):
            yield path, kind(value)


def values(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """A value must be one of ``values``, of their type too: true is not 1."""
    allowed = {(type_of(value), value) for value in limits["values"]}
    for path, value in places:
        if isinstance(value, (dict, list)) or (type_of(value), value) not in allowed:
            yield path, kind(value) if isinstance(value, (dict, list)) else _written(value)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def length(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """A list must hold from ``min`` to ``max`` values."""
    for path, value in places:
        if isinstance(value, list) and not (
            limits.get("min", 0) <= len(value) <= limits.get("max", len(value))
        ):
            yield path, str(len(value))


def not_empty(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """A text must say something, a list hold something; null is nothing too."""
    is_text = str if limits.get("blank") else str.strip
    for path, value in places:
        if value is None or value == [] or (isinstance(value, str) and not is_text(value)):
            yield path, "a blank text" if isinstance(value, str) and value else _nothing(value)


def _nothing(value: Any) -> str:
    return "null" if value is None else "an empty list" if value == [] else "an empty text"


def same_type(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """All values must be of one type; null and empty ones are of any."""
    del limits
    there = [(path, kind(value)) for path, value in places if value not in (None, "", [])]
    for path, is_kind in there:
        if is_kind != there[0][1]:
            yield path, f"{is_kind} after {there[0][1]}"
            return


def count(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """In a row there may be at most ``max`` of these."""
    if len(places) > limits["max"]:
        yield places[limits["max"]][0], str(len(places))


def not_together(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """In one place only one of ``kinds`` may be found; what is empty counts only with ``empty``."""
    kinds = [compiled(path) for path in limits["kinds"]]
    nothing: tuple[Any, ...] = () if limits.get("empty") else (None, "", [])
    for path, value in places:
        there = [_first(value, steps, path, nothing) for steps in kinds]
        if len(met := [place for place in there if place]) > 1:
            yield met[1], " and ".join(limits["kinds"])


def _first(value: Any, steps: Steps, path: str, nothing: tuple[Any, ...]) -> str:
    places = (place for place, inner in found(value, steps, path) if inner not in nothing)
    return next(places, "")
