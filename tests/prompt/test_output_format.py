"""Output format: what an answer looks like."""

import pytest

from curator.prompt import Exemplar, left_out, messages, shown
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


@pytest.mark.parametrize(
    "output", [{"labels": ["a"]}, {"json_schema": {}}, {"format": "bullets"}, {}]
)
def test_where_reasoning_comes_first_the_contract_is_of_the_final_answer(output):
    """No prompt asks for a label and nothing else, and in the next line to think step by step."""
    task = Task.from_dict({"instruction": "Classify.", "output": output})
    system = messages(task, [], [], "chain_of_thought+output_format")[0]["content"]
    assert system.split("\n\n")[1].startswith("The final answer is ")
    assert "Answer " not in system


NUMBER = {"json_schema": {"type": "object", "properties": {"n": {"type": "integer"}}}}


@pytest.mark.parametrize(
    ("output", "good", "bad", "why"),
    [
        ({"labels": ["a", "b"]}, "a\n", "A", "its answer is not one of the labels"),
        ({"labels": ["a", "b"]}, "b", None, "its answer is not one of the labels"),
        (NUMBER, '{"n": 1}', "NaN", "its answer is not JSON"),
        (NUMBER, '{"n": 1}', '{"n": "x"}', 'its answer breaks the JSON Schema: $.n: "x" is not of type "integer"'),
        ({"format": "bullets"}, "- a\n- b", "- a\nb", "its answer is not a list of points"),
    ],
)  # fmt: skip
def test_an_exemplar_that_breaks_the_contract_is_not_shown_beside_it(output, good, bad, why):
    """A prompt never shows the opposite of what it says; and it is said what was left out."""
    task = Task.from_dict({"output": output})
    pair = [
        Exemplar(id=name, prompt=[{"role": "user", "content": name}],
                 completion={"role": "assistant", "content": answer})
        for name, answer in (("good", good), ("bad", bad))
    ]  # fmt: skip
    both = "few_shot+output_format"
    assert [one.id for one in shown(pair, both, task)] == ["good"]
    assert left_out(pair, both, task) == [("bad", why)]
    assert len(messages(task, pair, [], both)) == 3
    assert left_out(pair, "few_shot", task) == left_out(pair, "output_format", task) == []


def test_free_text_is_left_alone():
    """Any answer is text."""
    one = Exemplar(id="1", prompt=[], completion={"role": "assistant", "content": "# **x**"})
    assert shown([one], "few_shot+output_format", Task()) == [one]
