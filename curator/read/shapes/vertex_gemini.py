"""Chats as Gemini has them: ``contents`` of parts, function calls and their responses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from curator.prompt.schema_types import TYPES, retyped
from curator.read.shapes import Record, Roles, Row
from curator.read.shapes.messages import guided
from curator.read.tool_calls import Calls, named
from curator.read.values import Unmappable, dumps, joined, needed, objects, only_text

FIELDS = ("systemInstruction", "system_instruction", "contents", "tools")
LAYOUT: dict[str, pl.DataType] = {}
ONLY_TEXT = ()

_RESULTS = ("output", "content")
"""Names under which a response holds a text that is all of it."""

_AS_TEXT = "read: a function's response written as JSON text"


def matches(row: Row) -> bool:
    """Say whether there is a list of contents that have parts."""
    contents = row.get("contents")
    first = contents[0] if isinstance(contents, list) and contents else None
    return isinstance(first, dict) and "parts" in first


def to_records(row: Row, roles: Roles) -> list[Record]:  # noqa: ARG001
    """Turn one row into one record; calls get ids, which the responses to them name."""
    contents = objects(row.get("contents"), "$.contents")
    if not contents:
        raise Unmappable("no messages", "$.contents is an empty list")
    calls, changes = Calls(), list[str]()
    said = [
        turn
        for at, content in enumerate(contents)
        for turn in _turns(content, f"$.contents[{at}]", calls, changes)
    ]
    system = _either(row, "systemInstruction", "system_instruction")
    record = {"messages": said, "changes": list(dict.fromkeys(changes)), "tools": _tools(row)}
    return [guided(record, _system(system))]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Leave every row to ``to_records``: a content is a list of parts."""
    return raw.select(is_odd=pl.lit(value=True))


def _turns(
    content: dict[str, Any], path: str, calls: Calls, changes: list[str]
) -> Iterator[dict[str, Any]]:
    """Give the turn that a content is, or one for each response that it holds."""
    texts, thoughts, called = list[str](), list[str](), list[dict[str, Any]]()
    role = content.get("role") or "user"
    for at, part in enumerate(objects(content.get("parts"), f"{path}.parts")):
        place = f"{path}.parts[{at}]"
        if (response := _either(part, "functionResponse", "function_response")) is not None:
            name = needed(response.get("name"), f"{place}.name")
            result = _result(response.get("response"), changes)
            answered = calls.answer(place, name)
            yield {"role": "tool", "content": result, "tool_call_id": answered}
        elif (call := _either(part, "functionCall", "function_call")) is not None:
            called.append({"name": call.get("name"), "arguments": call.get("args")})
        elif part.get("text") is not None:
            text = needed(part["text"], f"{place}.text", only_text)
            (thoughts if part.get("thought") is True else texts).append(text)
        else:
            named = ", ".join(name for name, value in part.items() if value is not None)
            raise Unmappable("wrong type", f"{place}: {named or 'nothing'} where text is expected")
    if role not in ("user", "model", "function"):
        raise Unmappable("unknown role", f"{path}.role: {str(role)[:40]!r} is not user or model")
    if role == "model":
        yield {
            "role": "assistant",
            "content": joined(texts) if texts or not called else None,
            "reasoning": joined(thoughts) or None,
            "tool_calls": calls.make(called, f"{path}.parts") if called else None,
        }
    elif texts:
        yield {"role": "user", "content": joined(texts)}


def _result(response: Any, changes: list[str]) -> str:
    if isinstance(response, dict) and len(response) == 1:
        name, value = next(iter(response.items()))
        if name in _RESULTS and isinstance(value, str):
            return value
    changes.append(_AS_TEXT)
    return dumps({} if response is None else response)


def _system(given: Any) -> str | None:
    if not given:
        return None
    if isinstance(given, str):
        return given
    parts = objects(given.get("parts"), "$.systemInstruction.parts")
    texts = [needed(part.get("text"), "$.systemInstruction.parts.text") for part in parts]
    return joined(texts, "\n\n")


def _tools(row: Row) -> str | None:
    """Give declarations as chat APIs have functions: each by itself, types in small letters."""
    functions = [
        {"type": "function", "function": _function(function)}
        for at, tool in enumerate(objects(row.get("tools") or [], "$.tools"))
        for function in objects(
            _either(tool, "functionDeclarations", "function_declarations"), f"$.tools[{at}]"
        )
    ]
    return dumps(functions) if functions else None


def _function(declared: dict[str, Any]) -> dict[str, Any]:
    named(declared.get("name"), "$.tools.name")
    schema = declared.get("parameters")
    return declared if schema is None else declared | {"parameters": retyped(schema, _small)}


def _small(name: Any) -> Any:
    known = isinstance(name, str) and name.lower() in TYPES
    return name.lower() if known else name


def _either(source: Any, *names: str) -> Any:
    return next((source[name] for name in names if source.get(name) is not None), None)
