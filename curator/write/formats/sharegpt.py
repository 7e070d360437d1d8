"""Turns in pairs: a person or an observation, then an answer or a function call."""

from __future__ import annotations

import orjson
import polars as pl

from curator.write.formats import reasons
from curator.write.formats.calls import (
    NO_OBJECTS,
    Call,
    as_object,
    rewritten,
    without_objects,
)
from curator.write.formats.reasoning import IN_TURNS
from curator.write.formats.rows import Reason, Rows
from curator.write.json_columns import json_object, json_or_absent, listed

FIELDS_LEFT_OUT = ("name", "tool_call_id", "rejected_messages")
REASONING = IN_TURNS
PAIRS = r"^s?u[ac]([ut][ac])*$"
_FROM = {"user": "human", "assistant": "gpt", "tool": "observation", "system": "system"}


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that do not come in pairs, and calls that the shape cannot write."""
    return rows.first_reason(
        [
            reasons.no_text(rows),
            reasons.untrained(rows),
            reasons.text_beside_call(rows),
            reasons.no_answer(rows),
            reasons.not_alternating(rows, PAIRS),
            odd_calls(rows),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"conversations": [{"from", "value"}, ...], "system", "tools": "<JSON text>"}``."""
    return json_object(
        {
            "conversations": listed(rows.turns, turns(rows.turns.flat), ~rows.is_system),
            "system": json_or_absent(rows.system),
            "tools": json_or_absent(rows.tools),
        }
    )


def turns(flat: pl.DataFrame) -> pl.Series:
    """Write each message as who speaks and what: ``{"from", "value"}``."""
    calls = _calls(flat["tool_calls"])
    has_calls = pl.lit(calls.fill_null("") != "")
    speaker = pl.lit(flat["role"].replace_strict(_FROM, return_dtype=pl.String))
    said = pl.struct(
        pl.when(has_calls).then(pl.lit("function_call")).otherwise(speaker).alias("from"),
        pl.when(has_calls).then(pl.lit(calls)).otherwise(pl.lit(flat["content"])).alias("value"),
    )
    return pl.select(said.struct.json_encode()).to_series()


def odd_calls(rows: Rows) -> Reason:
    """Calls that the shape has no words for."""
    return rows.some(without_objects(rows.turns.flat["tool_calls"])), NO_OBJECTS


def odd_worse_calls(rows: Rows) -> Reason:
    """The same of the dispreferred answer."""
    return rows.some_worse(without_objects(rows.worse.flat["tool_calls"])), NO_OBJECTS


def _calls(tool_calls: pl.Series) -> pl.Series:
    """Write tool calls as this shape has them, null without calls."""
    return rewritten(tool_calls, _call_text)


def _call_text(found: list[Call]) -> str:
    """Write one call as an object, several as an array; all have objects for arguments."""
    written = [orjson.dumps({"name": c.name, "arguments": as_object(c)}).decode() for c in found]
    return written[0] if len(written) == 1 else f"[{','.join(written)}]"
