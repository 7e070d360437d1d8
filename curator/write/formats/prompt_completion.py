"""The prompt's messages and the completion's apart, so that only the completion is trained."""

from __future__ import annotations

import polars as pl

from curator.write.formats import reasons
from curator.write.formats.chat import chat_messages
from curator.write.formats.reasoning import IN_FIELDS, IN_TEXT
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, listed

FIELDS_LEFT_OUT = ("rejected_messages",)
REASONING = (*IN_TEXT, *IN_FIELDS)


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows whose last message is not an answer to train on."""
    return rows.first_reason(
        [reasons.no_text(rows), reasons.untrained_at_end(rows), reasons.no_answer(rows)]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"prompt": [...], "completion": [{...}], "tools": [...]}``."""
    messages = chat_messages(rows, rows.turns.flat)
    is_answer = ~rows.is_prompt
    return json_object(
        {
            "prompt": listed(rows.turns, messages, rows.is_prompt),
            "completion": listed(rows.turns, messages, is_answer),
            "tools": rows.tools,
        }
    )
