"""Plain columns: a question and its answer or label, under the names people give them."""

from __future__ import annotations

from typing import Any

from curator.read.shapes import Row
from curator.read.shapes.messages import has_chat

NAMES: dict[str, tuple[str, ...]] = {
    "messages": ("conversations", "conversation", "chat", "dialogue", "dialog", "turns"),
    "input": ("input", "question", "query", "text", "sentence", "utterance", "message", "prompt"),
    "output": ("output", "answer", "response", "completion", "target", "reply"),
    "label": ("label", "category", "intent"),
    "reasoning": ("reasoning", "rationale"),
    "context": ("context", "passage"),
    "system": ("system",),
    "tools": ("tools",),
    "group": ("group",),
    "split": ("split",),
    "language": ("language",),
    "licence": ("licence", "license"),
}
"""Targets of a map, each with the field names that mean it, the surest first."""


def guess(row: Row) -> dict[str, Any] | None:
    """Give the ``map`` that the names of ``row`` suggest, or None when they suggest none."""
    found: dict[str, Any] = {}
    for target, names in NAMES.items():
        if target in ("input", "output", "reasoning", "system") and "messages" in found:
            continue
        fits = _is_chat if target == "messages" else _is_plain
        name = next((name for name in names if name in row and fits(row[name])), None)
        if name is not None:
            found[target] = name
    if "messages" in found or ("input" in found and ("output" in found or "label" in found)):
        return found
    return None


def matches(row: Row) -> bool:
    """Say whether the names suggest a question with its answer or label, or a chat."""
    return guess(row) is not None


def _is_chat(value: Any) -> bool:
    return has_chat(value, "role") or has_chat(value, "from")


def _is_plain(value: Any) -> bool:
    return not isinstance(value, (dict, list, tuple))
