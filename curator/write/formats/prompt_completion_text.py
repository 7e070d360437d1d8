"""Prompt and completion as plain text: Together's instructions, Bedrock's Llama, base models."""

from __future__ import annotations

import polars as pl

from curator.write.formats import plain, reasons
from curator.write.formats.plain import joined
from curator.write.formats.reasoning import IN_TEXT
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, json_text

__all__ = ["FIELDS_LEFT_OUT", "REASONING", "exchange_left_out", "joined", "left_out", "lines"]

FIELDS_LEFT_OUT = ("name", "rejected_messages")
REASONING = IN_TEXT


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that are more than a question and its answer in text."""
    return exchange_left_out(rows)


def exchange_left_out(rows: Rows) -> pl.Series:
    """Leave out rows that are more than a question and its answer in text."""
    return rows.first_reason(
        [
            reasons.tools(rows),
            reasons.no_text(rows),
            reasons.untrained(rows),
            reasons.no_answer(rows),
            reasons.more_than_one_exchange(rows),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"prompt": "...", "completion": "..."}``, each as it is: nothing stands between."""
    answer = rows.turns.flat["content"].gather(rows.answer)
    return json_object({"prompt": json_text(plain.question(rows)), "completion": json_text(answer)})
