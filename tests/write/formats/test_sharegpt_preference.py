"""Pairs of answers as ShareGPT."""

import json

import pytest

WORSE = [{"role": "assistant", "content": "w"}]
CALL = [{"id": "1", "function": {"name": "fare", "arguments": '{"to": 1.50}'}}]


def test_turns_up_to_the_question_then_both_answers(written):
    """The golden line: an answer may be a call."""
    call = {"role": "assistant", "tool_calls": json.dumps(CALL)}
    row = {"messages": ["a", "b", "c", call], "rejected_messages": WORSE, "tools": "[{}]"}
    files, _ = written("sharegpt_preference", row)
    assert files["train.jsonl"] == [
        {
            "conversations": [
                {"from": "human", "value": "a"},
                {"from": "gpt", "value": "b"},
                {"from": "human", "value": "c"},
            ],
            "chosen": {
                "from": "function_call",
                "value": '{"name":"fare","arguments":{"to": 1.50}}',
            },
            "rejected": {"from": "gpt", "value": "w"},
            "tools": "[{}]",
        }
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": ["a", "b"]}, "no dispreferred answer"),
        ({"messages": ["a", "b"], "rejected_messages": WORSE * 2}, "a dispreferred answer of several messages"),
        ({"messages": ["a", "b"], "rejected_messages": [{"role": "assistant", "content": "x", "tool_calls": json.dumps(CALL)}]}, "text beside a tool call"),
        ({"messages": ["a", "b"], "rejected_messages": [{"role": "assistant", "tool_calls": '[{"function": {"name": "f", "arguments": "["}}]'}]}, "tool arguments that are not a JSON object"),
        ({"messages": [WORSE[0], "b", "c", "d"], "rejected_messages": WORSE}, "turns that do not alternate"),
    ],
)  # fmt: skip
def test_what_is_no_pair_is_named(written, row, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    assert written("sharegpt_preference", row)[1]["rows_left_out"] == {reason: 1}
