"""Turns in pairs, and whether people liked the last one; a pair of answers is two lines."""

from __future__ import annotations

import polars as pl

from curator.write.formats import pairs, reasons
from curator.write.formats.reasoning import IN_TEXT
from curator.write.formats.rows import Rows
from curator.write.formats.sharegpt import odd_calls, odd_worse_calls, turns
from curator.write.json_columns import json_array, json_object, json_or_absent, listed

FIELDS_LEFT_OUT = ("name", "tool_call_id", "weight")
REASONING = IN_TEXT
LINES = pairs.LINES


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows without an answer, with one of several messages, or that are not in pairs."""
    return rows.first_reason(
        [
            reasons.no_text(rows),
            *reasons.no_one_answer(rows),
            reasons.several_messages(rows),
            reasons.text_beside_call(rows),
            (rows.worse_drawn("b"), "text beside a tool call"),
            reasons.not_alternating(rows, r"^s?u([ac09][ut])*[ac]?$"),
            odd_calls(rows),
            odd_worse_calls(rows),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"conversations": [...], "kto_tag": true}`` for an answer, false for a worse one."""
    said = turns(rows.turns.flat)
    is_before = pairs.is_before(rows)
    prompt = rows.turns.where(is_before & ~rows.is_system).lists(
        said.filter(pl.Series(is_before & ~rows.is_system))
    )
    worse = rows.worse.lists(turns(rows.worse.flat))
    beside = {"system": json_or_absent(rows.system), "tools": json_or_absent(rows.tools)}
    return pairs.one_line_an_answer(
        rows,
        _tagged(listed(rows.turns, said, ~rows.is_system), "true", beside),
        _tagged(json_array(prompt.list.concat(worse)), "false", beside),
    )


def _tagged(conversations: pl.Series, tag: str, beside: dict[str, pl.Series]) -> pl.Series:
    tags = pl.repeat(tag, len(conversations), dtype=pl.String, eager=True)
    return json_object({"conversations": conversations, "kto_tag": tags, **beside})
