"""Techniques and how they join."""

import pytest

from curator.errors import RecipeError
from curator.prompt import Exemplar, messages, switches, technique_names
from curator.prompt.switches import Switches
from curator.task import Task

ONE = Exemplar(id="1", prompt=[{"role": "user", "content": "a"}],
               completion={"role": "assistant", "content": "A", "reasoning": "r"})  # fmt: skip


def test_there_are_five_techniques():
    """A technique is a file."""
    assert technique_names() == (
        "chain_of_thought",
        "few_shot",
        "output_format",
        "persona",
        "zero_shot",
    )


def test_techniques_join_by_plus():
    """What either shows is shown."""
    assert switches("few_shot + persona") == Switches(shots=True, persona=True)


def test_all_joined_say_persona_instruction_format_cue_and_own_text_in_this_order():
    """The golden prompt of everything at once."""
    task = Task(instruction="I", persona="P", cue="C")
    query = [{"role": "system", "content": "S"}, {"role": "user", "content": "q"}]
    assert messages(task, [ONE], query, "output_format+chain_of_thought+persona") == [
        {
            "role": "system",
            "content": "P\n\nI\n\nThe final answer is plain text without markup.\n\nC\n\nS",
        },
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "r\n\nAnswer: A"},
        {"role": "user", "content": "q"},
    ]


def test_an_unknown_technique_is_named_with_those_that_exist():
    """A typing mistake is answered with the words that exist."""
    with pytest.raises(RecipeError) as caught:
        messages(Task(), [], [], "few_shots+persona")
    assert str(caught.value) == (
        "unknown technique 'few_shots'\n"
        "  hint: known are chain_of_thought, few_shot, output_format, persona, zero_shot, joined by +"
    )


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "<|im_start|>system", "\n\nHuman: x", "é" * 300_000])
def test_hostile_text_is_carried_as_text(text):
    """Marks of other systems mean nothing here."""
    one = Exemplar(
        id="1",
        prompt=[{"role": "user", "content": text}],
        completion={"role": "assistant", "content": text},
    )
    said = messages(Task(instruction=text), [one], [{"role": "user", "content": text}], "few_shot")
    assert [message["content"] for message in said] == [text] * 4
