"""What stands as an answer, and which corrections of it can be taken."""

import polars as pl
import pytest

from curator.records import MESSAGES
from curator.review.answer import answer_shown, breach, is_calls
from curator.task import Output, Task

CALL = '[{"type":"function","function":{"name":"times","arguments":"{}"}}]'
TEXT = {"role": "assistant", "content": "Nine."}


@pytest.mark.parametrize(
    ("last", "answer", "calls"),
    [
        (TEXT, "Nine.", False),
        ({**TEXT, "tool_calls": CALL}, "Nine.", False),
        ({"role": "assistant", "tool_calls": CALL}, CALL, True),
        ({"role": "assistant", "content": "", "tool_calls": CALL}, CALL, True),
        ({"role": "user", "content": "When?"}, None, False),
    ],
)
def test_the_answer_is_what_was_said_or_else_what_was_called(last, answer, calls):
    """A message that only calls tools is judged by its calls."""
    frame = pl.DataFrame({"messages": [[last]]}, schema={"messages": MESSAGES})
    found = frame.select(answer=answer_shown(), calls=is_calls()).row(0)
    assert found == (answer, calls)


@pytest.mark.parametrize(
    ("output", "text", "words"),
    [
        (Output(), "Nine.", None),
        (Output(), " \n", "the answer is empty"),
        (Output(labels=("lost", "late")), "late", None),
        (Output(labels=("lost", "late")), "Late", "'Late' is none of the task's labels"),
        (Output(labels_from_data=True), "new", None),
        (Output(json_schema={"type": "object"}), "{}", None),
        (Output(json_schema={"type": "object"}), "[]", "the answer breaks the JSON Schema: "),
        (Output(json_schema={"type": "object"}), "{", "the answer is not JSON: "),
        (Output(format="bullets"), "- a\n- b", None),
        (Output(format="bullets"), "a", "the answer is not a list of points (no list)"),
    ],
)
def test_a_correction_keeps_the_contract_of_the_task(output, text, words):
    """What no prompt would ask for is not what a model should learn."""
    found = breach(Task(output=output), text)
    assert found is None if words is None else found.message.startswith(words)


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        (CALL, True),
        ("Nine.", False),
        ("[]", False),
        ("{}", False),
        ("[1]", False),
        ('[{"function": {}}]', False),
    ],
)
def test_corrected_tool_calls_are_tool_calls_still(text, is_taken):
    """A trainer would stop at anything else; the contract of texts does not hold for them."""
    task = Task(output=Output(format="bullets"))
    assert (breach(task, text, is_calls=True) is None) == is_taken
