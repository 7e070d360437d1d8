"""Prompt and completion as plain text."""

import pytest

from curator.task import Task


def test_prompt_and_completion_are_texts_that_nothing_parts(written):
    """The golden line: what should stand between them ends the task's template."""
    files, summary = written(
        "prompt_completion_text",
        {"messages": ["a", "b"]},
        task=Task(instruction="I", input="Q: {{ input }}\nA: "),
    )
    assert files["train.jsonl"] == [{"prompt": "I\n\nQ: a\nA: ", "completion": "b"}]
    assert summary["joined"] == {"system text above the prompt": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": ["a", "b", "c", "d"]}, "more than one exchange"),
        ({"messages": ["a", "b"], "tools": "[{}]"}, "tools"),
        ({"messages": ["a"]}, "no answer at the end"),
        ({"messages": ["a", {"role": "assistant", "content": "b", "weight": 0}]}, "an answer that is not to be trained"),
    ],
)  # fmt: skip
def test_what_the_shape_cannot_hold_is_named(written, row, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    assert written("prompt_completion_text", row)[1]["rows_left_out"] == {reason: 1}
