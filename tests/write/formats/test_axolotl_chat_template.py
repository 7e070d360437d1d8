"""Chats for Axolotl."""

from curator.task import Task


def test_weights_are_train_and_reasoning_has_its_field(written):
    """The golden line: a turn without a weight says nothing."""
    answers = [
        {"role": "assistant", "content": "b", "weight": 0},
        {"role": "assistant", "content": "d", "weight": 1, "reasoning": "r"},
    ]
    row = {"messages": ["a", answers[0], "c", answers[1]], "tools": '[{"a": 1}]'}
    files, summary = written("axolotl_chat_template", row, task=Task(reasoning=True))
    assert files["train.jsonl"][0]["messages"] == [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b", "train": False},
        {"role": "user", "content": "c"},
        {"role": "assistant", "content": "d", "reasoning_content": "r", "train": True},
    ]
    assert files["train.jsonl"][0]["tools"] == [{"a": 1}]
    assert summary["fields_left_out"] == {}


def test_reasoning_that_the_task_does_not_want_stays_out(written):
    """Its field is this shape's own way, not a reason to show it."""
    row = {"messages": ["a", {"role": "assistant", "content": "b", "reasoning": "r"}]}
    files, summary = written("axolotl_chat_template", row)
    assert "reasoning_content" not in files["train.jsonl"][0]["messages"][1]
    assert summary["fields_left_out"] == {"reasoning": 1}
