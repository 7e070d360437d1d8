"""Give what a chat template reads: messages as objects, calls parsed, functions beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from curator.prompt.turns import Turns

_TEXTS = ("content", "name", "tool_call_id")


@dataclass(frozen=True, kw_only=True)
class Chat:
    """One row as a template reads it; nothing in it is changed by a render."""

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None = None


def chats(turns: Turns, tools: pl.Series) -> Iterator[Chat]:
    """
    Give each row of ``turns`` with its ``tools`` (JSON text, or null) as a chat.

    A field that is null is left out, as transformers does: else a template that prints content
    beside a call would print, and train, the word None. Reasoning has the two names that templates
    read; arguments are an object even where the record holds them as JSON text, because a
    template that writes them with ``tojson`` would else quote them twice.
    """
    rows = turns.flat.iter_rows(named=True)
    for first, last, text in zip(turns.offsets, turns.offsets[1:], tools, strict=False):
        yield Chat(messages=[message(next(rows)) for _ in range(last - first)], tools=_tools(text))


def message(row: dict[str, Any]) -> dict[str, Any]:
    """Give one message as a template reads it."""
    given: dict[str, Any] = {"role": row["role"]}
    if row.get("reasoning") is not None:
        given |= {"reasoning_content": row["reasoning"], "thinking": row["reasoning"]}
    given |= {name: row[name] for name in _TEXTS if row.get(name) is not None}
    if row.get("tool_calls") is not None:
        calls = _parsed(row["tool_calls"])
        given["tool_calls"] = [_called(call) for call in calls] if _is_list(calls) else calls
    return given


def _called(call: Any) -> Any:
    """Give a call whose arguments are an object."""
    if not isinstance(call, dict):
        return call
    inner = call.get("function")
    if isinstance(inner, dict):
        return {**call, "function": _with_arguments(inner)}
    return _with_arguments(call)


def _with_arguments(function: dict[str, Any]) -> dict[str, Any]:
    text = function.get("arguments")
    parsed = _parsed(text) if isinstance(text, str) else None
    return {**function, "arguments": parsed} if isinstance(parsed, dict) else function


@lru_cache(maxsize=256)
def _tools(text: str | None) -> list[dict[str, Any]] | None:
    """Parse functions; rows of one source mostly share them. None of them is no list."""
    tools = None if text is None else _parsed(text)
    return tools or None


def _parsed(text: str) -> Any:
    """Parse JSON, large numbers as they are; what is none stays text, for a template to refuse."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
