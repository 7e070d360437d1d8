"""Chats as Bedrock's Converse writes them: contents are lists of blocks, text or reasoning."""

from __future__ import annotations

from typing import Any

import polars as pl

from curator.read.shapes import Record, Roles, Row, messages
from curator.read.values import Unmappable, joined, kind, needed, objects, only_text

FIELDS = ("schemaVersion", "system", "messages")
LAYOUT: dict[str, pl.DataType] = {}
ONLY_TEXT = ()


def matches(row: Row) -> bool:
    """Say whether it names the schema, or its first message is a list of blocks without a type."""
    if str(row.get("schemaVersion", "")).startswith("bedrock-conversation"):
        return "messages" in row
    if not messages.has_chat(row.get("messages"), "role"):
        return False
    content = objects(row["messages"], "")[0].get("content")
    first = content[0] if isinstance(content, list) and content else None
    return isinstance(first, dict) and "text" in first and first.get("type") is None


def to_records(row: Row, roles: Roles) -> list[Record]:
    """Turn one chat into one record; blocks of text are joined, reasoning stands beside them."""
    listed = objects(row.get("messages"), "$.messages")
    said = [_message(one, f"$.messages[{at}]") for at, one in enumerate(listed)]
    system = [needed(one.get("text"), "$.system.text") for one in _blocks(row.get("system"))]
    record = messages.chat(said, "messages", roles)
    return [messages.guided(record, joined(system, "\n\n"))]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Leave every row to ``to_records``: a content is a list."""
    return raw.select(is_odd=pl.lit(value=True))


def _blocks(value: Any) -> list[dict[str, Any]]:
    return objects(value, "$.system") if value else []


def _message(source: dict[str, Any], path: str) -> dict[str, Any]:
    texts: list[str] = []
    thoughts: list[str] = []
    for at, block in enumerate(objects(source.get("content"), f"{path}.content")):
        place = f"{path}.content[{at}]"
        there = {name: value for name, value in block.items() if value is not None}
        if set(there) == {"text"}:
            texts.append(needed(there["text"], f"{place}.text", only_text))
        elif set(there) == {"reasoningContent"}:
            thoughts.append(_thought(there["reasoningContent"], f"{place}.reasoningContent"))
        else:
            named = ", ".join(there) or "nothing"
            raise Unmappable("wrong type", f"{place}: {named} where text or reasoning is expected")
    rest = {key: value for key, value in source.items() if key != "content"}
    reasoning = {"reasoning": joined(thoughts, "\n\n")} if thoughts else {}
    content = joined(texts) if texts or not thoughts else None
    return {**rest, "content": content, **reasoning}


def _thought(value: Any, path: str) -> str:
    if not isinstance(value, dict) or not isinstance(value.get("reasoningText"), dict):
        raise Unmappable("wrong type", f"{path}: {kind(value)} without reasoningText")
    return needed(value["reasoningText"].get("text"), f"{path}.reasoningText.text", only_text)
