"""The prompt-completion format."""

import pytest

from curator.task import Task


def test_prompt_and_completion_are_message_lists(written):
    """The golden line."""
    files, _ = written(
        "prompt_completion",
        {"messages": ["Hi", "hello"], "tools": '[{"name": "f"}]'},
        task=Task(instruction="I"),
    )
    assert files["train.jsonl"] == [
        {
            "prompt": [{"role": "system", "content": "I"}, {"role": "user", "content": "Hi"}],
            "completion": [{"role": "assistant", "content": "hello"}],
            "tools": [{"name": "f"}],
        }
    ]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (["a", "b", "c"], "no answer at the end"),
        (
            ["a", {"role": "assistant", "content": "b", "weight": 0}],
            "an answer that is not to be trained",
        ),
        (["a", None], "a turn without text"),
    ],
)
def test_rows_without_a_completion_to_train_are_named(written, messages, reason):
    """A prompt alone trains nothing."""
    files, summary = written("prompt_completion", {"messages": messages}, {"messages": ["q", "a"]})
    assert summary == {"written": {"train": 1}, "rows_left_out": {reason: 1}, "fields_left_out": {}}
    assert [row["reason"] for row in files["skipped.jsonl"]] == [reason]
