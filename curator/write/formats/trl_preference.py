"""A prompt, the chosen answer and the rejected one, as lists of messages: TRL's explicit pairs."""

from __future__ import annotations

import polars as pl

from curator.write.formats import pairs, reasons
from curator.write.formats.chat import chat_messages
from curator.write.formats.reasoning import IN_FIELDS, IN_TEXT
from curator.write.formats.rows import Rows
from curator.write.formats.sharegpt import odd_calls, odd_worse_calls
from curator.write.json_columns import json_object, listed

FIELDS_LEFT_OUT = ("weight",)
REASONING = (*IN_TEXT, *IN_FIELDS)


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows without a prompt and two answers."""
    return rows.first_reason(
        [
            reasons.no_text(rows),
            *reasons.no_pair(rows),
            reasons.no_prompt(rows),
            odd_calls(rows),
            odd_worse_calls(rows),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"prompt": [...], "chosen": [...], "rejected": [...], "tools": [...]}``."""
    messages = chat_messages(rows, rows.turns.flat, weights=False, as_objects=True)
    worse = chat_messages(rows, rows.worse.flat, weights=False, as_objects=True)
    is_before = pairs.is_before(rows)
    return json_object(
        {
            "prompt": listed(rows.turns, messages, is_before),
            "chosen": listed(rows.turns, messages, ~is_before),
            "rejected": listed(rows.worse, worse),
            "tools": rows.tools,
        }
    )
