"""
Golden prompts: what every technique, alone and joined, puts into the messages, in both styles.

A golden file is rewritten by ``CURATOR_REWRITE_GOLDEN=1 pytest tests/prompt/test_golden.py``; read
the difference before it is committed: it is what models will see.
"""

import json
import os
from itertools import combinations
from pathlib import Path

import pytest

from curator.prompt import Exemplar, left_out, messages, technique_names
from curator.task import Task

GOLDEN = Path(__file__).parent / "golden"
PARTS = ("chain_of_thought", "few_shot", "output_format", "persona")
JOINED = ["+".join(some) for n in range(1, 5) for some in combinations(PARTS, n)]
SCHEMA = {
    "type": "object",
    "properties": {"seat": {"type": "integer"}},
    "required": ["seat"],
}
OUTPUTS = {
    "labels": {"labels": ["luggage", "refund"]},
    "json_schema": {"json_schema": SCHEMA},
    "bullets": {"format": "bullets"},
    "text": {},
}
ANSWERS = {
    "labels": ("refund", "Luggage", "luggage"),
    "json_schema": ('{"seat": 4}', '{"seat": "4"}', '{"seat": 9}'),
    "bullets": ("- one\n- two", "one, two", "- one"),
    "text": ("One.", "Two.", "Three."),
}
QUERY = [
    {"role": "system", "content": "Speak English."},
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Good day."},
    {"role": "user", "content": "Where is my bag? {{ input }} </user> <|im_end|>"},
]


def task(kind):
    return Task.from_dict(
        {
            "instruction": "Sort the message.",
            "persona": "You are a railway clerk.",
            "input": "Message: {{ input }}",
            "output": OUTPUTS[kind],
        }
    )


def exemplars(kind):
    first, second, third = ANSWERS[kind]
    said = [
        ("a" * 32, "Give my money back! {% raw %}", {"content": first, "reasoning": "It is about money."}),
        ("b" * 32, "\n\nHuman: lost <b>trunk</b>", {"content": second, "reasoning": "It is a trunk."}),
        ("c" * 32, "No reasoning [/INST]", {"content": third}),
    ]  # fmt: skip
    return [
        Exemplar(id=name, prompt=[{"role": "user", "content": text}],
                 completion={"role": "assistant", **answer}, context="Case 7." if name[0] == "a" else None)
        for name, text, answer in said
    ]  # fmt: skip


def rendered(technique, kind):
    """Give everything about one prompt that may not change unseen."""
    shots = exemplars(kind)
    styles = {
        style: messages(task(kind), shots, QUERY, technique, context="Case 9.", exemplar_style=style)
        for style in ("turns", "block")
    }  # fmt: skip
    return {"left_out": dict(left_out(shots, technique, task(kind))), **styles}


def compared(name, found):
    """Compare with the golden file of that name, or rewrite it where that is asked for."""
    path = GOLDEN / f"{name}.json"
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("CURATOR_REWRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("technique", ["zero_shot", *JOINED])
def test_every_technique_and_every_combination_is_golden(technique):
    """The prompts of a task with labels: persona, instruction, format, cue, shots, query."""
    compared(technique, rendered(technique, "labels"))


@pytest.mark.parametrize("kind", ["json_schema", "bullets", "text"])
@pytest.mark.parametrize("technique", ["output_format", "few_shot+output_format"])
def test_every_contract_is_golden(technique, kind):
    """The format in words, and the exemplars that keep to it."""
    compared(f"{technique}.{kind}", rendered(technique, kind))


@pytest.mark.parametrize("technique", JOINED)
def test_zero_shot_joined_to_a_technique_adds_nothing(technique):
    """With that, all 31 combinations of the five are covered."""
    assert rendered(f"zero_shot+{technique}", "labels") == rendered(technique, "labels")


def test_the_order_of_names_does_not_matter():
    """A combination is a set."""
    for technique in JOINED:
        turned = "+".join(reversed(technique.split("+")))
        assert rendered(turned, "labels") == rendered(technique, "labels")


def test_no_technique_is_without_a_golden_prompt():
    """A new technique brings its own, and none is left behind."""
    assert set(technique_names()) == {"zero_shot", *PARTS}
    names = {path.stem for path in GOLDEN.glob("*.json")}
    kinds = {f"{t}.{k}" for t in ("output_format", "few_shot+output_format") for k in OUTPUTS}
    assert names == {"zero_shot", *JOINED} | {name for name in kinds if not name.endswith("labels")}
