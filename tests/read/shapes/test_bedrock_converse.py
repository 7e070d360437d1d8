"""Chats as Bedrock's Converse writes them."""

import pytest

from curator.read.shapes import bedrock_converse, matching
from curator.read.values import Unmappable


def said(role, *blocks):
    return {"role": role, "content": list(blocks)}


def read(*messages, **fields):
    (record,) = bedrock_converse.to_records({"messages": list(messages), **fields}, {})
    return [(turn["role"], turn["content"], turn.get("reasoning")) for turn in record["messages"]]


def test_blocks_of_text_are_joined_and_reasoning_stands_beside_them():
    """System texts are paragraphs."""
    thought = {"reasoningContent": {"reasoningText": {"text": "r"}}}
    found = read(
        said("user", {"text": "a"}),
        said("assistant", thought, {"text": "b"}, {"text": "c"}),
        system=[{"text": "S"}, {"text": "T"}],
    )
    assert found == [("system", "S\n\nT", None), ("user", "a", None), ("assistant", "bc", "r")]


@pytest.mark.parametrize(
    ("row", "shape"),
    [
        ({"schemaVersion": "bedrock-conversation-2024", "messages": []}, "bedrock_converse"),
        ({"messages": [said("user", {"text": "a"})]}, "bedrock_converse"),
        ({"messages": [said("user", {"text": "a", "type": None})]}, "bedrock_converse"),
        ({"messages": [said("user", {"type": "text", "text": "a"})]}, "messages"),
    ],
)
def test_it_is_known_by_its_version_or_by_blocks_without_a_type(row, shape):
    """Chats of other vendors have blocks too."""
    assert matching(row) == shape


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ({"image": {}}, "wrong type | $.messages[0].content[0]: image where text or reasoning is expected"),
        ({"toolUse": {}}, "wrong type | $.messages[0].content[0]: toolUse where text or reasoning is expected"),
        ({}, "wrong type | $.messages[0].content[0]: nothing where text or reasoning is expected"),
        ({"reasoningContent": {}}, "wrong type | $.messages[0].content[0].reasoningContent: an object without reasoningText"),
    ],
)  # fmt: skip
def test_blocks_that_are_no_text_are_rejected(block, why):
    """A picture left out would leave a question about nothing."""
    with pytest.raises(Unmappable) as caught:
        read(said("user", block))
    assert str(caught.value) == why
