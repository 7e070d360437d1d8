"""Persona: who the model is."""

from curator.prompt import messages
from curator.task import Task

QUERY = [{"role": "user", "content": "Hi"}]


def test_the_persona_stands_before_the_instruction():
    """The golden persona prompt."""
    assert messages(
        Task(instruction="Classify.", persona="You are a clerk."), [], QUERY, "persona"
    ) == [
        {"role": "system", "content": "You are a clerk.\n\nClassify."},
        {"role": "user", "content": "Hi"},
    ]


def test_without_a_persona_the_prompt_is_the_zero_shot_one():
    """Nothing is invented."""
    task = Task(instruction="Classify.")
    assert messages(task, [], QUERY, "persona") == messages(task, [], QUERY)
