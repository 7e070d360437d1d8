"""Output format: what an answer looks like."""

import pytest

from curator.prompt import messages
from curator.task import Task

LABELS = "Answer with exactly one of these labels and nothing else:\n- card lost\n- top-up"
SCHEMA = 'Answer with JSON only. It must keep to this JSON Schema:\n{"a": 1, "b": "é"}'


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ({"labels": ["card lost", "top-up"]}, LABELS),
        ({"json_schema": {"b": "é", "a": 1}}, SCHEMA),
        (
            {"format": "bullets"},
            'Answer with a list: one point a line, each line beginning with "- ".',
        ),
        ({}, "Answer in plain text without markup."),
    ],
)
def test_the_contract_follows_the_instruction_in_words(output, words):
    """The golden output-format prompts."""
    task = Task.from_dict({"instruction": "Classify.", "output": output})
    assert messages(task, [], [{"role": "user", "content": "Hi"}], "output_format") == [
        {"role": "system", "content": f"Classify.\n\n{words}"},
        {"role": "user", "content": "Hi"},
    ]
