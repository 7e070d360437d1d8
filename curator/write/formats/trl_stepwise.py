"""A question, the steps of its answer, and whether each is right: one assistant's turn a step."""

from __future__ import annotations

import numpy as np
import polars as pl

from curator.write.formats import plain, reasons
from curator.write.formats.plain import joined
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_array, json_object, json_text

__all__ = ["FIELDS_LEFT_OUT", "REASONING", "joined", "left_out", "lines"]

FIELDS_LEFT_OUT = ("name", "rejected_messages")
REASONING = ()


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that are more than a question and steps in text."""
    return rows.first_reason(
        [
            reasons.tools(rows),
            reasons.no_text(rows),
            reasons.no_answer(rows),
            (~rows.drawn("^s?u[a0]+$"), "more than one exchange"),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render ``{"prompt": "...", "completions": ["...", ...], "labels": [true, ...]}``."""
    flat = rows.turns.flat
    is_step = (flat["role"] == "assistant").to_numpy()
    steps = rows.turns.where(is_step)
    asked = flat["content"].gather(np.flatnonzero((flat["role"] == "user").to_numpy()))
    labels = pl.select(
        pl.when(pl.lit(steps.flat["weight"].fill_null(1) == 0))
        .then(pl.lit("false"))
        .otherwise(pl.lit("true"))
    ).to_series()
    return json_object(
        {
            "prompt": json_text(plain.above(rows.system, asked)),
            "completions": json_array(steps.lists(json_text(steps.flat["content"]))),
            "labels": json_array(steps.lists(labels)),
        }
    )
