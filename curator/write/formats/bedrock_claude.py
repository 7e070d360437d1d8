"""System text and messages of a person and an assistant in turn, as Bedrock tunes Claude."""

from __future__ import annotations

import polars as pl

from curator.write.formats.bedrock_converse import left_out
from curator.write.formats.reasoning import IN_TURNS
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_messages, json_object, json_or_absent, listed

__all__ = ["FIELDS_LEFT_OUT", "REASONING", "left_out", "lines"]

FIELDS_LEFT_OUT = ("name", "rejected_messages")
REASONING = IN_TURNS


def lines(rows: Rows) -> pl.Series:
    """Render ``{"system": "...", "messages": [{"role", "content"}, ...]}``."""
    said = listed(rows.turns, json_messages(rows.turns.flat, {}), ~rows.is_system)
    system = json_or_absent(rows.system)
    return json_object({"system": system, "messages": said})
