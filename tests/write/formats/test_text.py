"""One text a row."""

from curator.task import Task


def test_a_text_is_the_prompt_a_blank_line_and_the_answer(written):
    """The golden lines: an answer alone is all of the text."""
    alone = {"role": "assistant", "content": "c"}
    files, summary = written("text", {"messages": ["a", "b"]}, {"messages": [alone]})
    assert files["train.jsonl"] == [{"text": "a\n\nb"}, {"text": "c"}]
    assert summary["joined"] == {"prompt above the answer": 1}


def test_what_nothing_sets_apart_is_counted(written):
    """System text stands above all; several turns would lose who speaks."""
    chat = {"messages": ["a", "b", "c", "d"]}
    files, summary = written("text", {"messages": ["a", "b"]}, chat, task=Task(instruction="I"))
    assert files["train.jsonl"] == [{"text": "I\n\na\n\nb"}]
    assert summary["joined"] == {"prompt above the answer": 1, "system text above the prompt": 1}
    assert summary["rows_left_out"] == {"more than one exchange": 1}
