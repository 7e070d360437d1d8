"""Instruction, input, and the better and the worse answer to it, as LLaMA-Factory reads pairs."""

from __future__ import annotations

import polars as pl

from curator.write.formats import reasons
from curator.write.formats.alpaca import prompt_fields
from curator.write.formats.reasoning import IN_TEXT
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, json_text

FIELDS_LEFT_OUT = ("name", "weight")
REASONING = IN_TEXT


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows without two answers in text, or whose prompt is more than turns in text."""
    return rows.first_reason(
        [
            reasons.tools(rows),
            (rows.worse_drawn("[bc9]"), "tools"),
            reasons.no_text(rows),
            *reasons.no_pair(rows),
            reasons.several_messages(rows),
            reasons.not_alternating(rows, r"^s?(u[a0])+$"),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """Render instruction, an empty input, chosen, rejected, system and history."""
    prompt = prompt_fields(rows)
    return json_object(
        {
            "instruction": prompt["instruction"],
            "input": prompt["input"],
            "chosen": json_text(rows.turns.flat["content"].gather(rows.answer)),
            "rejected": json_text(rows.worse.flat["content"]),
            "system": prompt["system"],
            "history": prompt["history"],
        }
    )
