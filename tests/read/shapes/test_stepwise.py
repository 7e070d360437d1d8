"""Steps of an answer with their labels."""

import pytest

from curator.read.shapes import matching, stepwise
from curator.read.values import Unmappable

ROW = {
    "prompt": "9.8 or 9.11?",
    "completions": ["0.8 > 0.11.", "So 9.11."],
    "labels": [True, False],
}


def test_each_step_is_a_turn_and_a_wrong_one_has_weight_nought():
    """What is right is trained as anything else."""
    assert matching(ROW) == "stepwise"
    (record,) = stepwise.to_records(ROW, {})
    said = [(turn["role"], turn["content"], turn.get("weight")) for turn in record["messages"]]
    assert said == [
        ("user", "9.8 or 9.11?", None),
        ("assistant", "0.8 > 0.11.", None),
        ("assistant", "So 9.11.", 0),
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"labels": [True]}, "wrong type | $.labels: 1 for 2 completions"),
        ({"labels": True}, "wrong type | $.labels: a boolean where a list is expected"),
        ({"labels": [True, None]}, "wrong type | $.labels[1]: null where true or false is expected"),
        ({"completions": ["a", None]}, "missing field | $.completions[1]"),
        ({"completions": [], "labels": []}, "no messages | $.completions is an empty list"),
        ({"prompt": None}, "missing field | $.prompt"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(change, why):
    """Where, and what."""
    with pytest.raises(Unmappable) as caught:
        stepwise.to_records(ROW | change, {})
    assert str(caught.value) == why
