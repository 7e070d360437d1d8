"""Chats as OpenAI writes them: nothing a message holds is lost, and calls stay to the letter."""

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.read.shapes import messages
from curator.read.values import Unmappable
from curator.records import MESSAGE

USER = {"role": "user", "content": "Is the ferry late?"}
CALL = {
    "id": "c1",
    "type": "function",
    "function": {"name": "status", "arguments": '{"line":  "Skerry" }'},
}


def read(*said: dict, **fields) -> dict:
    (record,) = messages.to_records({"messages": list(said), **fields}, {})
    return record


def why(*said: object) -> str:
    with pytest.raises(Unmappable) as error:
        messages.to_records({"messages": list(said)}, {})
    return str(error.value)


def test_tool_calls_keep_their_arguments_to_the_letter():
    """And content that is null stays null."""
    record = read(
        USER,
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "name": "status", "content": "late"},
    )
    _, called, answer = record["messages"]
    assert called["content"] is None
    assert json.loads(called["tool_calls"]) == [CALL]
    assert (answer["tool_call_id"], answer["name"], answer["content"]) == ("c1", "status", "late")


def test_a_legacy_function_call_becomes_a_tool_call_that_its_answer_names():
    """Ids are made, in order."""
    record = read(
        USER,
        {"role": "assistant", "content": None, "function_call": {"name": "a", "arguments": "{ }"}},
        {"role": "function", "name": "a", "content": "1"},
    )
    made = {"id": "call_0", "type": "function", "function": {"name": "a", "arguments": "{ }"}}
    assert json.loads(record["messages"][1]["tool_calls"]) == [made]
    assert record["messages"][2]["role"] == "tool"
    assert record["messages"][2]["tool_call_id"] == "call_0"
    assert record["changes"] == [
        "read: function_call read as a tool call",
        "read: role function read as tool",
    ]


def test_an_answer_without_a_call_is_rejected():
    """It would be given a made-up link."""
    assert (
        why(USER, {"role": "function", "content": "1"}) == "answer without a call | $.messages[1]"
    )


def test_unknown_fields_of_a_message_go_to_meta_and_are_counted():
    """Under the number of their message."""
    record = read(
        USER | {"mood": "cross"}, {"role": "assistant", "content": "No.", "a": 1, "b": None}
    )
    assert record["meta"] == {"messages": {"0": {"mood": "cross"}, "1": {"a": 1, "b": None}}}
    assert record["changes"] == ["read: unknown message fields moved to meta | 3"]


@pytest.mark.parametrize(
    ("given", "role"),
    [
        ("human", "user"),
        ("gpt", "assistant"),
        ("bot", "assistant"),
        ("model", "assistant"),
        ("developer", "system"),
    ],
)
def test_other_words_for_a_role_are_read_and_noted(given, role):
    """No role is changed in silence."""
    record = read({"role": given, "content": "x"})
    assert record["messages"][0]["role"] == role
    assert record["changes"] == [f"read: role {given} read as {role}"]


def test_an_unknown_role_shows_the_way_out():
    """The recipe can name it."""
    assert why({"role": "Kunde", "content": "x"}) == (
        "unknown role | $.messages[0].role: 'Kunde' is not one of system, user, assistant, tool; "
        "add roles: {Kunde: ...}"
    )
    (record,) = messages.to_records(
        {"messages": [{"role": "Kunde", "content": "x"}]}, {"Kunde": "user"}
    )
    assert record["messages"][0]["role"] == "user"


def test_parts_of_text_are_joined_and_other_parts_rejected():
    """A picture cannot be read as text."""
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    record = read({"role": "user", "content": parts})
    assert record["messages"][0]["content"] == "ab"
    assert record["changes"] == ["read: text parts joined"]
    picture = {"type": "image_url", "image_url": {"url": "x"}}
    assert why({"role": "user", "content": [picture]}) == (
        "wrong type | $.messages[0].content[0]: only parts of text can be read"
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("x", "wrong type | $.messages[0]: a string where an object is expected"),
        ({"content": "x"}, "missing field | $.messages[0].role"),
        ({"role": "user"}, "missing field | $.messages[0].content"),
        ({"role": "assistant", "content": None}, "missing field | $.messages[0].content"),
        (
            {"role": "user", "content": {}},
            "wrong type | $.messages[0].content: an object where text is expected",
        ),
        (USER | {"weight": 2}, "wrong type | $.messages[0].weight: a weight is 0 or 1"),
        (
            USER | {"tool_calls": ["x"]},
            "wrong type | $.messages[0].tool_calls[0]: a string where an object is expected",
        ),
        (
            USER | {"reasoning": "a", "reasoning_content": "b"},
            "wrong type | $.messages[0]: both reasoning and reasoning_content",
        ),
    ],
)
def test_a_message_that_cannot_be_one_says_where(said, reason):
    """By its path in the row."""
    assert why(said) == reason


def test_reasoning_weight_and_tools_are_kept():
    """Tools stay JSON text; an empty list of them counts as none."""
    said = {"role": "assistant", "content": "No.", "reasoning_content": "Hm.", "weight": 0}
    record = read(USER, said, tools=[{"name": "status"}])
    assert record["tools"] == '[{"name":"status"}]'
    assert (record["messages"][1]["reasoning"], record["messages"][1]["weight"]) == ("Hm.", 0)
    assert read(USER, tools='[{"name": "x"}]')["tools"] == '[{"name": "x"}]'
    assert read(USER, tools=[])["tools"] is None


_said = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["user", "assistant", "system", "tool", "bot", None]),
        "content": st.none() | st.text(max_size=5),
    }
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.none() | st.lists(_said, max_size=3), max_size=5),
    st.sampled_from([None, "", "[]", "[{}]"]),
    st.sampled_from([None, "", "Be brief."]),
)
def test_the_frame_says_what_the_rows_say(chats, tools, system):
    """Rows that are not odd come out alike; rows that cannot be records, or are changed, are odd."""
    rows = [(chat, system, tools) for chat in chats]
    raw = pl.DataFrame(rows, schema=messages.LAYOUT, orient="row")
    for fast, row in zip(messages.to_frame(raw).to_dicts(), raw.to_dicts(), strict=True):
        try:
            (slow,) = messages.to_records(row, {})
            said = [dict.fromkeys(MESSAGE.to_schema()) | turn for turn in slow["messages"]]
            assert fast["is_odd"] or fast["messages"] == said
            assert fast["is_odd"] == bool(
                slow["changes"]
                or slow["tools"]
                or any(said["content"] is None for said in slow["messages"])
            )
        except Unmappable:
            assert fast["is_odd"]
