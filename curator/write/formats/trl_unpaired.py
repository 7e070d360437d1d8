"""A prompt, one answer, and whether it is a good one; a pair of answers is two lines."""

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
LINES = pairs.LINES


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows without a prompt and an answer."""
    return rows.first_reason(
        [
            reasons.no_text(rows),
            *reasons.no_one_answer(rows),
            reasons.no_prompt(rows),
            odd_calls(rows),
            odd_worse_calls(rows),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"prompt": [...], "completion": [...], "label": true, "tools": [...]}``."""
    messages = chat_messages(rows, rows.turns.flat, weights=False, as_objects=True)
    worse = chat_messages(rows, rows.worse.flat, weights=False, as_objects=True)
    is_before = pairs.is_before(rows)
    prompt = listed(rows.turns, messages, is_before)

    def labelled(completion: pl.Series, label: str) -> pl.Series:
        labels = pl.repeat(label, len(rows), dtype=pl.String, eager=True)
        return json_object(
            {"prompt": prompt, "completion": completion, "label": labels, "tools": rows.tools}
        )

    return pairs.one_line_an_answer(
        rows,
        labelled(listed(rows.turns, messages, ~is_before), "true"),
        labelled(listed(rows.worse, worse), "false"),
    )
