"""Places in a row: ``messages[*].content`` names the content of every message."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

Steps = tuple[str | None, ...]
"""The keys on the way down; None stands for every element of a list."""

_STEP = re.compile(r"([^.\[\]]+)|(\[\*\])|\.")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def compiled(path: str) -> Steps:
    """Give the steps of ``path``; the empty path is the row itself."""
    return tuple(
        None if found[2] else found[1] for found in _STEP.finditer(path) if found[1] or found[2]
    )


def found(value: Any, steps: Steps, at: str = "$") -> Iterator[tuple[str, Any]]:
    """Yield where each value at the end of ``steps`` stands, and the value; nothing if none is."""
    if not steps:
        yield at, value
    elif steps[0] is None:
        if isinstance(value, list):
            for index, inner in enumerate(value):
                yield from found(inner, steps[1:], f"{at}[{index}]")
    elif isinstance(value, dict) and steps[0] in value:
        yield from found(value[steps[0]], steps[1:], at + step(steps[0]))


def step(key: str) -> str:
    """Write one key as a step of a JSON path."""
    return f".{key}" if _PLAIN.fullmatch(key) else f"[{key!r}]"


_WRITTEN = re.compile(
    r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\[('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\]"
)


def read(path: str) -> list[str | int]:
    """Give the keys and indices of a path that ``found`` wrote."""
    return [
        int(index) if index else name or ast.literal_eval(quoted)
        for name, index, quoted in _WRITTEN.findall(path)
    ]


def reached(row: Any, keys: list[str | int]) -> Any:
    """Go down ``keys`` from ``row``."""
    for key in keys:
        row = row[key]
    return row
