"""System text and messages for Claude on Bedrock."""

from curator.task import Task


def test_system_text_stands_beside_the_messages(written):
    """The golden lines: without any there is no field."""
    own = [{"role": "system", "content": "S"}, {"role": "user", "content": "a"}]
    answer = {"role": "assistant", "content": "b"}
    rows = [{"messages": ["a", "b"]}, {"messages": [*own, answer]}]
    files, _ = written("bedrock_claude", *rows, task=Task())
    said = [{"role": "user", "content": "a"}, answer]
    assert files["train.jsonl"] == [{"messages": said}, {"system": "S", "messages": said}]
