"""JSON out of an answer: all of it, a fenced block, or an object or array in the words around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import orjson

from curator.errors import shorten
from curator.task import Output

Broken = Literal["no JSON", "too deep", "breaks the schema"]

MAX_DEPTH = 64
MAX_TRIES = 64
MAX_UNCLOSED = 4
_FENCE = re.compile(r"^[ \t]{0,3}```[^`\n]*\n(.*?)^[ \t]{0,3}```", re.DOTALL | re.MULTILINE)
_STEP = re.compile(r'["\\{}\[\]]')
_OPEN = re.compile(r"[{\[]")


def found(output: Output, text: str) -> tuple[Any, None, str] | tuple[None, Broken, str]:
    """
    Give the first JSON in ``text`` that keeps the schema, else what is wrong with the first.

    Keeps: linear time, whatever the text.
    """
    breaches = []
    for candidate in _candidates(text):
        try:
            instance = orjson.loads(candidate)
        except orjson.JSONDecodeError:
            continue
        if isinstance(instance, dict | list) and _end(candidate, 0) is None:
            return None, "too deep", f"more than {MAX_DEPTH} objects and arrays in one another"
        breach = output.breach(instance)
        if not breach:
            return instance, None, ""
        breaches.append(breach)
    if breaches:
        return None, "breaks the schema", breaches[0]
    return None, "no JSON", shorten(text.strip())


def _candidates(text: str) -> Iterator[str]:
    """Yield what may be JSON, the likeliest first."""
    yield text
    for tried, fence in enumerate(_FENCE.finditer(text)):
        if tried == MAX_TRIES:
            break
        yield fence.group(1)
    start = unclosed = 0
    for _ in range(MAX_TRIES):
        opened = _OPEN.search(text, start)
        if opened is None or unclosed == MAX_UNCLOSED:
            return
        end = _end(text, opened.start())
        unclosed += end is None
        if end is not None:
            yield text[opened.start() : end]
        start = opened.end() if end is None else end


def _end(text: str, start: int) -> int | None:
    """Find the end of the object or array that opens first; None if never, or if it is too deep."""
    depth, at, in_string = 0, start, False
    while (step := _STEP.search(text, at)) is not None:
        char, at = step.group(), step.end()
        if char == "\\":
            at += in_string
        elif char == '"':
            in_string = not in_string
        elif not in_string:
            depth += 1 if char in "{[" else -1
            if not depth:
                return at
            if depth > MAX_DEPTH:
                return None
    return None
