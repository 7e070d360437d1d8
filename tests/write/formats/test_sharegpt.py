"""The ShareGPT format."""

import json

import pytest

from curator.task import Task


def calls(*arguments):
    return {
        "role": "assistant",
        "tool_calls": json.dumps(
            [
                {"id": str(i), "function": {"name": "fare", "arguments": text}}
                for i, text in enumerate(arguments)
            ]
        ),
    }


def test_turns_calls_and_observations_have_their_names(written):
    """The golden line."""
    row = {"messages": ["Fare?", calls('{"to": 3.10}'), {"role": "tool", "content": "7", "tool_call_id": "0"}, "Seven."],
           "tools": '[{"name": "fare"}]'}  # fmt: skip
    files, summary = written("sharegpt", row, task=Task(instruction="I"))
    assert files["train.jsonl"] == [
        {
            "conversations": [
                {"from": "human", "value": "Fare?"},
                {"from": "function_call", "value": '{"name":"fare","arguments":{"to": 3.10}}'},
                {"from": "observation", "value": "7"},
                {"from": "gpt", "value": "Seven."},
            ],
            "system": "I",
            "tools": '[{"name": "fare"}]',
        }
    ]
    assert summary["fields_left_out"] == {"tool_call_id": 1}


def test_several_calls_are_an_array(written):
    """Calls made at once stay together."""
    files, _ = written(
        "sharegpt", {"messages": ["a", calls("{}", '{"n": 12345678901234567890123}')]}
    )
    assert files["train.jsonl"][0]["conversations"][1]["value"] == (
        '[{"name":"fare","arguments":{}},{"name":"fare","arguments":{"n": 12345678901234567890123}}]'
    )


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (["a", {**calls("{}"), "content": "Let me see."}], "text beside a tool call"),
        (["a", calls("{broken")], "tool arguments that are not a JSON object"),
        (["a", calls("[1]")], "tool arguments that are not a JSON object"),
        (["a", "b", "c"], "no answer at the end"),
        ([{"role": "assistant", "content": "Hello."}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "turns that do not alternate"),
        (["a", None], "a turn without text"),
    ],
)  # fmt: skip
def test_what_the_shape_cannot_hold_is_named(written, messages, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    files, summary = written("sharegpt", {"messages": messages}, {"messages": ["q", "a"]})
    assert summary == {"written": {"train": 1}, "rows_left_out": {reason: 1}, "fields_left_out": {}}
    assert files["skipped.jsonl"][0]["reason"] == reason
