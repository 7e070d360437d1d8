"""Contents and parts, as Vertex AI tunes Gemini: calls as objects, their replies in one content."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import polars as pl

from curator.write.formats import links, reasons
from curator.write.formats.calls import NO_OBJECTS, Call, as_object, rewritten, without_objects
from curator.write.formats.declarations import declared, extra_fields
from curator.write.formats.reasoning import IN_TURNS
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, json_text, listed, where

FIELDS_LEFT_OUT = ("name", "tool_call_id", "rejected_messages")
REASONING = IN_TURNS


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that do not begin with a user and end with an answer, and odd calls."""
    calls = rows.turns.flat["tool_calls"]
    return rows.first_reason(
        [
            reasons.no_text(rows),
            reasons.untrained(rows),
            reasons.no_answer(rows),
            reasons.not_alternating(rows, r"^s?u[abc](t*[abc]|t*u[abc])*$"),
            reasons.empty_text(rows),
            (rows.some(without_objects(calls)), NO_OBJECTS),
            *links.linked(rows).flaw(links.NO_CALL, links.NO_REPLY, links.OUT_OF_ORDER),
            (_each(rows.tools, declared) == "", "a tool that the shape cannot write"),
        ]
    )


def fields_lost(rows: Rows) -> dict[str, pl.Series]:
    """Say which rows have tools with fields that a declaration has no place for."""
    return {"tool fields": (_each(rows.tools, extra_fields) != "").fill_null(value=False)}


def lines(rows: Rows) -> pl.Series:
    """Render ``{"systemInstruction", "contents": [{"role", "parts"}], "tools"}``."""
    system = '{"role":"system","parts":[' + _text(rows.system) + "]}"
    tools = '[{"functionDeclarations":' + _each(rows.tools, declared) + "}]"
    return json_object(
        {
            "systemInstruction": where(rows.drawn("^s"), system),
            "contents": listed(rows.turns, _contents(rows), ~rows.is_system),
            "tools": tools,
        }
    )


def _contents(rows: Rows) -> pl.Series:
    """Write each message as a content; the tool messages in a row are one, begun and ended."""
    flat = rows.turns.flat
    is_tool = (flat["role"] == "tool").to_numpy()
    begins, ends = is_tool.copy(), is_tool.copy()
    begins[1:] &= ~is_tool[:-1]
    ends[:-1] &= ~is_tool[1:]
    response = json_object({"output": json_text(flat["content"])})
    name = json_text(links.linked(rows).name)
    reply = json_object({"functionResponse": json_object({"name": name, "response": response})})
    calls = rewritten(flat["tool_calls"], _parts)
    has_text = pl.lit(flat["content"].fill_null("") != "") | pl.lit(calls.is_null())
    text = pl.when(has_text).then(pl.lit(_text(flat["content"])))
    parts = pl.concat_str(text, pl.lit(calls), separator=",", ignore_nulls=True)
    role = pl.lit(flat["role"].replace({"assistant": "model"}))
    spoken = pl.concat_str(pl.lit('{"role":"'), role, pl.lit('","parts":['), parts, pl.lit("]}"))
    replied = pl.concat_str(
        pl.when(pl.Series(begins)).then(pl.lit('{"parts":[')).otherwise(pl.lit("")),
        pl.lit(reply),
        pl.when(pl.Series(ends)).then(pl.lit("]}")).otherwise(pl.lit("")),
    )
    return pl.select(pl.when(pl.Series(is_tool)).then(replied).otherwise(spoken)).to_series()


def _text(texts: pl.Series) -> pl.Series:
    return json_object({"text": json_text(texts)})


def _parts(found: list[Call]) -> str:
    written = ({"functionCall": {"name": c.name, "args": as_object(c)}} for c in found)
    return ",".join(orjson.dumps(one).decode() for one in written)


def _each(texts: pl.Series, write: Callable[[str], str]) -> pl.Series:
    """Write each of the texts anew, once for all that are equal: many rows share their tools."""
    known = texts.drop_nulls().unique()
    anew = pl.Series([write(text) for text in known], dtype=pl.String)
    return texts.replace_strict(known, anew, default=None, return_dtype=pl.String)
