"""Alpaca rows: instruction and input make the question, history the turns before it."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.read.shapes import alpaca
from curator.read.values import Unmappable


def said(row: dict) -> list[tuple[str, str]]:
    (record,) = alpaca.to_records(row, {})
    return [(each["role"], each["content"]) for each in record["messages"]]


def test_the_input_stands_under_the_instruction():
    """As a paragraph of its own, if there is any."""
    row = {"instruction": "Translate.", "input": "Quai", "output": "Quay"}
    assert said(row) == [("user", "Translate.\n\nQuai"), ("assistant", "Quay")]
    assert said(row | {"input": ""})[0] == ("user", "Translate.")
    assert said(row | {"input": None})[0] == ("user", "Translate.")


def test_system_and_history_come_before_the_question():
    """History is a list of questions and answers."""
    row = {"instruction": "c", "output": "d", "system": "s", "history": [["a", "b"]]}
    assert said(row) == [
        ("system", "s"),
        ("user", "a"),
        ("assistant", "b"),
        ("user", "c"),
        ("assistant", "d"),
    ]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"output": None}, "missing field | $.output"),
        ({"instruction": ["x"]}, "wrong type | $.instruction: a list where text is expected"),
        ({"instruction": 3}, "wrong type | $.instruction: a number where text is expected"),
        ({"history": [[3, "b"]]}, "wrong type | $.history[0][0]: a number where text is expected"),
        ({"history": [["a"]]}, "wrong type | $.history[0]: a turn is a question and its answer"),
        ({"history": {"a": "b"}}, "wrong type | $.history: a list of turns is expected"),
        ({"history": [["a", None]]}, "missing field | $.history[0][1]"),
    ],
)
def test_a_row_that_cannot_be_a_record_says_where(fields, reason):
    """By its path in the row."""
    with pytest.raises(Unmappable) as error:
        alpaca.to_records({"instruction": "a", "output": "b"} | fields, {})
    assert str(error.value) == reason


_text = st.none() | st.sampled_from(["", "x", "é\n"])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(_text, _text, _text, _text, st.sampled_from([None, "", "[]", '[["a","b"]]']))
    )
)
def test_the_frame_says_what_the_rows_say(rows):
    """Rows with history, or without an instruction or output, are odd; the others come out alike."""
    raw = pl.DataFrame(rows, schema=alpaca.LAYOUT, orient="row")
    for fast, row in zip(alpaca.to_frame(raw).to_dicts(), raw.to_dicts(), strict=True):
        has_all = row["instruction"] is not None and row["output"] is not None
        assert fast["is_odd"] == (not has_all or row["history"] == '[["a","b"]]')
        if not fast["is_odd"]:
            assert [(each["role"], each["content"]) for each in fast["messages"]] == said(row)
