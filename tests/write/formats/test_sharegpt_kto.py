"""Liked and disliked answers as ShareGPT."""

import pytest

from curator.task import Task

WORSE = [{"role": "assistant", "content": "w"}]


def test_a_pair_is_a_line_for_each_answer(written):
    """Alone, a good answer is one line, and a bad one too."""
    rows = [
        {"messages": ["a", "b"], "rejected_messages": WORSE},
        {"messages": ["a", "b"]},
        {"messages": ["a"], "rejected_messages": WORSE},
    ]
    files, summary = written("sharegpt_kto", *rows, task=Task(instruction="I"))
    asked = {"from": "human", "value": "a"}
    good, bad = (
        {"conversations": [asked, {"from": "gpt", "value": said}], "kto_tag": tag, "system": "I"}
        for said, tag in (("b", True), ("w", False))
    )
    assert files["train.jsonl"] == [good, bad, good, bad]
    assert summary["written"] == {"train": 3}
    assert summary["lines"] == {"train": 4}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": ["a"]}, "no answer at the end"),
        ({"messages": ["a"], "rejected_messages": WORSE * 2}, "a dispreferred answer of several messages"),
        ({"messages": [WORSE[0], "b", "c", "d"]}, "turns that do not alternate"),
        ({"messages": ["a", {"role": "assistant", "content": "b", "weight": 0}]}, "an answer that is not to be trained"),
    ],
)  # fmt: skip
def test_what_the_shape_cannot_hold_is_named(written, row, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    assert written("sharegpt_kto", row)[1]["rows_left_out"] == {reason: 1}


def test_weights_of_earlier_turns_are_counted(written):
    """Nothing but the last answer is trained, whatever they say."""
    row = {"messages": ["a", {"role": "assistant", "content": "b", "weight": 0}, "c", "d"]}
    assert written("sharegpt_kto", row)[1]["fields_left_out"] == {"weight": 1}
