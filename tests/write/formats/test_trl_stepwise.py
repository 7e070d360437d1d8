"""Answers in steps for TRL."""

import pytest

from curator.task import Task

WRONG = {"role": "assistant", "content": "c", "weight": 0}


def test_turns_of_the_assistant_are_steps_and_weights_their_labels(written):
    """The golden line: what is not to be trained on is wrong."""
    row = {"messages": ["a", "b", WRONG]}
    files, summary = written("trl_stepwise", row, task=Task(instruction="I"))
    assert files["train.jsonl"] == [
        {"prompt": "I\n\na", "completions": ["b", "c"], "labels": [True, False]}
    ]
    assert summary["joined"] == {"system text above the prompt": 1}


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (["a", "b", "c", "d"], "more than one exchange"),
        (["a"], "no answer at the end"),
        ([WRONG], "more than one exchange"),
        (["a", {"role": "assistant", "tool_calls": "[{}]"}], "tools"),
    ],
)
def test_what_the_shape_cannot_hold_is_named(written, messages, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    assert written("trl_stepwise", {"messages": messages})[1]["rows_left_out"] == {reason: 1}
