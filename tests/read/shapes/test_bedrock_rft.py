"""Messages with a reference answer."""

import polars as pl
import pytest

from curator.read.shapes import bedrock_rft, matching
from curator.read.values import Digits, Unmappable

ASKED = [{"role": "user", "content": "a"}]


def read(reference):
    row = {"messages": ASKED, "reference_answer": reference}
    assert matching(row) == "bedrock_rft"
    (record,) = bedrock_rft.to_records(row, {})
    return record["messages"][-1]["content"], record["changes"]


def test_the_reference_is_the_answer():
    """Text as it is, anything else as its JSON text, which is counted."""
    assert read("b") == ("b", [])
    assert read(Digits("7.50")) == ("7.50", [])
    written = ["read: reference_answer written as JSON text"]
    assert read({"x": [Digits("1.0")]}) == ('{"x":[1.0]}', written)


def test_a_row_without_a_reference_is_rejected():
    """The model would have nothing to be held against."""
    with pytest.raises(Unmappable, match="missing field"):
        read(None)


def test_the_frame_says_what_the_rows_say():
    """Plain chats come out alike, others are odd."""
    chats = [(ASKED, "b"), (ASKED, None), ([], "b")]
    rows = [(chat, None, None, reference) for chat, reference in chats]
    raw = pl.DataFrame(rows, schema=bedrock_rft.LAYOUT, orient="row")
    found = bedrock_rft.to_frame(raw)
    assert found["is_odd"].to_list() == [False, True, True]
    assert [turn["content"] for turn in found["messages"][0]] == ["a", "b"]
