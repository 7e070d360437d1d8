"""Input, preferred and non-preferred output: pairs as OpenAI, Azure, Together and Fireworks do."""

from __future__ import annotations

import polars as pl

from curator.write.formats import reasons
from curator.write.formats.chat import chat_messages
from curator.write.formats.reasoning import IN_TEXT
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, listed

FIELDS_LEFT_OUT = ("weight",)
REASONING = IN_TEXT


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows without a prompt that asks and two answers of one message each."""
    return rows.first_reason(
        [
            reasons.no_text(rows),
            *reasons.no_pair(rows),
            reasons.several_messages(rows),
            reasons.no_prompt(rows),
            (rows.drawn("[abc09].$"), "a prompt that ends in an answer"),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"input": {"messages", "tools"}, "preferred_output", "non_preferred_output"}``."""
    messages = chat_messages(rows, rows.turns.flat, weights=False)
    worse = chat_messages(rows, rows.worse.flat, weights=False)
    asked = {"messages": listed(rows.turns, messages, rows.is_prompt), "tools": rows.tools}
    return json_object(
        {
            "input": json_object(asked),
            "preferred_output": listed(rows.turns, messages, ~rows.is_prompt),
            "non_preferred_output": listed(rows.worse, worse),
        }
    )
