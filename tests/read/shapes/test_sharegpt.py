"""ShareGPT chats: calls and observations become linked tool calls and answers."""

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.read.shapes import sharegpt
from curator.read.values import Unmappable


def turn(speaker: str, value: object) -> dict:
    return {"from": speaker, "value": value}


def read(*turns: dict, **fields) -> dict:
    (record,) = sharegpt.to_records({"conversations": list(turns), **fields}, {})
    return record


def why(*turns: dict) -> str:
    with pytest.raises(Unmappable) as error:
        sharegpt.to_records({"conversations": list(turns)}, {})
    return str(error.value)


def test_plain_turns_are_user_and_assistant():
    """System text comes first, and none of this counts as a change."""
    record = read(turn("human", "Late?"), turn("gpt", "No."), system="Be brief.")
    assert [(said["role"], said["content"]) for said in record["messages"]] == [
        ("system", "Be brief."),
        ("user", "Late?"),
        ("assistant", "No."),
    ]
    assert record["changes"] == []


def test_calls_and_observations_are_linked_by_made_ids():
    """Arguments keep the white space they had."""
    record = read(
        turn("human", "Late?"),
        turn("function_call", '{"name": "status", "arguments": {"line":  "Skerry", "n": 1.50}}'),
        turn("function_call", '{"name": "status", "arguments": "{}"}'),
        turn("observation", "late"),
        turn("observation", "on time"),
        turn("gpt", "Yes."),
    )
    first, second = (json.loads(record["messages"][at]["tool_calls"])[0] for at in (1, 2))
    assert first["function"]["arguments"] == '{"line":  "Skerry", "n": 1.50}'
    assert [first["id"], second["id"]] == ["call_0", "call_1"]
    assert [said.get("tool_call_id") for said in record["messages"][3:5]] == ["call_0", "call_1"]
    assert record["messages"][1].get("content") is None


def test_a_list_of_calls_is_one_message():
    """They were made at once."""
    calls = [{"name": "a", "arguments": {}}, {"name": "b"}]
    record = read(turn("human", "x"), turn("function_call", json.dumps(calls)))
    made = json.loads(record["messages"][1]["tool_calls"])
    assert [(call["id"], call["function"]["name"]) for call in made] == [
        ("call_0", "a"),
        ("call_1", "b"),
    ]


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        ([], "no messages | $.conversations is an empty list"),
        ([turn("human", None)], "missing field | $.conversations[0].value"),
        (
            [turn("function_call", "status()")],
            "broken JSON | $.conversations[0].value: Expecting value at character 1",
        ),
        ([turn("function_call", '{"name"')], "broken JSON | $.conversations[0].value: "),
        ([turn("function_call", "{}")], "missing field | $.conversations[0].value.name"),
        ([turn("observation", "x")], "answer without a call | $.conversations[0]"),
        ([turn("Kunde", "x")], "unknown role | $.conversations[0].from: 'Kunde' is not one of"),
    ],
)
def test_a_turn_that_cannot_be_one_says_where(turns, reason):
    """By its path in the row."""
    assert why(*turns).startswith(reason)


def test_other_fields_of_a_turn_go_to_meta():
    """A weight has a column of its own."""
    record = read(turn("human", "x") | {"markdown": True, "weight": 0})
    assert record["meta"] == {"conversations": {"0": {"markdown": True}}}
    assert record["messages"][0]["weight"] == 0


_turn = st.builds(
    turn,
    st.sampled_from(["human", "gpt", "system", "user", "assistant", "observation", "bot"]),
    st.none() | st.text(max_size=4),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.none() | st.lists(_turn, max_size=3), max_size=5),
    st.sampled_from([None, "", "Be brief."]),
    st.sampled_from([None, "[]", "[{}]"]),
)
def test_the_frame_says_what_the_rows_say(chats, system, tools):
    """Rows that are not odd come out alike; rows that cannot be records, or are changed, are odd."""
    rows = [(chat, system, tools) for chat in chats]
    raw = pl.DataFrame(rows, schema=sharegpt.LAYOUT, orient="row")
    for fast, row in zip(sharegpt.to_frame(raw).to_dicts(), raw.to_dicts(), strict=True):
        try:
            (slow,) = sharegpt.to_records(row, {})
        except Unmappable:
            assert fast["is_odd"]
            continue
        assert fast["is_odd"] == bool(slow["changes"] or slow["tools"])
        if not fast["is_odd"]:
            plain = [(said["role"], said["content"]) for said in slow["messages"]]
            assert [(said["role"], said["content"]) for said in fast["messages"]] == plain
