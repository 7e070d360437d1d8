"""Chats under the names that mistral-finetune takes besides: ``interactions``, ``text`` ..."""

from __future__ import annotations

from typing import Any

import polars as pl

from curator.read.shapes import Record, Roles, Row, messages
from curator.read.tool_calls import tools_of
from curator.read.values import Unmappable, objects

FIELDS = ("messages", "interactions", "system_prompt", "tools", "available_tools")
LAYOUT: dict[str, pl.DataType] = {}
ONLY_TEXT = ("system_prompt",)

_SAME = (("messages", "interactions"), ("tools", "available_tools"))


def matches(row: Row) -> bool:
    """Say whether a chat has a name, or a message a field, that only Mistral gives it."""
    chat = next((row[name] for name in _SAME[0] if row.get(name) is not None), None)
    if not messages.has_chat(chat, "role"):
        return False
    first = objects(chat, "")[0]
    return any(name in row for name in FIELDS if name not in messages.FIELDS) or (
        "text" in first and "content" not in first
    )


def to_records(row: Row, roles: Roles) -> list[Record]:
    """Turn one chat into one record."""
    chat, tools = (_one_of(row, names) for names in _SAME)
    listed = [_content(one, at) for at, one in enumerate(objects(row.get(chat), f"$.{chat}"))]
    record = messages.chat(listed, chat, roles)
    record = messages.guided(record, row.get("system_prompt"))
    record["tools"] = tools_of(row.get(tools), f"$.{tools}")
    return [record]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Leave every row to ``to_records``: a chat has two names for everything."""
    return raw.select(is_odd=pl.lit(value=True))


def _one_of(row: Row, names: tuple[str, str]) -> str:
    """Name the field that is there; both at once would contradict each other."""
    there = [name for name in names if row.get(name) is not None]
    if len(there) > 1:
        raise Unmappable("wrong type", f"$: both {' and '.join(there)}")
    return there[0] if there else names[0]


def _content(source: dict[str, Any], at: int) -> dict[str, Any]:
    if source.get("text") is None:
        return source
    if source.get("content") is not None:
        raise Unmappable("wrong type", f"$.messages[{at}]: both content and text")
    renamed = {key: value for key, value in source.items() if key != "text"}
    return renamed | {"content": source["text"]}
