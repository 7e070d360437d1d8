"""What makes an example look weak."""

import polars as pl
import pytest

from curator.records import MESSAGES
from curator.review.weakness import CUT, ECHO, GARBLED, LOOP, OFF_CONTRACT, weakness
from curator.task import Output, Task

LABELS = Output(labels=("lost", "late"))
CALL = '[{"type":"function","function":{"name":"times","arguments":"{}"}}]'


def why(question, answer, output=None, **said):
    """Say why the answer to a question looks weak."""
    turns = [{"role": "user", "content": question}]
    turns.append({"role": "assistant", "content": answer, **said})
    frame = pl.DataFrame(
        {"text": [None], "messages": [turns]}, {"text": pl.String, "messages": MESSAGES}
    )
    return frame.select(weakness(Task(output=output or Output()))).item()


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Where is it?", "caf\ufffd", GARBLED),
        ("Where is the cafÃ©?", "There.", GARBLED),
        ("Where is it?", "Itâ€™s gone.", GARBLED),
        ("Where is it?", " where is it? ", ECHO),
        ("When?", "The ferry leaves at nine o'clock. " * 3, LOOP),
        ("How?", "So:\n```python\nprint(1)\n", CUT),
        ("Where is it?", " ", OFF_CONTRACT),
    ],
)
def test_what_is_to_be_seen_is_named(question, answer, expected):
    """So that a person can filter by it, and knows where to look."""
    assert why(question, answer) == expected


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Onde é? NÃO sei.", "É no cais â esquerda."),
        ("When?", "The ferry leaves at nine o'clock. It comes back at ten. Take it."),
        ("How?", "So:\n```python\nprint(1)\n```\nand\n```\nprint(2)\n```"),
        ("List them", "- a\n- a\n- b\n- b"),
    ],
)
def test_what_is_sound_is_left_alone(question, answer):
    """Accents, short lines that return, and code that ends."""
    assert why(question, answer) is None


def test_an_answer_is_held_to_the_contract_of_its_task():
    """Labels, JSON and lists; an answer that calls tools to what calls are."""
    assert why("?", "gone", LABELS) == OFF_CONTRACT
    assert why("?", "late", LABELS) is None
    assert why("?", "{", Output(json_schema={})) == OFF_CONTRACT
    assert why("?", None, LABELS, tool_calls=CALL) is None
    assert why("?", None, LABELS, tool_calls="[]") == OFF_CONTRACT
