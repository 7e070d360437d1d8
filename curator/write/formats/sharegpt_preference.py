"""Turns in pairs up to a question, then the better and the worse answer to it."""

from __future__ import annotations

import polars as pl

from curator.write.formats import reasons
from curator.write.formats.reasoning import IN_TEXT
from curator.write.formats.rows import Rows
from curator.write.formats.sharegpt import odd_calls, odd_worse_calls, turns
from curator.write.json_columns import json_object, json_or_absent, listed

FIELDS_LEFT_OUT = ("name", "tool_call_id", "weight")
REASONING = IN_TEXT


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows without two answers of one message each, or that do not come in pairs."""
    return rows.first_reason(
        [
            reasons.no_text(rows),
            *reasons.no_pair(rows),
            reasons.several_messages(rows),
            reasons.text_beside_call(rows),
            (rows.worse_drawn("b"), "text beside a tool call"),
            reasons.not_alternating(rows, r"^s?u[ac09]([ut][ac09])*$"),
            odd_calls(rows),
            odd_worse_calls(rows),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"conversations", "chosen": {...}, "rejected": {...}, "system", "tools"}``."""
    said = turns(rows.turns.flat)
    return json_object(
        {
            "conversations": listed(rows.turns, said, rows.is_prompt & ~rows.is_system),
            "chosen": said.gather(rows.answer),
            "rejected": turns(rows.worse.flat),
            "system": json_or_absent(rows.system),
            "tools": json_or_absent(rows.tools),
        }
    )
