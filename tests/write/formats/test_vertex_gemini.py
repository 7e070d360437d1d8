"""Contents and parts for Gemini."""

import json

import pytest

from curator.task import Task

TOOL = {"name": "fare", "description": "d", "parameters": {"type": "object", "properties": {"type": {"type": "string", "enum": ["x"]}}}}  # fmt: skip
REPLY = {"role": "tool", "content": "7", "tool_call_id": "1"}


def calls(*arguments, text=None, name="fare"):
    made = [
        {"id": str(i), "function": {"name": name, "arguments": each}}
        for i, each in enumerate(arguments, 1)
    ]
    return {"role": "assistant", "content": text, "tool_calls": json.dumps(made)}


def answer(text):
    return {"role": "assistant", "content": text}


def test_replies_to_all_calls_of_a_turn_are_one_content(written):
    """The golden line: arguments are objects, a reply names its function."""
    replies = [REPLY, REPLY | {"tool_call_id": "2", "content": "8"}]
    row = {
        "messages": ["Fare?", calls('{"n": 1.50}', "{}", text="So:"), *replies, answer("7 or 8.")],
        "tools": json.dumps([{"type": "function", "function": TOOL | {"strict": True}}]),
    }
    files, summary = written("vertex_gemini", row, task=Task(instruction="I"))
    (line,) = files["train.jsonl"]
    assert line["systemInstruction"] == {"role": "system", "parts": [{"text": "I"}]}
    assert line["contents"] == [
        {"role": "user", "parts": [{"text": "Fare?"}]},
        {"role": "model", "parts": [
            {"text": "So:"},
            {"functionCall": {"name": "fare", "args": {"n": 1.5}}},
            {"functionCall": {"name": "fare", "args": {}}},
        ]},
        {"parts": [
            {"functionResponse": {"name": "fare", "response": {"output": "7"}}},
            {"functionResponse": {"name": "fare", "response": {"output": "8"}}},
        ]},
        {"role": "model", "parts": [{"text": "7 or 8."}]},
    ]  # fmt: skip
    assert summary["fields_left_out"] == {"tool fields": 1, "tool_call_id": 1}


def test_types_are_in_capitals_and_properties_keep_their_names(written):
    """A property may be called type."""
    row = {"messages": ["a", answer("b")], "tools": json.dumps([TOOL])}
    (line,) = written("vertex_gemini", row)[0]["train.jsonl"]
    (declared,) = line["tools"][0]["functionDeclarations"]
    properties = {"type": {"type": "STRING", "enum": ["x"]}}
    assert declared["parameters"] == {"type": "OBJECT", "properties": properties}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": [answer("a"), "b", "c", "d"]}, "turns that do not alternate"),
        ({"messages": ["a", "b", "c"]}, "no answer at the end"),
        ({"messages": ["", "b"]}, "an empty text"),
        ({"messages": ["a", calls("[1]")]}, "tool arguments that are not a JSON object"),
        ({"messages": ["a", calls("{}"), answer("b")]}, "tool calls without replies"),
        ({"messages": ["a", calls("{}"), REPLY, REPLY, answer("b")]}, "a tool reply without its call"),
        ({"messages": ["a", calls("{}", "{}"), REPLY | {"tool_call_id": "2"}, REPLY, answer("b")]}, "tool replies out of order"),
        ({"messages": ["a", "b"], "tools": '[{"name": "f", "parameters": {"type": ["string", "null"]}}]'}, "a tool that the shape cannot write"),
    ],
)  # fmt: skip
def test_what_the_shape_cannot_hold_is_named(written, row, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    assert written("vertex_gemini", row)[1]["rows_left_out"] == {reason: 1}


def test_a_tool_may_give_nothing_back(written):
    """Its output is empty, which is an answer."""
    row = {"messages": ["a", calls("{}"), REPLY | {"content": ""}, answer("b")]}
    contents = written("vertex_gemini", row)[0]["train.jsonl"][0]["contents"]
    assert contents[2]["parts"][0]["functionResponse"]["response"] == {"output": ""}


def test_a_call_at_the_end_needs_no_reply(written):
    """It is what the model learns to say."""
    assert written("vertex_gemini", {"messages": ["a", calls("{}")]})[1]["written"] == {"train": 1}
