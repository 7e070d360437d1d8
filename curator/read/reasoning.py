"""Reasoning in what was said, read as reasoning: between tags, or in a turn of its own."""

from __future__ import annotations

from typing import Any

import polars as pl

from curator.prompt.thoughts import ASKS_FOR_ANSWER, OPEN, parted
from curator.read.shapes import Record

TAGGED = "read: text between think tags read as reasoning"
BLANK = "read: think tags without a thought left out"
IN_TURNS = "read: reasoning in a turn of its own read as reasoning"

Message = dict[str, Any]


def told_apart(record: Record) -> Record:
    """Give the record with the reasoning of its answers told apart from them; changes say so."""
    changes: list[str] = []
    for name in ("messages", "rejected_messages"):
        if said := record.get(name):
            record[name] = _one_turn([_untagged(turn, changes) for turn in said], changes)
    if changes:
        record["changes"] = list(dict.fromkeys([*record.get("changes", ()), *changes]))
    return record


def may_need_telling(messages: pl.Expr) -> pl.Expr:
    """Where a row may hold reasoning in its texts: ``told_apart`` has to look at it."""
    field = pl.element().struct.field
    tagged = (field("role") == "assistant") & field("content").str.starts_with(OPEN)
    asked = (field("role") == "user") & (field("content") == ASKS_FOR_ANSWER)
    return messages.list.eval(tagged | asked).list.any().fill_null(value=False)


def _untagged(turn: Message, changes: list[str]) -> Message:
    """Take the thought that an answer opens with out of its text."""
    content = turn.get("content")
    if turn["role"] != "assistant" or turn.get("reasoning") or not content:
        return turn
    found = parted(content)
    if found is None:
        return turn
    thought, answer = found
    has_thought = bool(thought.strip())
    changes.append(TAGGED if has_thought else BLANK)
    said = None if not answer and turn.get("tool_calls") else answer
    return turn | {"content": said, "reasoning": thought if has_thought else None}


def _one_turn(said: list[Message], changes: list[str]) -> list[Message]:
    """Join a turn of reasoning, the request for an answer, and the answer, wherever they stand."""
    if not any(turn.get("content") == ASKS_FOR_ANSWER for turn in said):
        return said
    joined: list[Message] = []
    for turn in said:
        if len(joined) > 1 and _is_answer(joined[-2], joined[-1], turn):
            thought = joined[-2]["content"]
            joined[-2:] = [turn | {"reasoning": thought}]
            changes.append(IN_TURNS)
        else:
            joined.append(turn)
    return joined


def _is_answer(thought: Message, asked: Message, answer: Message) -> bool:
    """Say whether the three turns are reasoning, the request for an answer, and that answer."""
    is_asked = asked["role"] == "user" and asked.get("content") == ASKS_FOR_ANSWER
    both = thought["role"] == answer["role"] == "assistant"
    is_bare = not any(thought.get(name) for name in ("reasoning", "tool_calls", "name"))
    return (
        is_asked and both and is_bare and not answer.get("reasoning") and bool(thought["content"])
    )
