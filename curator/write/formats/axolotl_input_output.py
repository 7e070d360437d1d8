"""Segments of text and whether each is trained, for Axolotl: no template is put around them."""

from __future__ import annotations

import numpy as np
import polars as pl

from curator.write.formats import reasons
from curator.write.formats.reasoning import IN_TEXT
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_array, json_object, json_text

FIELDS_LEFT_OUT = ("name", "rejected_messages")
REASONING = IN_TEXT
BETWEEN = '{"label":false,"text":"\\n\\n"}'
"""A segment of its own, so that the texts can be told apart from what parts them."""


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that are more than a person and an assistant taking turns in text."""
    return rows.first_reason(
        [
            reasons.tools(rows),
            reasons.no_text(rows),
            reasons.no_answer(rows),
            reasons.not_alternating(rows, r"^s?(u[a0])+$"),
            (~rows.drawn("a"), "an answer that is not to be trained"),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"segments": [{"label": false, "text": "..."}, ...]}``, answers ended as asked."""
    flat = rows.turns.flat
    is_answer = pl.lit(flat["role"] == "assistant")
    is_trained = is_answer & pl.lit(flat["weight"].fill_null(1) != 0)
    ended = pl.lit(flat["content"]) + pl.lit(rows.eos_token)
    text = pl.select(pl.when(is_answer).then(ended).otherwise(pl.lit(flat["content"]))).to_series()
    label = pl.when(is_trained).then(pl.lit("true")).otherwise(pl.lit("false"))
    segments = json_object({"label": pl.select(label).to_series(), "text": json_text(text)})
    first = np.zeros(flat.height, bool)
    first[rows.turns.offsets[:-1]] = True
    parted = pl.select(
        pl.when(pl.Series(first)).then(pl.lit(segments)).otherwise(BETWEEN + "," + pl.lit(segments))
    ).to_series()
    return json_object({"segments": json_array(rows.turns.lists(parted))})
