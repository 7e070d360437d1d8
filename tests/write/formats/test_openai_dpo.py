"""Pairs of answers as OpenAI has them."""

import pytest

WORSE = [{"role": "assistant", "content": "w"}]


def test_input_and_both_outputs(written):
    """The golden line: functions stand in the input."""
    row = {"messages": ["a", "b"], "rejected_messages": WORSE, "tools": '[{"type": "function"}]'}
    files, _ = written("openai_dpo", row)
    assert files["train.jsonl"] == [
        {
            "input": {
                "messages": [{"role": "user", "content": "a"}],
                "tools": [{"type": "function"}],
            },
            "preferred_output": [{"role": "assistant", "content": "b"}],
            "non_preferred_output": WORSE,
        }
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": ["a", "b"]}, "no dispreferred answer"),
        ({"messages": ["a", "b"], "rejected_messages": WORSE * 2}, "a dispreferred answer of several messages"),
        ({"messages": ["a", "b", {"role": "assistant", "content": "c"}], "rejected_messages": WORSE}, "a prompt that ends in an answer"),
        ({"messages": WORSE, "rejected_messages": WORSE}, "no prompt"),
    ],
)  # fmt: skip
def test_what_vendors_refuse_is_named(written, row, reason):
    """One message for each side, and a prompt that asks."""
    assert written("openai_dpo", row)[1]["rows_left_out"] == {reason: 1}
