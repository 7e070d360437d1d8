"""Chats as OpenAI writes them: ``messages`` of role and content, tool calls, and ``tools``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import polars as pl

from curator.read.shapes import Record, Roles, Row
from curator.read.tool_calls import Calls, calls_text, tools_of
from curator.read.values import Unmappable, joined, needed, objects, only_text, text_of
from curator.read.weights import weight_in
from curator.records import ROLES, message

FIELDS = ("messages", "system", "tools")
CHAT = pl.List(pl.Struct({"role": pl.String, "content": pl.String}))
LAYOUT: dict[str, pl.DataType] = {
    "messages": CHAT,
    "system": pl.String(),
    "tools": pl.String(),
}
ONLY_TEXT = ("system",)

ALIASES = {
    "human": "user",
    "gpt": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "developer": "system",
    "function": "tool",
    "observation": "tool",
}
_KNOWN = (
    "role",
    "content",
    "reasoning",
    "reasoning_content",
    "thinking",
    "name",
    "tool_calls",
    "tool_call_id",
    "function_call",
    "weight",
    "train",
    "train_detail",
)


def matches(row: Row) -> bool:
    """Say whether ``messages`` is a list whose first element has a role."""
    return has_chat(row.get("messages"), "role")


def to_records(row: Row, roles: Roles) -> list[Record]:
    """Turn one chat into one record; fields of a message that have no column go to meta."""
    record = guided(chat(row.get("messages"), "messages", roles), row.get("system"))
    record["tools"] = tools_of(row.get("tools"))
    return [record]


def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """Do the same to messages of plain text by known roles, in rows without tools."""
    chats, is_odd = chat_columns(pl.col("messages"), "role", "content", {r: r for r in ROLES})
    return raw.select(messages=guided_columns(chats), is_odd=is_odd | has_tools(pl.col("tools")))


def guided(record: Record, system: Any) -> Record:
    """Put the system text that stands beside a chat, if there is any, before its messages."""
    if text := only_text(system, "$.system"):
        record["messages"].insert(0, {"role": "system", "content": text})
    return record


def guided_columns(chats: pl.Expr) -> pl.Expr:
    """Do the same by columns, to the column ``system``."""
    guide = pl.concat_list(message(pl.lit("system"), pl.col("system")))
    has_system = (pl.col("system") != "").fill_null(value=False)
    return pl.when(has_system).then(pl.concat_list(guide, chats)).otherwise(chats)


def has_chat(value: Any, role_field: str) -> bool:
    """Say whether ``value`` is a list that starts with an object that has ``role_field``."""
    try:
        listed = objects(value, "")
    except Unmappable:
        return False
    return bool(listed) and role_field in listed[0]


def has_tools(tools: pl.Expr) -> pl.Expr:
    """Where ``tools`` says more than that there are none."""
    return (~tools.is_in(["", "[]"])).fill_null(value=False)


def chat_columns(
    chats: pl.Expr, role_field: str, content_field: str, roles: Roles
) -> tuple[pl.Expr, pl.Expr]:
    """Give the messages, and where a row is odd: no message, an unknown role, no content."""
    role = pl.element().struct.field(role_field)
    content = pl.element().struct.field(content_field)
    known = role.replace_strict(roles, default=None, return_dtype=pl.String)
    messages = chats.list.eval(message(known, content))
    odd = chats.list.eval(role.is_in(list(roles)).not_() | role.is_null() | content.is_null())
    return messages, ((chats.list.len() == 0) | odd.list.any()).fill_null(value=True)


class Said:
    """What came up while the messages of one chat were read: calls without ids, and changes."""

    def __init__(self, roles: Roles) -> None:
        """Start with nothing said; ``roles`` are the recipe's own words for roles."""
        self.roles = roles
        self.calls = Calls()
        self.changes: list[str] = []


def chat(
    value: Any,
    field: str,
    roles: Roles,
    message_of: Callable[[dict[str, Any], str, Said], dict[str, Any]] | None = None,
    known: Collection[str] = _KNOWN,
) -> Record:
    """
    Turn a list of messages into a record of ``messages``; what is not ``known`` goes to meta.

    There the source's field holds an object from the number of the message to its left-over fields.
    """
    listed = objects(value, f"$.{field}")
    if not listed:
        raise Unmappable("no messages", f"$.{field} is an empty list")
    said = Said(roles)
    read = message_of or _message
    messages = [read(source, f"$.{field}[{at}]", said) for at, source in enumerate(listed)]
    rest = ({k: v for k, v in source.items() if k not in known} for source in listed)
    left = {str(at): fields for at, fields in enumerate(rest) if fields}
    if left:
        count = sum(map(len, left.values()))
        said.changes.append(f"read: unknown message fields moved to meta | {count}")
    return {
        "messages": messages,
        "changes": list(dict.fromkeys(said.changes)),
        "meta": {field: left} if left else {},
    }


def _message(source: dict[str, Any], path: str, said: Said) -> dict[str, Any]:
    given = needed(source.get("role"), f"{path}.role")
    role = role_of(given, said.roles, f"{path}.role")
    if role != given:
        said.changes.append(f"read: role {given} read as {role}")
    call_id = text_of(source.get("tool_call_id"), f"{path}.tool_call_id")
    if given == "function" and call_id is None:
        call_id = said.calls.answer(path)
    tool_calls = _tool_calls(source, path, said)
    if tool_calls and role != "assistant":
        raise Unmappable("wrong type", f"{path}: calls by {role}, not by assistant")
    reasoning = _reasoning(source, path)
    content = _content(source.get("content"), f"{path}.content", said.changes)
    may_be_silent = role == "tool" or (role == "assistant" and (tool_calls or reasoning))
    if content is None and not may_be_silent:
        raise Unmappable("missing field", f"{path}.content")
    return {
        "role": role,
        "content": content,
        "reasoning": reasoning,
        "name": text_of(source.get("name"), f"{path}.name"),
        "tool_calls": tool_calls,
        "tool_call_id": call_id,
        "weight": weight_in(source, role, content, path),
    }


def _tool_calls(source: dict[str, Any], path: str, said: Said) -> str | None:
    tool_calls = calls_text(source.get("tool_calls"), f"{path}.tool_calls", said.changes)
    legacy = source.get("function_call")
    if legacy is None:
        return tool_calls
    if tool_calls:
        raise Unmappable("wrong type", f"{path}: both tool_calls and function_call")
    said.changes.append("read: function_call read as a tool call")
    return said.calls.make(legacy, f"{path}.function_call")


def _reasoning(source: dict[str, Any], path: str) -> str | None:
    names = [n for n in _KNOWN[2:5] if source.get(n) is not None]
    if len(names) > 1:
        raise Unmappable("wrong type", f"{path}: both {' and '.join(names)}")
    return only_text(source[names[0]], f"{path}.{names[0]}") if names else None


def role_of(given: str, roles: Roles, path: str) -> str:
    """Give the role ``given`` stands for. Raises Unmappable that shows the way out."""
    role = roles.get(given) or (given if given in ROLES else ALIASES.get(given))
    if role is None:
        known = ", ".join(ROLES)
        raise Unmappable(
            "unknown role",
            f"{path}: {given[:40]!r} is not one of {known}; add roles: {{{given[:40]}: ...}}",
        )
    return role


def _content(value: Any, path: str, changes: list[str]) -> str | None:
    if not isinstance(value, list):
        return only_text(value, path)
    for at, part in enumerate(value):
        if not isinstance(part, dict) or set(part) != {"type", "text"} or part["type"] != "text":
            raise Unmappable("wrong type", f"{path}[{at}]: only parts of text can be read")
    changes.append("read: text parts joined")
    return joined([needed(part["text"], f"{path}.text", only_text) for part in value])
