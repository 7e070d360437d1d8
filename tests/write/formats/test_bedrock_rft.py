"""Prompts with a reference answer."""

from curator.task import Task


def test_the_answer_is_the_reference(written):
    """The golden line: without its reasoning, whatever the task says."""
    answer = {"role": "assistant", "content": "b", "reasoning": "r"}
    row = {"messages": ["a", answer], "tools": '[{"a": 1}]'}
    files, summary = written("bedrock_rft", row, task=Task(instruction="I", reasoning=True))
    assert files["train.jsonl"] == [
        {
            "messages": [{"role": "system", "content": "I"}, {"role": "user", "content": "a"}],
            "reference_answer": "b",
            "tools": [{"a": 1}],
        }
    ]
    assert summary["fields_left_out"] == {"reasoning": 1}


def test_an_answer_that_calls_is_no_reference(written):
    """Nor is none."""
    call = {"role": "assistant", "tool_calls": '[{"function": {"name": "f", "arguments": "{}"}}]'}
    summary = written("bedrock_rft", {"messages": ["a", call]}, {"messages": ["a"]})[1]
    assert summary["rows_left_out"] == {"an answer that calls tools": 1, "no answer at the end": 1}
