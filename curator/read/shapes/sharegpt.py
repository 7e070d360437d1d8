"""ShareGPT chats: ``conversations`` of from and value, ``system`` and ``tools``."""

from __future__ import annotations

from typing import Any

import polars as pl

from curator.read.shapes import Record, Roles, Row, messages
from curator.read.tool_calls import tools_of
from curator.read.values import Unmappable, loads, located, members, needed, only_text
from curator.read.weights import weight_in
from curator.records import ROLES

FIELDS = ("conversations", "system", "tools")
CHAT = pl.List(pl.Struct({"from": pl.String, "value": pl.String}))
LAYOUT: dict[str, pl.DataType] = {
    "conversations": CHAT,
    "system": pl.String(),
    "tools": pl.String(),
}
ONLY_TEXT = ("system",)

SPEAKERS = {"human": "user", "gpt": "assistant", **{r: r for r in ROLES if r != "tool"}}
"""Words of this shape for plain turns: reading them is no change."""
_KNOWN = ("from", "value", "weight", "train", "train_detail")


def matches(row: Row) -> bool:
    """Say whether ``conversations`` is a list whose first element has a speaker."""
    return messages.has_chat(row.get("conversations"), "from")


def to_records(row: Row, roles: Roles) -> list[Record]:
    """Turn one chat into one record; calls and observations become linked tool calls."""
    said = chat(row.get("conversations"), "conversations", roles)
    record = messages.guided(said, row.get("system"))
    record["tools"] = tools_of(row.get("tools"))
    return [record]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Do the same to rows of plain turns without tools."""
    chats, is_odd = messages.chat_columns(pl.col("conversations"), "from", "value", SPEAKERS)
    return raw.select(
        messages=messages.guided_columns(chats),
        is_odd=is_odd | messages.has_tools(pl.col("tools")),
    )


def chat(value: Any, field: str, roles: Roles) -> Record:
    """Turn a list of from and value into a record of ``messages``."""
    return messages.chat(value, field, roles, _message, _KNOWN)


def _message(source: dict[str, Any], path: str, said: messages.Said) -> dict[str, Any]:
    speaker = needed(source.get("from"), f"{path}.from")
    text = needed(source.get("value"), f"{path}.value", only_text)
    if speaker == "function_call":
        calls = said.calls.make(_call(text, f"{path}.value"), f"{path}.value")
        weight = weight_in(source, "assistant", None, path)
        return {"role": "assistant", "tool_calls": calls, "weight": weight}
    given = said.roles.get(speaker) or SPEAKERS.get(speaker)
    role = given or messages.role_of(speaker, said.roles, f"{path}.from")
    if role != speaker and speaker not in (*SPEAKERS, "observation"):
        said.changes.append(f"read: role {speaker} read as {role}")
    answers = said.calls.answer(path) if role == "tool" else None
    weight = weight_in(source, role, text, path)
    return {"role": role, "content": text, "tool_call_id": answers, "weight": weight}


def _call(text: str, path: str) -> Any:
    """Read one call, its arguments as they stand, or a list of calls."""
    try:
        if text.lstrip().startswith("["):
            return loads(text)
        call, raw = members(text)
    except Unmappable as error:
        raise located(path, error) from None
    if isinstance(call.get("arguments"), dict):
        call["arguments"] = raw["arguments"]
    return call
