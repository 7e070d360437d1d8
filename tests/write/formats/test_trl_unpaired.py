"""Good and bad answers for TRL."""

import pytest

WORSE = [{"role": "assistant", "content": "w"}]


def test_a_pair_is_a_line_for_each_answer(written):
    """The golden lines: good first, then bad."""
    files, summary = written(
        "trl_unpaired", {"messages": ["a", "b"], "rejected_messages": WORSE}, {"messages": ["a"], "rejected_messages": WORSE}
    )  # fmt: skip
    prompt = [{"role": "user", "content": "a"}]
    good = {"prompt": prompt, "completion": [{"role": "assistant", "content": "b"}], "label": True}
    bad = {"prompt": prompt, "completion": WORSE, "label": False}
    assert files["train.jsonl"] == [good, bad, bad]
    assert (summary["written"], summary["lines"]) == ({"train": 2}, {"train": 3})


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": ["a"]}, "no answer at the end"),
        ({"messages": [WORSE[0]]}, "no prompt"),
        ({"messages": ["a", None]}, "a turn without text"),
    ],
)
def test_what_the_shape_cannot_hold_is_named(written, row, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    assert written("trl_unpaired", row)[1]["rows_left_out"] == {reason: 1}
