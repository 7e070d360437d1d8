"""Chats for Axolotl that say which characters are trained."""

from curator.task import Task

CALL = '[{"id": "1", "function": {"name": "f", "arguments": "{}"}}]'


def details(files):
    return [
        turn.get("train_detail", turn.get("train")) for turn in files["train.jsonl"][0]["messages"]
    ]


def test_reasoning_and_answer_have_a_span_each(written):
    """In characters, whatever their bytes; the last one is part of the span."""
    row = {"messages": ["a", {"role": "assistant", "content": "né😀", "reasoning": "é"}]}
    files, _ = written("axolotl_train_detail", row, task=Task(reasoning=True, answer_marker="A:"))
    assert files["train.jsonl"][0]["messages"][1]["content"] == "é\n\nA: né😀"
    assert details(files)[1] == [
        {"begin_offset": 0, "end_offset": 5, "train": True},
        {"begin_offset": 6, "end_offset": 8, "train": True},
    ]


def test_what_is_not_trained_says_so_and_calls_have_no_spans(written):
    """With spans in its text, a turn's calls would not be trained."""
    untrained = {"role": "assistant", "content": "b", "weight": 0}
    call = {"role": "assistant", "content": "x", "tool_calls": CALL}
    files, _ = written("axolotl_train_detail", {"messages": ["a", untrained, "c", call]})
    assert details(files) == [None, False, None, None]
