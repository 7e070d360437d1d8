"""Instruction, input and output; the task is system text, earlier turns are history."""

from __future__ import annotations

import polars as pl

from curator.write.formats import reasons
from curator.write.formats.reasoning import IN_TURNS
from curator.write.formats.rows import Rows
from curator.write.json_columns import (
    json_array,
    json_object,
    json_or_absent,
    json_text,
    where,
)

FIELDS_LEFT_OUT = ("name", "rejected_messages")
REASONING = IN_TURNS


def left_out(rows: Rows) -> pl.Series:
    """Leave out rows that are more than a person and an assistant taking turns in text."""
    return rows.first_reason(
        [
            reasons.tools(rows),
            reasons.no_text(rows),
            reasons.untrained(rows),
            reasons.no_answer(rows),
            reasons.not_alternating(rows),
        ]
    )


def lines(rows: Rows) -> pl.Series:
    """
    Render instruction, an empty input, output, system and ``history: [[ask, answer], ...]``.

    The whole user message is the instruction: trainers put a line break before ``input``.
    System and history only where there are any.
    """
    prompt = prompt_fields(rows)
    output = json_text(rows.turns.flat["content"].gather(rows.answer))
    return json_object(
        {
            "instruction": prompt["instruction"],
            "input": prompt["input"],
            "output": output,
            "system": prompt["system"],
            "history": prompt["history"],
        }
    )


def prompt_fields(rows: Rows) -> dict[str, pl.Series]:
    """Write what stands before the answer: the last question, the system text, turns between."""
    texts = json_text(rows.turns.flat["content"])
    asked = rows.turns.offsets[:-1] + rows.prompt_sizes - 1
    is_earlier = rows.is_prompt & ~rows.is_system
    is_earlier[asked] = False
    earlier = rows.turns.where(is_earlier)
    is_question = pl.lit(earlier.flat["role"] == "user")
    text = pl.lit(texts.filter(pl.Series(is_earlier)))
    halves = pl.select(pl.when(is_question).then("[" + text).otherwise(text + "]")).to_series()
    history = json_array(earlier.lists(halves))
    return {
        "instruction": texts.gather(asked),
        "input": pl.repeat('""', len(rows), dtype=pl.String, eager=True),
        "system": json_or_absent(rows.system),
        "history": where(history != "[]", history),
    }
