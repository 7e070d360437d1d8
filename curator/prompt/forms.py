"""Messages in the forms that vendors take: OpenAI's list, Anthropic's parts, plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from curator.errors import WriteError, shorten
from curator.prompt.message import Message
from curator.prompt.tags import role_of, said, tagged

BEGINNING = "(The conversation begins.)"
"""What the user says where an assistant has the first word: Anthropic wants the user to have it."""


def as_openai(messages: Sequence[Message]) -> list[Message]:
    """
    Give messages as OpenAI-compatible chat endpoints take them.

    Calls without an id get one, and the results that follow name it; weights and reasoning stay
    out, and an assistant without calls says at least an empty text.

    Raises: WriteError for a role that there is not.
    """
    return [
        {key: value for key, value in message.items() if key not in {"weight", "reasoning"}}
        | ({} if message.get("tool_calls") else {"content": message.get("content") or ""})
        for message in _with_ids(messages)
    ]


def as_anthropic(
    messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """
    Give ``system``, ``messages`` and ``tools`` as Anthropic's Messages endpoint takes them.

    The system text that leads is ``system``; the user says what comes later of it, in its place.
    Turns of one role in a row are one turn of several blocks, results of calls are the user's, and
    empty texts are not there. Where an assistant begins, a user says ``BEGINNING`` before it.

    Raises: WriteError for a role that there is not, or a call whose arguments are no JSON object.
    """
    told = _with_ids(messages)
    body = next((i for i, one in enumerate(told) if one["role"] not in _SYSTEM), len(told))
    system = "\n\n".join(one["content"] for one in told[:body] if one.get("content"))
    turns: list[dict[str, Any]] = []
    for message in told[body:]:
        role = "assistant" if message["role"] == "assistant" else "user"
        blocks = list(_blocks(message))
        if blocks and not turns and role == "assistant":
            turns.append({"role": "user", "content": [{"type": "text", "text": BEGINNING}]})
        if blocks and turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        elif blocks:
            turns.append({"role": role, "content": blocks})
    form: dict[str, Any] = {"system": system} if system else {}
    form["messages"] = [turn | {"content": _plain(turn["content"])} for turn in turns]
    if tools:
        form["tools"] = [_tool(tool) for tool in tools]
    return form


def as_text(messages: Sequence[Message]) -> str:
    """
    Write messages one after the other, each between tags that none of their texts contains.

    Raises: WriteError for a role that there is not.
    """
    put = tagged(messages)
    return "\n\n".join(said(message, put) for message in messages)


_SYSTEM = ("system", "developer")


def _with_ids(messages: Sequence[Message]) -> list[Message]:
    """Copy messages so that every call has an id and a type, and every result names its call."""
    copies, waiting, calls_seen = [], list[str](), 0
    for message in messages:
        copy = dict(message)
        if calls := message.get("tool_calls"):
            copy["tool_calls"] = []
            for call in calls:
                name = call.get("id") or f"call_{calls_seen}"
                copy["tool_calls"].append({"type": "function", **call, "id": name})
                waiting.append(name)
                calls_seen += 1
        if role_of(message) == "tool":
            copy.setdefault("tool_call_id", waiting[0] if waiting else "call_0")
            if copy["tool_call_id"] in waiting:
                waiting.remove(copy["tool_call_id"])
        copies.append(copy)
    return copies


def _blocks(message: Message) -> Iterator[dict[str, Any]]:
    content = message.get("content") or ""
    if message["role"] == "tool":
        yield {
            "type": "tool_result",
            "tool_use_id": message["tool_call_id"],
            "content": content,
        }
        return
    if content.strip():
        yield {"type": "text", "text": content}
    for call in message.get("tool_calls") or ():
        function = call["function"]
        yield {
            "type": "tool_use",
            "id": call["id"],
            "name": function["name"],
            "input": _arguments(function),
        }


def _arguments(function: Mapping[str, Any]) -> dict[str, Any]:
    try:
        given = orjson.loads(function.get("arguments") or "{}")
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise WriteError(
            f"the arguments of a call of {shorten(function['name'])} are no JSON object"
        )
    return given


def _plain(blocks: list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    """Give a single text as the string it is."""
    if len(blocks) == 1 and blocks[0]["type"] == "text":
        text: str = blocks[0]["text"]
        return text
    return blocks


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    function = tool.get("function", tool)
    schema = function.get("parameters") or {"type": "object", "properties": {}}
    about = {"description": function["description"]} if function.get("description") else {}
    return {"name": function["name"], **about, "input_schema": schema}
