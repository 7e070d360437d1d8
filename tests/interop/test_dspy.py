"""The DSPy form in DSPy."""

import json

import pytest

pytestmark = pytest.mark.interop


def test_examples_know_their_inputs(python, made):
    """What with_inputs names is the input, the label is not."""
    _, shown, _, forms = made
    lines = """
import json, load
print(json.dumps([[dict(one.inputs()), dict(one.labels())] for one in load.trainset]))
"""
    held = json.loads(python(lines, forms / "dspy"))
    assert [inputs for inputs, _ in held] == [{"input": text} for text in shown]
    assert {label for _, labels in held for label in labels} == {"label"}


def test_demonstrations_stand_in_a_prompt_as_they_are(python, made):
    """A module compiled with the examples shows their text whole."""
    task, shown, _, forms = made
    lines = """
import json, dspy, load
student = dspy.LabeledFewShot(k=9).compile(dspy.Predict(load.signature), trainset=load.trainset)
said = dspy.ChatAdapter().format(load.signature, demos=student.demos, inputs={"input": "{x}"})
print(json.dumps([turn["content"] for turn in said]))
"""
    told = json.loads(python(lines, forms / "dspy"))
    assert task.instruction in told[0]
    assert all(any(text.strip() in turn for turn in told[1:]) for text in shown)
