"""Prompt and completion, as text or as lists of messages."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.read.shapes import prompt_completion
from curator.read.values import Unmappable


def said(row: dict) -> list[tuple[str, str]]:
    (record,) = prompt_completion.to_records(row, {})
    return [(each["role"], each["content"]) for each in record["messages"]]


def test_text_is_a_question_and_its_answer():
    """A space at the beginning of the completion stays: trainers rely on it."""
    assert said({"prompt": "Late?", "completion": " No."}) == [
        ("user", "Late?"),
        ("assistant", " No."),
    ]


def test_lists_of_messages_follow_each_other():
    """What is left over in either of them goes to meta."""
    row = {
        "prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "q", "x": 1}],
        "completion": [{"role": "assistant", "content": "a"}],
    }
    assert said(row) == [("system", "s"), ("user", "q"), ("assistant", "a")]
    assert prompt_completion.to_records(row, {})[0]["meta"] == {"prompt": {"1": {"x": 1}}}


def test_a_missing_side_says_which():
    """By its path in the row."""
    with pytest.raises(Unmappable, match=r"^missing field \| \$\.completion$"):
        prompt_completion.to_records({"prompt": "x", "completion": None}, {})


_text = st.none() | st.text(max_size=4)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(_text, _text, st.sampled_from([None, "[]", "[{}]"]))))
def test_the_frame_says_what_the_rows_say(rows):
    """Rows with tools, or without one side, are odd; the others come out alike."""
    raw = pl.DataFrame(rows, schema=prompt_completion.LAYOUT, orient="row")
    for fast, row in zip(prompt_completion.to_frame(raw).to_dicts(), raw.to_dicts(), strict=True):
        is_whole = row["prompt"] is not None and row["completion"] is not None
        assert fast["is_odd"] == (not is_whole or row["tools"] == "[{}]")
        if not fast["is_odd"]:
            assert [(each["role"], each["content"]) for each in fast["messages"]] == said(row)
