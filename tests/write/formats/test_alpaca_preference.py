"""Pairs of answers as Alpaca."""

import pytest

from curator.task import Task

WORSE = [{"role": "assistant", "content": "w"}]


def test_the_two_answers_stand_beside_the_last_question(written):
    """The golden line."""
    row = {"messages": ["a", "b", "c", "d"], "rejected_messages": WORSE}
    files, summary = written("alpaca_preference", row, task=Task(instruction="I"))
    assert files["train.jsonl"] == [
        {
            "instruction": "c",
            "input": "",
            "chosen": "d",
            "rejected": "w",
            "system": "I",
            "history": [["a", "b"]],
        }
    ]
    assert summary == {"written": {"train": 1}, "rows_left_out": {}, "fields_left_out": {}}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": ["a", "b"]}, "no dispreferred answer"),
        ({"messages": ["a"], "rejected_messages": WORSE}, "no preferred answer"),
        ({"messages": ["a", "b"], "rejected_messages": WORSE * 2}, "a dispreferred answer of several messages"),
        ({"messages": ["a", "b"], "rejected_messages": [{"role": "user", "content": "w"}]}, "a dispreferred answer that is none"),
        ({"messages": ["a", "b"], "rejected_messages": WORSE, "tools": '[{"name": "f"}]'}, "tools"),
        ({"messages": ["a", "b"], "rejected_messages": [{"role": "assistant", "tool_calls": "[{}]"}]}, "tools"),
        ({"messages": ["a", {"role": "assistant", "content": "b", "weight": 0}], "rejected_messages": WORSE}, "an answer that is not to be trained"),
    ],
)  # fmt: skip
def test_what_is_no_pair_in_text_is_named(written, row, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    files, summary = written("alpaca_preference", row)
    assert summary["rows_left_out"] == {reason: 1}
    assert [skipped["reason"] for skipped in files["skipped.jsonl"]] == [reason]
