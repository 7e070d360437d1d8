"""Plain texts."""

import polars as pl
import pytest

from curator.read.shapes import matching, text
from curator.read.values import Unmappable


def test_a_text_is_said_by_an_assistant_whom_nobody_asked():
    """All of it is trained."""
    (record,) = text.to_records({"text": "Once."}, {})
    assert record["messages"] == [{"role": "assistant", "content": "Once."}]


@pytest.mark.parametrize(
    ("row", "shape"),
    [
        ({"text": "a"}, "text"),
        ({"id": 1, "text": "a", "meta": {}, "url": "u"}, "text"),
        ({"text": "a", "label": "b"}, "columns"),
        ({"text": "a", "topic": "b"}, None),
        ({"text": None}, None),
    ],
)
def test_only_a_text_that_nothing_answers_is_one(row, shape):
    """A column that may be a label is not passed over."""
    assert matching(row) == shape


def test_rows_without_a_text_are_odd():
    """The frame leaves them to be rejected."""
    found = text.to_frame(pl.DataFrame({"text": ["a", None]}, schema=text.LAYOUT))
    assert found["is_odd"].to_list() == [False, True]
    with pytest.raises(Unmappable, match="missing field"):
        text.to_records({"text": None}, {})
