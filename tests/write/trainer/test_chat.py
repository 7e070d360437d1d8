"""Records as a chat template reads them."""

import json

import polars as pl

from curator.prompt.turns import Turns
from curator.records import MESSAGES
from curator.write.trainer.chat import chats

FIELDS = [field.name for field in MESSAGES.inner.fields]


def _chats(rows, tools=None):
    full = [[{name: said.get(name) for name in FIELDS} for said in row] for row in rows]
    lists = pl.Series("messages", full, dtype=MESSAGES)
    return list(chats(Turns.of(lists), pl.Series(tools or [None] * len(rows), dtype=pl.String)))


def test_fields_that_are_null_are_left_out():
    """A template that prints content beside a call prints nothing, not None; weights stay away."""
    calls = '[{"id": "c1", "function": {"name": "f", "arguments": "{}"}}]'
    rows = [
        [
            {"role": "user", "content": "hi", "weight": 0},
            {"role": "assistant", "tool_calls": calls},
            {"role": "tool", "content": "", "tool_call_id": "c1", "name": "f"},
        ],
        [],
    ]
    first, second = _chats(rows)
    call = {"id": "c1", "function": {"name": "f", "arguments": {}}}
    assert first.messages == [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "content": "", "name": "f", "tool_call_id": "c1"},
    ]
    assert second.messages == []


def test_arguments_are_objects():
    """JSON text of an object is parsed, numbers as they are; other text stays."""
    given = ['{"n": 123456789012345678901234567890}', {"a": [1]}, "not json", "[1]"]
    calls = [{"function": {"name": "f", "arguments": text}} for text in given]
    calls.append({"name": "flat", "arguments": '{"x": 1}'})
    [chat] = _chats([[{"role": "assistant", "tool_calls": json.dumps(calls)}]])
    read = chat.messages[0]["tool_calls"]
    assert [call["function"]["arguments"] for call in read[:4]] == [
        {"n": 123456789012345678901234567890},
        {"a": [1]},
        "not json",
        "[1]",
    ]
    assert read[4] == {"name": "flat", "arguments": {"x": 1}}


def test_reasoning_has_both_names_that_templates_read():
    """It is ``reasoning_content`` to most and ``thinking`` to some."""
    [chat] = _chats([[{"role": "assistant", "content": "4", "reasoning": "2+2"}]])
    assert chat.messages[0]["reasoning_content"] == chat.messages[0]["thinking"] == "2+2"


def test_no_functions_are_no_list():
    """A template that asks whether tools are given must not be told so of an empty list."""
    tools = ['[{"name": "f"}]', "[]", None]
    assert [chat.tools for chat in _chats([[], [], []], tools)] == [[{"name": "f"}], None, None]
