"""Segments of text that say whether they are trained: Axolotl's template-free rows."""

from __future__ import annotations

from typing import Any

import polars as pl

from curator.read.shapes import Record, Roles, Row
from curator.read.values import Unmappable, needed, objects, only_text
from curator.read.weights import truth

FIELDS = ("segments",)
LAYOUT: dict[str, pl.DataType] = {}
ONLY_TEXT = ()
BETWEEN = (False, "\n\n")
"""The segment that stands between two turns where a row is written turn by turn."""

Segment = tuple[bool, str]


def matches(row: Row) -> bool:
    """Say whether there is a list of segments with labels."""
    listed = row.get("segments")
    first = listed[0] if isinstance(listed, list) and listed else None
    return isinstance(first, dict) and {"label", "text"} <= set(first)


def to_records(row: Row, roles: Roles) -> list[Record]:  # noqa: ARG001
    """
    Turn one row into one record.

    Where a blank line is a segment of its own between each two texts, they are turns: a user's and
    an assistant's, after system text if their number is odd. Elsewhere what is trained in one go is
    an assistant's turn, and what is not a user's.
    """
    listed = objects(row.get("segments"), "$.segments")
    found = [_segment(one, f"$.segments[{at}]") for at, one in enumerate(listed)]
    if not found:
        raise Unmappable("no messages", "$.segments is an empty list")
    said = _turns(found) or _runs(found)
    return [{"messages": said}]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Leave every row to ``to_records``."""
    return raw.select(is_odd=pl.lit(value=True))


def _segment(one: dict[str, Any], path: str) -> Segment:
    return (
        truth(one.get("label"), f"{path}.label"),
        needed(one.get("text"), f"{path}.text", only_text),
    )


def _turns(found: list[Segment]) -> list[dict[str, Any]]:
    """Read segments that were written turn by turn; nothing where they were not."""
    parts, between = found[::2], found[1::2]
    if len(found) % 2 == 0 or len(parts) < 2 or any(one != BETWEEN for one in between):
        return []
    guide, chat = parts[: len(parts) % 2], parts[len(parts) % 2 :]
    if any(label for label, _ in [*guide, *chat[::2]]):
        return []
    said: list[dict[str, Any]] = [{"role": "system", "content": text} for _, text in guide]
    for at, (label, text) in enumerate(chat):
        weight = None if label or at % 2 == 0 else 0
        said.append({"role": ("user", "assistant")[at % 2], "content": text, "weight": weight})
    return said


def _runs(found: list[Segment]) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    for label, text in found:
        role = "assistant" if label else "user"
        if said and said[-1]["role"] == role:
            said[-1]["content"] += text
        else:
            said.append({"role": role, "content": text})
    return said
