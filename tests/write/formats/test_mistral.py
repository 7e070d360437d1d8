"""Messages for mistral-finetune."""

import json
import re

import pytest

TOOLS = '[{"type":"function","function":{"name":"f","description":"d","parameters":{}}}]'


def call(*ids, name="f"):
    made = [{"id": each, "function": {"name": name, "arguments": "{}"}} for each in ids]
    return {"role": "assistant", "tool_calls": json.dumps(made)}


def reply(call_id):
    return {"role": "tool", "content": "3", "tool_call_id": call_id}


def answer(text, **fields):
    return {"role": "assistant", "content": text, **fields}


def test_ids_of_calls_are_nine_characters_and_replies_follow(written):
    """One that has the form stays, others are made of what they were, the same each time."""
    chat = ["a", call("abcDEF123", "c-2"), reply("c-2"), reply("abcDEF123"), answer("b", weight=1)]
    files, _ = written("mistral", {"messages": chat, "tools": TOOLS}, {"messages": chat})
    first, second = (line["messages"] for line in files["train.jsonl"])
    ids = [each["id"] for each in first[1]["tool_calls"]]
    assert ids[0] == "abcDEF123"
    assert re.fullmatch("[a-zA-Z0-9]{9}", ids[1])
    assert [turn["tool_call_id"] for turn in first[2:4]] == [ids[1], ids[0]]
    assert first == second
    assert first[4]["weight"] == 1


def test_calls_without_ids_get_one_each_by_their_place(written):
    """Two of them differ, and their replies find them in order."""
    chat = ["a", call(None, None), reply(None), reply(None), answer("b")]
    (line,) = written("mistral", {"messages": chat})[0]["train.jsonl"]
    ids = [each["id"] for each in line["messages"][1]["tool_calls"]]
    assert len(set(ids)) == 2
    assert [turn["tool_call_id"] for turn in line["messages"][2:4]] == ids


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": ["a", call("1") | {"content": "So."}, reply("1"), answer("b")]}, "text beside a tool call"),
        ({"messages": ["a", call("1") | {"content": "So.", "weight": 0}, reply("1"), answer("b")]}, "text beside a tool call"),
        ({"messages": ["a", ""]}, "an empty text"),
        ({"messages": ["a", "b", "c"]}, "no answer at the end"),
        ({"messages": ["a", answer("b", weight=0)]}, "no turn to train on"),
        ({"messages": ["a", call("1"), answer("b")]}, "tool calls without replies"),
        ({"messages": ["a", call("1"), reply("2"), answer("b")]}, "a tool reply without its call"),
        ({"messages": ["a", call("1", name="f g"), reply("1"), answer("b")]}, "a tool call that the shape cannot write"),
        ({"messages": ["a", "b"], "tools": '[{"function": {"name": "f"}}]'}, "a tool without description or parameters"),
        ({"messages": ["a", "b", {"role": "system", "content": "S"}, answer("c")]}, "turns that do not alternate"),
    ],
)  # fmt: skip
def test_what_its_validator_refuses_is_named(written, row, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    assert written("mistral", row)[1]["rows_left_out"] == {reason: 1}
