"""Every text of a frame is looked at, however deep."""

import doctest

import polars as pl

from curator.personal_data import rows as module
from curator.personal_data.rows import IN_ROWS, found_in

MESSAGES = pl.List(pl.Struct({"role": pl.String, "content": pl.String}))


def test_fields_are_named_by_where_they_stand():
    """Columns, members of structs and elements of lists, by row."""
    frame = pl.DataFrame(
        {
            "group": ["x", "call 212-736-5000"],
            "messages": [[{"role": "user", "content": "hi"}, {"role": "user", "content": "I am jane@ferry.org"}], []],
            "deep": [{"uri": "a", "tags": [["b"], ["c@d.co", None]]}, None],
            "n": [1, 2],
        }
    )  # fmt: skip
    rows = found_in(frame)
    assert dict(rows.schema) == IN_ROWS
    assert rows.select("row", "field", "type", "text", "start").rows() == [
        (0, "messages[1].content", "email", "jane@ferry.org", 5),
        (0, "deep.tags[1][0]", "email", "c@d.co", 0),
        (1, "group", "phone", "212-736-5000", 5),
    ]


def test_the_same_text_in_many_rows_is_told_of_each():
    """It is looked at once, and found everywhere."""
    frame = pl.DataFrame({"text": ["a@b.co, c@d.co", "none", "a@b.co, c@d.co"]})
    assert found_in(frame).select("row", "text").rows() == [
        (0, "a@b.co"), (0, "c@d.co"), (2, "a@b.co"), (2, "c@d.co"),
    ]  # fmt: skip


def test_frames_without_texts_hold_nothing():
    """No rows, no text columns, only nulls; and only the wanted types."""
    assert found_in(pl.DataFrame({"n": [1]})).is_empty()
    empty = pl.DataFrame({"m": pl.Series([[], None], dtype=MESSAGES)})
    assert dict(found_in(empty).schema) == IN_ROWS
    assert found_in(pl.DataFrame({"t": ["a@b.co"]}), ["phone"]).is_empty()


def test_what_is_shown_of_a_find_is_not_the_find():
    """Messages and logs do not pass personal data on."""
    assert doctest.testmod(module).failed == 0
