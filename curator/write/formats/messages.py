"""One list of messages a row, with tools beside it: what chat APIs and most trainers take."""

from __future__ import annotations

import polars as pl

from curator.write.formats import reasons
from curator.write.formats.chat import chat_messages
from curator.write.formats.reasoning import IN_FIELDS, IN_TURNS
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, listed

FIELDS_LEFT_OUT = ("rejected_messages",)
REASONING = (*IN_TURNS, *IN_FIELDS)


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that hold nothing to train on."""
    nothing = (~rows.drawn("[abc]"), "no turn to train on")
    return rows.first_reason([reasons.no_text(rows), nothing])


def lines(rows: Rows) -> pl.Series:
    """Render ``{"messages": [...], "tools": [...]}``, tools only where there are any."""
    messages = listed(rows.turns, chat_messages(rows, rows.turns.flat))
    return json_object({"messages": messages, "tools": rows.tools})
