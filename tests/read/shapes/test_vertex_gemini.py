"""Chats as Gemini has them."""

import json

import pytest

from curator.read.shapes import matching, vertex_gemini
from curator.read.values import Unmappable

ASKED = {"role": "user", "parts": [{"text": "a"}]}


def call(name, **args):
    return {"functionCall": {"name": name, "args": args}}


def response(name, **fields):
    return {"functionResponse": {"name": name, "response": fields}}


def read(*contents, **fields):
    (record,) = vertex_gemini.to_records({"contents": list(contents), **fields}, {})
    return record


def test_calls_get_ids_and_responses_find_them_by_name():
    """In any order, and in either spelling of the fields."""
    record = read(
        ASKED,
        {"role": "model", "parts": [call("f", n=1), call("g")]},
        {"parts": [response("g", output="y"), {"function_response": response("f", output="x")["functionResponse"]}]},
        {"role": "model", "parts": [{"text": "b"}]},
    )  # fmt: skip
    made = json.loads(record["messages"][1]["tool_calls"])
    assert [each["function"] for each in made] == [
        {"name": "f", "arguments": '{"n":1}'},
        {"name": "g", "arguments": "{}"},
    ]
    replies = [(turn["tool_call_id"], turn["content"]) for turn in record["messages"][2:4]]
    assert replies == [(made[1]["id"], "y"), (made[0]["id"], "x")]


def test_system_text_thoughts_and_declarations_have_their_places():
    """Types come in small letters, a property of that name stays as it is."""
    schema = {"type": "OBJECT", "properties": {"type": {"type": "STRING"}}}
    record = read(
        ASKED,
        {"role": "model", "parts": [{"text": "r", "thought": True}, {"text": "b"}]},
        system_instruction={"parts": [{"text": "S"}]},
        tools=[{"functionDeclarations": [{"name": "f", "parameters": schema}]}],
    )
    assert record["messages"][0] == {"role": "system", "content": "S"}
    assert (record["messages"][2]["content"], record["messages"][2]["reasoning"]) == ("b", "r")
    (tool,) = json.loads(record["tools"])
    assert tool["function"]["parameters"] == {
        "type": "object",
        "properties": {"type": {"type": "string"}},
    }


@pytest.mark.parametrize(
    ("fields", "text", "changes"),
    [
        ({"output": "x"}, "x", []),
        ({"content": "x"}, "x", []),
        ({"output": "x", "n": 1}, '{"output":"x","n":1}', ["read: a function's response written as JSON text"]),
        ({"output": {"n": 1}}, '{"output":{"n":1}}', ["read: a function's response written as JSON text"]),
    ],
)  # fmt: skip
def test_a_response_is_its_text_or_written_as_json(fields, text, changes):
    """What is written as something else is counted."""
    record = read(
        ASKED, {"role": "model", "parts": [call("f")]}, {"parts": [response("f", **fields)]}
    )
    assert (record["messages"][2]["content"], record["changes"]) == (text, changes)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"role": "model", "parts": [{"fileData": {}}]}, "wrong type | $.contents[1].parts[0]: fileData where text is expected"),
        ({"role": "bot", "parts": [{"text": "b"}]}, "unknown role | $.contents[1].role: 'bot' is not user or model"),
        ({"parts": [response("f", output="x")]}, "answer without a call | $.contents[1].parts[0]"),
        ({"role": "model"}, "missing field | $.contents[1].parts"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(content, why):
    """Where, and what."""
    with pytest.raises(Unmappable) as caught:
        read(ASKED, content)
    assert str(caught.value) == why


def test_it_is_known_by_contents_with_parts():
    """Its field is nobody else's."""
    assert matching({"contents": [ASKED]}) == "vertex_gemini"
    assert matching({"contents": "a"}) is None
