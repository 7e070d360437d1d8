"""Messages as Axolotl's chat_template reads them: ``train`` for weights, reasoning in a field."""

from __future__ import annotations

import polars as pl

from curator.write.formats.chat import chat_messages
from curator.write.formats.messages import left_out
from curator.write.formats.reasoning import IN_TURNS
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, listed

__all__ = ["FIELDS_LEFT_OUT", "REASONING", "left_out", "lines"]

FIELDS_LEFT_OUT = ("rejected_messages",)
REASONING = ("reasoning_content", *IN_TURNS)


def lines(rows: Rows) -> pl.Series:
    """Render ``{"messages": [{"role", "content", "reasoning_content", "train"}], "tools"}``."""
    flat = rows.turns.flat
    weights = flat["weight"].cast(pl.String)
    train = weights.replace_strict({"0": "false", "1": "true"}, return_dtype=pl.String)
    messages = chat_messages(rows, flat, weights=False, beside={"train": train})
    return json_object({"messages": listed(rows.turns, messages), "tools": rows.tools})
