"""Turns as Bedrock's Converse has them."""

import pytest

from curator.task import Task
from curator.write import formats


def test_contents_are_lists_of_blocks(written):
    """The golden line."""
    files, _ = written("bedrock_converse", {"messages": ["a", "b"]}, task=Task(instruction="I"))
    assert files["train.jsonl"] == [
        {
            "schemaVersion": "bedrock-conversation-2024",
            "system": [{"text": "I"}],
            "messages": [
                {"role": "user", "content": [{"text": "a"}]},
                {"role": "assistant", "content": [{"text": "b"}]},
            ],
        }
    ]


def test_reasoning_has_a_block_of_its_own_if_that_is_asked_for(tmp_path, records, manifest):
    """As Nova 2 reads it."""
    row = {"messages": ["a", {"role": "assistant", "content": "b", "reasoning": "r"}]}
    options = formats.Options(targets=("bedrock_converse",), reasoning="reasoning_content")
    formats.write(records(row), options, tmp_path, task=Task(), manifest=manifest)
    text = (tmp_path / "bedrock_converse" / "train.jsonl").read_text()
    thought = '{"reasoningContent":{"reasoningText":{"text":"r"}}}'
    assert f'"content":[{thought},{{"text":"b"}}]' in text


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": ["a", ""]}, "an empty text"),
        ({"messages": ["a", "b"], "tools": "[{}]"}, "tools"),
        ({"messages": ["a", "b", {"role": "assistant", "content": "c"}]}, "turns that do not alternate"),
        ({"messages": ["a", {"role": "assistant", "content": "b", "weight": 0}]}, "an answer that is not to be trained"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("target", ["bedrock_converse", "bedrock_claude"])
def test_what_bedrock_refuses_is_named(written, target, row, reason):
    """Nothing is bent into the shape, and nothing vanishes."""
    assert written(target, row)[1]["rows_left_out"] == {reason: 1}
