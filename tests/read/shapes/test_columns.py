"""Plain columns: their names tell what they are, or nothing is guessed."""

import pytest

from curator.read.shapes import columns, matching


@pytest.mark.parametrize(
    ("row", "guessed"),
    [
        ({"text": "a", "label": 3}, {"input": "text", "label": "label"}),
        (
            {"id": 1, "question": "a", "answer": "b", "context": "c"},
            {"input": "question", "output": "answer", "context": "context"},
        ),
        (
            {"query": "a", "response": "b", "license": "MIT", "split": "dev"},
            {"input": "query", "output": "response", "split": "split", "licence": "license"},
        ),
        ({"dialogue": [{"role": "user", "content": "a"}]}, {"messages": "dialogue"}),
        ({"text": "a"}, None),
        ({"question": ["a"], "answer": "b"}, None),
        ({}, None),
    ],
)
def test_names_tell_what_a_field_is(row, guessed):
    """Lists and objects are no text, and one side alone is no example."""
    assert columns.guess(row) == guessed


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"prompt": "a", "completion": "b"}, "prompt_completion"),
        ({"prompt": "a", "chosen": "b", "rejected": "c"}, "preference"),
        ({"instruction": "a", "input": "b", "output": "c"}, "alpaca"),
        ({"instruction": "a", "instances": []}, "instances"),
        ({"messages": [{"role": "user", "content": "a"}]}, "messages"),
        ({"messages": '[{"role": "user", "content": "a"}]'}, "messages"),
        ({"conversations": [{"from": "human", "value": "a"}]}, "sharegpt"),
        ({"conversations": [{"role": "user", "content": "a"}]}, "columns"),
        ({"question": "a", "answer": "b"}, "columns"),
        ({"foo": "a"}, None),
    ],
)
def test_the_most_telling_shape_wins(row, name):
    """By the fields of one row."""
    assert matching(row) == name
