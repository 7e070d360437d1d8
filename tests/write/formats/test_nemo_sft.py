"""Input and output for NeMo."""


def test_input_and_output_are_texts(written):
    """The golden line, and a chat that has no place in it."""
    files, summary = written(
        "nemo_sft", {"messages": ["a", "b"]}, {"messages": ["a", "b", "c", "d"]}
    )
    assert files["train.jsonl"] == [{"input": "a", "output": "b"}]
    assert summary["rows_left_out"] == {"more than one exchange": 1}
