"""One text a row, all of it trained: a passage, or a prompt, a blank line, and the answer."""

from __future__ import annotations

import polars as pl

from curator.write.formats import plain, reasons
from curator.write.formats.reasoning import IN_TEXT
from curator.write.formats.rows import Rows
from curator.write.json_columns import json_object, json_text

FIELDS_LEFT_OUT = ("name", "rejected_messages")
REASONING = IN_TEXT
PASSAGES = True


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that are more than a question and its answer, or an answer alone."""
    return rows.first_reason(
        [
            reasons.tools(rows),
            reasons.no_text(rows),
            reasons.untrained(rows),
            reasons.no_answer(rows),
            (~rows.drawn("^(s?u)?a$"), "more than one exchange"),
        ]
    )


def joined(rows: Rows) -> dict[str, pl.Series]:
    """Say which rows are more than one text, with nothing that sets one apart from the next."""
    return {plain.SYSTEM_ABOVE: rows.drawn("^s"), "prompt above the answer": rows.drawn("u")}


def lines(rows: Rows) -> pl.Series:
    """Render ``{"text": "..."}``."""
    flat = rows.turns.flat
    asked = rows.turns.last((flat["role"] == "user").to_numpy())
    is_asked = pl.Series(asked >= 0)
    prompt = plain.above(rows.system, flat["content"].gather(asked.clip(0)))
    head = pl.select(pl.when(pl.lit(is_asked)).then(pl.lit(prompt))).to_series()
    text = plain.above(head, flat["content"].gather(rows.answer))
    return json_object({"text": json_text(text)})
