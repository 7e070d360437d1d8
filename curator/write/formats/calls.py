"""Function calls in the forms of others: read from their JSON text, written anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson
import polars as pl


class Call(NamedTuple):
    """One call, its arguments to the letter."""

    id: str | None
    name: Any
    arguments: str
    whole: dict[str, Any]  # the call as the record has it


def calls_of(text: str | None) -> list[Call]:
    """Take the JSON text of calls apart; what is not there is null, or no arguments."""
    found = []
    for call in orjson.loads(text) or [] if text else []:
        function = call.get("function") or {}
        arguments = function.get("arguments")
        if not isinstance(arguments, str):
            arguments = "{}" if arguments is None else orjson.dumps(arguments).decode()
        found.append(Call(call.get("id"), function.get("name"), arguments or "{}", call))
    return found


def has_object(call: Call) -> bool:
    """Say whether the arguments of a call are a JSON object."""
    try:
        return isinstance(orjson.loads(call.arguments), dict)
    except orjson.JSONDecodeError:
        return False


def rewritten(tool_calls: pl.Series, write: Callable[[list[Call]], str | None]) -> pl.Series:
    """Write calls in another form: empty where ``write`` gives none, null where none is made."""
    at = tool_calls.is_not_null().arg_true()
    values = [_written(text, write) for text in tool_calls.gather(at)]
    empty = pl.repeat(None, len(tool_calls), dtype=pl.String, eager=True)
    return empty.scatter(at, pl.Series(values, dtype=pl.String))


def _written(text: str, write: Callable[[list[Call]], str | None]) -> str | None:
    try:
        found = calls_of(text)
    except orjson.JSONDecodeError:
        return ""
    return (write(found) or "") if found else None


def without_objects(tool_calls: pl.Series) -> pl.Series:
    """Say which messages call with arguments that are no JSON object."""
    is_odd = rewritten(tool_calls, lambda found: "y" if all(map(has_object, found)) else None)
    return (is_odd == "").fill_null(value=False)


NO_OBJECTS = "tool arguments that are not a JSON object"
"""Why a shape that writes arguments as objects leaves a row out."""


def as_object(call: Call) -> orjson.Fragment:
    """Give arguments as they were written, whatever their numbers are, on one line."""
    return orjson.Fragment(call.arguments.replace("\r", " ").replace("\n", " "))


def with_objects(tool_calls: pl.Series) -> pl.Series:
    """Write calls as chat APIs have them, but their arguments as objects."""

    def write(found: Sequence[Call]) -> str:
        return orjson.dumps(
            [
                call.whole
                | {"function": {**(call.whole.get("function") or {}), "arguments": as_object(call)}}
                for call in found
            ]
        ).decode()

    return rewritten(tool_calls, write)
