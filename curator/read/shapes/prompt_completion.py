"""Prompt and completion, as text or as lists of messages."""

from __future__ import annotations

from typing import Any

import polars as pl

from curator.read.shapes import Record, Roles, Row, messages
from curator.read.tool_calls import tools_of
from curator.read.values import Unmappable, needed, only_text, text_of
from curator.records import message

FIELDS = ("prompt", "completion", "tools")
LAYOUT: dict[str, pl.DataType] = dict.fromkeys(FIELDS, pl.String())
ONLY_TEXT = ("prompt",)


def matches(row: Row) -> bool:
    """Say whether there is a prompt and a completion."""
    return "prompt" in row and "completion" in row


def to_records(row: Row, roles: Roles) -> list[Record]:
    """Turn one row into one record: text becomes a user's message and the assistant's answer."""
    said = [
        *part(row.get("prompt"), "prompt", "user", roles),
        *part(row.get("completion"), "completion", "assistant", roles),
    ]
    record = merged(said)
    record["tools"] = tools_of(row.get("tools"))
    return [record]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Do the same to rows of text without tools."""
    prompt, completion = pl.col("prompt"), pl.col("completion")
    return raw.select(
        messages=pl.concat_list(
            message(pl.lit("user"), prompt), message(pl.lit("assistant"), completion)
        ),
        is_odd=prompt.is_null() | completion.is_null() | messages.has_tools(pl.col("tools")),
    )


def part(value: Any, field: str, role: str, roles: Roles) -> list[Record]:
    """Give text as one message by ``role``, a list as the chat it is: records to be merged."""
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list):
        if value and isinstance(value[0], dict) and "from" in value[0]:
            from curator.read.shapes import sharegpt

            return [sharegpt.chat(value, field, roles)]
        return [messages.chat(value, field, roles)]
    take = only_text if role == "user" else text_of
    return [{"messages": [{"role": role, "content": needed(value, f"$.{field}", take)}]}]


def merged(parts: list[Record]) -> Record:
    """Put the messages of ``parts`` into one record, with all that was left over or changed."""
    record: Record = {"messages": [], "meta": {}, "changes": []}
    for each in parts:
        record["messages"] += each["messages"]
        record["meta"] |= each.get("meta", {})
        record["changes"] += each.get("changes", [])
        record["tools"] = record.get("tools") or each.get("tools")
    if not record["messages"]:
        raise Unmappable("no messages", "$")
    record["changes"] = list(dict.fromkeys(record["changes"]))
    return record
