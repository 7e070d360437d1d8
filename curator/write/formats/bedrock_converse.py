"""Turns as Bedrock's Converse has them, for Nova and Llama: contents are lists of parts."""

from __future__ import annotations

import polars as pl

from curator.write.formats import reasons
from curator.write.formats.reasoning import IN_TURNS
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, json_text, listed, where

FIELDS_LEFT_OUT = ("name", "rejected_messages")
REASONING = (*IN_TURNS, "reasoning_content")
SCHEMA_VERSION = "bedrock-conversation-2024"


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that are more than a person and an assistant taking turns in text."""
    return rows.first_reason(
        [
            reasons.tools(rows),
            reasons.no_text(rows),
            reasons.untrained(rows),
            reasons.no_answer(rows),
            reasons.not_alternating(rows),
            reasons.empty_text(rows),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"schemaVersion", "system": [{"text"}], "messages": [{"role", "content"}]}``."""
    flat = rows.turns.flat
    content = _part(flat["content"])
    if rows.reasoning:
        reasoning = json_object({"text": json_text(flat["reasoning"])})
        thought = '{"reasoningContent":{"reasoningText":' + reasoning + "}},"
        has_some = flat["reasoning"].fill_null("") != ""
        content = where(has_some, thought).fill_null("") + content
    messages = json_object({"role": json_text(flat["role"]), "content": "[" + content + "]"})
    version = pl.repeat(f'"{SCHEMA_VERSION}"', len(rows), dtype=pl.String, eager=True)
    return json_object(
        {
            "schemaVersion": version,
            "system": where(rows.drawn("^s"), "[" + _part(rows.system) + "]"),
            "messages": listed(rows.turns, messages, ~rows.is_system),
        }
    )


def _part(texts: pl.Series) -> pl.Series:
    return json_object({"text": json_text(texts)})
