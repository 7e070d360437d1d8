"""Input and output as plain text, as NeMo reads pairs."""

from __future__ import annotations

import polars as pl

from curator.write.formats import plain
from curator.write.formats.plain import joined
from curator.write.formats.prompt_completion_text import FIELDS_LEFT_OUT, REASONING, left_out
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, json_text

__all__ = ["FIELDS_LEFT_OUT", "REASONING", "joined", "left_out", "lines"]


def lines(rows: Rows) -> pl.Series:
    """Render ``{"input": "...", "output": "..."}``."""
    answer = rows.turns.flat["content"].gather(rows.answer)
    return json_object({"input": json_text(plain.question(rows)), "output": json_text(answer)})
