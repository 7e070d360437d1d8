"""Checks that read texts: what must not be in one, how long it may be, how it must be written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from curator import schemas
from curator.preflight.checks.shape import Hit, Place
from curator.preflight.json_rows import kind, type_of


class Counter(Protocol):
    """Counts the tokens of many texts at once."""

    def __call__(self, texts: Sequence[str]) -> list[int]:
        """Give the number of tokens of each text."""
        ...


def contains(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """No text may have one of ``texts`` in it."""
    for path, value in places:
        if isinstance(value, str):
            yield from ((path, text) for text in limits["texts"] if text in value)


def max_chars(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """No text may have more than ``max`` characters."""
    for path, value in places:
        if isinstance(value, str) and len(value) > limits["max"]:
            yield path, f"{len(value):,}"


def pattern(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """A text must match ``pattern``."""
    wanted = re.compile(limits["pattern"], re.ASCII)
    for path, value in places:
        if isinstance(value, str) and not wanted.search(value):
            yield path, value


def json_text(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """A text must be JSON, of one of ``types``."""
    for path, value in places:
        if isinstance(value, str):
            try:
                told = json.loads(value)
            except ValueError:
                yield path, value
                continue
            except RecursionError:
                yield path, "lists and objects without end"
                continue
            if type_of(told) not in limits["types"]:
                yield path, kind(told)


def json_schema(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """An object must be a JSON Schema."""
    del limits
    for path, value in places:
        if isinstance(value, dict) and not schemas.is_schema(value):
            yield path, kind(value)


def tokens(
    places: list[Place], limits: dict[str, Any], counter: Counter | None = None
) -> Iterator[Hit]:
    """
    All texts of a row together may have at most ``max`` tokens.

    Without a counter, a text has a token for each whole ``chars_per_token`` characters.
    """
    texts = [value for _, value in places if isinstance(value, str)]
    if counter is None:
        total = sum(len(text) // limits["chars_per_token"] for text in texts)
    else:
        total = sum(counter(texts)) if texts else 0
    if total > limits["max"]:
        yield "$", f"{total:,}" if counter else f"about {total:,}"


def tool_replies(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """A tool's reply must name a call that was made before it and has no reply yet."""
    del limits
    for path, value in places:
        made: set[str] = set()  # and not answered
        for at, message in enumerate(value if isinstance(value, list) else ()):
            if not isinstance(message, dict):
                continue
            made.update(_made(message))
            answered = message.get("tool_call_id")
            if message.get("role") == "tool" and isinstance(answered, str):
                if answered not in made:
                    yield f"{path}[{at}].tool_call_id", answered
                made.discard(answered)


def tool_answers(places: list[Place], limits: dict[str, Any]) -> Iterator[Hit]:
    """Every call must be answered before the assistant speaks again, but for those at the end."""
    del limits
    for path, value in places:
        waiting: list[str] = []
        for at, message in enumerate(value if isinstance(value, list) else ()):
            if not isinstance(message, dict):
                continue
            if message.get("role") == "tool" and message.get("tool_call_id") in waiting:
                waiting.remove(message["tool_call_id"])
            elif message.get("role") in ("assistant", "user") and waiting:
                yield f"{path}[{at}]", waiting[0]
                break
            waiting += _made(message)


def _made(message: dict[str, Any]) -> list[str]:
    calls = message.get("tool_calls")
    ids = [
        call.get("id")
        for call in (calls if isinstance(calls, list) else ())
        if isinstance(call, dict)
    ]
    return [each for each in ids if isinstance(each, str)]
