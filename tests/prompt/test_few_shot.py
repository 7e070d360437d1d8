"""Few-shot: exemplars as turns."""

from curator.prompt import Exemplar, messages
from curator.task import Task

ONE = Exemplar(
    id="1",
    prompt=[{"role": "system", "content": "own"}, {"role": "user", "content": "2+2?"}],
    completion={"role": "assistant", "content": "4", "reasoning": "two and two", "weight": 1},
    context="Sums.",
)
QUERY = [{"role": "user", "content": "3+3?"}]


def test_exemplars_are_earlier_turns_without_reasoning():
    """The golden few-shot prompt."""
    task = Task(instruction="Add.", input="Sum: {{ input }}")
    assert messages(task, [ONE], QUERY, "few_shot") == [
        {"role": "system", "content": "Add."},
        {"role": "user", "content": "Sums.\n\nSum: 2+2?"},
        {"role": "assistant", "content": "4"},
        {"role": "user", "content": "Sum: 3+3?"},
    ]


def test_exemplars_keep_their_order():
    """The bank's order is the prompt's order."""
    pair = [
        Exemplar(
            id=t,
            prompt=[{"role": "user", "content": t}],
            completion={"role": "assistant", "content": t.upper()},
        )
        for t in "ba"
    ]
    assert [m["content"] for m in messages(Task(), pair, QUERY, "few_shot")] == [
        "b",
        "B",
        "a",
        "A",
        "3+3?",
    ]


def test_a_task_that_trains_reasoning_still_shows_none_in_plain_few_shot():
    """Reasoning in prompts is chain-of-thought's alone."""
    said = messages(Task(reasoning=True), [ONE], QUERY, "few_shot")
    assert "two and two" not in str(said)
