"""One list of messages a row, with tools beside it: what chat APIs and most trainers take."""

from __future__ import annotations

import polars as pl

from curator.write.formats.rows import Rows, json_array, json_messages, json_object

FIELDS_LEFT_OUT = ()


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that hold nothing to train on."""
    return rows.first_reason(
        [
            (rows.drawn("x"), "a turn without text"),
            (~rows.drawn("[abc]"), "no turn to train on"),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"messages": [...], "tools": [...]}``, tools only where there are any."""
    messages = rows.turns.lists(json_messages(rows.turns.flat))
    return json_object({"messages": json_array(messages), "tools": rows.tools})
