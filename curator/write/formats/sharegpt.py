"""Turns in pairs: a person or an observation, then an answer or a function call."""

from __future__ import annotations

import json

import numpy as np
import orjson
import polars as pl

from curator.write.formats.rows import Rows, json_array, json_object, json_text

FIELDS_LEFT_OUT = ("name", "tool_call_id")
_FROM = {"user": "human", "assistant": "gpt", "tool": "observation", "system": "system"}


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that do not come in pairs, and calls that the shape cannot write."""
    calls = _calls(rows.turns.flat)
    is_lost = rows.turns.flat["tool_calls"].is_not_null() & (calls == "")
    return rows.first_reason(
        [
            (rows.drawn("x"), "a turn without text"),
            (rows.drawn("0"), "an answer that is not to be trained"),
            (rows.drawn("b"), "text beside a tool call"),
            (~rows.drawn("[ac]$"), "no answer at the end"),
            (~rows.drawn("^s?u[ac]([ut][ac])*$"), "turns that do not alternate"),
            (
                rows.turns.lists(is_lost).list.any().fill_null(value=False),
                "tool arguments that are not a JSON object",
            ),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"conversations": [{"from", "value"}, ...], "system", "tools": "<JSON text>"}``."""
    flat = rows.turns.flat
    calls = _calls(flat)
    has_calls = pl.lit(calls.fill_null("") != "")
    turns = pl.select(
        pl.struct(
            pl.when(has_calls)
            .then(pl.lit("function_call"))
            .otherwise(pl.lit(flat["role"].replace_strict(_FROM, return_dtype=pl.String)))
            .alias("from"),
            pl.when(has_calls)
            .then(pl.lit(calls))
            .otherwise(pl.lit(flat["content"]))
            .alias("value"),
        ).struct.json_encode()
    ).to_series()
    first = rows.turns.offsets[:-1]
    has_system = rows.drawn("^s")
    is_turn = np.ones(len(turns), bool)
    is_turn[first[has_system.to_numpy()]] = False
    spoken = rows.turns.where(is_turn).lists(turns.filter(pl.Series(is_turn)))
    system = json_text(flat["content"].gather(first))
    tools = json_text(rows.tools)
    return json_object(
        {
            "conversations": json_array(spoken),
            "system": pl.select(pl.when(pl.lit(has_system)).then(pl.lit(system))).to_series(),
            "tools": pl.select(
                pl.when(pl.lit(rows.tools.is_not_null())).then(pl.lit(tools))
            ).to_series(),
        }
    )


def _calls(flat: pl.DataFrame) -> pl.Series:
    """Write tool calls as this shape has them: empty where it cannot, null without calls."""
    calls = flat["tool_calls"]
    where = calls.is_not_null().arg_true()
    values = [_call_text(text) for text in calls.gather(where)]
    empty = pl.repeat(None, len(calls), dtype=pl.String, eager=True)
    return empty.scatter(where, pl.Series(values, dtype=pl.String))


def _call_text(tool_calls: str) -> str:
    """Write one call as an object, several as an array; nothing where that cannot be done."""
    written = []
    for call in json.loads(tool_calls) or []:
        function = call.get("function", {})
        arguments = function.get("arguments") or "{}"
        try:
            if not isinstance(orjson.loads(arguments), dict):
                return ""
        except orjson.JSONDecodeError:
            return ""
        # a fragment keeps the arguments as they were written, whatever their numbers are
        named = {"name": function.get("name"), "arguments": orjson.Fragment(arguments)}
        written.append(orjson.dumps(named).decode())
    return written[0] if len(written) == 1 else f"[{','.join(written)}]" if written else ""
