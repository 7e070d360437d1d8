"""A prompt as messages and the answer to hold others against: reinforcement fine-tuning."""

from __future__ import annotations

import polars as pl

from curator.write.formats import reasons
from curator.write.formats.chat import chat_messages
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, json_text, listed

FIELDS_LEFT_OUT = ("weight", "rejected_messages")
REASONING = ()  # a reference is held against answers, not against how they were found


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows without a prompt and an answer in text."""
    return rows.first_reason(
        [
            reasons.no_text(rows),
            reasons.untrained_at_end(rows),
            reasons.no_answer(rows),
            (~rows.drawn("a$"), "an answer that calls tools"),
            reasons.no_prompt(rows),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"messages": [...], "reference_answer": "...", "tools": [...]}``."""
    messages = chat_messages(rows, rows.turns.flat, weights=False)
    answer = rows.turns.flat["content"].gather(rows.answer)
    return json_object(
        {
            "messages": listed(rows.turns, messages, rows.is_prompt),
            "reference_answer": json_text(answer),
            "tools": rows.tools,
        }
    )
