"""Pairs of answers for TRL."""

import json

import pytest

WORSE = [{"role": "assistant", "content": "w"}]


def call(arguments):
    made = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": arguments}}]
    return {"role": "assistant", "tool_calls": json.dumps(made)}


def test_prompt_and_both_answers_are_message_lists(written):
    """The golden line: arguments are objects, as chat templates render them."""
    row = {"messages": ["a", call('{"n": 1}')], "rejected_messages": WORSE, "tools": '[{"a": 1}]'}
    files, _ = written("trl_preference", row)
    made = {"id": "1", "type": "function", "function": {"name": "f", "arguments": {"n": 1}}}
    assert files["train.jsonl"] == [
        {
            "prompt": [{"role": "user", "content": "a"}],
            "chosen": [{"role": "assistant", "content": None, "tool_calls": [made]}],
            "rejected": [{"role": "assistant", "content": "w"}],
            "tools": [{"a": 1}],
        }
    ]


def test_an_answer_of_several_messages_is_set_against_all_since_the_user(written):
    """Both answers begin at the same place."""
    reply = {"role": "tool", "content": "3", "tool_call_id": "1"}
    answered = [call("{}"), reply, {"role": "assistant", "content": "w"}]
    better = [call("{}"), reply, {"role": "assistant", "content": "b"}]
    row = {"messages": ["a", *better], "rejected_messages": answered}
    (line,) = written("trl_preference", row)[0]["train.jsonl"]
    assert [len(line[name]) for name in ("prompt", "chosen", "rejected")] == [1, 3, 3]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": ["a", "b"]}, "no dispreferred answer"),
        ({"messages": ["a"], "rejected_messages": WORSE}, "no preferred answer"),
        ({"messages": WORSE, "rejected_messages": WORSE}, "no prompt"),
        ({"messages": ["a", call("[1]")], "rejected_messages": WORSE}, "tool arguments that are not a JSON object"),
        ({"messages": ["a", "b"], "rejected_messages": [call("[1]")]}, "tool arguments that are not a JSON object"),
    ],
)  # fmt: skip
def test_what_is_no_pair_is_named(written, row, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    assert written("trl_preference", row)[1]["rows_left_out"] == {reason: 1}
